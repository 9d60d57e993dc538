"""An answer: Markdown on the page, its thoughts folded above, what became of it below."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop import i18n, messages
from desktop.core.errors import ErrorValue
from desktop.core.models import FinishReason, Message, MessageState
from desktop.i18n import tr
from desktop.messages import Action
from desktop.ui import fonts, theme
from desktop.ui.actions import action_text
from desktop.ui.chat.formats import Formats
from desktop.ui.chat.message import PAD, ROW, MessageItem
from desktop.ui.chat.pulse import Pulse
from desktop.ui.chat.stream import PIECE, Stream
from desktop.ui.chat.thought import Thought
from desktop.ui.widgets import Button, Text

_UNSURE = 2_000
"""Characters after which the script of an answer is taken as known."""


class Note(QWidget):
    """A quiet line: how an answer ended, and what can be done."""

    acted = Signal(object)

    def __init__(self, text: str, actions: Sequence[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.text = Text(text, "soft", self, wrap=True)
        self.buttons: dict[Action, Button] = {}
        for action in actions:
            if words := action_text(action):
                button = Button(words, "link", parent=self)
                button.clicked.connect(lambda _checked=False, action=action: self.acted.emit(action))
                self.buttons[action] = button

    @property
    def button(self) -> Button | None:
        """The first of the buttons."""
        return next(iter(self.buttons.values()), None)

    def place(self, width: int) -> int:
        """The buttons behind the words if all fit into one line, else below; the height in pixels."""
        words = self.text.fontMetrics().horizontalAdvance(self.text.text()) + 4
        sizes = [button.sizeHint() for button in self.buttons.values()]
        if sizes and words + sum(8 + size.width() for size in sizes) <= width:
            self.text.setGeometry(0, 0, words, 24)
            at = words + 8
            for button, size in zip(self.buttons.values(), sizes, strict=True):
                button.setGeometry(at, (24 - size.height()) // 2, size.width(), size.height())
                at += size.width() + 8
            return 24
        height = max(24, self.text.heightForWidth(width))
        self.text.setGeometry(0, 0, width, height)
        left, at = -4, height + 2
        for button, size in zip(self.buttons.values(), sizes, strict=True):
            if left > 0 and left + size.width() > width:
                left, at = -4, at + size.height()
            button.setGeometry(left, at, size.width(), size.height())
            left += size.width() + 8
        return at + sizes[-1].height() if sizes else height


class Answer(MessageItem):
    """Grows by `add` while it is running; `finish` gives it its final state."""

    acted = Signal(object)
    """desktop.messages.Action of the button in the note."""

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(message, tr("Answer"), parent)
        self._text = ""
        self._pending = message.text
        self._thinking_since: float | None = None
        self._thought_seconds = message.thought_ms / 1000 if message.thought_ms is not None else None
        self._reading: float | None = None
        self._error_data: Mapping[str, ErrorValue] = {}
        self._thought: Thought | None = None
        self._waiting: Text | None = None
        self._pulse: Pulse | None = None
        self._note: Note | None = None
        self._stream = Stream(self.view.document(), self._formats())
        self.view.spans = lambda: self._stream.spans
        if message.thought:
            self._show_thought(message.thought, running=self.running and not message.text)
        self._show_state()
        self._describe()

    @property
    def text(self) -> str:
        """All text so far."""
        return self._text + self._pending

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return self.message.state is MessageState.RUNNING

    @property
    def note(self) -> Note | None:
        """The line below, if there is one."""
        return self._note

    @property
    def waiting_words(self) -> str:
        """What is said while nothing has arrived."""
        return self._waiting.text() if self._waiting is not None else ""

    @property
    def thought(self) -> Thought | None:
        """The folded thoughts, if there are any."""
        return self._thought

    def add(self, text: str, thought: str) -> None:
        """More of it; nothing is written before `step`."""
        if thought:
            if self._thinking_since is None:
                self._thinking_since = time.monotonic()
            self._show_thought((self._thought.text if self._thought else "") + thought, running=not text)
        if text and not self.text:
            if self._thinking_since is not None:
                self._thought_seconds = time.monotonic() - self._thinking_since
            if self._thought is not None:
                self._show_thought(self._thought.text, running=False)
        self._pending += text
        if text or thought:
            self._hide_waiting()

    def set_reading(self, fraction: float | None) -> None:
        """The engine reads the question: 0…1, None if it is not known how far."""
        self._reading = fraction
        if self.running and not self.text and self._thought is None:
            self._show_state()

    def finish(self, message: Message, error_data: Mapping[str, ErrorValue]) -> None:
        """The final state. A text other than what arrived takes its place."""
        if message.text != self.text:
            self._stream.restart(self._formats(message.text))
            self._text, self._pending = "", message.text
        self.message = message
        if message.thought_ms is not None:
            self._thought_seconds = message.thought_ms / 1000
        self._error_data = error_data
        if message.thought:
            self._show_thought(message.thought, running=False)
        self._show_state()
        self._describe()
        self._drop_actions()
        self._update_actions()

    def step(self) -> bool:
        """Write the next piece."""
        if not self._pending:
            return False
        if len(self._text) < _UNSURE:
            sample = self._text + self._pending
            if fonts.script_of(sample, i18n.language()) != self._stream.formats.script:
                self._stream.restart(self._formats(sample))
                self._text, self._pending = "", sample
        piece, self._pending = self._pending[:PIECE], self._pending[PIECE:]
        self._stream.add(piece)
        self._text += piece
        return True

    def restyle(self) -> None:
        """Write it again."""
        self._pending, self._text = self.text, ""
        self._stream.restart(self._formats(self._pending))
        if self._thought is not None:
            self._thought.restyle()

    def place(self, width: int) -> int:
        """Thoughts, text, note, actions: one below the other."""
        at = 0
        if self._thought is not None:
            height = self._thought.place(width)
            self._thought.setGeometry(PAD, at, width, height)
            at += height + 12
        if self._waiting is not None:
            self._waiting.setGeometry(PAD + 36, at, width - 36, 24)
            if self._pulse is not None:
                self._pulse.move(PAD, at + 6)
            at += 24
        self.view.setVisible(bool(self._text))
        if self._text:
            self.view.set_width(width)
            height = self.view.text_height()
            self.view.setGeometry(PAD, at, width, height)
            self.view.place_bars()
            at += height
        if self._note is not None:
            at += 8 if self._text else 0
            height = self._note.place(width)
            self._note.setGeometry(PAD, at, width, height)
            at += height
        if self._pulse is not None and self._waiting is None:
            self._pulse.move(PAD, at + 10)
        self.height_now = at + ROW
        self.resize(width + 2 * PAD, self.height_now)
        self._place_actions()
        return self.height_now

    def _actions_wanted(self) -> bool:
        return not self.running and bool(self.text)

    def _formats(self, sample: str | None = None) -> Formats:
        return Formats(theme.current(), i18n.language(), self.message.text if sample is None else sample)

    def _show_thought(self, thought: str, *, running: bool) -> None:
        if self._thought is None:
            self._thought = Thought(self)
            self._thought.resized.connect(self.resized)
            self._thought.show()
        self._thought.set_text(thought, running=running, seconds=self._thought_seconds)

    def _hide_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.hide()
            self._waiting.deleteLater()
            self._waiting = None

    def _show_state(self) -> None:
        """Waiting line and pulse while it runs, a note afterwards."""
        if not self.running:
            self._hide_waiting()
            if self._pulse is not None:
                self._pulse.hide()
                self._pulse.deleteLater()
                self._pulse = None
            self._show_note()
            return
        if self._pulse is None:
            self._pulse = Pulse(self)
            self._pulse.show()
        if self.text or self._thought is not None:
            return
        words = ""
        if self._reading is not None:
            words = tr("Reading the question… {n} %", n=round(self._reading * 100))
        if self._waiting is None:
            self._waiting = Text("", "soft", self)
            self._waiting.show()
        self._waiting.setText(words)
        self._waiting.setAccessibleName(words or tr("Waiting for the answer"))

    def _show_note(self) -> None:
        if self._note is not None:
            self._note.hide()
            self._note.deleteLater()
            self._note = None
        text, actions = self._ending()
        if text:
            self._note = Note(text, actions, self)
            self._note.acted.connect(self.acted)
            self._offer()
            self._note.show()

    def set_last(self, last: bool) -> None:
        """Only the last answer can be tried again; the place of the button stays, so nothing moves."""
        super().set_last(last)
        self._offer()

    def _offer(self) -> None:
        if self._note is not None:
            for action, button in self._note.buttons.items():
                button.setVisible(self.last or action not in (Action.RETRY, Action.DROP_OLDEST))

    def _ending(self) -> tuple[str, Sequence[Action]]:
        message = self.message
        if message.state is MessageState.INTERRUPTED:
            if message.error is not None:
                words = messages.sentence(message.error, self._error_data)
                if self._error_data or "…" not in words:
                    return words, messages.actions(message.error)
            # what a stored message does not remember is better not said than shown as a gap
            return tr("The answer was interrupted. What was written so far is kept."), (Action.RETRY,)
        if message.state is MessageState.STOPPED:
            return tr("Stopped"), ()
        if message.finish_reason is FinishReason.LENGTH:
            return tr("The answer reached its longest length."), ()
        return "", ()
