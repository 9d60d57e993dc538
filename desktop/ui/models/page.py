"""The models page: what is on this computer, what we recommend, and what the hub has."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.builds import RemoteBuild
from desktop.core.errors import FirstGenerationFails
from desktop.core.events import SettingChanged
from desktop.core.fitness import DISK_MARGIN
from desktop.core.models import CatalogEntry, Device, Download, DownloadId, Machine, ModelId
from desktop.i18n import tr
from desktop.services.rewriting import FIRST_GENERATION
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.actions import start_download, start_files
from desktop.ui.models.builds import CatalogCard
from desktop.ui.models.cards import ModelCard
from desktop.ui.models.downloads import DownloadView
from desktop.ui.models.downloads_panel import DownloadsPanel
from desktop.ui.models.folders import FoldersDialog, MovePanel
from desktop.ui.models.found import FoundPanel
from desktop.ui.models.installed import InstalledList
from desktop.ui.models.recommended import RecommendedPart
from desktop.ui.models.search import SearchPart
from desktop.ui.models.sources import use_source
from desktop.ui.page import Page
from desktop.ui.settings.store import store
from desktop.ui.widgets import Button, Pill, Segments, Text


class Part(StrEnum):
    """The parts of the page; one is shown."""

    INSTALLED = "installed"
    RECOMMENDED = "recommended"
    SEARCH = "search"


class ModelsPage(Page):
    """A frame around the three parts; what goes wrong is told by `error_met`."""

    import_requested = Signal()
    error_met = Signal(object)
    action_requested = Signal(object)
    setting_requested = Signal(str)
    """Show this setting."""
    said = Signal(str)
    offered = Signal(str, str, object)
    """Something to say, a button's text, and what it does."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(tr("Models"), parent)
        self._app = app
        self._bridge = bridge
        self._machine: Machine | None = None
        self._devices: tuple[Device, ...] = ()
        self._looked = False

        self.offline = Pill(parent=self)
        self.offline.set(tr("Offline"), "warning")
        self.offline.setToolTip(tr("This program sends nothing into the network. Click for the setting."))
        self.offline.clicked.connect(lambda: self.setting_requested.emit("offline"))
        self.import_button = Button(tr("Import a file…"), icon="upload")
        self.import_button.clicked.connect(self.import_requested)
        self.folders_button = Button(tr("Folders…"), icon="folder")
        self.folders_button.setAccessibleName(tr("Folders of models"))
        self.folders_button.clicked.connect(self.show_folders)
        self.head.setSpacing(8)
        for widget in (self.offline, self.folders_button, self.import_button):
            self.head.addWidget(widget)
        self.import_state = Text("", "soft", wrap=True)
        self.import_state.hide()
        self.segments = Segments(
            tr("Show"),
            [
                (Part.INSTALLED, tr("On this computer")),
                (Part.RECOMMENDED, tr("Recommended")),
                (Part.SEARCH, tr("Search the hub")),
            ],
        )
        self.segments.chosen.connect(lambda value: self.show_part(Part(value)))
        row = QHBoxLayout()
        row.addWidget(self.segments)
        row.addStretch(1)

        self.panel = DownloadsPanel(app, bridge)
        self.move_panel = MovePanel(app, bridge)
        self.installed = InstalledList(app, bridge)
        self.found = FoundPanel(app, bridge)
        self.recommended = RecommendedPart(app.library.catalog())
        self.search = SearchPart(app, bridge)
        self._parts: dict[Part, QWidget] = {
            Part.INSTALLED: self._stack(self.move_panel, self.panel, self.installed, self.found),
            Part.RECOMMENDED: self.recommended,
            Part.SEARCH: self.search,
        }
        self.column.addWidget(self.import_state)
        self.column.addLayout(row)
        self.column.addSpacing(4)
        for part in self._parts.values():
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._wire()
        self._show_states()
        self._show_offline()
        self.show_part(Part.INSTALLED if self.installed.cards or self.panel.views else Part.RECOMMENDED)

    def refresh(self) -> None:
        """The page comes to the front: files and free memory may have changed."""
        self.installed.refresh()
        self._bridge.when(self._app.writer.submit(self._app.library.machine), self._show_machine, None, self)
        if not self._devices:
            self._bridge.when(self._app.engine.devices(), self._show_devices, self.error_met.emit, self)
            self._bridge.when(self._app.engine.first_generation(), self._show_first, None, self)
        if not self._looked:
            self._looked = True
            self.found.look()

    def show_part(self, part: Part) -> None:
        """Show one part of the page."""
        self.segments.set_value(part)
        for name, widget in self._parts.items():
            widget.setVisible(name is part)
        self.verticalScrollBar().setValue(0)
        if part is Part.SEARCH and self.isVisible():
            self.search.take_focus()

    @property
    def part(self) -> Part:
        """The part that is shown."""
        return Part(self.segments.value)

    def show_import(self, name: str, fraction: float) -> None:
        """Progress of an import, 0…1."""
        running = fraction < 1
        self.import_button.setEnabled(not running)
        text = tr("Reading “{name}”… {percent} %", name=name, percent=int(fraction * 100)) if running else ""
        self.import_state.setText(text)
        self.import_state.setVisible(running)

    def show_folders(self) -> FoldersDialog:
        """Ask about the folders models lie in."""
        dialog = FoldersDialog(self.window(), self._app, self._bridge)
        dialog.move_chosen.connect(self._on_move_chosen)
        dialog.open()
        return dialog

    # what the parts show

    @property
    def cards(self) -> dict[ModelId, ModelCard]:
        """The models on this computer."""
        return self.installed.cards

    @property
    def downloads(self) -> dict[DownloadId, DownloadView]:
        """What is on its way."""
        return self.panel.views

    @property
    def builds(self) -> dict[str, CatalogCard]:
        """The recommended builds."""
        return self.recommended.cards

    # inside

    def _stack(self, *widgets: QWidget) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in widgets:
            column.addWidget(widget)
        return box

    def _wire(self) -> None:
        for source in (self.panel, self.move_panel, self.installed, self.found):
            source.error_met.connect(self.error_met)
        for sayer in (self.move_panel, self.installed):
            sayer.said.connect(self.said)
        self.installed.offered.connect(self.offered)
        self.panel.action_requested.connect(self.action_requested)
        self.panel.changed.connect(self._show_states)
        self.installed.changed.connect(self._show_states)
        self.found.changed.connect(self._show_hint)
        self.recommended.hint_followed.connect(lambda: self.show_part(Part.INSTALLED))
        self.recommended.download_requested.connect(self._download_entry)
        self.recommended.context.chosen.connect(lambda _: self._show_fits())
        view = self.search.repository
        for part in (self.recommended, view):
            part.show_requested.connect(lambda: self.show_part(Part.INSTALLED))
            part.use_requested.connect(lambda id: self._app.engine.load(ModelId(id)))
        view.download_requested.connect(self._download_build)
        view.states_wanted.connect(self._show_states)
        view.token_requested.connect(lambda: self.setting_requested.emit("token"))
        for box in (self.search.trouble, view.trouble):
            box.source_requested.connect(self._use_source)
            box.online_requested.connect(self._go_online)
            box.action_requested.connect(self.action_requested)
        self._bridge.on(SettingChanged, self._on_setting)

    def _show_machine(self, machine: Machine) -> None:
        self._machine = machine
        self._show_fits()

    def _show_devices(self, devices: tuple[Device, ...]) -> None:
        self._devices = devices
        self._show_fits()

    def _show_first(self, works: bool) -> None:
        """Models of the first generation are not offered where they would answer nonsense."""
        reason = "" if works else messages.sentence(FirstGenerationFails.code, {})
        self.installed.show_first(reason)
        for card in self.recommended.cards.values():
            card.show_unusable(reason if card.entry.family == FIRST_GENERATION else "")

    def _show_fits(self) -> None:
        if self._machine is None:
            return
        self.recommended.show_machine(replace(self._machine, devices=self._devices))
        context = self.recommended.context.context
        self.recommended.propose(self._app.library.recommended(self._machine).id)
        for card in self.recommended.cards.values():
            card.show_room(self._machine.disk_free >= card.entry.size + DISK_MARGIN)
            self._bridge.when(self._app.fit.catalog(card.entry, context), card.show_estimate, None, card)

    def _show_states(self) -> None:
        models = self.installed.models
        coming = [view.download for view in self.panel.views.values()]
        self.recommended.show_states({str(id): model for id, model in models.items()}, coming)
        here = {(model.repository, model.file): model.id for model in models.values()}
        on_the_way = {(download.repository, file.file) for download in coming for file in download.files[:1]}
        self.search.repository.show_states(here, on_the_way)
        if self._machine is not None:
            self.search.repository.show_room(self._machine.disk_free)
        count = len(coming)
        text = tr("On this computer")
        self.segments.button(Part.INSTALLED).setText(
            tr("{title} · {n} on the way", title=text, n=count) if count else text
        )

    def _show_hint(self, found: int) -> None:
        """Who has no model here yet may have one without a download."""
        text = tr("Other programs on this computer hold models you can use: {n}.", n=found)
        self.recommended.show_hint(text if found and not self.installed.cards else "")

    def _download_entry(self, entry: CatalogEntry) -> None:
        start_download(self._app, self._bridge, entry, self.error_met.emit, self, self._on_begun)

    def _download_build(self, build: RemoteBuild) -> None:
        names = [file.file for file in build.files]
        revision = build.files[0].revision
        start_files(
            self._app, self._bridge, build.repository, names, revision, self.error_met.emit, self, self._on_begun
        )

    def _on_begun(self, download: Download) -> None:
        name = texts.download_name(download, self._app.library.catalog())
        text = tr("“{name}” is being downloaded.", name=name)
        self.offered.emit(text, tr("Show"), lambda: self.show_part(Part.INSTALLED))

    def _on_move_chosen(self, folder: Path) -> None:
        self.show_part(Part.INSTALLED)
        self.move_panel.move_models(folder)

    def _use_source(self, endpoint: str) -> None:
        use_source(self._app, self._bridge, endpoint, self.search.again, self.error_met.emit, self)

    def _go_online(self) -> None:
        store(self._app, self._bridge, "offline", False, self.error_met.emit, self, self.search.again)

    def _on_setting(self, event: SettingChanged) -> None:
        if event.name == "offline":
            self._show_offline()

    def _show_offline(self) -> None:
        self.offline.setVisible(self._app.settings.flag("offline"))
