"""A line that opens and closes what lies below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui import icons, theme
from desktop.ui.widgets.pressable import Pressable

_ARROW = 16


class FoldLine(Pressable):
    """Words behind an arrow that turns: small, as it stands in a text."""

    HIGH, LEFT, GAP = 28, 2, 4
    """Pixels: height, before the arrow, between arrow and words."""
    RING = (1, 1)
    """Pixels that the focus ring is inside the edges."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_words(self, text: str) -> None:
        """What it says."""
        self.setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """Words, arrow, margins."""
        return QSize(self._before_words + self.fontMetrics().horizontalAdvance(self.text()) + 18, self.HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Arrow, words, focus ring."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            across, down = self.RING
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(across, down, -across, -down), 7, 7)
        token = "text" if self.underMouse() else "soft"
        arrow = "chevron-down" if self.isChecked() else "chevron-right"
        icons.paint(painter, arrow, QRectF(self.LEFT, (self.height() - _ARROW) / 2, _ARROW, _ARROW), token)
        painter.setPen(look.color(token))
        words = QRectF(self._before_words, 0, self.width() - self._before_words, self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())

    @property
    def _before_words(self) -> int:
        return self.LEFT + _ARROW + self.GAP


class Fold(FoldLine):
    """As wide as a card; `body` is shown while it is open."""

    HIGH, LEFT, GAP = 44, 14, 8
    RING = (5, 3)

    def __init__(self, text: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_words(text)
        self.setFixedHeight(self.HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(body.setVisible)
        body.hide()
