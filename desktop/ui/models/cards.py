"""A model on this computer as a card: what it is, whether it is loaded, and what can be done with it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop import messages
from desktop.core.models import EngineState, EngineStatus, ModelFile, ModelState
from desktop.i18n import tr
from desktop.services.presence import trouble
from desktop.ui.models import texts
from desktop.ui.widgets import Button, Card, Elided, IconButton, Menu, Text, ThinProgress
from desktop.ui.widgets.labels import Role


class ModelCard(Card):
    """Asks by its signals, each with the model's id; shows what it is told."""

    load_requested = Signal(str)
    unload_requested = Signal()
    cancel_load_requested = Signal()
    verify_requested = Signal(str)
    folder_requested = Signal(str)
    rename_requested = Signal(str)
    settings_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, model: ModelFile, status: EngineStatus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._status = status
        self._checking: float | None = None
        self.name = title(model.name, self)
        self.kind = Text("", "soft", self)
        self.code = Text("", "small", self)
        self.state = Text("", "accent", self, wrap=True)
        self.details = Text("", "soft", self, wrap=True)
        self.limits = Text(texts.limits(model.family), "small", self, wrap=True)
        self.limits.setVisible(bool(self.limits.text()))
        self._unusable = ""
        self.progress = ThinProgress(self)
        self.main = Button(tr("Use"), parent=self)
        self.settings = IconButton("gear", "", self, side=36)
        self.more = IconButton("more", "", self, side=36)
        self.main.clicked.connect(self._on_main)
        self.settings.clicked.connect(lambda: self.settings_requested.emit(self.model.id))
        self.more.clicked.connect(self._on_more)

        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(headline(self.name, self.kind, self.code))
        words.addWidget(self.details)
        words.addWidget(self.limits)
        words.addWidget(self.state)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        for button in (self.main, self.settings, self.more):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.column.addLayout(row)
        self.column.addWidget(self.progress)
        self.show_model(model)

    def show_model(self, model: ModelFile) -> None:
        """The same model, newly read."""
        self.model = model
        self.setAccessibleName(model.name)
        self.name.setText(model.name)
        self.kind.setText(texts.quality(model.quantization))
        self.code.setText(model.quantization)
        self.details.setText(texts.installed(model, time.time_ns() // 1_000_000))
        self.settings.set_tip(tr("Settings of {name}", name=model.name))
        self.more.set_tip(tr("More for {name}", name=model.name))
        self._refresh()

    def show_engine(self, status: EngineStatus) -> None:
        """Say whether this model is the loaded one."""
        self._status = status
        self._refresh()

    def show_check(self, fraction: float | None) -> None:
        """Progress 0…1 of reading the whole file; None when that is over."""
        self._checking = fraction
        self._refresh()

    def show_unusable(self, reason: str) -> None:
        """Why no such model can run here; empty if it can."""
        self._unusable = reason
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
            gone = trouble(self.model) if self.model.state is ModelState.MISSING else None
            text = messages.of(gone) if gone is not None else texts.model_state(self.model.state)
            role = "danger"
        elif self._unusable:
            text, role = self._unusable, "warning"
        elif self.is_loading:
            value, shown = self._status.progress, True
            text = tr("Loading… {percent} %", percent=round(value * 100))
        elif self.is_loaded:
            text = tr("Loaded")
            if (loaded := self._status.loaded) is not None:
                text = f"{text} · {messages.runs_on(loaded)}"
        elif self._status.model == self.model.id and self._status.error:
            text, role = messages.sentence(self._status.error, self._status.error_data), "danger"
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.state.set_role(role)
        self.progress.setVisible(shown)
        self.progress.set_value(value)
        self.main.setText(tr("Cancel") if self.is_loading else tr("Unload") if self.is_loaded else tr("Use"))
        self.main.setAccessibleName(f"{self.main.text()}: {self.model.name}")
        self.main.setEnabled(self.model.state is not ModelState.MISSING and not self._unusable)

    def _on_main(self) -> None:
        if self.is_loading:
            self.cancel_load_requested.emit()
        elif self.is_loaded:
            self.unload_requested.emit()
        else:
            self.load_requested.emit(self.model.id)

    def _on_more(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def menu(self) -> Menu:
        """What else can be done with the model."""
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        id = self.model.id
        menu.add(tr("Rename…"), lambda: self.rename_requested.emit(id), "pencil")
        menu.add(tr("Settings…"), lambda: self.settings_requested.emit(id), "gear")
        verify = menu.add(tr("Check the file"), lambda: self.verify_requested.emit(id), "shield")
        verify.setEnabled(self._checking is None and self.model.state is not ModelState.MISSING)
        menu.add(tr("Show in folder"), lambda: self.folder_requested.emit(id), "folder")
        menu.addSeparator()
        menu.add(tr("Remove…"), lambda: self.remove_requested.emit(id), "trash", danger=True)
        return menu


def title(text: str, parent: QWidget) -> Elided:
    """A title that takes what it needs and shortens itself where that is too much."""
    made = Elided(text, "title", parent)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    return made


def headline(name: Elided, kind: Text, code: Text) -> QHBoxLayout:
    """A name, then the quantization in plain words, then the field's name for it in grey."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(name)
    row.addWidget(kind)
    row.addWidget(code)
    row.addStretch(1)
    return row
