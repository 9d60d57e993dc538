"""The models on this computer: a card for each, with all that can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import (
    EngineChanged,
    FoldersScanned,
    ModelChanged,
    ModelChecked,
    ModelInstalled,
    ModelRemoved,
    ModelsMoved,
)
from desktop.core.library import Removal
from desktop.core.models import ModelFile, ModelId
from desktop.i18n import size, tr
from desktop.services.rewriting import FIRST_GENERATION
from desktop.ui.bridge import Bridge
from desktop.ui.models.cards import ModelCard
from desktop.ui.models.model_settings import ask_settings
from desktop.ui.models.questions import ask_name, ask_remove
from desktop.ui.models.reveal import reveal
from desktop.ui.widgets import Text


class InstalledList(QWidget):
    """Keeps its cards true by events."""

    error_met = Signal(object)
    said = Signal(str)
    offered = Signal(str, str, object)
    """Something to say, a button's text, and what it does."""
    changed = Signal()
    """Models came, went, or were renamed."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self.cards: dict[ModelId, ModelCard] = {}
        self._first = ""
        """Why the first generation cannot run here."""
        self.none = Text(
            tr("No model yet. Choose one under “Recommended”, or drop a .gguf file on this window."),
            "soft",
            self,
            wrap=True,
        )
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.none)
        column.addLayout(self._rows)
        self.refresh()
        for event in (ModelInstalled, ModelRemoved, ModelChanged, FoldersScanned, ModelsMoved):
            bridge.on(event, lambda _: self.refresh(), self)
        bridge.on(ModelChecked, self._on_checked)
        bridge.on(EngineChanged, self._on_engine)

    def refresh(self) -> None:
        """Look again at what is there."""
        models = {model.id: model for model in self._app.library.models()}
        for id in [id for id in self.cards if id not in models]:
            gone = self.cards.pop(id)
            self._rows.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        known, self.cards = self.cards, {}
        for place, (id, model) in enumerate(models.items()):
            card = known.get(id) or self._made(model)
            card.show_model(model)
            card.show_unusable(self._first if model.family == FIRST_GENERATION else "")
            self.cards[id] = card
            if self._rows.indexOf(card) != place:  # the others stay, and so does the focus
                self._rows.insertWidget(place, card)
        self.none.setVisible(not models)
        self.changed.emit()

    def show_first(self, reason: str) -> None:
        """Why models of the first generation cannot run here; empty if they can."""
        self._first = reason
        self.refresh()

    @property
    def models(self) -> dict[ModelId, ModelFile]:
        """The models by id, as they are shown."""
        return {id: card.model for id, card in self.cards.items()}

    def _made(self, model: ModelFile) -> ModelCard:
        card = ModelCard(model, self._app.engine.status, self)
        engine = self._app.engine
        card.load_requested.connect(lambda id: engine.load(ModelId(id)))
        card.unload_requested.connect(lambda: engine.unload())
        card.cancel_load_requested.connect(lambda: engine.cancel_load())
        card.verify_requested.connect(self._verify)
        card.folder_requested.connect(lambda id: reveal(self.cards[ModelId(id)].model.path))
        card.rename_requested.connect(self._rename)
        card.settings_requested.connect(self._settings)
        card.remove_requested.connect(self._ask_remove)
        return card

    def _verify(self, id: str) -> None:
        self.cards[ModelId(id)].show_check(0.0)

        def sound(model: ModelFile) -> None:
            self._end_check(model.id)
            self.said.emit(tr("“{name}” is sound.", name=model.name))

        def failed(error: WorldError) -> None:
            self._end_check(ModelId(id))
            self.error_met.emit(error)

        self._bridge.when(self._app.library.verify(ModelId(id)), sound, failed, self)

    def _end_check(self, id: ModelId) -> None:
        if (card := self.cards.get(id)) is not None:
            card.show_check(None)
        self.refresh()

    def _rename(self, id: str) -> None:
        def named(name: str) -> None:
            self._bridge.when(self._app.library.rename(ModelId(id), name), None, self.error_met.emit, self)

        ask_name(self.window(), self.cards[ModelId(id)].model, named)

    def _settings(self, id: str) -> None:
        def saved(engine_too: bool) -> None:
            if engine_too and self.cards[ModelId(id)].is_loaded:
                text = tr("Saved. What concerns the engine applies when the model is loaded again.")
                self.offered.emit(text, tr("Load it again"), lambda: self._load_again(ModelId(id)))

        ask_settings(self.window(), self._app, self._bridge, self.cards[ModelId(id)].model, saved)

    def _load_again(self, id: ModelId) -> None:
        self._app.engine.unload()
        self._app.engine.load(id)

    def _ask_remove(self, id: str) -> None:
        ask_remove(self.window(), self.cards[ModelId(id)].model, lambda: self._remove(ModelId(id)))

    def _remove(self, id: ModelId) -> None:
        if (card := self.cards.get(id)) is not None and (card.is_loaded or card.is_loading):
            self._app.engine.unload()

        def gone(removal: Removal) -> None:
            if removal.size:
                freed = size(removal.size)
                self.said.emit(
                    tr("It lies in the trash; emptying that frees {size}.", size=freed)
                    if removal.to_trash
                    else tr("{size} are free again.", size=freed)
                )

        self._bridge.when(self._app.library.remove(id), gone, self.error_met.emit, self)

    def _on_checked(self, event: ModelChecked) -> None:
        if (card := self.cards.get(event.model)) is not None and event.done < event.total:
            card.show_check(event.done / event.total)

    def _on_engine(self, event: EngineChanged) -> None:
        for card in self.cards.values():
            card.show_engine(event.status)
