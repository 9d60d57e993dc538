"""The chat page: header, conversation, composer. It knows no service; its owner listens and calls."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop import messages
from desktop.core.models import EngineStatus
from desktop.i18n import tr
from desktop.messages import Action
from desktop.ui import theme
from desktop.ui.actions import action_text
from desktop.ui.chat.composer import Composer
from desktop.ui.chat.empty import EmptyState
from desktop.ui.chat.header import Header
from desktop.ui.chat.tabbing import transcript_stops
from desktop.ui.chat.transcript import TranscriptView
from desktop.ui.page import stops, stops_in
from desktop.ui.widgets import Banner

_AROUND = 32
"""What the composer is wider than the text column, its shadow included."""


class ChatPage(QWidget):
    """Signals say what the user wants; `header`, `transcript` and `composer` are there to be called."""

    submitted = Signal(str)
    stopped = Signal()
    draft_changed = Signal(str)
    paused = Signal(str)
    """What is being typed, after a pause; "" = nothing any more."""
    thinking_changed = Signal(bool)
    regenerate_requested = Signal(object)
    """MessageId."""
    action_requested = Signal(object, object)
    """desktop.messages.Action, MessageId or None."""
    model_clicked = Signal()
    details_requested = Signal()
    load_cancelled = Signal()
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._note: Banner | None = None
        self._told: object = None
        self._waved: set[object] = set()
        self.header = Header(self)
        self.transcript = TranscriptView(self)
        self.empty = EmptyState(self)
        self.composer = Composer(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.transcript)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._notes = QVBoxLayout()
        self._notes.setContentsMargins(16, 0, 16, 0)
        self._column.addLayout(self._notes)
        self._column.addWidget(self._stack, 1)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(8, 0, 8, 2)
        bottom.addStretch(1)
        bottom.addWidget(self.composer, 1000)
        bottom.addStretch(1)
        self._column.addLayout(bottom)
        self.composer.setMaximumWidth(theme.current().column + 2 * _AROUND)
        self._connect()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from top to bottom, through messages as they are read."""
        if self._stack.currentWidget() is self.empty:
            said = stops(self.empty)
        else:
            said = transcript_stops(self.transcript, self.window().focusWidget())
        order = (*stops(self.header), *stops_in(self._notes), *said, *stops(self.composer))
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        return super().focusNextPrevChild(forward)

    def set_title(self, title: str) -> None:
        """The conversation's title; "" for a new one."""
        self.header.title.setText(title or tr("New chat"))

    def set_engine(self, status: EngineStatus) -> None:
        """Show what the engine does; its notice or error is said below the header until it is waved away.

        A notice stays away then; an error that happens again is said again.
        """
        self.header.set_engine(status)
        if status.loaded is not None:
            self.composer.gauge.set_context(status.loaded.context)
        key = (status.model, status.notice, status.error)
        if key == self._told:
            return
        self._told = key
        self._drop_note()
        if status.error is not None:
            text = messages.sentence(status.error, status.error_data)
            self._say(text, messages.action(status.error), "danger", key)
        elif status.notice is not None and key not in self._waved:
            text = messages.sentence(status.notice, {})
            self._say(text, messages.action(status.notice), "warning", key)

    @property
    def note(self) -> str:
        """What is said below the header, "" for nothing."""
        return self._note.text if self._note is not None else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters typed beside the composer go into it."""
        command = (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
        )
        if event.text().isprintable() and event.text().strip() and not event.modifiers() & command:
            self.composer.take_focus()
            QCoreApplication.sendEvent(self.composer.editor, event)
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self.transcript.empty_changed.connect(self._on_empty)
        self.transcript.regenerate_requested.connect(self.regenerate_requested)
        self.transcript.action_requested.connect(self.action_requested)
        self.composer.submitted.connect(self.submitted)
        self.composer.stopped.connect(self.stopped)
        self.composer.draft_changed.connect(self.draft_changed)
        self.composer.paused.connect(self.paused)
        self.composer.thinking_changed.connect(self.thinking_changed)
        self.header.model_clicked.connect(self.model_clicked)
        self.header.details_requested.connect(self.details_requested)
        self.header.load_cancelled.connect(self.load_cancelled)
        self.header.retry_requested.connect(self.retry_requested)
        self.empty.chosen.connect(self._on_suggestion)

    def _on_empty(self, empty: bool) -> None:
        self._stack.setCurrentWidget(self.empty if empty else self.transcript)

    def _on_suggestion(self, text: str) -> None:
        self.composer.set_text(text)
        self.draft_changed.emit(text)
        self.composer.take_focus()
        self.composer.submit()

    def _say(self, text: str, action: Action, tone: str, key: object) -> None:
        note = Banner(text, "danger" if tone == "danger" else "warning", action_text(action) or None, self)
        note.closed.connect(lambda: self._wave(key))
        note.acted.connect(lambda: self._act(action))
        self._notes.addWidget(note)
        self._notes.setContentsMargins(16, 0, 16, 8)
        self._note = note

    def _act(self, action: Action) -> None:
        if action is Action.RETRY:
            self.retry_requested.emit()
        elif action is Action.CHOOSE_MODEL:
            self.model_clicked.emit()
        else:
            self.action_requested.emit(action, None)

    def _wave(self, key: object) -> None:
        self._waved.add(key)
        self._drop_note()

    def _drop_note(self) -> None:
        if self._note is not None:
            self._note.hide()
            self._note.deleteLater()
            self._note = None
            self._notes.setContentsMargins(16, 0, 16, 0)
