"""Cards of the models page: a model on this computer, and a build that can be had."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop import messages
from desktop.core.models import CatalogEntry, EngineState, EngineStatus, Fit, ModelFile, ModelState
from desktop.i18n import size, tr
from desktop.ui.models import texts
from desktop.ui.widgets import Button, Card, Elided, IconButton, Menu, Text, ThinProgress
from desktop.ui.widgets.labels import Role

_FIT_ROLE: dict[Fit, Role] = {Fit.GOOD: "accent", Fit.TIGHT: "warning", Fit.TOO_LARGE: "danger", Fit.NO_DISK: "danger"}


class ModelCard(Card):
    """A model on this computer: what it is, whether it is loaded, and what can be done with it."""

    load_requested = Signal(str)
    unload_requested = Signal()
    cancel_load_requested = Signal()
    verify_requested = Signal(str)
    folder_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, model: ModelFile, status: EngineStatus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._status = status
        self._checking: float | None = None
        self.setAccessibleName(model.name)
        name = _name(model.name, self)
        self.kind = Text(model.quantization, "small", self)
        self.state = Text("", "accent", self)
        self.details = Text(texts.installed(model), "soft", self, wrap=True)
        self.progress = ThinProgress(self)
        self.main = Button(tr("Load"), parent=self)
        self.more = IconButton("more", tr("More for {name}", name=model.name), self, side=36)
        self.main.clicked.connect(self._on_main)
        self.more.clicked.connect(self._on_more)

        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name)
        head.addWidget(self.kind)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(head)
        words.addWidget(self.details)
        words.addWidget(self.state)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.main, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignVCenter)
        self.column.addLayout(row)
        self.column.addWidget(self.progress)
        self._refresh()

    def show_model(self, model: ModelFile) -> None:
        """The same model, newly read."""
        self.model = model
        self.details.setText(texts.installed(model))
        self._refresh()

    def show_engine(self, status: EngineStatus) -> None:
        """Say whether this model is the loaded one."""
        self._status = status
        self._refresh()

    def show_check(self, fraction: float | None) -> None:
        """Progress 0…1 of reading the whole file; None when that is over."""
        self._checking = fraction
        self._refresh()

    @property
    def is_loaded(self) -> bool:
        """Whether the engine holds this model."""
        return self._status.model == self.model.id and self._status.state in (
            EngineState.READY,
            EngineState.READING,
            EngineState.WRITING,
        )

    @property
    def is_loading(self) -> bool:
        """Whether the engine is reading this model."""
        return self._status.model == self.model.id and self._status.state is EngineState.LOADING

    def _refresh(self) -> None:
        role: Role = "accent"
        text, value, shown = "", 0.0, False
        if self._checking is not None:
            text, value, shown = tr("Checking… {percent} %", percent=round(self._checking * 100)), self._checking, True
        elif self.model.state is not ModelState.READY:
            text, role = texts.model_state(self.model.state), "danger"
        elif self.is_loading:
            value, shown = self._status.progress, True
            text = tr("Loading… {percent} %", percent=round(value * 100))
        elif self.is_loaded:
            text = tr("Loaded")
            if (loaded := self._status.loaded) is not None and loaded.device:
                text = tr("Loaded on {device}", device=loaded.device)
        elif self._status.model == self.model.id and self._status.error:
            text, role = messages.sentence(self._status.error, self._status.error_data), "danger"
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.state.setWordWrap(True)
        self.state.set_role(role)
        self.progress.setVisible(shown)
        self.progress.set_value(value)
        self.main.setText(tr("Cancel") if self.is_loading else tr("Unload") if self.is_loaded else tr("Load"))
        self.main.setAccessibleName(f"{self.main.text()}: {self.model.name}")
        self.main.setEnabled(self.model.state is not ModelState.MISSING)

    def _on_main(self) -> None:
        if self.is_loading:
            self.cancel_load_requested.emit()
        elif self.is_loaded:
            self.unload_requested.emit()
        else:
            self.load_requested.emit(self.model.id)

    def _on_more(self) -> None:
        menu = self.menu()
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def menu(self) -> Menu:
        """What else can be done with the model."""
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        id = self.model.id
        verify = menu.add(tr("Check the file"), lambda: self.verify_requested.emit(id), "shield")
        verify.setEnabled(self._checking is None and self.model.state is not ModelState.MISSING)
        menu.add(tr("Show in folder"), lambda: self.folder_requested.emit(id), "folder")
        menu.addSeparator()
        menu.add(tr("Remove…"), lambda: self.remove_requested.emit(id), "trash", danger=True)
        return menu


class CatalogCard(Card):
    """A recommended build: size, memory, licence, and whether it suits this machine."""

    download_requested = Signal(object)

    def __init__(self, entry: CatalogEntry, summary: str, fit: Fit | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._fit = fit
        self._state: str | None = None
        self.setAccessibleName(entry.name)
        name = _name(entry.name, self)
        kind = Text(entry.quantization, "small", self)
        self.fit = Text("", "accent", self)
        facts = " · ".join(
            part for part in (size(entry.size), texts.needs(entry), texts.quality(entry.quantization)) if part
        )
        self.button = Button(tr("Download"), icon="download", parent=self)
        self.button.setAccessibleName(tr("Download {name}", name=entry.name))
        self.button.clicked.connect(lambda: self.download_requested.emit(entry))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name)
        head.addWidget(kind)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(head)
        if summary:
            words.addWidget(Text(summary, "body", self, wrap=True))
        words.addWidget(Text(facts, "soft", self, wrap=True))
        words.addLayout(licence_row(entry, self))
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.button)
        side.addWidget(self.fit, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(words, 1)
        row.addLayout(side)
        self.column.addLayout(row)
        self._refresh()

    def show_fit(self, fit: Fit | None) -> None:
        """The label for this machine; None = not known yet."""
        self._fit = fit
        self._refresh()

    def show_state(self, text: str | None) -> None:
        """Why it need not be downloaded ("On this computer", "Downloading"); None = it can be."""
        self._state = text
        self._refresh()

    def _refresh(self) -> None:
        fit, state = self._fit, self._state
        self.button.setText(state or tr("Download"))
        self.button.set_icon(None if state else "download")
        self.button.setEnabled(state is None and fit is not Fit.NO_DISK)
        self.fit.setVisible(fit is not None)
        if fit is not None:
            self.fit.setText(texts.fit(fit))
            self.fit.set_role(_FIT_ROLE[fit])
            self.fit.setToolTip(texts.fit_reason(fit))
            self.button.setAccessibleDescription(texts.fit_reason(fit))


def licence_row(entry: CatalogEntry, parent: QWidget) -> QHBoxLayout:
    """The licence in a sentence, and a link to its text."""
    row = QHBoxLayout()
    row.setSpacing(4)
    row.addWidget(Text(texts.licence(entry), "small", parent, wrap=True), 1)
    if entry.licence_url:
        link = Button(tr("Read it"), "link", parent=parent)
        link.setAccessibleName(tr("Read the licence of {name}", name=entry.name))
        link.setToolTip(entry.licence_url)
        link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(entry.licence_url)))
        row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
    return row


def _name(text: str, parent: QWidget) -> Elided:
    """A title that takes what it needs and shortens itself where that is too much."""
    made = Elided(text, "title", parent)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    return made
