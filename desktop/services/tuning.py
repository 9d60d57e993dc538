"""Finds out how a model runs fastest on this machine: once, when the engine has nothing to do, or when the user asks.

The measurement is a process of its own. It is ended the moment anything is asked of the engine, and begun again later.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Protocol

from desktop.core.errors import EngineError, MachineBusy, MeasuringStopped, WorldError
from desktop.core.events import EngineChanged, SpeedMeasured
from desktop.core.loading import Measured, Placement
from desktop.core.models import EngineHello, EngineMode, EngineState, EngineStatus, ModelFile, ModelId
from desktop.services.bus import Bus
from desktop.services.engine import EngineService
from desktop.services.library import LibraryService
from desktop.services.safemode import key_of
from desktop.services.serial import SerialExecutor
from desktop.storage.measured import MeasuredStore

log = logging.getLogger(__name__)

QUIET_S = 5.0
"""Seconds the engine must have had nothing to do."""
_TRIES = 5
"""Measurements that are begun by themselves for one model: a machine that is always busy is left alone."""
_WRITE_S = 10.0


class Measurer(Protocol):
    """Measures in a process of its own."""

    def run(self, model: Path, may_repack: bool, wanted: Callable[[], bool]) -> Measured:
        """Blocks for some seconds. Raises EngineError, MeasuringStopped after `stop` or when it is not `wanted` after all."""
        ...

    def stop(self) -> None:
        """End it at once; from any thread."""
        ...


class TuningService:
    """Any thread. What was found counts from the next load on: `services.loading` reads it."""

    def __init__(
        self,
        measurer: Measurer,
        store: MeasuredStore,
        engine: EngineService,
        library: LibraryService,
        mode: Callable[[EngineHello, ModelFile], EngineMode],
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
        quiet: float = QUIET_S,
    ) -> None:
        self._measurer = measurer
        self._store = store
        self._engine = engine
        self._library = library
        self._mode = mode
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._quiet = quiet
        self._near = SerialExecutor("tuning")
        self._closed = threading.Event()
        self._by_itself = threading.Event()
        self._busy = threading.Event()
        self._tries: dict[str, int] = {}
        self._number = 0
        self._unsubscribe = bus.subscribe(EngineChanged, self._on_engine)

    def begin(self) -> None:
        """From now on models are measured without being asked, after their first load."""
        self._by_itself.set()
        self._on_engine(EngineChanged(self._engine.status))

    def of(self, model: ModelId) -> Measured | None:
        """What was found for a model with the present build of llama.cpp. Raises UnknownModel."""
        hello = self._engine.hello
        return self._store.get(hello.build, key_of(self._library.get(model))) if hello is not None else None

    def measure(self, model: ModelId) -> Future[Measured]:
        """Measure now; if the model is loaded and something else turned out to be faster, it is loaded again.

        Fails with EngineError (MachineBusy, MeasuringStopped when something is asked of the engine), UnknownModel.
        """
        return self._near.submit(self._measure, model, True)

    def close(self) -> None:
        """Measure no more."""
        self._closed.set()
        self._unsubscribe()
        self._measurer.stop()
        self._near.close()

    # -- by itself

    def _on_engine(self, event: EngineChanged) -> None:
        """On whatever thread: the engine has something to do, or no longer."""
        state = event.status.state
        if state in (EngineState.LOADING, EngineState.READING, EngineState.WRITING):
            self._number += 1
            if self._busy.is_set():
                self._measurer.stop()
        elif state is EngineState.READY and self._by_itself.is_set() and not self._closed.is_set():
            self._number += 1
            self._near.post_after(self._quiet, self._when_quiet, self._number, event.status)

    def _when_quiet(self, number: int, status: EngineStatus) -> None:
        if number != self._number or self._closed.is_set() or status.model is None or not _matters(status):
            return
        model = self._library.get(status.model)
        if self.of(model.id) is not None or self._tries.get(model.id, 0) >= _TRIES:
            return
        self._tries[model.id] = self._tries.get(model.id, 0) + 1
        try:
            self._measure(model.id, False)
        except MachineBusy:
            self._near.post_after(60 * self._quiet, self._when_quiet, number, status)
        except (EngineError, CancelledError) as error:
            log.info("not measured: %s", error)
            if not isinstance(error, MeasuringStopped):
                self._tries[model.id] = _TRIES

    # -- the measurement, on our thread

    def _measure(self, id: ModelId, asked: bool) -> Measured:
        if self._closed.is_set():
            raise CancelledError
        self._bus.publish(SpeedMeasured(id, True))
        try:
            model, number = self._library.get(id), self._number
            hello = self._engine.hello
            if hello is None:
                self._engine.devices().result()
                hello = self._engine.hello
            if hello is None:
                raise MeasuringStopped
            mode = self._mode(hello, model)
            self._busy.set()
            try:
                found = self._measurer.run(
                    model.path,
                    mode is EngineMode.FULL,
                    lambda: number == self._number and not self._closed.is_set(),
                )
            finally:
                self._busy.clear()
            before = self._store.get(hello.build, key_of(model))
            self._writer.submit(self._store.put, hello.build, key_of(model), found, self._clock()).result(_WRITE_S)
        except WorldError as error:
            self._bus.publish(SpeedMeasured(id, False, None, error.code, error.data))
            raise
        except BaseException:  # the program ends, or a bug: nobody is to wait for it
            self._bus.publish(SpeedMeasured(id, False))
            raise
        self._bus.publish(SpeedMeasured(id, False, found))
        # another model may have been loaded, or none; then this one is loaded as it should be when it is its turn
        if asked and self._engine.status.model == id and _differs(before, found):
            self._engine.rest()
            self._engine.load(id)
        return found


def _matters(status: EngineStatus) -> bool:
    """Whether the processor has anything to do with the model."""
    return status.loaded is not None and status.loaded.placement is not Placement.ALL


def _differs(before: Measured | None, found: Measured) -> bool:
    """Whether the model would be loaded in another way than it was."""
    if before is None:
        return found.gain > 1
    return (before.repack, before.threads, before.reading_threads) != (
        found.repack,
        found.threads,
        found.reading_threads,
    )
