"""The first page: this machine, the build that suits it, and the way from here to the first question."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import DownloadChanged, DownloadProgressed, DownloadRemoved, EngineChanged, SettingChanged
from desktop.core.models import (
    CatalogEntry,
    Device,
    Download,
    DownloadState,
    EngineState,
    EngineStatus,
    Fit,
    Machine,
)
from desktop.hub.catalog import SUMMARIES
from desktop.hub.endpoints import source_name
from desktop.i18n import size, tr
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.actions import connect_download, start_download
from desktop.ui.models.builds import licence_row
from desktop.ui.models.downloads import DownloadView
from desktop.ui.page import clear
from desktop.ui.widgets import Button, Card, Text, ThinProgress

_WIDTH = 560


class Stage(StrEnum):
    """What the card shows."""

    LOOKING = "looking"
    OFFER = "offer"
    DOWNLOAD = "download"
    LOADING = "loading"


class WelcomePage(QScrollArea):
    """One card that goes from offer to download to loading; the window opens the chat when the model is ready."""

    import_requested = Signal()
    others_requested = Signal()
    error_met = Signal(object)
    action_requested = Signal(object)

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self._machine: Machine | None = None
        self._devices: tuple[Device, ...] = ()
        self.stage = Stage.LOOKING
        self.entry: CatalogEntry | None = None
        self.download_view: DownloadView | None = None
        self.download_button: Button | None = None
        self._loading_text: Text | None = None
        self._loading_bar: ThinProgress | None = None

        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Welcome"))
        ground = QWidget(self)
        ground.setProperty("ground", "page")
        content = QWidget(ground)
        content.setMaximumWidth(_WIDTH + 48)
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(content, 1000)
        row.addStretch(1)
        self.setWidget(ground)

        self.machine_line = Text(tr("Looking at this computer…"), "small", wrap=True)
        self.machine_line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.card = Card()
        self.card.column.setContentsMargins(24, 24, 24, 24)
        self.import_button = Button(tr("Import a file I have…"), "quiet", "upload")
        self.import_button.clicked.connect(self.import_requested)
        self.others_button = Button(tr("Choose another…"), "quiet", "cube")
        self.others_button.clicked.connect(self.others_requested)
        self.import_state = Text("", "small", wrap=True)
        self.import_state.setAlignment(Qt.AlignmentFlag.AlignHCenter)

        name = Text(tr("ChatGLM Desktop"), "display", wrap=True)
        name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        sentence = Text(tr("Chat with a GLM model on this computer: offline, private, and free."), "soft", wrap=True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(content)
        column.setContentsMargins(24, 32, 24, 32)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(name)
        column.addWidget(sentence)
        column.addSpacing(8)
        column.addWidget(self.machine_line)
        column.addSpacing(16)
        column.addWidget(self.card)
        column.addSpacing(8)
        quiet = QHBoxLayout()
        quiet.setSpacing(8)
        quiet.addStretch(1)
        quiet.addWidget(self.import_button)
        quiet.addWidget(self.others_button)
        quiet.addStretch(1)
        column.addLayout(quiet)
        column.addWidget(self.import_state)
        column.addStretch(3)

        bridge.on(DownloadChanged, lambda event: self._on_download(event.download), self)
        bridge.on(DownloadProgressed, self._on_progress)
        bridge.on(DownloadRemoved, self._on_removed)
        bridge.on(EngineChanged, lambda event: self._on_engine(event.status), self)
        bridge.on(SettingChanged, self._on_setting)

    def begin(self) -> None:
        """The page is shown: look at the machine, and go on with a download that was begun before."""
        self._bridge.when(self._app.writer.submit(self._app.library.machine), self._on_machine, None, self)
        if not self._devices:
            self._bridge.when(self._app.engine.devices(), self._on_devices, self.error_met.emit, self)

    def take_focus(self) -> None:
        """Give the focus to what comes next."""
        target = self.download_view.main if self.download_view is not None else self.download_button
        if target is not None:  # later: what was just put into a layout is shown, and can have the focus, only then
            QTimer.singleShot(0, target, target.setFocus)

    def show_import(self, name: str, fraction: float) -> None:
        """Progress of an import, 0…1."""
        running = fraction < 1
        self.import_button.setEnabled(not running)
        text = tr("Reading “{name}”… {percent} %", name=name, percent=int(fraction * 100)) if running else ""
        self.import_state.setText(text)

    # the machine

    def _on_machine(self, machine: Machine) -> None:
        self._machine = machine
        self.entry = self._app.library.recommended(machine)
        self._show_machine()
        self._choose_stage()
        self.take_focus()

    def _on_devices(self, devices: tuple[Device, ...]) -> None:
        self._devices = devices
        self._show_machine()

    def _show_machine(self) -> None:
        if self._machine is not None:
            self.machine_line.setText(texts.machine(self._machine, self._devices))

    # the card

    def _choose_stage(self) -> None:
        status = self._app.engine.status
        waiting = [d for d in self._app.downloads.list() if d.state is not DownloadState.DONE]
        if status.state is EngineState.LOADING:
            self._show_loading(status)
        elif waiting:
            self._show_download(waiting[0])
        else:
            self._show_offer()

    def _restart(self, stage: Stage) -> None:
        clear(self.card.column)
        self.stage = stage
        self.download_view = None
        self.download_button = None
        self._loading_text = None
        self._loading_bar = None

    def _show_offer(self) -> None:
        if self.entry is None or self._machine is None:
            return
        entry = self.entry
        self._restart(Stage.OFFER)
        column = self.card.column
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Text(entry.name, "title", wrap=True), 1)
        row.addWidget(Text(tr("Recommended for this computer"), "accent"))
        column.addWidget(head)
        column.addWidget(Text(tr(SUMMARIES[entry.summary]), wrap=True))
        kind = QWidget()
        row = QHBoxLayout(kind)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Text(texts.quality(entry.quantization) or entry.quantization, "soft"))
        row.addWidget(Text(entry.quantization, "small"), 1)
        column.addWidget(kind)
        facts = [
            tr("{size} to download", size=size(entry.size)),
            texts.needs(entry),
            tr("from {host}", host=source_name(self._app.endpoint())),
        ]
        column.addWidget(Text(" · ".join(facts), "soft", wrap=True))
        fit = self._app.library.fit(entry, self._machine)
        if fit is not Fit.GOOD:
            column.addWidget(Text(texts.fit_reason(fit), "warning", wrap=True))
        licence = QWidget()
        inner = QHBoxLayout(licence)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(licence_row(entry, licence))
        column.addWidget(licence)
        column.addSpacing(8)
        self.download_button = Button(tr("Download"), "primary", "download")
        self.download_button.setAccessibleName(tr("Download {name}", name=entry.name))
        self.download_button.setEnabled(fit is not Fit.NO_DISK)
        self.download_button.clicked.connect(lambda: self._start(entry))
        self.download_button.setDefault(True)
        column.addWidget(self.download_button)

    def _start(self, entry: CatalogEntry) -> None:
        if self.download_button is not None:
            self.download_button.setEnabled(False)
        start_download(self._app, self._bridge, entry, self._on_refused, self)

    def _on_refused(self, error: WorldError) -> None:
        if self.download_button is not None:
            self.download_button.setEnabled(True)
        self.error_met.emit(error)

    def _show_download(self, download: Download) -> None:
        self._restart(Stage.DOWNLOAD)
        view = DownloadView(download, texts.download_name(download, self._app.library.catalog()))
        connect_download(view, self._app, self._bridge, self.error_met.emit)
        view.action_requested.connect(self.action_requested)
        self.card.column.addWidget(view)
        self.download_view = view
        self.take_focus()

    def _show_loading(self, status: EngineStatus) -> None:
        if self.stage is not Stage.LOADING:
            self._restart(Stage.LOADING)
            self._loading_text = Text("", "title", wrap=True)
            self._loading_bar = ThinProgress()
            cancel = Button(tr("Cancel"), "quiet")
            cancel.clicked.connect(lambda: self._app.engine.cancel_load())
            head = QWidget()
            row = QHBoxLayout(head)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(self._loading_text, 1)
            row.addWidget(cancel)
            self.card.column.addWidget(head)
            self.card.column.addWidget(self._loading_bar)
        if self._loading_text is not None and self._loading_bar is not None:
            percent = round(status.progress * 100)
            self._loading_text.setText(tr("Loading {name}… {percent} %", name=status.model_name, percent=percent))
            self._loading_bar.set_value(status.progress)

    # what happens

    def _on_download(self, download: Download) -> None:
        if self.download_view is not None and self.download_view.download.id == download.id:
            self.download_view.show_download(download)
        elif download.state is not DownloadState.DONE and self.stage is not Stage.LOADING:
            self._show_download(download)

    def _on_progress(self, event: DownloadProgressed) -> None:
        if self.download_view is not None and self.download_view.download.id == event.download:
            self.download_view.show_progress(event)

    def _on_removed(self, event: DownloadRemoved) -> None:
        if self.download_view is not None and self.download_view.download.id == event.download:
            self._choose_stage()
            self.take_focus()

    def _on_engine(self, status: EngineStatus) -> None:
        if status.state is EngineState.LOADING:
            self._show_loading(status)
        elif self.stage is Stage.LOADING and status.state in (EngineState.NONE, EngineState.CRASHED):
            self._choose_stage()
            if status.error:
                error = Text(messages.sentence(status.error, status.error_data), "danger", wrap=True)
                self.card.column.addWidget(error)

    def _on_setting(self, event: SettingChanged) -> None:
        if event.name in ("endpoint", "source") and self.stage is Stage.OFFER:
            self._show_offer()
