"""Three dots that breathe while an answer is on its way."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, QTimerEvent
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.ui import theme


class Pulse(QWidget):
    """Moves only while seen, and not at all where the system asks for less motion."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = 0
        self._timer = 0
        self.setFixedSize(28, 12)

    def sizeHint(self) -> QSize:
        """The fixed size."""
        return QSize(28, 12)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to move."""
        super().showEvent(event)
        if not self._timer and theme.motion() > 0:
            self._timer = self.startTimer(60)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        """One step."""
        self._step += 1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dots, each a little behind the one before."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for index in range(3):
            color = QColor(theme.current().color("accent"))
            wave = math.sin(self._step * 0.28 - index * 0.9) if self._timer else 1.0 - index * 0.6
            color.setAlphaF(0.35 + 0.65 * max(0.0, wave))
            painter.setBrush(color)
            painter.drawEllipse(QRectF(1 + index * 9, 3, 6, 6))
