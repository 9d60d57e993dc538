"""Another source with one click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.hub.endpoints import SOURCES
from desktop.ui.bridge import Bridge
from desktop.ui.settings.store import store


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
        store(app, bridge, "endpoint", endpoint, on_error, owner)
    store(app, bridge, "source", name, on_error, owner, then)
