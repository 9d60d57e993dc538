"""What is set for one model alone: read, changed, and laid over what a request says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import fields, replace
from typing import NamedTuple

from desktop.core.errors import UnknownModel
from desktop.core.events import ModelChanged
from desktop.core.library import ModelOptions
from desktop.core.models import GenerateOptions, ModelFile, ModelId
from desktop.services.bus import Bus
from desktop.services.serial import SerialExecutor
from desktop.storage.library import ModelStore
from desktop.storage.modeloptions import ModelOptionsStore, OptionValue, changed
from desktop.storage.settings import Settings

_OF_ALL = ("context", "gpu_layers", "threads")
"""Options that inherit from the setting of the same name."""
_SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repeat_penalty",
    "max_tokens",
    "thought_tokens",
    "presence_penalty",
    "frequency_penalty",
    "dry_multiplier",
    "typical_p",
    "mirostat",
)

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


class EngineOptions(NamedTuple):
    """How a model is to be loaded; values as in LoadOptions."""

    context: int
    gpu_layers: int
    threads: int


class ModelOptionsService:
    """Reads are short and allowed on any thread. The table of options is storage.modeloptions.OPTIONS."""

    def __init__(
        self,
        store: ModelOptionsStore,
        models: ModelStore,
        settings: Settings,
        usual: Callable[[str], Mapping[str, OptionValue]],
        writer: SerialExecutor,
        bus: Bus,
    ) -> None:
        """`usual(family)` → how the family is sampled when nobody says otherwise."""
        self._store = store
        self._models = models
        self._settings = settings
        self._usual = usual
        self._writer = writer
        self._bus = bus

    def get(self, model: ModelId) -> ModelOptions:
        """What is set for it; all None for one that has nothing set."""
        return self._store.get(model)

    def inherited(self, model: ModelFile) -> dict[str, OptionValue | None]:
        """What each option is while it is None, for all options by name. None = no limit, no text."""
        values: dict[str, OptionValue | None] = {field.name: None for field in fields(ModelOptions)}
        values.update(self._usual(model.family), thinking=True)
        values.update({name: self._settings.number(name) for name in _OF_ALL})
        return values

    def set(self, model: ModelId, changes: Mapping[str, object]) -> Future[ModelOptions]:
        """Change some options; None inherits again. Engine options apply when the model is loaded next.

        Fails with UnknownModel, UnknownSetting, BadSetting (nothing is changed then). Ends in ModelChanged.
        """
        return self._writer.submit(self._set, model, dict(changes))

    def engine(self, model: ModelId | None) -> EngineOptions:
        """What is set for the model, completed by the settings; None: the settings alone."""
        own = ModelOptions() if model is None else self._store.get(model)
        values = {name: getattr(own, name) for name in _OF_ALL}
        return EngineOptions(**{n: self._settings.number(n) if v is None else v for n, v in values.items()})

    def sampling(self, model: ModelId, asked: GenerateOptions) -> GenerateOptions:
        """What was asked for, completed by what is set for the model."""
        options = self._store.get(model)
        missing = {name: getattr(options, name) for name in _SAMPLING if getattr(asked, name) is None}
        thinking = asked.thinking and options.thinking is not False
        return replace(asked, **missing, stop=asked.stop or stop_texts(options.stop), thinking=thinking)

    def _set(self, model: ModelId, changes: Mapping[str, object]) -> ModelOptions:
        if self._models.get(model) is None:
            raise UnknownModel(id=model)
        options = changed(self._store.get(model), changes)
        self._store.put(model, options)
        self._bus.publish(ModelChanged(model))
        return options


def stop_texts(lines: str | None) -> tuple[str, ...]:
    """Texts that end an answer, from lines as people write them: \\n is a line feed, \\t a tab, \\\\ a backslash."""
    found = (re.sub(r"\\([nt\\])", lambda match: _ESCAPES[match[1]], line) for line in (lines or "").splitlines())
    return tuple(text for text in found if text)
