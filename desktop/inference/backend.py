"""What the worker's loop and the thing that does the work know of each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from desktop.core.loading import Measured
from desktop.core.models import EngineHello, GenerateOptions, LoadedModel, LoadOptions, PromptMessage
from desktop.core.ports import Done
from desktop.inference.protocol import Alive, Body, Phase

_ALIVE_EVERY = 1.0
"""Seconds between two signs of life at most; far below the client's patience."""


class Job:
    """One request while it is worked on: where its replies go, and whether somebody wants it to end."""

    def __init__(self, identity: int, write: Callable[[int, Body], None]) -> None:
        self.id = identity
        self._write = write
        self._cancelled = threading.Event()
        self._last_sign = time.monotonic()

    def cancel(self) -> None:
        """Ask for an early end; from any thread."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work should end now."""
        return self._cancelled.is_set()

    def wait_cancelled(self, seconds: float) -> bool:
        """Wait for the cancellation, at most `seconds`; whether it came."""
        return self._cancelled.wait(seconds)

    def send(self, body: Body) -> None:
        """Write one reply."""
        self._last_sign = time.monotonic()
        self._write(self.id, body)

    def phase(self, name: str) -> None:
        """Say what is done now, so that a crash can be told apart: "load", "probe" or "generate"."""
        self.send(Phase(name))

    def alive(self) -> None:
        """A sign of life, called wherever the work itself advances; never from a side thread, which would hide a hang."""
        if time.monotonic() - self._last_sign >= _ALIVE_EVERY:
            self.send(Alive())


class Backend(Protocol):
    """What can hold a model and answer. Methods run on the worker's main thread and raise WorldError."""

    def hello(self) -> EngineHello:
        """What the worker says of itself."""
        ...

    def load(self, options: LoadOptions, probe: bool, job: Job) -> LoadedModel:
        """Load in place of the present model; after a failure there is none. Raises LoadCancelled when asked to end."""
        ...

    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Answer the last message, through `job`. Raises NoModel, PromptTooLong."""
        ...

    def measure(self, path: Path, folder: Path, may_repack: bool) -> Measured:
        """How this model runs fastest here; `folder` takes a file for it. Raises MachineBusy, NotMeasured."""
        ...

    def forget(self, conversation: int) -> None:
        """Give up what is kept of a conversation."""
        ...

    def close(self) -> None:
        """Give everything back; what is worth it is saved before, in a second or two."""
        ...
