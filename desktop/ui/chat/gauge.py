"""How full the model's context is: a thin ring in the composer, the figures on demand."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.core.history import USUAL_RATIO
from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.widgets.pressable import Pressable

_SIDE, _RING = 30, 16
_NEARLY = 0.85


class Gauge(Pressable):
    """The conversation's tokens are known exactly; those of what is being typed are estimated, and called "about"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used = 0
        self._exact = False
        self._context = 0
        self._ratio = USUAL_RATIO
        self._typed = 0
        self.setFixedSize(_SIDE, _SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._tell)
        self._show()

    @property
    def tokens(self) -> int:
        """Tokens in all, what is typed included."""
        return self._used + round(self._typed / self._ratio)

    @property
    def fraction(self) -> float:
        """How full: 0…1."""
        return min(1.0, self.tokens / self._context) if self._context else 0.0

    def set_conversation(self, used: int, ratio: float) -> None:
        """Tokens of the conversation as of its last answer (0: none was given yet), and bytes to a token."""
        self._used, self._exact, self._ratio = used, used > 0, ratio
        self._show()

    def set_context(self, context: int) -> None:
        """Tokens the model sees; 0 = no model, and nothing to show."""
        if context != self._context:
            self._context = context
            self._show()

    def set_typed(self, size: int) -> None:
        """Bytes of what is being typed."""
        if size != self._typed:
            self._typed = size
            self._show()

    def sizeHint(self) -> QSize:
        """The fixed size."""
        return QSize(_SIDE, _SIDE)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say the figures to those who come by keyboard."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            QTimer.singleShot(0, self, self._tell)  # later: every move of the focus takes tooltips away

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And no longer."""
        super().focusOutEvent(event)
        QToolTip.hideText()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring, its filled part from the top clockwise."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawEllipse(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        inset = (_SIDE - _RING) / 2
        ring = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(look.color("line" if not self.underMouse() else "outline"), 2))
        painter.drawEllipse(ring)
        if self.fraction > 0:
            token = "warning" if self.fraction >= _NEARLY else "soft"
            painter.setPen(QPen(look.color(token), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(ring, 90 * 16, -max(1, round(self.fraction * 360)) * 16)

    def _show(self) -> None:
        self.setVisible(self._context > 0)
        count, of, percent = f"{self.tokens:,}", f"{self._context:,}", round(self.fraction * 100)
        if not self.tokens:
            words = tr("The model sees {of} tokens at a time", of=of)
        elif self._exact and not self._typed:
            words = tr("Context {percent} % full: {n} of {of} tokens", percent=percent, n=count, of=of)
        else:
            words = tr("Context about {percent} % full: {n} of {of} tokens", percent=percent, n=count, of=of)
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def _tell(self) -> None:
        if not self.isVisible():
            return
        QToolTip.showText(self.mapToGlobal(self.rect().topLeft()), self.toolTip(), self)
