"""Models that other programs on this computer hold, offered to be used where they lie."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.library import FoundModel
from desktop.i18n import size, tr
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.cards import headline, title
from desktop.ui.page import clear
from desktop.ui.widgets import Button, Card, Line, Text

_FEW = 4
"""So many are shown until all are asked for."""


class FoundPanel(QWidget):
    """Hidden while nothing was found. Looks by itself when the page is first shown."""

    error_met = Signal(object)
    changed = Signal(int)
    """How many were found."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self._found: tuple[FoundModel, ...] = ()
        self._all = False
        self.buttons: dict[Path, Button] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        card = Card(self)
        card.column.setContentsMargins(16, 4, 16, 4)
        card.column.addLayout(self._rows)
        self.more = Button("", "link", parent=self)
        self.more.clicked.connect(self._show_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(12)
        column.addWidget(Text(tr("Found elsewhere on this computer"), "section", self))
        note = tr("Other programs hold these. They can be used where they lie, without a second copy.")
        column.addWidget(Text(note, "soft", self, wrap=True))
        column.addWidget(card)
        foot = QHBoxLayout()
        foot.addWidget(self.more)
        foot.addStretch(1)
        column.addLayout(foot)
        self.hide()

    def look(self) -> None:
        """Look in the background."""
        self._bridge.when(self._app.elsewhere.found(), self._list, None, self)

    def _list(self, found: tuple[FoundModel, ...]) -> None:
        self._found = found
        clear(self._rows)
        self.buttons = {}
        shown = found if self._all else found[:_FEW]
        for number, model in enumerate(shown):
            if number:
                self._rows.addWidget(Line(self))
            self._rows.addWidget(self._row(model))
        self.more.setText(tr("Show all {n}", n=len(found)))
        self.more.setVisible(len(shown) < len(found))
        self.setVisible(bool(found))
        self.changed.emit(len(found))

    def _row(self, model: FoundModel) -> QWidget:
        row = QWidget(self)
        row.setAccessibleName(model.name)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 12, 0, 12)
        line.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(2)
        kind, code = Text(texts.quality(model.quantization), "soft", row), Text(model.quantization, "small", row)
        words.addLayout(headline(title(model.name, row), kind, code))
        facts = Text(f"{size(model.size)} · {tr('from {program}', program=model.program)}", "soft", row, wrap=True)
        facts.setToolTip(str(model.path))
        words.addWidget(facts)
        use = Button(tr("Use it where it is"), parent=row)
        use.setAccessibleName(tr("Use {name} where it is", name=model.name))
        use.clicked.connect(lambda: self._adopt(model, use))
        line.addLayout(words, 1)
        line.addWidget(use)
        self.buttons[model.path] = use
        return row

    def _adopt(self, model: FoundModel, button: Button) -> None:
        button.setEnabled(False)

        def failed(error: WorldError) -> None:
            button.setEnabled(True)
            self.error_met.emit(error)

        def done(_: object) -> None:
            self._list(tuple(other for other in self._found if other.path != model.path))

        self._bridge.when(self._app.elsewhere.adopt(model), done, failed, button)

    def _show_all(self) -> None:
        self._all = True
        self._list(self._found)
