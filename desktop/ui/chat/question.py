"""The user's words: plain text in a tinted bubble at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop import i18n
from desktop.core.models import Message
from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.chat.formats import Formats
from desktop.ui.chat.message import PAD, ROW, MessageItem
from desktop.ui.widgets import Button

FOLDED = 3_000
"""Characters of a long question that are shown at first."""
_PIECE = 4_000
_X, _TOP, _BOTTOM = 16, 8, 11
"""Room around the words: a fixed line height puts its extra above the letters."""


class Question(MessageItem):
    """A long one is folded, and unfolds piece by piece."""

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(message, tr("You"), parent)
        self._written = 0
        self._wanted = len(message.text) if len(message.text) <= FOLDED * 2 else FOLDED
        self._more: Button | None = None
        self._bubble = QRectF()
        self._describe()
        if self._wanted < len(message.text):
            words = tr("Show all {n} characters", n=f"{len(message.text):,}")
            self._more = Button(words, "link", parent=self)
            self._more.clicked.connect(self.unfold)

    @property
    def bubble(self) -> QRectF:
        """Where the bubble is, in pixels of this widget."""
        return self._bubble

    def unfold(self) -> None:
        """Show all of it."""
        self._wanted = len(self.text)
        if self._more is not None:
            self._more.hide()
            self._more.deleteLater()
            self._more = None
        self.resized.emit()

    def step(self) -> bool:
        """Write the next piece."""
        if self._written >= self._wanted:
            return False
        formats = Formats(theme.current(), i18n.language(), self.text)
        cursor = QTextCursor(self.view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        if self._written == 0:
            cursor.setBlockFormat(formats.line(0, 0))
            cursor.setBlockCharFormat(formats.body)
        end = min(self._wanted, self._written + _PIECE)
        cursor.insertText(self.text[self._written : end].replace("\r", ""), formats.body)
        cursor.endEditBlock()
        self._written = end
        return True

    def restyle(self) -> None:
        """Write it again."""
        self.view.clear()
        self._written = 0

    def place(self, width: int) -> int:
        """At the right, at most 80 % wide."""
        most = int(width * 0.8) - 2 * _X
        self.view.set_width(most)
        inner = min(most, self.view.text_width() + 1)
        if self._more is not None:
            inner = max(inner, min(most, self._more.sizeHint().width()))
        self.view.set_width(inner)
        height = self.view.text_height()
        left = PAD + width - inner - 2 * _X
        below = 0
        if self._more is not None:
            below = self._more.sizeHint().height() + 4
            self._more.setGeometry(left + _X - 4, _TOP + height + 4, self._more.sizeHint().width(), below - 4)
        self._bubble = QRectF(left, 0, inner + 2 * _X, height + below + _TOP + _BOTTOM)
        self.view.setGeometry(left + _X, _TOP, inner, height)
        self.height_now = int(self._bubble.height()) + ROW
        self.resize(width + 2 * PAD, self.height_now)
        self._place_actions()
        self.update()
        return self.height_now

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bubble."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("bubble"))
        painter.drawRoundedRect(self._bubble, look.radius_bubble, look.radius_bubble)
        painter.end()
        super().paintEvent(event)

    def _actions_right(self) -> bool:
        return True
