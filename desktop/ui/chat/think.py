"""The quiet switch of the composer: whether the model thinks before it answers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.i18n import tr
from desktop.ui import icons, theme
from desktop.ui.widgets.pressable import Pressable

_HEIGHT = 30


class ThinkToggle(Pressable):
    """A lamp and two words; lit when it is on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setChecked(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setText(tr("Think first"))
        self.setAccessibleName(self.text())
        self.toggled.connect(lambda _: self._name())
        self._name()

    def set_on(self, on: bool) -> None:
        """Show what is so; also while nobody listens."""
        self.setChecked(on)
        self._name()

    def sizeHint(self) -> QSize:
        """Lamp, words, margins."""
        return QSize(10 + 16 + 6 + self.fontMetrics().horizontalAdvance(self.text()) + 12, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, lamp, words, focus ring."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, over = self.isChecked(), self.underMouse()
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if on or over:
            painter.setBrush(look.color("accent_soft" if on else "hover"))
            painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        elif not on:
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), rect.height() / 2, rect.height() / 2)
        token = "accent" if on else "text" if over else "soft"
        icons.paint(painter, "lightbulb", QRectF(10, (self.height() - 16) / 2, 16, 16), token)
        painter.setPen(look.color(token))
        words = QRectF(32, 0, self.width() - 32, self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())

    def _name(self) -> None:
        on = tr("The model thinks before it answers: slower, often better")
        self.setToolTip(on if self.isChecked() else tr("The model answers at once"))
        self.setAccessibleDescription(self.toolTip())
