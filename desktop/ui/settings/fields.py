"""One row of the settings page: title and help at the left, the control of its kind at the right, a message below."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from desktop.i18n import tr
from desktop.storage.settings import Kind, Setting, SettingValue
from desktop.ui.widgets import Combo, Spin, Text, Toggle

CONTROL_WIDTH = 248
"""Pixels."""


def row_layout(row: QWidget, title: QWidget, help_text: QWidget, control: QWidget) -> QGridLayout:
    """Title and help at the left, the control at the right; the line below (2) is free."""
    layout = QGridLayout(row)
    layout.setContentsMargins(16, 12, 16, 12)
    layout.setHorizontalSpacing(24)
    layout.setVerticalSpacing(2)
    layout.setColumnStretch(0, 1)
    layout.addWidget(title, 0, 0)
    layout.addWidget(help_text, 1, 0)
    layout.addWidget(control, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
    return layout


class Field(QWidget):
    """Says `changed(value)` when the user is done with a value; shows what the owner found wrong with it."""

    changed = Signal(object)

    def __init__(self, setting: Setting, value: SettingValue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.line: QWidget | None = None
        """The hairline above it, if there is one."""
        self._value = value
        title = Text(tr(setting.title), wrap=True)
        help_text = Text(tr(setting.help), "small", wrap=True)
        self.message = Text("", "danger", wrap=True)
        self.message.hide()
        self.control = self._make(setting)
        self.control.setAccessibleName(tr(setting.title))
        self.control.setAccessibleDescription(tr(setting.help))
        if not isinstance(self.control, Toggle):
            self.control.setFixedWidth(CONTROL_WIDTH)
        title.setBuddy(self.control)
        layout = row_layout(self, title, help_text, self.control)
        layout.addWidget(self.message, 2, 0, 1, 2)
        self.show_value(value)

    def show_value(self, value: SettingValue) -> None:
        """Show a stored value; not a change by the user."""
        self._value = value
        control = self.control
        with QSignalBlocker(control):
            match control:
                case Combo():
                    control.set_value(str(value))
                case Spin():
                    control.setValue(int(value))
                case QLineEdit():
                    control.setText(str(value))
                case Toggle():
                    control.setChecked(bool(value))
        self.show_error(None)

    def show_error(self, text: str | None) -> None:
        """Say below the control why its value was not taken; None takes it back."""
        self.message.setText(text or "")
        self.message.setVisible(text is not None)
        self.control.setProperty("invalid", "true" if text else "false")
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)
        if text:
            self.control.setAccessibleDescription(text)

    def _make(self, setting: Setting) -> QWidget:
        match setting.kind:
            case Kind.CHOICE:
                combo = Combo([(value, tr(text)) for value, text in setting.choices], self)
                combo.activated.connect(lambda _: self._tell(combo.value or ""))
                return combo
            case Kind.INTEGER:
                spin = Spin(setting.minimum, setting.maximum, self)
                spin.setSpecialValueText(tr(setting.zero_text) if setting.zero_text else "")
                spin.setSuffix(f" {tr(setting.unit)}" if setting.unit else "")
                spin.setSingleStep(1024 if setting.maximum > 100_000 else 1)
                spin.setGroupSeparatorShown(setting.figure)
                spin.valueChanged.connect(self._tell)
                return spin
            case Kind.TEXT:
                edit = QLineEdit(self)
                edit.setPlaceholderText(setting.placeholder)
                edit.editingFinished.connect(lambda: self._tell(edit.text()))
                edit.textEdited.connect(lambda _: self.show_error(None))
                return edit
            case Kind.SWITCH:
                switch = Toggle(tr(setting.title), self)
                switch.toggled.connect(self._tell)
                return switch

    def _tell(self, value: SettingValue) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(value)
