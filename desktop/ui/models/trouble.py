"""What stands in place of a list that could not be had: what went wrong, and the ways on from there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import messages
from desktop.core.errors import ErrorValue, WorldError
from desktop.hub.endpoints import source_name
from desktop.i18n import tr
from desktop.messages import Action
from desktop.ui.actions import action_text
from desktop.ui.widgets import Button, Card, Text


class TroubleBox(Card):
    """One error at a time; hidden while there is none."""

    retry_requested = Signal()
    source_requested = Signal(str)
    """Address of a source, to be used from now on."""
    online_requested = Signal()
    action_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Text("", "danger", self, wrap=True)
        self.source = Button("", "primary", parent=self)
        self.online = Button(tr("Switch the network on"), "primary", parent=self)
        self.retry = Button(tr("Try again"), icon="retry", parent=self)
        self.help = Button("", "link", parent=self)
        self._next = ""
        self._action = Action.NONE
        self.source.clicked.connect(lambda: self.source_requested.emit(self._next))
        self.online.clicked.connect(self.online_requested)
        self.retry.clicked.connect(self.retry_requested)
        self.help.clicked.connect(lambda: self.action_requested.emit(self._action))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.source, self.online, self.retry, self.help):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addWidget(self.text)
        self.column.addLayout(row)
        self.hide()

    def show_error(self, error: WorldError | None) -> None:
        """Say it and offer what helps; None hides the box."""
        self.setVisible(error is not None)
        if error is None:
            return
        self.text.setText(messages.of(error))
        self.setAccessibleName(self.text.text())
        self._next = next_source(error.data)
        self.source.setText(tr("Try {source}", source=source_name(self._next)))
        self.source.setVisible(bool(self._next))
        self.online.setVisible(error.code == "hub.offline")
        self.retry.setVisible(error.code != "hub.offline")
        self._action = messages.action(error.code)
        text = action_text(self._action) if self._action is not Action.RETRY else ""
        self.help.setText(text)
        self.help.setVisible(bool(text) and error.code != "hub.offline")


def next_source(data: Mapping[str, ErrorValue]) -> str:
    """Address of the source an error proposes; "" if it proposes none."""
    value = data.get("next_source")
    return value if isinstance(value, str) else ""
