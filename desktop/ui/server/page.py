"""The server's page: its state, its key, what to copy into a program, and the request log."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop import i18n, messages
from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import ServerChanged, SettingChanged
from desktop.core.serving import LOOPBACK, ServerStatus
from desktop.i18n import tr
from desktop.server.key import new_key
from desktop.server.policy import is_loopback
from desktop.server.service import LocalServer
from desktop.server.snippets import KINDS, snippet
from desktop.ui import fonts, theme
from desktop.ui.bridge import Bridge
from desktop.ui.page import Page
from desktop.ui.server.requests import RequestLog
from desktop.ui.server.state import ServerState
from desktop.ui.widgets import Button, Card, IconButton, Line, Segments, Text

_DOTS = "••••••••"


class ServerPage(Page):
    """Asks for the key only when it is shown: some systems want their keyring unlocked for that."""

    def __init__(self, app: Application, bridge: Bridge, server: LocalServer, parent: QWidget | None = None) -> None:
        super().__init__(tr("Local server"), parent)
        self._bridge = bridge
        self._server = server
        self._settings = app.settings
        self._key = ""
        intro = tr(
            "Programs that were written for ChatGLM or for OpenAI's services can ask the model on this computer."
        )
        self.column.addWidget(Text(intro, "soft", wrap=True))
        card = Card()
        card.column.setContentsMargins(0, 4, 0, 4)
        card.column.setSpacing(0)
        self.state = ServerState(app, bridge, server)
        card.column.addWidget(self.state)
        card.column.addWidget(Line())
        self.key = KeyRow()
        self.key.copy.clicked.connect(lambda: self.key.copied(self._key))
        self.key.renew.clicked.connect(self._renew)
        self.key.remove.clicked.connect(self._remove)
        card.column.addWidget(self.key)
        self.column.addWidget(card)
        self.column.addSpacing(12)
        self.column.addWidget(Text(tr("Examples"), "section"))
        self.snippets = Snippets(self._address(server.status))
        self.column.addWidget(self.snippets)
        self.column.addSpacing(12)
        self.column.addWidget(Text(tr("Requests"), "section"))
        self.log = RequestLog(bridge, server)
        self.column.addWidget(self.log)
        self.column.addStretch(1)
        bridge.on(ServerChanged, lambda event: self._on_changed(event.status), self)
        bridge.on(SettingChanged, lambda _: self._show(server.status), self)  # the port, while it is off

    def refresh(self) -> None:
        """The page is shown."""
        self._bridge.when(self._server.key(), self._show_key, self._failed, self)

    def _on_changed(self, status: ServerStatus) -> None:
        self._show(status)
        if self.isVisible():
            self.refresh()

    def _show(self, status: ServerStatus) -> None:
        self.snippets.set_target(self._address(status), self._key)

    def _address(self, status: ServerStatus) -> str:
        """Where it listens, or would."""
        shown = status if status.running else ServerStatus(True, LOOPBACK, self._settings.number("server_port"))
        return shown.address

    def _show_key(self, key: str) -> None:
        self._key = key
        status = self._server.status
        self.key.show_key(key, needed=status.running and not is_loopback(status.host))
        self._show(status)

    def _renew(self) -> None:
        from_now = self._server.set_key(new_key())
        self._bridge.when(from_now, self._show_key, self._failed, self)

    def _remove(self) -> None:
        self._bridge.when(self._server.set_key(""), self._show_key, self._failed, self)

    def _failed(self, error: WorldError) -> None:
        self.key.show_error(messages.of(error))


class KeyRow(QWidget):
    """The key, as dots; it is copied and not read out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Text(tr("Key"), wrap=True)
        self.help = Text("", "small", wrap=True)
        self.copy = Button(tr("Copy"), parent=self)
        self.copy.setAccessibleName(tr("Copy the key"))
        self.renew = Button(tr("New key"), parent=self)
        self.remove = Button(tr("Remove"), "link", parent=self)
        self.remove.setAccessibleName(tr("Remove the key"))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.help)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addLayout(words, 1)
        for button in (self.remove, self.copy, self.renew):
            row.addWidget(button)
        self.show_key("", needed=False)

    def show_key(self, key: str, *, needed: bool) -> None:
        """Whether there is one; a `needed` one cannot be taken away."""
        self.title.setText(tr("Key {dots}", dots=_DOTS) if key else tr("Key"))
        self.help.set_role("small")
        self.help.setText(
            tr("Programs must send it as their API key.")
            if key
            else tr("None: every program on this computer may ask.")
        )
        self.renew.setText(tr("New key") if key else tr("Make a key"))
        self.copy.setVisible(bool(key))
        self.remove.setVisible(bool(key) and not needed)

    def show_error(self, text: str) -> None:
        """Why there is none."""
        self.help.set_role("danger")
        self.help.setText(text)

    def copied(self, key: str) -> None:
        """Put it on the clipboard, and say so."""
        self.help.set_role("small")
        QGuiApplication.clipboard().setText(key)
        self.help.setText(tr("Copied."))


class Snippets(Card):
    """Code to copy, for one kind of program at a time."""

    def __init__(self, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address, self._key = address, ""
        self.kinds = Segments(tr("Examples"), list(KINDS), self)
        self.kinds.chosen.connect(lambda _: self._fill())
        self.copy = IconButton("copy", tr("Copy code"), self, side=28, icon_size=16)
        self.copy.clicked.connect(self._on_copy)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(1600)
        self._back.timeout.connect(lambda: self.copy.set_icon("copy", "soft"))
        head = QHBoxLayout()
        head.addWidget(self.kinds)
        head.addStretch(1)
        head.addWidget(self.copy)
        self.code = QLabel(self)
        self.code.setTextFormat(Qt.TextFormat.PlainText)
        self.code.setWordWrap(True)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.code.setAccessibleName(tr("Example code"))
        self.column.addLayout(head)
        self.column.addWidget(self.code)
        self._fill()

    def set_target(self, address: str, key: str) -> None:
        """Which server the code is for. The key is shown as dots and copied as it is."""
        self._address, self._key = address, key
        self._fill()

    def _fill(self) -> None:
        text = snippet(self.kinds.value, self._address, _DOTS if self._key else "")
        self.code.setFont(fonts.mono(text, i18n.language(), theme.current().chrome_size))
        self.code.setText(text.replace("%E2%80%A2", "•"))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(snippet(self.kinds.value, self._address, self._key))
        self.copy.set_icon("check", "accent")
        self._back.start()
