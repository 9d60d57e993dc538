"""What was learnt about llama.cpp on this machine: which settings crash, remembered per build and model.

Some processors and compilers together make native code that dies on the first prompt. A new build is tried once with
the small model that comes with the program, in a child that may die; a new model is tried by reading a few tokens
right after it is loaded. What crashed once is not tried again.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.core.errors import (
    EngineCrashed,
    EngineError,
    EngineHung,
    EngineUnavailable,
    FirstGenerationFails,
    WorldError,
)
from desktop.core.models import EngineHello, EngineMode, LoadedModel, LoadOptions, ModelFile
from desktop.core.ports import Engine, ExitSink, Failed, Loaded, LoadReply
from desktop.services.rewriting import FIRST_GENERATION
from desktop.storage.disk import disk_errors
from desktop.storage.library import EngineModeStore

log = logging.getLogger(__name__)

LADDER = (EngineMode.FULL, EngineMode.NO_REPACK, EngineMode.CPU)
"""Each step gives up something for safety."""

NO_CARDS = "engine.no_cards"
"""Code of the notice that the worker was started without graphics cards."""

_NOTICES = {EngineMode.NO_REPACK: "engine.safe_mode", EngineMode.CPU: "engine.safe_mode_cpu"}
_ANY_MODEL = "*"
_FIRST = "* generation 1"
_NATIVE = frozenset(
    {"SIGSEGV", "SIGILL", "SIGBUS", "SIGFPE", "SIGABRT", "SIGTRAP", "SIGSYS"}
    | {"access violation", "illegal instruction", "integer division by zero", "stack overflow"}
    | {"heap corruption", "abort"}
)
"""Deaths of native code as the engine names them, here and on Windows."""
_PROBE_TIMEOUT = 60.0


class EngineFactory(Protocol):
    """Makes an engine that does not run yet."""

    def __call__(self, on_exit: ExitSink, /) -> Engine:
        """`on_exit` is told when the worker dies idle."""
        ...


class SafeModes:
    """Chooses the mode to load a model in, and learns from crashes. Used by one thread only."""

    def __init__(
        self,
        store: EngineModeStore,
        make_engine: EngineFactory,
        test_model: Path,
        clock: Callable[[], int],
        write_first: Callable[[Path], object] = lambda path: None,
    ) -> None:
        """`write_first` writes a tiny model of generation 1."""
        self._write_first = write_first
        self._store = store
        self._make_engine = make_engine
        self._test_model = test_model
        self._clock = clock

    def of(self, hello: EngineHello, model: ModelFile) -> tuple[EngineMode, bool]:
        """The mode for this model on this build, and whether it has proved to work."""
        return (
            self._store.get(hello.build, key_of(model))
            or ((mode, False) if (mode := self.of_build(hello)) else None)
            or (EngineMode.FULL, False)
        )

    def of_build(self, hello: EngineHello) -> EngineMode | None:
        """The mode that worked with the test model, or None if this build was never tried."""
        known = self._store.get(hello.build, _ANY_MODEL)
        return known[0] if known is not None and known[1] else None

    def proved(self, hello: EngineHello, model: ModelFile, mode: EngineMode) -> None:
        """The model read and wrote in this mode."""
        self._remember(hello, key_of(model), mode, proved=True)

    def learn(
        self, hello: EngineHello, model: ModelFile, mode: EngineMode, error: EngineError, gpu: bool
    ) -> EngineMode | None:
        """The model crashed in `mode`. Remembers and returns the next safer one; None if that would not help."""
        safer = next_mode(mode, error, gpu)
        if safer is not None:
            self._remember(hello, key_of(model), safer, proved=False)
        return safer

    def prove_build(self, hello: EngineHello, closing: threading.Event, *, again: bool = False) -> EngineMode:
        """Try a build that was never tried, in throwaway children: about half a second each. Blocks.

        With `again` it is tried even if it was before.
        """
        if not again and (known := self.of_build(hello)) is not None:
            return known
        gpu = has_gpu(hello)
        mode: EngineMode | None = EngineMode.FULL
        while mode is not None and not closing.is_set():
            error = self._try(mode, closing)
            if not isinstance(error, EngineError):  # a test model that cannot be read says nothing of the engine
                self._remember(hello, _ANY_MODEL, mode, proved=True)
                return mode
            log.info("the engine's build crashes in mode %s: %s", mode, error)
            mode = next_mode(mode, error, gpu)
        return EngineMode.FULL  # nothing helps, or no time: the model's own first load will tell

    def prove_first(self, hello: EngineHello, closing: threading.Event, *, again: bool = False) -> bool:
        """Whether this build computes generation 1 as it should; tried once, in a throwaway child. Blocks. Raises
        DiskError where there is no room for the file it is tried with.

        With `again` it is tried even if it was before.
        """
        known = self._store.get(hello.build, _FIRST)
        if known is not None and not again:
            return known[1]
        temporary = tempfile.gettempdir()
        with (
            disk_errors(Path(temporary)),
            tempfile.TemporaryDirectory(prefix="chatglm-desktop-", dir=temporary) as folder,
        ):
            path = Path(folder) / "chatglm.bin"
            self._write_first(path)
            error = self._try(EngineMode.CPU, closing, path)
        if not closing.is_set():
            self._remember(hello, _FIRST, EngineMode.CPU, proved=error is None)
        if error is not None:
            log.info("generation 1 does not work: %s", error)
        return error is None

    def require_family(self, hello: EngineHello, model: ModelFile, closing: threading.Event) -> None:
        """Raises FirstGenerationFails for a model of a family that this build does not compute as it should."""
        if model.family == FIRST_GENERATION and not self.prove_first(hello, closing) and not closing.is_set():
            raise FirstGenerationFails

    def _remember(self, hello: EngineHello, model: str, mode: EngineMode, *, proved: bool) -> None:
        remember(self._store, hello.build, model, mode, proved, self._clock())

    def _try(self, mode: EngineMode, closing: threading.Event, model: Path | None = None) -> WorldError | None:
        finished = threading.Event()
        outcome: list[LoadReply] = []

        def sink(reply: LoadReply) -> None:
            if isinstance(reply, Loaded | Failed):
                outcome.append(reply)
                finished.set()

        engine = self._make_engine(lambda error: None)
        try:
            engine.start()
            engine.load(LoadOptions(model or self._test_model, context=512, mode=mode), sink, probe=True)
            for _ in range(int(_PROBE_TIMEOUT * 10)):
                if finished.wait(0.1) or closing.is_set():
                    break
        except EngineError as error:
            return error
        finally:
            engine.stop()
        reply = outcome[0] if outcome else None
        return reply.error if isinstance(reply, Failed) else None


def next_mode(mode: EngineMode, error: EngineError, gpu: bool) -> EngineMode | None:
    """The next safer mode after this error, or None if it was no native crash or there is nothing left to give up."""
    if not is_native(error):
        return None
    safer = LADDER[LADDER.index(mode) + 1 :]
    if not gpu:
        safer = tuple(m for m in safer if m is not EngineMode.CPU)
    return safer[0] if safer else None


def remember(store: EngineModeStore, build: str, model: str, mode: EngineMode, proved: bool, now: int) -> None:
    """What cannot be stored now is learnt again: nobody's answer waits for a disk that is full."""
    try:
        store.put(build, model, mode, proved, now)
    except WorldError as error:
        log.info("what was learnt of the engine is not kept: %s", error)


def notice_of(hello: EngineHello | None, loaded: LoadedModel) -> str | None:
    """Code of what the user should know of this load: what costs most comes first."""
    return (hello.notice if hello is not None else None) or _NOTICES.get(loaded.mode) or loaded.notice


def is_native(error: EngineError) -> bool:
    """Whether native code died of itself; a kill from outside or a Python error teaches nothing."""
    if not isinstance(error, EngineCrashed):
        return False
    signal = str(error.data.get("signal"))
    return signal in _NATIVE or signal.startswith("status 0x")


def means_death(error: WorldError, hello: EngineHello | None) -> bool:
    """Whether an error that ended a request ended the worker too, which now says `hello`."""
    return isinstance(error, EngineCrashed | EngineHung) or (isinstance(error, EngineUnavailable) and hello is None)


def has_gpu(hello: EngineHello) -> bool:
    """Whether llama.cpp sees anything but processors."""
    return any(device.kind in ("gpu", "igpu") for device in hello.devices)


def key_of(model: ModelFile) -> str:
    """Identifies the weights, wherever the file lies."""
    return model.sha256 or f"{model.size}:{model.path.name}"
