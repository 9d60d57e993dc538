"""A row of choices of which one holds: for the parts of a page, and for small sets of values."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QWidget

from desktop.ui.widgets.buttons import Button


class Segments(QFrame):
    """(value, text) pairs side by side. Tab reaches the chosen one, the arrow keys choose its neighbours."""

    chosen = Signal(str)
    """The value the user chose."""

    def __init__(self, name: str, choices: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("segments", "true")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Button] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        for value, text in choices:
            button = Button(text, "segment", parent=self)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {text}")
            button.toggled.connect(lambda on, value=value: self.chosen.emit(value) if on else None)
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)
        if choices:
            self.set_value(choices[0][0])

    @property
    def value(self) -> str:
        """The value of the chosen one."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Choose by value, without a word; an unknown one changes nothing."""
        if (button := self._buttons.get(value)) is not None:
            was = self.blockSignals(True)
            button.setChecked(True)
            self.blockSignals(was)

    def button(self, value: str) -> Button:
        """The button of a value."""
        return self._buttons[value]
