"""One message's text on the page: selectable, accessible, as high as its text, with its own grounds under code."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.chat.code_bar import CodeBar
from desktop.ui.chat.formats import CODE_HEAD, CODE_PAD, MARKER
from desktop.ui.chat.render import LINE, CodeSpan, Marker, Spans
from desktop.ui.widgets import Menu

_SCROLLING = (
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)


class MessageView(QTextEdit):
    """Read-only text without scroll bars. Its owner calls `set_width` and gives it `text_height` pixels."""

    link_opened = Signal(str)
    dragged = Signal(QPoint)
    """The mouse draws a selection and is here, in global coordinates."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self.verticalScrollBar().setValue(0))
        self.spans: Callable[[], Spans] = Spans
        """Where the grounds are; the owner of the document sets it."""
        self.copy_all: Callable[[], str] = self.toPlainText
        """The whole message as it was written, for "Copy message"."""
        self._bars: list[CodeBar] = []
        self._pressed = QPointF()

    def set_width(self, width: int) -> None:
        """Wrap at `width` pixels."""
        if self.lineWrapColumnOrWidth() != width:
            self.setLineWrapColumnOrWidth(width)

    def text_height(self) -> int:
        """Pixels the text needs at the present width."""
        height = self.document().size().height()
        codes = self.spans().codes
        return math.ceil(max(height, self._ground(codes[-1]).bottom()) if codes else height)

    def text_width(self) -> int:
        """Pixels the widest line needs."""
        return math.ceil(self.document().idealWidth())

    def place_bars(self) -> None:
        """Put language and copy button above each code block; call after the text or the width has changed."""
        codes = self.spans().codes
        while len(self._bars) > len(codes):
            self._bars.pop().deleteLater()
        while len(self._bars) < len(codes):
            self._bars.append(CodeBar(self.viewport()))
        for bar, span in zip(self._bars, codes, strict=True):
            ground = self._ground(span)
            bar.show_code(span)
            bar.setGeometry(int(ground.left()), int(ground.top()), int(ground.width()), CODE_HEAD)
            bar.show()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Plain text only, with real line breaks."""
        data = QMimeData()
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        rows = []
        block = self.document().findBlock(start)
        while block.isValid() and block.position() <= end:
            text = block.text()[max(0, start - block.position()) : end - block.position()]
            marker = block.blockFormat().property(MARKER) if start <= block.position() else None
            rows.append((marker or "") + text.replace(LINE, "\n").replace("\u200b", ""))
            block = block.next()
        data.setText("\n".join(rows))
        return data

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grounds first, then the letters."""
        spans = self.spans()
        if spans.codes or spans.inline or spans.quotes or spans.rules or spans.markers:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            self._paint_grounds(painter, spans, QRectF(event.rect()))
            painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Bars follow the width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.place_bars()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls, not the message."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that would scroll a text scroll the page, unless they extend a selection."""
        if event.key() in _SCROLLING and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where, to tell a click from a selection."""
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where a link leads."""
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(event.globalPosition().toPoint())
            return
        link = self.anchorAt(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.IBeamCursor)
        self.viewport().setToolTip(link)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a link opens it."""
        super().mouseReleaseEvent(event)
        moved = (event.position() - self._pressed).manhattanLength() > 4
        if event.button() == Qt.MouseButton.LeftButton and not moved and not self.textCursor().hasSelection():
            link = self.anchorAt(event.position().toPoint())
            if link:
                self.link_opened.emit(link)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy, and what concerns a link."""
        menu = self.menu(self.anchorAt(event.pos()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self, link: str) -> Menu:
        """The context menu for a place where `link` is, "" for none."""
        menu = Menu(self)
        clipboard = QGuiApplication.clipboard()
        if self.textCursor().hasSelection():
            menu.add(tr("Copy"), self.copy, "copy", shortcut="Ctrl+C")
        menu.add(tr("Copy message"), lambda: clipboard.setText(self.copy_all()), "copy")
        if link:
            menu.add(tr("Open link"), lambda: self.link_opened.emit(link), "external")
            menu.add(tr("Copy link"), lambda: clipboard.setText(link), "link")
        menu.addSeparator()
        menu.add(tr("Select all"), self.selectAll, shortcut="Ctrl+A")
        return menu

    def changeEvent(self, event: QEvent) -> None:
        """Repaint the grounds in a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.viewport().update()

    def _rect(self, position: int) -> QRectF:
        """Rectangle of the block at a position."""
        return self.document().documentLayout().blockBoundingRect(self.document().findBlock(position))

    def _ground(self, span: CodeSpan) -> QRectF:
        top = self._rect(span.start).top() - CODE_HEAD
        bottom = self._rect(span.end).bottom() + CODE_PAD
        return QRectF(span.left, top, self.lineWrapColumnOrWidth() - span.left, bottom - top)

    def _paint_grounds(self, painter: QPainter, spans: Spans, clip: QRectF) -> None:
        look = theme.current()
        painter.setBrush(look.color("line"))
        for start, end, left in spans.quotes:
            bar = QRectF(left, self._rect(start).top(), 3, self._rect(end).bottom() - self._rect(start).top())
            painter.drawRoundedRect(bar, 1.5, 1.5)
        for at in spans.rules:
            painter.drawRect(QRectF(0, self._rect(at).center().y(), self.lineWrapColumnOrWidth(), 1))
        for span in spans.codes:
            ground = self._ground(span)
            if ground.intersects(clip):
                painter.setBrush(look.color("code"))
                painter.drawRoundedRect(ground, look.radius_card, look.radius_card)
        if spans.inline:
            self._paint_inline(painter, spans.inline, clip)
        if spans.markers:
            self._paint_markers(painter, spans.markers, clip)

    def _paint_markers(self, painter: QPainter, markers: list[Marker], clip: QRectF) -> None:
        look = theme.current()
        font = QFont(self.document().firstBlock().charFormat().font())
        font.setPixelSize(look.font_size)
        painter.setFont(font)
        for marker in markers:
            rect = self._rect(marker.position)
            if rect.bottom() < clip.top():
                continue
            if rect.top() > clip.bottom():
                break
            line = QRectF(0, rect.top() + 1, marker.left - 8, round(look.font_size * 1.6))
            if marker.number is not None:
                painter.setPen(look.color("soft"))
                painter.drawText(
                    line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"{marker.number}."
                )
                painter.setPen(Qt.PenStyle.NoPen)
                continue
            dot = QRectF(line.right() - 7, line.center().y() - 1.5, 5, 5)
            if marker.depth % 2:
                painter.setPen(QPen(look.color("soft"), 1.2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            else:
                painter.setBrush(look.color("soft"))
            painter.drawEllipse(dot)
            painter.setPen(Qt.PenStyle.NoPen)

    def _paint_inline(self, painter: QPainter, inline: list[tuple[int, int]], clip: QRectF) -> None:
        layout = self.document().documentLayout()
        first = layout.hitTest(clip.topLeft(), Qt.HitTestAccuracy.FuzzyHit)
        last = layout.hitTest(clip.bottomRight(), Qt.HitTestAccuracy.FuzzyHit)
        painter.setBrush(theme.current().color("code"))
        at = max(0, bisect_left(inline, (first, 0)) - 1)
        while at < len(inline) and inline[at][0] <= last:
            for rect in self._letters(*inline[at]):
                painter.drawRoundedRect(rect, 5, 5)
            at += 1

    def _letters(self, start: int, end: int) -> list[QRectF]:
        """Rectangles around the letters of a range inside one block."""
        block = self.document().findBlock(start)
        origin = self.document().documentLayout().blockBoundingRect(block).topLeft()
        lines = block.layout()
        found = []
        at = start - block.position()
        stop = end - block.position()
        while at < stop:
            line = lines.lineForTextPosition(at)
            if not line.isValid():
                break
            until = min(stop, line.textStart() + line.textLength())
            left, right = _x(line.cursorToX(at)), _x(line.cursorToX(until))
            middle = origin.y() + line.y() + line.height() / 2
            half = min(line.height(), 1.5 * theme.current().font_size) / 2
            found.append(QRectF(origin.x() + left - 3, middle - half, right - left + 6, 2 * half))
            if until <= at:
                break
            at = until
        return found


def _x(value: object) -> float:
    """PySide gives (x, position) where C++ gives x."""
    return float(value[0]) if isinstance(value, tuple) else float(value)  # type: ignore[arg-type]
