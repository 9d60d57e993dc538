"""What can be set for one model, as a form: each row of the table inherits until its switch is on."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.i18n import tr
from desktop.storage.modeloptions import OPTIONS, Option, OptionKind, OptionValue
from desktop.ui.widgets import Line, Spin, Text, Toggle
from desktop.ui.widgets.combo import NumberSpin


class OptionRow(QWidget):
    """One option: title, help, a switch, and below them the control while the switch is on."""

    changed = Signal()

    def __init__(
        self, option: Option, value: OptionValue | None, inherited: OptionValue | None, parent: QWidget | None = None
    ) -> None:
        """`inherited` is what holds while nothing is set here; None where only the engine knows."""
        super().__init__(parent)
        self.option = option
        name = tr(option.title)
        self.switch = Toggle(tr("{option}: a value of this model's own", option=name), self)
        self.switch.setToolTip(tr("Off: as for all models"))
        self.control = self._make(option)
        self.control.setAccessibleName(name)
        self.control.setAccessibleDescription(tr(option.help))
        self.error = Text("", "danger", self, wrap=True)
        self.error.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 8, 8, 8)
        layout.setHorizontalSpacing(16)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(0, 1)
        layout.addWidget(Text(name, parent=self, wrap=True), 0, 0)
        layout.addWidget(Text(tr(option.help), "small", self, wrap=True), 1, 0)
        layout.addWidget(self.switch, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.control, 2, 0, 1, 2)
        layout.addWidget(self.error, 4, 0, 1, 2)
        start = value if value is not None else inherited
        if start is not None:
            self._show(start)
        self.switch.setChecked(value is not None)
        self.control.setVisible(value is not None)
        self.switch.toggled.connect(self._on_switched)

    @property
    def value(self) -> object:
        """What is set here; None = inherit."""
        if not self.switch.isChecked():
            return None
        match self.control:
            case QPlainTextEdit() as edit:
                return edit.toPlainText()
            case Spin() as spin:
                return spin.value()
            case QDoubleSpinBox() as spin:
                return round(spin.value(), 4)
        return None

    def show_error(self, text: str | None) -> None:
        """Say what is wrong with the value."""
        self.error.setText(text or "")
        self.error.setVisible(text is not None)

    def _on_switched(self, on: bool) -> None:
        self.control.setVisible(on)
        self.show_error(None)
        if on:
            self.control.setFocus()
        self.changed.emit()

    def _show(self, value: OptionValue) -> None:
        with QSignalBlocker(self.control):
            match self.control:
                case QPlainTextEdit() as edit:
                    edit.setPlainText(str(value))
                case Spin() as spin:
                    spin.setValue(int(value))
                case QDoubleSpinBox() as spin:
                    spin.setValue(float(value))

    def _make(self, option: Option) -> QWidget:
        if option.kind is OptionKind.TEXT:
            edit = QPlainTextEdit(self)
            edit.setFixedHeight(96)
            edit.setTabChangesFocus(True)
            edit.textChanged.connect(self.changed)
            return edit
        if option.kind is OptionKind.INTEGER:
            spin = Spin(int(option.minimum), int(option.maximum), self)
            spin.setSpecialValueText(tr(option.minimum_text) if option.minimum_text else "")
            spin.setSingleStep(int(option.step))
            spin.setGroupSeparatorShown(True)
            spin.valueChanged.connect(lambda _: self.changed.emit())
            return spin
        number = NumberSpin(option.minimum, option.maximum, self)
        number.setSingleStep(option.step)
        number.valueChanged.connect(lambda _: self.changed.emit())
        return number


class OptionForm(QWidget):
    """All options of one model, under their sections."""

    changed = Signal()

    def __init__(
        self,
        values: Mapping[str, OptionValue | None],
        inherited: Mapping[str, OptionValue],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows: dict[str, OptionRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        section = ""
        for option in OPTIONS:
            if option.section != section:
                section = option.section
                heading = Text(tr(section), "section", self)
                heading.setContentsMargins(0, 12, 0, 4)
                column.addWidget(heading)
            else:
                column.addWidget(Line(self))
            row = OptionRow(option, values.get(option.name), inherited.get(option.name), self)
            row.changed.connect(self.changed)
            column.addWidget(row)
            self.rows[option.name] = row

    @property
    def values(self) -> dict[str, object]:
        """What is set, None = inherit."""
        return {name: row.value for name, row in self.rows.items()}
