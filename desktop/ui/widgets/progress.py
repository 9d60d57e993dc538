"""A thin line that fills."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimerEvent
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui import theme


class ThinProgress(QWidget):
    """Progress as a line of 4 px; None means the size is not known, and a short piece wanders."""

    def __init__(self, parent: QWidget | None = None, *, thickness: int = 4) -> None:
        super().__init__(parent)
        self._value: float | None = 0.0
        self._phase = 0.0
        self._timer = 0
        self.setFixedHeight(thickness)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> float | None:
        """What is shown: 0…1, or None."""
        return self._value

    def set_value(self, fraction: float | None) -> None:
        """Show a fraction of 0…1, or None for "working"."""
        value = None if fraction is None else min(1.0, max(0.0, fraction))
        if value != self._value:
            self._value = value
            self._animate()
            self.update()

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(120, self.height())

    def showEvent(self, event: QShowEvent) -> None:
        """Wander only while seen."""
        super().showEvent(event)
        self._animate()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while hidden."""
        super().hideEvent(event)
        self._animate()

    def timerEvent(self, event: QTimerEvent) -> None:
        """One step of the wandering piece."""
        self._phase = (self._phase + 0.012) % 1.0
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove and filled part."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = QRectF(self.rect())
        radius = rect.height() / 2
        painter.setBrush(look.color("press"))
        painter.drawRoundedRect(rect, radius, radius)
        painter.setBrush(look.color("accent"))
        if self._value is None:
            width = rect.width() * 0.3
            left = -width + (rect.width() + width) * self._phase if self._timer else rect.width() * 0.35
            painter.setClipRect(rect)
            painter.drawRoundedRect(QRectF(left, 0, width, rect.height()), radius, radius)
        elif self._value > 0:
            width = max(rect.height(), rect.width() * self._value)
            painter.drawRoundedRect(QRectF(0, 0, width, rect.height()), radius, radius)

    def _animate(self) -> None:
        wanted = self._value is None and self.isVisible() and theme.motion() > 0
        if wanted and not self._timer:
            self._timer = self.startTimer(16)
        elif not wanted and self._timer:
            self.killTimer(self._timer)
            self._timer = 0
