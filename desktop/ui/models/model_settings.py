"""The dialog with what is set for one model alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.errors import BadSetting, WorldError
from desktop.core.library import ModelOptions
from desktop.core.memory import MemoryEstimate
from desktop.core.models import ModelFile
from desktop.i18n import tr
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.fit import FitLabel
from desktop.ui.models.options import OptionForm
from desktop.ui.widgets import Choice, Dialog, Text
from desktop.ui.widgets.tall import Tall

_AT_LOAD = ("context", "gpu_layers", "threads")
_QUIET = 200
"""Milliseconds without a change until the memory is estimated again."""


class ModelSettings(Dialog):
    """Saved by its button; a value that cannot be is said below its field, and the dialog stays."""

    def __init__(self, window: QWidget, app: Application, bridge: Bridge, model: ModelFile) -> None:
        self._app = app
        self._bridge = bridge
        self._model = model
        inherited = {name: value for name, value in app.model_options.inherited(model).items() if value is not None}
        self.form = OptionForm(asdict(app.model_options.get(model.id)), inherited)
        self.fit = FitLabel()
        self.failure = Text("", "danger", wrap=True)
        self.failure.hide()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if limits := texts.limits(model.family):
            column.addWidget(Text(limits, "soft", wrap=True))
        column.addWidget(self.fit)
        column.addWidget(Tall(self.form), 1)
        column.addWidget(self.failure)
        super().__init__(
            window,
            tr("Settings of {name}", name=model.name),
            tr("What is switched on here holds for this model alone; the rest is as for all models."),
            [Choice("", tr("Cancel"), "quiet"), Choice("save", tr("Save"), "primary")],
            body,
            width=560,
        )
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET)
        self._quiet.timeout.connect(self._estimate)
        self.form.changed.connect(self._quiet.start)
        self._estimate()

    def finish(self, key: str = "") -> None:
        """Close; with “save” only when everything was taken."""
        if key != "save":
            super().finish(key)
            return
        for row in self.form.rows.values():
            row.show_error(None)
        future = self._app.model_options.set(self._model.id, self.form.values)
        self._bridge.when(future, self._on_saved, self._on_refused, self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks at the estimate any more, and the program may be closing."""
        self._quiet.stop()
        super().hideEvent(event)

    def _on_saved(self, _: ModelOptions) -> None:
        super().finish("save")

    def _on_refused(self, error: WorldError) -> None:
        text = messages.of(error)
        if not isinstance(error, BadSetting) or not self.form.show_error(str(error.data.get("name")), text):
            self.failure.setText(text)
            self.failure.show()

    def _estimate(self) -> None:
        context = self.form.rows["context"].value
        asked = int(str(context)) if context else 0
        self._bridge.when(self._app.fit.installed(self._model.id, asked), self._show_fit, self._no_fit, self)

    def _show_fit(self, estimate: MemoryEstimate) -> None:
        self.fit.show_estimate(estimate)

    def _no_fit(self, _: WorldError) -> None:
        self.fit.show_estimate(None)


def ask_settings(
    window: QWidget, app: Application, bridge: Bridge, model: ModelFile, on_saved: Callable[[bool], None]
) -> ModelSettings:
    """Show the settings of a model; `on_saved` learns whether anything changed that counts when a model is loaded."""
    before = app.model_options.get(model.id)
    dialog = ModelSettings(window, app, bridge, model)

    def chosen(key: str) -> None:
        after = app.model_options.get(model.id)
        if key:
            on_saved(any(getattr(before, name) != getattr(after, name) for name in _AT_LOAD))

    dialog.chosen.connect(chosen)
    dialog.open()
    return dialog
