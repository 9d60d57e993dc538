"""What the server does now, in a line, and what can be done about it in a click."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.events import ServerChanged
from desktop.core.serving import ServerStatus
from desktop.i18n import tr
from desktop.server.policy import is_loopback
from desktop.server.service import LocalServer
from desktop.storage.settings import SettingValue
from desktop.ui.bridge import Bridge
from desktop.ui.settings.store import store
from desktop.ui.widgets import Button, Text


class ServerState(QWidget):
    """A row: the state at the left, a button at the right. `with_details` offers the way to the server's page."""

    details_requested = Signal()

    def __init__(
        self,
        app: Application,
        bridge: Bridge,
        server: LocalServer,
        parent: QWidget | None = None,
        *,
        with_details: bool = False,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self._server = server
        self.state = Text("", wrap=True)
        self.detail = Text("", "small", wrap=True)
        self.button = Button("", parent=self)
        self.button.clicked.connect(self._on_button)
        self.details = Button(tr("Address and examples"), parent=self)
        self.details.clicked.connect(self.details_requested)
        self.details.setVisible(with_details)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.state)
        words.addWidget(self.detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        row.addWidget(self.details)
        self._with_details = with_details
        self._free: int | None = None
        self.show_status(server.status)
        bridge.on(ServerChanged, lambda event: self.show_status(event.status), self)

    def show_status(self, status: ServerStatus) -> None:
        """Say it."""
        free = status.error_data.get("next")
        self._free = free if status.error is not None and isinstance(free, int) else None
        if status.running:
            self.state.set_role("body")
            self.state.setText(tr("Runs at {address}", address=status.address))
            self.detail.setText(
                tr("Only programs on this computer can reach it.")
                if is_loopback(status.host)
                else tr("Other computers can reach it with the key.")
            )
        elif status.error is not None:
            self.state.set_role("danger")
            self.state.setText(messages.sentence(status.error, status.error_data))
            self.detail.setText(tr("Until then programs cannot ask the model."))
        else:
            self.state.set_role("body")
            self.state.setText(tr("The server is off."))
            self.detail.setText(tr("Switch it on, and programs can ask the model."))
        if self._free is not None:
            self.button.setText(tr("Use port {port}", port=self._free))
        elif status.error is not None:
            self.button.setText(tr("Try again"))
        else:
            self.button.setText(tr("Switch off") if status.running else tr("Switch on"))
        self.button.setVisible(self._free is not None or not self._with_details)

    def _on_button(self) -> None:
        if self._free is not None:
            self._store("server_port", self._free)
        else:
            self._store("server_enabled", not self._server.status.running)

    def _store(self, name: str, value: SettingValue) -> None:
        store(self._app, self._bridge, name, value, lambda error: self.detail.setText(messages.of(error)), self)
