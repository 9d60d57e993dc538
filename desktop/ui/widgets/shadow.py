"""The soft shadow under what floats."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QWidget

from desktop.ui import theme


def lift(widget: QWidget, blur: int = 32, drop: int = 6) -> None:
    """Put a shadow under a small floating widget. Not for anything that repaints often: the effect renders it twice."""
    effect = QGraphicsDropShadowEffect(widget)
    color = QColor(theme.current().color("shadow"))
    color.setAlpha(120 if theme.current().dark else 40)
    effect.setColor(color)
    effect.setBlurRadius(blur)
    effect.setOffset(0, drop)
    widget.setGraphicsEffect(effect)
