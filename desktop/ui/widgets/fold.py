"""A line that opens and closes what lies below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui import icons, theme
from desktop.ui.widgets.pressable import Pressable


class Fold(Pressable):
    """Words and an arrow that turns; `body` is shown while it is open."""

    def __init__(self, text: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = body
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFixedHeight(44)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(body.setVisible)
        body.hide()

    def sizeHint(self) -> QSize:
        """Words, arrow, margins."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 56, 44)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Arrow, words, focus ring."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(5, 3, -5, -3), 7, 7)
        token = "text" if self.underMouse() else "soft"
        arrow = "chevron-down" if self.isChecked() else "chevron-right"
        icons.paint(painter, arrow, QRectF(14, (self.height() - 16) / 2, 16, 16), token)
        painter.setPen(look.color(token))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(38, 0, self.width() - 46, self.height()), middle, self.text())
