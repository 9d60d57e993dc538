"""A switch."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.ui import theme
from desktop.ui.widgets.pressable import Pressable


class Toggle(Pressable):
    """On or off: `toggled(bool)` as every checkable button."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFixedSize(40, 24)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._at = 0.0
        self._slide = QVariantAnimation(self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self._move)
        self.toggled.connect(self._on_toggled)

    def sizeHint(self) -> QSize:
        """The fixed size."""
        return QSize(40, 24)

    def checkStateSet(self) -> None:
        """Set by the program: the knob follows also while nobody is told of it."""
        super().checkStateSet()
        if self.signalsBlocked():
            self._slide.stop()
            self._move(1.0 if self.isChecked() else 0.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, knob, focus ring."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(2, 2, self.width() - 4, self.height() - 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent" if self.isChecked() else "faint"))
        if not self.isEnabled():
            painter.setBrush(look.color("press"))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        painter.setBrush(look.color("on_accent" if self.isChecked() else "card"))
        side = rect.height() - 4
        left = rect.left() + 2 + (rect.width() - side - 4) * self._at
        painter.drawEllipse(QRectF(left, rect.top() + 2, side, side))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("accent"), 2))
            outer = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(outer, outer.height() / 2, outer.height() / 2)

    def _on_toggled(self, on: bool) -> None:
        duration = theme.motion(120) if self.isVisible() else 0
        self._slide.stop()
        if duration == 0:
            self._move(1.0 if on else 0.0)
            return
        self._slide.setDuration(duration)
        self._slide.setStartValue(self._at)
        self._slide.setEndValue(1.0 if on else 0.0)
        self._slide.start()

    def _move(self, value: float) -> None:
        self._at = value
        self.update()
