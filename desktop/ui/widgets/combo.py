"""Choices and numbers that do not change when the page is scrolled over them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QListView,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from desktop.ui import theme


class Combo(QComboBox):
    """A choice of (value, text) pairs; `value` is the chosen one, None if there is none."""

    def __init__(self, choices: list[tuple[str, str]] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        view = QListView(self)
        self.setView(view)
        self.setItemDelegate(QStyledItemDelegate(self))
        popup = view.window()
        popup.setWindowFlags(
            Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        )
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        for value, text in choices or []:
            self.addItem(text, value)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A text that is too long ends in "…": the style would cut it in the middle of a letter."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.text_room()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def text_room(self) -> int:
        """Pixels for the text."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        return self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()

    @property
    def value(self) -> str | None:
        """The value of the chosen entry."""
        data = self.currentData()
        return None if data is None else str(data)

    def set_value(self, value: str) -> None:
        """Choose by value; an unknown one chooses nothing."""
        self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only when focused; otherwise the page scrolls."""
        _turn_if_focused(self, event, super().wheelEvent)


class Spin(QSpinBox):
    """A number with steps."""

    def __init__(self, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(minimum, maximum)
        _dress(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only when focused; otherwise the page scrolls."""
        _turn_if_focused(self, event, super().wheelEvent)


class NumberSpin(QDoubleSpinBox):
    """A number with two decimals."""

    def __init__(self, minimum: float, maximum: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(minimum, maximum)
        self.setDecimals(2)
        _dress(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only when focused; otherwise the page scrolls."""
        _turn_if_focused(self, event, super().wheelEvent)


def _turn_if_focused(widget: QWidget, event: QWheelEvent, turn: Callable[[QWheelEvent], None]) -> None:
    if widget.hasFocus():
        turn(event)
    else:
        event.ignore()


def _dress(spin: QAbstractSpinBox) -> None:
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    spin.setKeyboardTracking(False)
    spin.setFixedHeight(theme.current().control)
    # a style sheet's left padding does not reach the field inside a spin box
    spin.lineEdit().setTextMargins(11, 0, 0, 0)
