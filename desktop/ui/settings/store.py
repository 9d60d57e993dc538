"""Changing a setting: on the writer, and everybody is told."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import SettingChanged
from desktop.storage.settings import SettingValue
from desktop.ui.bridge import Bridge


def store(
    app: Application,
    bridge: Bridge,
    name: str,
    value: SettingValue,
    on_error: Callable[[WorldError], None],
    owner: QWidget,
    then: Callable[[], None] = lambda: None,
) -> None:
    """Store a value and publish SettingChanged, then go on; `on_error` hears why it was not taken."""

    def stored(_: SettingValue) -> None:
        app.bus.publish(SettingChanged(name))
        then()

    bridge.when(app.writer.submit(app.settings.set, name, value), stored, on_error, owner)
