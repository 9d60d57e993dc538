"""How a model is to be loaded: what the user set, completed by what was measured and by what proved to be safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop.core.models import EngineHello, EngineMode, LoadOptions, ModelFile
from desktop.services.modeloptions import ModelOptionsService
from desktop.services.safemode import key_of
from desktop.storage.measured import MeasuredStore


class LoadPlanner:
    """Short reads of the database; any thread."""

    def __init__(
        self, options: ModelOptionsService, measured: MeasuredStore, states: Callable[[], tuple[Path, int]]
    ) -> None:
        """`states()` → the folder for what was read, and how many bytes it may take."""
        self._options = options
        self._measured = measured
        self._states = states

    def options(self, hello: EngineHello, model: ModelFile, mode: EngineMode) -> LoadOptions:
        """Threads that the user chose count more than those that were measured."""
        context, gpu_layers, threads, how = self._options.engine(model.id)
        if (found := self._measured.get(hello.build, key_of(model))) is not None:
            how = replace(how, repack=found.repack)
            if not threads:
                threads, how = found.threads, replace(how, reading_threads=found.reading_threads)
        return LoadOptions(model.path, context, gpu_layers, threads, mode, *self._states(), how=how)
