"""What an answer cost, in figures: a few in its row of actions, all of them on demand."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop import i18n
from desktop.core.models import Message
from desktop.i18n import tr
from desktop.ui import fonts, theme
from desktop.ui.widgets import Text
from desktop.ui.widgets.pressable import Pressable


def short(message: Message) -> str:
    """The time, and how fast it was written."""
    parts = [time.strftime("%H:%M", time.localtime(message.created / 1000))]
    if message.timings is not None and message.timings.tokens_per_second > 0:
        parts.append(tr("{n} tokens/s", n=f"{message.timings.tokens_per_second:.1f}"))
    return " · ".join(parts)


def sentence(message: Message) -> str:
    """All of it in one line; "" if nothing is known."""
    usage, timings = message.usage, message.timings
    if usage is None or not usage.prompt_tokens:
        return ""
    read = _tokens(usage.prompt_tokens - usage.cached_tokens)
    parts = [
        tr("{tokens} read, {known} reused", tokens=read, known=f"{usage.cached_tokens:,}"),
        tr("{n} written", n=f"{usage.completion_tokens:,}"),
    ]
    if usage.left_out:
        parts.append(tr("{messages} left out", messages=_messages(usage.left_out)))
    if timings is not None and timings.first_token_ms > 0:
        parts.append(tr("first after {n} s", n=_seconds(timings.first_token_ms)))
    if timings is not None and timings.tokens_per_second > 0:
        parts.append(tr("{n} per second", n=f"{timings.tokens_per_second:.1f}"))
    return " · ".join(parts)


def rows(message: Message) -> list[tuple[str, str]]:
    """All of it as names and values."""
    usage, timings = message.usage, message.timings
    if usage is None or not usage.prompt_tokens:
        return []
    found = [
        (tr("Read"), _tokens(usage.prompt_tokens - usage.cached_tokens)),
        (tr("Reused"), _tokens(usage.cached_tokens)),
        (tr("Written"), _tokens(usage.completion_tokens)),
    ]
    if usage.left_out:
        found.append((tr("Left out"), _messages(usage.left_out)))
    if message.thought_ms is not None:
        found.append((tr("Thought for"), tr("{n} s", n=_seconds(message.thought_ms))))
    if timings is not None and timings.first_token_ms > 0:
        found.append((tr("First word after"), tr("{n} s", n=_seconds(timings.first_token_ms))))
    if timings is not None and timings.tokens_per_second > 0:
        found.append((tr("Speed"), tr("{n} tokens/s", n=f"{timings.tokens_per_second:.1f}")))
    return found


def _tokens(count: int) -> str:
    return tr("1 token") if count == 1 else tr("{n} tokens", n=f"{count:,}")


def _messages(count: int) -> str:
    return tr("1 message") if count == 1 else tr("{n} messages", n=f"{count:,}")


def _seconds(milliseconds: float) -> str:
    seconds = milliseconds / 1000
    return f"{seconds:.1f}" if seconds < 100 else f"{seconds:,.0f}"


class Figures(Pressable):
    """The short form; all of it in the tooltip, and in a small card when it is pressed."""

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self._message = message
        self.card: FiguresCard | None = None
        self.setText(short(message))
        self.setToolTip(sentence(message))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self.toolTip())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(fonts.ui(i18n.language(), theme.current().small_size))
        self.clicked.connect(self._show_card)

    def sizeHint(self) -> QSize:
        """The words and a little room."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 16, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words, hover ground, focus ring."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse():
            painter.setBrush(look.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), look.radius, look.radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), look.radius - 1, look.radius - 1)
        painter.setPen(look.color("soft" if self.underMouse() else "faint"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())

    def _show_card(self) -> None:
        self.card = FiguresCard(self._message, self)
        self.card.destroyed.connect(self._forget_card)
        self.card.show_above(self)

    def _forget_card(self) -> None:
        self.card = None


class FiguresCard(QWidget):
    """Names and values below each other; any key or click beside it takes it away."""

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(sentence(message))
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        for row, (name, value) in enumerate(rows(message)):
            grid.addWidget(Text(name, "soft", self), row, 0)
            grid.addWidget(Text(value, "body", self), row, 1, Qt.AlignmentFlag.AlignRight)

    def show_above(self, widget: QWidget) -> None:
        """Show it above a widget, below it where there is no room, and give it the focus."""
        self.adjustSize()
        at = widget.mapToGlobal(QPoint(0, -self.height() - 4))
        screen = widget.screen().availableGeometry()
        if at.y() < screen.top():
            at = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        at.setX(max(screen.left() + 4, min(at.x(), screen.right() - self.width() - 4)))
        self.move(at)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Away with it."""
        event.accept()
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("outline"), 1))
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), look.radius, look.radius)
