"""A round little button that tells a state: a dot, words, perhaps a thin line that fills."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui import icons, theme
from desktop.ui.widgets.pressable import Pressable

Tone = Literal["neutral", "accent", "warning", "danger"]

_DOTS = {"neutral": "faint", "accent": "accent", "warning": "warning", "danger": "danger"}


class Pill(Pressable):
    """Text with a coloured dot; `set_progress` draws a line along the bottom edge."""

    def __init__(self, text: str = "", tone: Tone = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone: Tone = tone
        self._progress: float | None = None
        self._detail = ""
        self._chevron = False
        self.setText(text)
        self.setFixedHeight(30)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set(self, text: str, tone: Tone = "neutral", detail: str = "", *, chevron: bool = False) -> None:
        """What it says: `text` in full colour, `detail` softly behind it."""
        self._tone = tone
        self._detail = detail
        self._chevron = chevron
        self.setText(text)
        self.setAccessibleName(f"{text}, {detail}" if detail else text)
        self.updateGeometry()
        self.update()

    def set_progress(self, fraction: float | None) -> None:
        """Draw a line for 0…1; None takes it away."""
        self._progress = fraction
        self.update()

    @property
    def progress(self) -> float | None:
        """The fraction drawn, if any."""
        return self._progress

    @property
    def detail(self) -> str:
        """The soft words."""
        return self._detail

    def sizeHint(self) -> QSize:
        """Dot, words, margins."""
        metrics = self.fontMetrics()
        width = 12 + 8 + 8 + metrics.horizontalAdvance(self.text()) + 16  # advances are rounded
        if self._detail:
            width += 6 + metrics.horizontalAdvance(self._detail)
        return QSize(width + (18 if self._chevron else 0), 30)

    def minimumSizeHint(self) -> QSize:
        """The dot and a few letters."""
        return QSize(min(88, self.sizeHint().width()), 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, line, dot, words."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        ground = "press" if self.isDown() else "hover" if self.underMouse() else "card"
        painter.fillPath(shape, look.color(ground))
        if self._progress is not None:
            painter.save()
            painter.setClipPath(shape)
            painter.fillRect(QRectF(0, self.height() - 3, self.width(), 3), look.color("press"))
            painter.fillRect(QRectF(0, self.height() - 3, self.width() * self._progress, 3), look.color("accent"))
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.color("accent"), 2) if self.hasFocus() else QPen(look.color("line"), 1))
        painter.drawPath(shape)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(_DOTS[self._tone]))
        painter.drawEllipse(QRectF(12, self.height() / 2 - 4, 8, 8))
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        look = theme.current()
        metrics = self.fontMetrics()
        left = 28.0
        room = self.width() - left - 14 - (18 if self._chevron else 0)
        tail = metrics.horizontalAdvance(self._detail) + 6 if self._detail else 0
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, int(max(room - tail, 40)))
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(look.color("text"))
        painter.drawText(QRectF(left, 0, room, self.height()), middle, shown)
        left += metrics.horizontalAdvance(shown) + 6
        if self._detail:
            painter.setPen(look.color("soft"))
            rest = max(0, int(28 + room - left))
            words = metrics.elidedText(self._detail, Qt.TextElideMode.ElideRight, rest)
            painter.drawText(QRectF(left, 0, rest, self.height()), middle, words)
        if self._chevron:
            icons.paint(painter, "chevron-down", QRectF(self.width() - 28, self.height() / 2 - 8, 16, 16), "soft")
