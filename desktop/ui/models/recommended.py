"""The builds we recommend, and which of them suit this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.core.models import CatalogEntry, Download, DownloadState, Machine, ModelFile
from desktop.hub.catalog import SUMMARIES
from desktop.i18n import tr
from desktop.ui.models import texts
from desktop.ui.models.builds import CatalogCard
from desktop.ui.models.fit import ContextChoice
from desktop.ui.widgets import Banner, Text


class RecommendedPart(QWidget):
    """A card for each row of the catalogue."""

    download_requested = Signal(object)
    """A CatalogEntry."""
    show_requested = Signal()
    use_requested = Signal(str)
    hint_followed = Signal()

    def __init__(self, catalog: tuple[CatalogEntry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, CatalogCard] = {}
        self.machine_line = Text(tr("Looking at this computer…"), "small", self, wrap=True)
        self.context = ContextChoice(self)
        self.hint: Banner | None = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.machine_line)
        column.addWidget(self.context)
        for entry in catalog:
            card = CatalogCard(entry, tr(SUMMARIES[entry.summary]), self)
            card.download_requested.connect(lambda entry=entry: self.download_requested.emit(entry))
            card.show_requested.connect(self.show_requested)
            card.use_requested.connect(self.use_requested)
            column.addWidget(card)
            self.cards[entry.id] = card

    def show_hint(self, text: str) -> None:
        """Say that there may be no need to download anything; nothing takes it back."""
        if self.hint is not None:
            self.hint.hide()
            self.hint.deleteLater()
            self.hint = None
        if text:
            self.hint = Banner(text, "accent", tr("Show"), self, closable=False)
            self.hint.acted.connect(self.hint_followed)
            self._column.insertWidget(0, self.hint)

    def show_machine(self, machine: Machine) -> None:
        """What this computer has."""
        self.machine_line.setText(tr("This computer: {machine}", machine=texts.machine(machine)))

    def propose(self, id: str) -> None:
        """Put the build for this computer in front, and say so; the others follow in the catalogue's order."""
        for card in self.cards.values():
            card.proposed.setVisible(card.entry.id == id)
        first = self._column.indexOf(self.context) + 1
        for place, card in enumerate(sorted(self.cards.values(), key=lambda card: card.entry.id != id)):
            if self._column.indexOf(card) != first + place:
                self._column.insertWidget(first + place, card)

    def show_states(self, models: Mapping[str, ModelFile], coming: Sequence[Download]) -> None:
        """Which builds are here, by id or by repository and file, and which are on their way."""
        here = {(model.repository, model.file): model.id for model in models.values() if model.repository is not None}
        on_the_way = {download.catalog_id for download in coming if download.state is not DownloadState.FAILED}
        for id, card in self.cards.items():
            model = models[id].id if id in models else here.get((card.entry.repository, card.entry.files[0].file))
            card.show_state(model, id in on_the_way)
