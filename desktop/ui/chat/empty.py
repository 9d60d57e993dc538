"""What an empty conversation shows: a greeting and four things one could ask."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.i18n import mark, tr
from desktop.ui import icons, theme
from desktop.ui.widgets import Text
from desktop.ui.widgets.pressable import Pressable

_SUGGESTIONS = (
    ("lightbulb", mark("Explain to a ten-year-old how a rainbow forms")),
    ("text", mark("Compare Beijing and Shanghai in a table")),
    ("pencil", mark("Write a short, polite e-mail asking for a day off")),
    ("code", mark("Write a Python function that finds duplicate files")),
)
_WIDE = 640
_HIGH = 64


class Suggestion(Pressable):
    """One thing to ask."""

    def __init__(self, icon: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Two lines of text."""
        return QSize(_WIDE // 2, _HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card, icon, words."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(look.color("hover" if self.underMouse() or self.isDown() else "card"))
        painter.setPen(QPen(look.color("accent"), 2) if self.hasFocus() else QPen(look.color("line"), 1))
        painter.drawRoundedRect(rect, look.radius_card, look.radius_card)
        icons.paint(painter, self._icon, QRectF(16, (self.height() - 20) / 2, 20, 20), "accent")
        painter.setPen(look.color("text"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        room = QRectF(48, 4, self.width() - 60, self.height() - 8)
        painter.drawText(room, int(flags) | int(Qt.TextFlag.TextWordWrap), self.text())


class EmptyState(QWidget):
    """Greeting above a grid of two by two, or one column where it is narrow."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._greeting = Text(tr("What would you like to talk about?"), "display", self, wrap=True)
        self._greeting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sub = Text(tr("Everything stays on this computer."), "soft", self, wrap=True)
        self._sub.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.suggestions: list[Suggestion] = []
        for icon, source in _SUGGESTIONS:
            suggestion = Suggestion(icon, tr(source), self)
            suggestion.clicked.connect(lambda _checked=False, s=suggestion: self.chosen.emit(s.text()))
            self.suggestions.append(suggestion)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Centre everything, a little above the middle."""
        super().resizeEvent(event)
        width = min(_WIDE, self.width() - 48)
        left = (self.width() - width) // 2
        columns = 2 if width >= 480 else 1
        title = self._greeting.heightForWidth(width)
        sub = self._sub.heightForWidth(width)
        rows = len(self.suggestions) // columns
        shown = (
            rows if (room := self.height() - title - sub - 64) >= rows * (_HIGH + 12) else max(0, room // (_HIGH + 12))
        )
        total = title + 8 + sub + 28 + shown * (_HIGH + 12)
        top = max(8, int((self.height() - total) * 0.45))
        self._greeting.setGeometry(left, top, width, title)
        self._sub.setGeometry(left, top + title + 8, width, sub)
        top += title + 8 + sub + 28
        cell = (width - 12 * (columns - 1)) // columns
        for index, suggestion in enumerate(self.suggestions):
            row, column = divmod(index, columns)
            suggestion.setVisible(row < shown)
            suggestion.setGeometry(left + column * (cell + 12), top + row * (_HIGH + 12), cell, _HIGH)
