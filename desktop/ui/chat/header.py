"""The top of the chat page: the conversation's title, and what the model is doing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import messages
from desktop.core.models import EngineState, EngineStatus
from desktop.core.serving import ServerStatus
from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.widgets import Elided, IconButton, Pill

_PILL_SHARE = 0.4
"""Of the header's width, that the model's pill takes at most."""
_LEAST_PILL = 170
_NARROW = 560
"""Pixels."""


class Header(QWidget):
    """Title at the left, pill at the right; a button beside the pill cancels a load or restarts a crashed engine."""

    model_clicked = Signal()
    details_requested = Signal()
    """The pill was pressed, and there is a model to tell of."""
    load_cancelled = Signal()
    retry_requested = Signal()
    server_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.current().header)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 0, 16, 0)
        self.row.setSpacing(8)
        self.title = Elided("", "title", self)
        self.row.addWidget(self.title, 1)
        self.server = Pill(parent=self)
        self.server.setAccessibleName(tr("Local server"))
        self.server.clicked.connect(self.server_clicked)
        self.server.hide()
        self.row.addWidget(self.server)
        self._address = ""
        self.button = IconButton("close", tr("Cancel loading"), self, side=28, icon_size=16)
        self.button.clicked.connect(self._on_button)
        self.button.hide()
        self.row.addWidget(self.button)
        self.pill = Pill(parent=self)
        self.pill.clicked.connect(self._on_pill)
        self.row.addWidget(self.pill)
        self._crashed = False
        self._loaded = False
        self.set_engine(EngineStatus())

    def set_engine(self, status: EngineStatus) -> None:
        """Show the engine at one moment."""
        name = status.model_name or tr("Model")
        away = tr("not loaded") if status.model_name else ""
        percent = round(status.progress * 100)
        self._crashed = status.state is EngineState.CRASHED
        self.pill.set_progress(None)
        match status.state:
            case EngineState.NONE if status.error is not None:
                self.pill.set(status.model_name or tr("No model"), "danger", away, chevron=True)
            case EngineState.NONE:
                self.pill.set(status.model_name or tr("No model"), "neutral", away, chevron=True)
            case EngineState.LOADING:
                self.pill.set(name, "accent", tr("loading {n} %", n=percent))
                self.pill.set_progress(status.progress)
            case EngineState.READY:
                self.pill.set(name, "accent", tr("ready"), chevron=True)
            case EngineState.READING:
                words = tr("reading {n} %", n=percent) if status.progress > 0 else tr("reading")
                self.pill.set(name, "accent", words)
                self.pill.set_progress(status.progress if status.progress > 0 else None)
            case EngineState.WRITING:
                self.pill.set(name, "accent", tr("writing"))
            case EngineState.CRASHED:
                self.pill.set(name, "danger", tr("stopped unexpectedly"))
        self._loaded = status.loaded is not None
        self.pill.setToolTip(_details(status))
        self.button.setVisible(status.state is EngineState.LOADING or self._crashed)
        self.button.set_icon("retry" if self._crashed else "close")
        self.button.set_tip(tr("Start again") if self._crashed else tr("Cancel loading"))

    def set_server(self, status: ServerStatus) -> None:
        """Show that programs can ask, and where, or why they cannot though they should; nothing while it is off."""
        if status.error is not None:
            self._address = ""
            self.server.set(tr("Server stopped"), "danger")
            self.server.setToolTip(messages.sentence(status.error, status.error_data))
            self.server.setAccessibleName(f"{tr('Local server')}: {self.server.toolTip()}")
        else:
            self._address = status.address.partition("://")[2]
            self._fit()
            self.server.setToolTip(tr("The local server runs. Programs reach it at {address}.", address=status.address))
            self.server.setAccessibleName(tr("Local server at {address}", address=status.address))
        self.server.setVisible(status.running or status.error is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A long name leaves room for the title; where there is little, the server says its port alone."""
        self.pill.setMaximumWidth(max(_LEAST_PILL, int(self.width() * _PILL_SHARE)))
        if self._address:
            host, _, port = self._address.rpartition(":")
            name = self.server.accessibleName()
            self.server.set(f":{port}" if host and self.width() < _NARROW else self._address, "accent")
            self.server.setAccessibleName(name)

    def _on_pill(self) -> None:
        (self.details_requested if self._loaded else self.model_clicked).emit()

    def _on_button(self) -> None:
        (self.retry_requested if self._crashed else self.load_cancelled).emit()


def _details(status: EngineStatus) -> str:
    """What the model runs on, for the tooltip."""
    loaded = status.loaded
    if loaded is None:
        return tr("Choose a model")
    lines = [loaded.name or status.model_name, messages.runs_on(loaded)]
    lines.append(tr("Context of {n} tokens", n=f"{loaded.context:,}"))
    return "\n".join(line for line in lines if line)
