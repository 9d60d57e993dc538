"""Another source, or the network again, with one click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import SettingChanged
from desktop.hub.endpoints import SOURCES
from desktop.storage.settings import SettingValue
from desktop.ui.bridge import Bridge


def use_source(
    app: Application,
    bridge: Bridge,
    endpoint: str,
    then: Callable[[], None],
    on_error: Callable[[WorldError], None],
    owner: QWidget,
) -> None:
    """Have models come from this address from now on."""
    name = next((name for name, address in SOURCES.items() if address == endpoint), "address")
    if name == "address":
        store(app, bridge, "endpoint", endpoint, lambda: None, on_error, owner)
    store(app, bridge, "source", name, then, on_error, owner)


def store(
    app: Application,
    bridge: Bridge,
    name: str,
    value: SettingValue,
    then: Callable[[], None],
    on_error: Callable[[WorldError], None],
    owner: QWidget,
) -> None:
    """Change a setting as the settings page does, then go on."""

    def stored(_: SettingValue) -> None:
        app.bus.publish(SettingChanged(name))
        then()

    bridge.when(app.writer.submit(app.settings.set, name, value), stored, on_error, owner)
