"""The models page: what is on this computer, what is on its way, and what we recommend."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import (
    DownloadChanged,
    DownloadProgressed,
    DownloadRemoved,
    EngineChanged,
    ModelChecked,
    ModelInstalled,
    ModelRemoved,
)
from desktop.core.models import (
    CatalogEntry,
    Download,
    DownloadId,
    DownloadState,
    Machine,
    ModelFile,
    ModelId,
)
from desktop.hub.catalog import SUMMARIES
from desktop.i18n import tr
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.cards import CatalogCard, ModelCard
from desktop.ui.models.downloads import DownloadView
from desktop.ui.page import Page, clear
from desktop.ui.widgets import Button, Card, Choice, Dialog, Text


class ModelsPage(Page):
    """Keeps its cards true by events; what goes wrong is told by `error_met`."""

    import_requested = Signal()
    error_met = Signal(object)
    action_requested = Signal(object)
    said = Signal(str)

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(tr("Models"), parent)
        self._app = app
        self._bridge = bridge
        self._machine: Machine | None = None
        self._asked_machine = False
        self.cards: dict[ModelId, ModelCard] = {}
        self.downloads: dict[DownloadId, DownloadView] = {}
        self.builds: dict[str, CatalogCard] = {}

        self.import_button = Button(tr("Import a file…"), icon="upload")
        self.import_button.clicked.connect(self.import_requested)
        self.import_state = Text("", "soft", wrap=True)
        self.import_state.hide()
        self.head.addWidget(self.import_button)
        self.column.addWidget(self.import_state)

        self._installed_title = Text(tr("On this computer"), "section")
        self._installed = _section(self.column, self._installed_title)
        self._none = Text(
            tr("No model yet. Download one of those below, or drop a .gguf file on this window."), "soft", wrap=True
        )
        self.column.addWidget(self._none)
        self._downloads_title = Text(tr("Downloads"), "section")
        self._downloads = _section(self.column, self._downloads_title)
        self.column.addSpacing(12)
        self.column.addWidget(Text(tr("Recommended builds"), "section"))
        self._machine_line = Text("", "small", wrap=True)
        self.column.addWidget(self._machine_line)
        self._catalog = QVBoxLayout()
        self._catalog.setSpacing(12)
        self.column.addLayout(self._catalog)
        self.column.addStretch(1)

        for entry in app.library.catalog():
            card = CatalogCard(entry, tr(SUMMARIES[entry.summary]), None)
            card.download_requested.connect(self.download)
            self._catalog.addWidget(card)
            self.builds[entry.id] = card
        self._list_models()
        for download in app.downloads.list():
            self._show_download(download)
        self._show_build_states()

        bridge.on(ModelInstalled, lambda _: self._list_models(), self)
        bridge.on(ModelRemoved, lambda _: self._list_models(), self)
        bridge.on(ModelChecked, self._on_checked)
        bridge.on(EngineChanged, self._on_engine)
        bridge.on(DownloadChanged, lambda event: self._show_download(event.download), self)
        bridge.on(DownloadProgressed, self._on_progress)
        bridge.on(DownloadRemoved, lambda event: self._remove_download(event.download), self)

    def refresh(self) -> None:
        """The page comes to the front: files and free memory may have changed."""
        self._list_models()
        self._bridge.when(self._app.writer.submit(self._app.library.machine), self._show_machine, None, self)

    def download(self, entry: CatalogEntry) -> None:
        """Begin, or continue, the download of a recommended build."""
        start_download(self._app, self._bridge, entry, self.error_met.emit, self)

    def show_import(self, name: str, fraction: float) -> None:
        """Progress of an import, 0…1."""
        running = fraction < 1
        self.import_button.setEnabled(not running)
        text = tr("Reading “{name}”… {percent} %", name=name, percent=int(fraction * 100)) if running else ""
        self.import_state.setText(text)
        self.import_state.setVisible(running)

    # on this computer

    def _list_models(self) -> None:
        models = {model.id: model for model in self._app.library.models()}
        if list(models) != list(self.cards):
            clear(self._installed)
            self.cards = {}
            for model in models.values():
                self._add_card(model)
        for id, card in self.cards.items():
            card.show_model(models[id])
        self._installed_title.setVisible(bool(models))
        self._none.setVisible(not models)
        self._show_build_states()

    def _add_card(self, model: ModelFile) -> None:
        card = ModelCard(model, self._app.engine.status)
        engine = self._app.engine
        card.load_requested.connect(lambda id: engine.load(ModelId(id)))
        card.unload_requested.connect(lambda: engine.unload())
        card.cancel_load_requested.connect(lambda: engine.cancel_load())
        card.verify_requested.connect(self._verify)
        card.folder_requested.connect(self._open_folder)
        card.remove_requested.connect(self._ask_remove)
        self._installed.addWidget(card)
        self.cards[model.id] = card

    def _verify(self, id: str) -> None:
        card = self.cards[ModelId(id)]
        card.show_check(0.0)

        def sound(model: ModelFile) -> None:
            card.show_check(None)
            self._list_models()
            self.said.emit(tr("“{name}” is sound.", name=model.name))

        def failed(error: WorldError) -> None:
            card.show_check(None)
            self._list_models()
            self.error_met.emit(error)

        self._bridge.when(self._app.library.verify(ModelId(id)), sound, failed, card)

    def _open_folder(self, id: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.cards[ModelId(id)].model.path.parent)))

    def _ask_remove(self, id: str) -> None:
        model = self.cards[ModelId(id)].model
        text = (
            tr("The file stays where it is: {path}", path=str(model.path))
            if model.linked
            else tr("The file is deleted from the disk. Your conversations stay.")
        )
        dialog = Dialog(
            self.window(),
            tr("Remove “{name}”?", name=model.name),
            text,
            [Choice("", tr("Cancel")), Choice("remove", tr("Remove"), "danger")],
        )
        dialog.chosen.connect(lambda key: self._remove(model.id) if key else None)
        dialog.open()

    def _remove(self, id: ModelId) -> None:
        if (card := self.cards.get(id)) is not None and (card.is_loaded or card.is_loading):
            self._app.engine.unload()
        self._bridge.when(self._app.library.remove(id), None, self.error_met.emit, self)

    def _on_checked(self, event: ModelChecked) -> None:
        if (card := self.cards.get(event.model)) is not None and event.done < event.total:
            card.show_check(event.done / event.total)

    def _on_engine(self, event: EngineChanged) -> None:
        for card in self.cards.values():
            card.show_engine(event.status)

    # on its way

    def _show_download(self, download: Download) -> None:
        if download.state is DownloadState.DONE:
            self._remove_download(download.id)
            return
        if (view := self.downloads.get(download.id)) is not None:
            view.show_download(download)
        else:
            view = DownloadView(download, texts.download_name(download, self._app.library.catalog()))
            connect_download(view, self._app, self._bridge, self.error_met.emit)
            view.action_requested.connect(self.action_requested)
            card = Card()
            card.column.addWidget(view)
            self._downloads.addWidget(card)
            self.downloads[download.id] = view
        self._downloads_title.setVisible(bool(self.downloads))
        self._show_build_states()

    def _remove_download(self, id: DownloadId) -> None:
        if (view := self.downloads.pop(id, None)) is not None and (card := view.parentWidget()) is not None:
            card.hide()
            card.deleteLater()
        self._downloads_title.setVisible(bool(self.downloads))
        self._show_build_states()

    def _on_progress(self, event: DownloadProgressed) -> None:
        if (view := self.downloads.get(event.download)) is not None:
            view.show_progress(event)

    # recommended

    def _show_machine(self, machine: Machine) -> None:
        self._machine = machine
        self._machine_line.setText(tr("This computer: {machine}", machine=texts.machine(machine)))
        for card in self.builds.values():
            card.show_fit(self._app.library.fit(card.entry, machine))
        self._show_build_states()

    def _show_build_states(self) -> None:
        here = {
            (card.model.repository, card.model.file)
            for card in self.cards.values()
            if card.model.repository is not None
        }
        coming = {
            view.download.catalog_id
            for view in self.downloads.values()
            if view.download.state is not DownloadState.FAILED
        }
        for id, card in self.builds.items():
            installed = id in self.cards or (card.entry.repository, card.entry.files[0].file) in here
            card.show_state(tr("On this computer") if installed else tr("Downloading") if id in coming else None)


def start_download(
    app: Application, bridge: Bridge, entry: CatalogEntry, on_error: Callable[[WorldError], None], owner: QWidget
) -> None:
    """Have a recommended build downloaded; `on_error` when it cannot even begin."""

    def begun(download: Download) -> None:
        if download.state is DownloadState.DONE and download.model is not None:
            app.engine.load(download.model)  # it was here all the time, and no event will say so

    files = [file.file for file in entry.files]
    future = app.downloads.start(entry.repository, files, revision=entry.revision, catalog=entry)
    bridge.when(future, begun, on_error, owner)


def connect_download(
    view: DownloadView, app: Application, bridge: Bridge, on_error: Callable[[WorldError], None]
) -> None:
    """Let the buttons of a download do what they say."""
    downloads = app.downloads
    view.pause_requested.connect(lambda id: bridge.when(downloads.pause(DownloadId(id)), None, on_error, view))
    view.resume_requested.connect(lambda id: bridge.when(downloads.resume(DownloadId(id)), None, on_error, view))
    view.cancel_requested.connect(lambda id: bridge.when(downloads.cancel(DownloadId(id)), None, on_error, view))


def _section(column: QVBoxLayout, title: Text) -> QVBoxLayout:
    column.addSpacing(12)
    column.addWidget(title)
    title.hide()
    rows = QVBoxLayout()
    rows.setSpacing(12)
    column.addLayout(rows)
    return rows
