"""The conversation on the page: messages below each other, as many as are looked at, and a place that stays where it is read."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QVBoxLayout, QWidget

from desktop.core import history
from desktop.core.errors import ErrorValue
from desktop.core.models import Message, MessageId, MessageState, Role
from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.chat.answer import Answer
from desktop.ui.chat.divider import Divider
from desktop.ui.chat.message import PAD, MessageItem
from desktop.ui.chat.question import Question
from desktop.ui.widgets import IconButton

FIRST = 40
"""Messages that get widgets when a conversation is opened."""
MORE = 20
"""And each time the reader comes near the top."""
SLICE_S = 0.008
"""Longest time that writing into documents may hold the event loop."""
TICK_MS = 50
"""Text that arrives is written at most this often."""
_TOP, _BOTTOM, _GAP = 24, 24, 4


class _Column(QScrollArea):
    """The scrolling part. `content` is as high as its messages; nothing lays it out but the transcript."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.content = QWidget()
        self.content.setProperty("ground", "page")
        self.content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWidget(self.content)
        self.verticalScrollBar().setSingleStep(40)


class TranscriptView(QWidget):
    """Shows one conversation. The owner gives it messages and passes on what arrives; it only tells what was clicked."""

    regenerate_requested = Signal(object)
    """MessageId of the last answer."""
    action_requested = Signal(object, object)
    """desktop.messages.Action, MessageId."""
    empty_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Conversation"))
        self._earlier: list[Message] = []
        self._items: list[MessageItem] = []
        self._wanted = 0
        self._width = 0
        self._following = True
        self._moving = False
        self._told_empty = True
        self._left_out = 0
        self._first_seen: MessageId | None = None
        """Above this message the divider stands."""
        self._divider: Divider | None = None
        self._recap: tuple[str, int, bool] = ("", 0, False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._column = _Column(self)
        box.addWidget(self._column)
        self._bar = self._column.verticalScrollBar()
        self._bar.valueChanged.connect(self._on_scrolled)
        self._last_value = 0
        self._pump_timer = QTimer(self)
        self._pump_timer.setSingleShot(True)
        self._pump_timer.timeout.connect(self._pump)
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.timeout.connect(self._write_arrived)
        self._end = IconButton("arrow-down", tr("To the end"), self, side=36, icon_size=18, raised=True)
        self._end.clicked.connect(self.scroll_to_end)
        self._end.hide()

    # what the owner calls

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show a conversation from its end. The last messages are written at once, the others when there is time."""
        self._drop_items()
        self._earlier = [message for message in messages if message.role is not Role.SYSTEM]
        self._wanted = min(FIRST, len(self._earlier))
        self._following = True
        self._recap = ("", 0, False)
        self._left_out = len(history.left_out(self._earlier))
        self._update_divider()
        self._tell_empty()
        self._fill(0.03)

    def append(self, message: Message) -> None:
        """A new message at the end. A question brings the reader there."""
        if message.role is Role.SYSTEM:
            return
        item = self._make(message)
        self._items.append(item)
        self._tell_empty()
        self._mark_last()
        if message.role is Role.USER:
            self._following = True
        item.step()
        self._place()
        if message.text:
            self._pump_timer.start(0)

    def add_text(self, message: MessageId, text: str, thought: str) -> None:
        """More of an answer; unknown messages are ignored."""
        item = self._find(message)
        if isinstance(item, Answer):
            item.add(text, thought)
            if not self._tick.isActive():
                self._tick.start(TICK_MS)

    def finish(self, message: Message, error_data: Mapping[str, ErrorValue] | None = None) -> None:
        """An answer has its final state; `error_data` fills the sentence of its error."""
        item = self._find(message.id)
        if not isinstance(item, Answer):
            return
        item.finish(message, error_data or {})
        item.placed_for = 0
        if history.last_read((message,)) is not None and message.usage is not None:
            self._left_out = message.usage.left_out
            self._update_divider()
        self._mark_last()
        self._write_arrived()

    def set_reading(self, message: object, fraction: float | None) -> None:
        """How far the engine has read the question of the running answer: 0…1, None if unknown."""
        del message  # one answer runs at a time, and it is the last
        if self._items and isinstance(item := self._items[-1], Answer) and item.running:
            item.set_reading(fraction)
            item.placed_for = 0
            self._place()

    def set_left_out(self, count: int) -> None:
        """So many of the oldest messages are not part of the prompt that is read now."""
        if count != self._left_out:
            self._left_out = count
            self._update_divider()
            self._place()

    def set_recap(self, text: str, covers: int, *, writing: bool) -> None:
        """What stands in prompts for the first `covers` messages ("" = nothing does), and whether it is being written anew."""
        if (text, covers, writing) != self._recap:
            self._recap = (text, covers, writing)
            self._update_divider()
            self._place()

    @property
    def divider(self) -> Divider | None:
        """The line between what the model no longer sees and what it does, if there is one and it was scrolled to."""
        return self._divider if self._divider is not None and not self._divider.isHidden() else None

    @property
    def messages(self) -> tuple[Message, ...]:
        """All of the conversation, as far as it is known here."""
        return (*self._earlier, *(item.message for item in self._items))

    def clear(self) -> None:
        """Show nothing."""
        self._drop_items()
        self._earlier = []
        self._left_out = 0
        self._update_divider()
        self._tell_empty()
        self._place()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self._items and not self._earlier

    @property
    def items(self) -> Sequence[MessageItem]:
        """The messages that have widgets, in order."""
        return tuple(self._items)

    @property
    def following(self) -> bool:
        """Whether the end stays in sight while text arrives."""
        return self._following

    @property
    def scroll_bar(self) -> QScrollBar:
        """Where the reader is."""
        return self._bar

    @property
    def end_button(self) -> IconButton:
        """The way back to the end."""
        return self._end

    @property
    def busy(self) -> bool:
        """Whether something is still to be written."""
        return self._pump_timer.isActive() or self._tick.isActive()

    def scroll_to_end(self) -> None:
        """Go to the end, and stay there."""
        self._following = True
        self._move(self._bar.maximum())

    def scroll_by(self, pixels: int) -> None:
        """As if the reader had scrolled: up is negative."""
        self._bar.setValue(self._bar.value() + pixels)

    # writing

    def _fill(self, seconds: float) -> None:
        """Write what is wanted, from the end, for at most `seconds`; the rest later."""
        until = time.perf_counter() + seconds
        left = True
        while left and time.perf_counter() < until:
            left = self._work()
        self._place()
        if left:
            self._pump_timer.start(0)

    def _pump(self) -> None:
        self._fill(SLICE_S)

    def _work(self) -> bool:
        """One small piece of work; False when nothing is left."""
        for item in reversed(self._items):
            if item.step():
                item.placed_for = 0
                return True
        if len(self._items) < self._wanted and self._earlier:
            item = self._make(self._earlier.pop())
            self._items.insert(0, item)
            if len(self._items) == 1:
                self._mark_last()
            item.step()
            return True
        return False

    def _write_arrived(self) -> None:
        began = time.perf_counter()
        more = False
        for item in self._items[-2:]:
            item.placed_for = 0
            while item.step():
                if time.perf_counter() - began > SLICE_S:
                    more = True
                    break
        self._place()
        if more:
            # the longer writing takes, the rarer it is done
            spent = int((time.perf_counter() - began) * 1000)
            self._tick.start(max(TICK_MS, min(400, spent * 4)))

    # places

    def _place(self) -> None:
        """Put every message where it belongs, and the reader where they were."""
        anchor, offset = self._anchor()
        width = self._column.width()  # with the scroll bar: the text stays below the composer's middle
        column = max(120, min(theme.current().column, width - 48))
        left = (width - column) // 2 - PAD
        at = _TOP
        divider = self._divider
        if divider is not None:
            divider.setVisible(any(item.message.id == self._first_seen for item in self._items))
        for item in self._items:
            if divider is not None and item.message.id == self._first_seen:
                height = divider.place(column)
                divider.move(left, at)
                at += height + _GAP
            height = item.height_now if item.placed_for == column else item.place(column)
            item.placed_for = column
            if item.pos() != QPoint(left, at):
                item.move(left, at)
            at += height + _GAP
        height = max(at + _BOTTOM, 1)
        self._moving = True
        self._column.content.resize(width - self._bar.sizeHint().width(), height)
        self._moving = False
        if self._following:
            self._move(self._bar.maximum())
        elif anchor is not None:
            self._move(anchor.y() - offset)
        self._show_end_button()

    def _anchor(self) -> tuple[MessageItem | None, int]:
        """The first message in sight that has its place, and how far below the top edge it begins."""
        value = self._bar.value()
        for item in self._items:
            if item.height_now and item.y() + item.height_now > value:
                return item, item.y() - value
        return None, 0

    def _move(self, value: int) -> None:
        self._moving = True
        self._bar.setValue(value)
        self._moving = False
        self._last_value = self._bar.value()
        self._show_end_button()

    def _on_scrolled(self, value: int) -> None:
        if self._moving:
            return
        up = value < self._last_value
        squeezed = self._last_value > self._bar.maximum()  # the view has grown: nobody scrolled
        self._last_value = value
        if squeezed:
            return
        self._following = not up and value >= self._bar.maximum() - 2
        if value < self._column.viewport().height() and self._earlier and not self._pump_timer.isActive():
            self._wanted = len(self._items) + MORE
            self._pump_timer.start(0)
        self._show_end_button()

    def _show_end_button(self) -> None:
        away = not self._following and self._bar.maximum() - self._bar.value() > 40
        self._end.setVisible(away)
        if away:
            self._end.move((self.width() - self._end.width()) // 2, self.height() - self._end.height() - 12)
            self._end.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width."""
        super().resizeEvent(event)
        self._column.setGeometry(self.rect())
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme or text size: write everything again, a piece at a time."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._items:
            for item in self._items:
                item.restyle()
                item.placed_for = 0
            if self._divider is not None:
                self._divider.restyle()
            self._fill(0.03)

    # messages

    def _make(self, message: Message) -> MessageItem:
        content = self._column.content
        item: MessageItem
        if message.role is Role.USER:
            item = Question(message, content)
        else:
            answer = Answer(message, content)
            answer.acted.connect(lambda action: self.action_requested.emit(action, message.id))
            item = answer
        item.resized.connect(lambda: self._on_resized(item))
        item.regenerate_clicked.connect(lambda: self.regenerate_requested.emit(message.id))
        item.view.link_opened.connect(_open)
        item.view.dragged.connect(self._on_dragged)
        item.show()
        return item

    def _update_divider(self) -> None:
        """Have it say what is so, and know where it belongs; `_place` puts it there."""
        seen = history.spoken(self.messages)[self._left_out :] if self._left_out else ()
        self._first_seen = seen[0].id if seen else None
        if self._first_seen is None:
            if self._divider is not None:
                self._divider.hide()
                self._divider.deleteLater()
                self._divider = None
            return
        if self._divider is None:
            self._divider = Divider(self._column.content)
            self._divider.resized.connect(self._on_resized)
        text, covers, writing = self._recap
        self._divider.set_state(self._left_out, text, min(covers, self._left_out), writing=writing)

    def _on_resized(self, item: MessageItem | None = None) -> None:
        """The reader opened or closed something: what is above it stays where it is."""
        if item is not None:
            item.placed_for = 0
        self._following = False
        self._fill(SLICE_S)
        self._following = self._at_end()
        self._show_end_button()

    def _on_dragged(self, at: QPoint) -> None:
        """A selection that is drawn over an edge scrolls."""
        y = self._column.viewport().mapFromGlobal(at).y()
        if y < 0:
            self.scroll_by(max(y, -60))
        elif (below := y - self._column.viewport().height()) > 0:
            self.scroll_by(min(below, 60))

    def _at_end(self) -> bool:
        return self._bar.value() >= self._bar.maximum() - 2

    def _tell_empty(self) -> None:
        if self.empty != self._told_empty:
            self._told_empty = self.empty
            self.empty_changed.emit(self.empty)

    def _mark_last(self) -> None:
        for item in self._items[:-1]:
            item.set_last(False)
        if self._items:
            last = self._items[-1]
            last.set_last(isinstance(last, Answer) and last.message.state is not MessageState.RUNNING)

    def _find(self, message: MessageId) -> MessageItem | None:
        return next((item for item in reversed(self._items) if item.message.id == message), None)

    def _drop_items(self) -> None:
        self._pump_timer.stop()
        self._tick.stop()
        for item in self._items:
            item.hide()
            item.deleteLater()
        self._items = []


def _open(link: str) -> None:
    if link.startswith(("http://", "https://", "mailto:")):
        QDesktopServices.openUrl(QUrl(link))
