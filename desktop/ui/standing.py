"""How the loaded model stands: what it runs on, why no more of it runs on a graphics card, how fast its settings are."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import EngineChanged, SpeedMeasured
from desktop.core.loading import CacheType, LoadedModel, Measured
from desktop.core.models import EngineState, EngineStatus
from desktop.i18n import size, tr
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Button, Card, Line, Text

_WIDTH = 340
"""Pixels."""
_IDLE = (EngineState.READY, EngineState.CRASHED)


class Standing(QFrame):
    """Floats below the model's pill; a click elsewhere or Escape closes it."""

    models_requested = Signal()

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._app = app
        self._bridge = bridge
        self._measuring = False
        self._refused = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        card = Card(self)
        card.setFixedWidth(_WIDTH)
        outer.addWidget(card)
        self.name = Text("", "title", wrap=True)
        self.place = Text("", wrap=True)
        self.why = Text("", "small", wrap=True)
        self.memory = Text("", "small", wrap=True)
        self.speed = Text("", "small", wrap=True)
        self.measure = Button(tr("Measure"))
        self.measure.clicked.connect(self._on_measure)
        self.unload = Button(tr("Give memory back"))
        self.unload.clicked.connect(self._on_unload)
        self.choose = Button(tr("Choose a model"))
        self.choose.clicked.connect(self._on_choose)
        column = card.column
        for widget in (self.name, self.place, self.why, self.memory, Line(), self.speed):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.measure)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(Line())
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addStretch(1)
        row.addWidget(self.unload)
        column.addLayout(row)
        bridge.on(EngineChanged, lambda event: self._on_engine(event.status), self)
        bridge.on(SpeedMeasured, self._on_measured, self)

    def open_below(self, pill: QWidget) -> None:
        """Show it, its right edge under that of `pill`."""
        self._refused = ""
        self._refresh()
        corner = pill.mapToGlobal(QPoint(pill.width(), pill.height() + 4))
        self.move(max(pill.window().x(), corner.x() - self.width()), corner.y())
        self.show()
        self.choose.setFocus()

    def _refresh(self) -> None:
        status = self._app.engine.status
        self.name.setText(status.model_name)
        loaded = status.loaded
        found, threads = self._found(status)
        for label, text in (
            (self.place, messages.runs_on(loaded) if loaded else tr("Not loaded")),
            (self.why, messages.why_not_more(loaded) if loaded else ""),
            (self.memory, _memory(loaded) if loaded else ""),
            (self.speed, self._refused or messages.measured(found, loaded, threads)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.measure.setText(tr("Measuring…") if self._measuring else tr("Measure again") if found else tr("Measure"))
        self.measure.setEnabled(not self._measuring and status.model is not None and status.state in _IDLE)
        self.unload.setEnabled(loaded is not None)
        self.adjustSize()

    def _found(self, status: EngineStatus) -> tuple[Measured | None, int]:
        """What was measured, and the threads that the user chose instead (0 = none)."""
        if status.model is None:
            return None, 0
        try:
            return self._app.tuning.of(status.model), self._app.model_options.engine(status.model).threads
        except WorldError:  # the model was just removed
            return None, 0

    def _on_engine(self, status: EngineStatus) -> None:
        if self.isVisible():
            self._refresh()

    def _on_measured(self, event: SpeedMeasured) -> None:
        self._measuring = event.running
        if self.isVisible():
            self._refresh()

    def _on_measure(self) -> None:
        if (model := self._app.engine.status.model) is None:
            return
        self._refused = ""
        self._bridge.when(self._app.tuning.measure(model), lambda _: None, self._on_refused, self)

    def _on_refused(self, error: WorldError) -> None:
        self._refused = messages.of(error)
        if self.isVisible():
            self._refresh()

    def _on_unload(self) -> None:
        self.close()
        self._app.engine.rest()

    def _on_choose(self) -> None:
        self.close()
        self.models_requested.emit()


def _memory(loaded: LoadedModel) -> str:
    """The context, and what the model takes."""
    bits = 8 if loaded.how.cache is CacheType.Q8_0 else 16
    taken = loaded.weights_bytes + loaded.kv_bytes + loaded.compute_bytes
    words = tr("Context of {n} tokens in {bits} bits", n=f"{loaded.context:,}", bits=bits)
    return f"{words} · {tr('{size} of memory', size=size(taken))}" if taken else words
