"""How a row of the side list is painted and renamed, from the theme's tokens."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QCursor, QFont, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.core.models import ConversationId
from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.conversation_list import ItemRole

ROW = 36
HEADING = 34
_INSET = 8
_PADDING = 10
_DOT = 7

Index = QModelIndex | QPersistentModelIndex


class ConversationDelegate(QStyledItemDelegate):
    """One line per conversation; the open one on a tinted ground, a running one with a soft dot."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self.open: ConversationId | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Headings have air above them."""
        del option
        return QSize(10, HEADING if index.data(ItemRole.IS_HEADING) else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A heading or a title."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        if index.data(ItemRole.IS_HEADING):
            self._paint_heading(painter, rect, str(index.data()))
        else:
            self._paint_title(painter, rect, index)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, text: str) -> None:
        look = theme.current()
        font = QFont(painter.font())
        font.setPixelSize(look.small_size)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(look.color("faint"))
        inner = rect.adjusted(_INSET + _PADDING, 8, -_INSET - _PADDING, -2)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, text)

    def _paint_title(self, painter: QPainter, rect: QRect, index: Index) -> None:
        look = theme.current()
        ground = QRectF(rect.adjusted(_INSET, 1, -_INSET, -1))
        is_open = self.open is not None and index.data(ItemRole.ID) == self.open
        # of the view rather than of the option's state, whose class QStyle costs a start 17 ms
        if is_open or self._is_hovered(rect):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("press" if is_open else "hover"))
            painter.drawRoundedRect(ground, look.radius, look.radius)
        if self._view.hasFocus() and index == self._view.currentIndex() and self._view.isActiveWindow():
            painter.setPen(QPen(look.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), look.radius, look.radius)
        inner = rect.adjusted(_INSET + _PADDING, 0, -_INSET - _PADDING, 0)
        if index.data(ItemRole.IS_RUNNING):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("accent"))
            painter.drawEllipse(QRectF(inner.right() - _DOT, rect.center().y() - _DOT / 2 + 1, _DOT, _DOT))
            inner.setRight(inner.right() - _DOT - 8)
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.Medium if is_open else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(look.color("text" if is_open else "soft"))
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, text)

    def _is_hovered(self, rect: QRect) -> bool:
        viewport = self._view.viewport()
        return viewport.underMouse() and rect.contains(viewport.mapFromGlobal(QCursor.pos()))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field in the row's place."""
        del option, index
        editor = QLineEdit(parent)
        editor.setMaxLength(200)
        editor.setAccessibleName(tr("Title of the conversation"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Once: a row that changes while its title is being typed must not take the text back."""
        if not editor.property("begun"):
            editor.setProperty("begun", True)
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """As wide as the row's ground."""
        del index
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(_INSET, 0, -_INSET, 0))

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Full title and date as a tooltip; headings have none."""
        return not index.data(ItemRole.IS_HEADING) and super().helpEvent(event, view, option, index)
