"""One message of the transcript: what an answer and a question have in common."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.core.models import Message
from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.chat.figures import Figures, sentence, short
from desktop.ui.chat.view import MessageView
from desktop.ui.widgets import IconButton, Text

PAD = 12
"""Room at both sides for the focus ring."""
ROW = 32
"""Height of the actions; kept free while they are hidden, so that nothing jumps."""


class Actions(QWidget):
    """The quiet row below a message: copy, perhaps answer again, time and figures. Shown on hover and focus."""

    regenerate_clicked = Signal()

    def __init__(self, item: MessageItem, *, regenerate: bool, right: bool) -> None:
        super().__init__(item)
        self._item = item
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(2)
        if right:
            row.addStretch(1)
        self.copy = IconButton("copy", tr("Copy"), self, side=28, icon_size=16)
        self.copy.clicked.connect(self._on_copy)
        row.addWidget(self.copy)
        self.again: IconButton | None = None
        if regenerate:
            self.again = IconButton("retry", tr("Answer again"), self, side=28, icon_size=16)
            self.again.clicked.connect(self.regenerate_clicked)
            row.addWidget(self.again)
        self.figures: Figures | None = None
        figures: QWidget
        if sentence(item.message):
            figures = self.figures = Figures(item.message, self)
        else:
            figures = Text(short(item.message), "small", self)
        row.insertWidget(1 if right else row.count(), figures)
        row.insertSpacing(2 if right else row.count() - 1, 6)
        if not right:
            row.addStretch(1)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(1600)
        self._back.timeout.connect(lambda: self.copy.set_icon("copy", "soft"))

    def _on_copy(self) -> None:
        self._item.copy_message()
        self.copy.set_icon("check", "accent")
        self._back.start()


class MessageItem(QWidget):
    """Base of questions and answers. `resized` when the height changed by itself."""

    resized = Signal()
    regenerate_clicked = Signal()

    def __init__(self, message: Message, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self.last = False
        """Whether it may be answered again."""
        self.height_now = 0
        self.placed_for = 0
        """Width it was laid out for; 0 when it has to be laid out again."""
        self._name = name
        self._actions: Actions | None = None
        self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.view = MessageView(name, self)
        self.view.copy_all = lambda: self.text

    @property
    def text(self) -> str:
        """The message as it was written."""
        return self.message.text

    def copy_message(self) -> None:
        """Put the whole message on the clipboard."""
        QGuiApplication.clipboard().setText(self.text)

    def place(self, width: int) -> int:
        """Lay out for a text width in pixels (the item is PAD wider at both sides); remembers and returns the height."""
        raise NotImplementedError

    def step(self) -> bool:
        """Write one piece of what is still to be written; False if nothing is left."""
        return False

    def restyle(self) -> None:
        """Write everything again in the present theme."""

    def set_last(self, last: bool) -> None:
        """Whether this is the last answer, and so can be given again."""
        if last != self.last:
            self.last = last
            self._drop_actions()

    @property
    def actions_shown(self) -> Actions | None:
        """The row of actions, if it is shown."""
        return self._actions if self._actions is not None and self._actions.isVisible() else None

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the actions."""
        super().enterEvent(event)
        self._hovered = True
        self._update_actions()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the actions, unless the focus is here."""
        super().leaveEvent(event)
        self._hovered = False
        self._update_actions()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the actions."""
        super().focusInEvent(event)
        self._update_actions()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide them a moment later, unless the focus went to one of them."""
        super().focusOutEvent(event)
        QTimer.singleShot(0, self, self._update_actions)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the message."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_message()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The focus ring."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.current().color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)

    def _actions_wanted(self) -> bool:
        return True

    def _actions_right(self) -> bool:
        return False

    def _update_actions(self) -> None:
        inside = (
            self.isAncestorOf(focused)
            if (focused := QGuiApplication.focusObject()) and isinstance(focused, QWidget)
            else False
        )
        wanted = (self._hovered or self.hasFocus() or inside) and self._actions_wanted()
        if wanted and self._actions is None:
            self._actions = Actions(self, regenerate=self.last, right=self._actions_right())
            self._actions.regenerate_clicked.connect(self.regenerate_clicked)
            self._place_actions()
        if self._actions is not None:
            self._actions.setVisible(wanted)

    def _place_actions(self) -> None:
        if self._actions is not None:
            self._actions.setGeometry(PAD - 6, self.height_now - ROW, self.width() - 2 * PAD + 12, ROW)

    def _drop_actions(self) -> None:
        """Make the row anew when what it offers has changed."""
        if self._actions is not None:
            self._actions.hide()
            self._actions.deleteLater()
            self._actions = None
            self._update_actions()

    def _describe(self) -> None:
        """Tell assistive technology what is written."""
        self.setAccessibleName(f"{self._name}: {self.text[:200]}" if self.text else self._name)
