"""What can be set for one model, as a form: each row of the table inherits until its switch is on."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.i18n import tr
from desktop.storage.modeloptions import FOLDED, OPTIONS, Option, OptionKind, OptionValue
from desktop.ui.widgets import Combo, Fold, Line, Spin, Text, Toggle
from desktop.ui.widgets.combo import NumberSpin

_ON, _OFF = "on", "off"


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
            case Combo() as choice:
                return choice.value == _ON
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
                case Combo() as choice:
                    choice.set_value(_ON if value else _OFF)

    def _make(self, option: Option) -> QWidget:
        if option.kind is OptionKind.TEXT:
            edit = QPlainTextEdit(self)
            edit.setFixedHeight(96)
            edit.setTabChangesFocus(True)
            edit.textChanged.connect(self.changed)
            return edit
        if option.kind is OptionKind.SWITCH:
            choice = Combo([(_ON, tr("On")), (_OFF, tr("Off"))], self)
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
            return choice
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
        self.folds: dict[str, Fold] = {}
        for section in dict.fromkeys(option.section for option in OPTIONS):
            below = self._fold(section, column) if section in FOLDED else self._head(section, column)
            for option in (option for option in OPTIONS if option.section == section):
                if below.count():
                    below.addWidget(Line(self))
                row = OptionRow(option, values.get(option.name), inherited.get(option.name), self)
                row.changed.connect(self.changed)
                below.addWidget(row)
                self.rows[option.name] = row
                if section in self.folds and values.get(option.name) is not None:
                    self.folds[section].setChecked(True)

    def show_error(self, name: str, text: str) -> bool:
        """Say what is wrong with an option's value; False if there is no such option."""
        row = self.rows.get(name)
        if row is None:
            return False
        if row.option.section in self.folds:
            self.folds[row.option.section].setChecked(True)
        row.show_error(text)
        return True

    def _head(self, section: str, column: QVBoxLayout) -> QVBoxLayout:
        """The title of a section; where its rows go."""
        heading = Text(tr(section), "section", self)
        heading.setContentsMargins(0, 12, 0, 4)
        column.addWidget(heading)
        rows = _rows()
        column.addLayout(rows)
        return rows

    def _fold(self, section: str, column: QVBoxLayout) -> QVBoxLayout:
        """The same with rows that few people need: they are shown on demand, or when one of them is set."""
        body = QWidget(self)
        rows = _rows()
        body.setLayout(rows)
        self.folds[section] = Fold(tr(section), body, self)
        column.addWidget(self.folds[section])
        column.addWidget(body)
        return rows

    @property
    def values(self) -> dict[str, object]:
        """What is set, None = inherit."""
        return {name: row.value for name, row in self.rows.items()}


def _rows() -> QVBoxLayout:
    rows = QVBoxLayout()
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    return rows
