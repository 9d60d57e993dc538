"""The hub's token: typed here once, kept in the system's keyring, shown never again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.i18n import tr
from desktop.ui.bridge import Bridge
from desktop.ui.settings.fields import CONTROL_WIDTH, row_layout
from desktop.ui.widgets import Button, Text


class TokenField(QWidget):
    """A field like those of the table, for what is in no table."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        title = Text(tr("Access token"), wrap=True)
        help_text = Text(
            tr(
                "For repositories that ask for an account. It is kept in the system's keyring, "
                "goes to huggingface.co alone, and never to a mirror."
            ),
            "small",
            wrap=True,
        )
        self.control = QLineEdit(self)
        self.control.setEchoMode(QLineEdit.EchoMode.Password)
        self.control.setPlaceholderText("hf_…")
        self.control.setAccessibleName(tr("Access token"))
        self.control.setAccessibleDescription(help_text.text())
        self.control.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        title.setBuddy(self.control)
        self.keep = Button(tr("Keep"), parent=self)
        self.keep.setAccessibleName(tr("Keep the access token"))
        self.keep.setEnabled(False)
        self.keep.clicked.connect(self._keep)
        self.control.returnPressed.connect(self._keep)
        self.control.textChanged.connect(lambda text: self.keep.setEnabled(bool(text.strip())))
        self.control.installEventFilter(self)
        self.forget = Button(tr("Forget it"), "link", parent=self)
        self.forget.setAccessibleName(tr("Forget the access token"))
        self.forget.clicked.connect(lambda: self._store(""))
        self.forget.hide()
        self.state = Text("", "small", wrap=True)
        self.state.hide()
        entry = QHBoxLayout()
        entry.setSpacing(8)
        entry.addWidget(self.control, 1)
        entry.addWidget(self.keep)
        box = QWidget(self)
        box.setFixedWidth(CONTROL_WIDTH)
        entry.setContentsMargins(0, 0, 0, 0)
        box.setLayout(entry)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.state, 1)
        below.addWidget(self.forget)
        layout = row_layout(self, title, help_text, box)
        layout.addLayout(below, 2, 0, 1, 2)
        self._asked = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only who goes to the field makes us look: the system may want its keyring unlocked for that."""
        if event.type() == QEvent.Type.FocusIn and not self._asked:
            self._asked = True
            self._ask()
        return False

    def _ask(self) -> None:
        self._bridge.when(self._app.search.has_token(), self._show, self._failed, self)

    def _show(self, kept: bool) -> None:
        self.state.set_role("accent" if kept else "small")
        self._say(tr("A token is kept.") if kept else tr("No token is kept."))
        self.forget.setVisible(kept)

    def _keep(self) -> None:
        if token := self.control.text().strip():
            self.control.clear()
            self._store(token)

    def _store(self, token: str) -> None:
        self._bridge.when(self._app.search.set_token(token), lambda _: self._ask(), self._failed, self)

    def _failed(self, error: WorldError) -> None:
        self.state.set_role("danger")
        self._say(messages.of(error))

    def _say(self, text: str) -> None:
        self.state.setText(text)
        self.state.show()
