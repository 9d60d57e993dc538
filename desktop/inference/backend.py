"""What the worker's loop and the thing that does the work know of each other."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol

from desktop.core.models import EngineHello, GenerateOptions, LoadedModel, LoadOptions, PromptMessage
from desktop.core.ports import Done, Failed, Loaded
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
        self.ended = False
        """Whether its final reply was sent."""

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
        """Write one reply; after the final one nothing is written any more."""
        if self.ended:
            return
        self._last_sign = time.monotonic()
        self._write(self.id, body)

    def end(self, reply: Loaded | Done | Failed) -> None:
        """Write the final reply; the first one counts."""
        self.send(reply)
        self.ended = True

    def phase(self, name: str) -> None:
        """Say what is done now, so that a crash can be told apart: "load", "probe" or "generate"."""
        self.send(Phase(name))

    def alive(self) -> None:
        """A sign of life, called wherever the work itself advances; never from a side thread, which would hide a hang."""
        if time.monotonic() - self._last_sign >= _ALIVE_EVERY:
            self.send(Alive())


class Backend(Protocol):
    """What can hold a model and answer. Methods run on the worker's main thread, unless they say otherwise.

    An answer is begun and then advances by steps, so that several can go on side by side and everything between two
    steps stays possible. A backend that answers one question at a time in one go is a `OneAtATime`.
    """

    @property
    def parallel(self) -> int:
        """How many answers may have begun and not ended."""
        ...

    def hello(self) -> EngineHello:
        """What the worker says of itself."""
        ...

    def load(self, options: LoadOptions, probe: bool, job: Job) -> LoadedModel:
        """Load in place of the present model, while there is no answer; after a failure there is none.

        Raises LoadCancelled when asked to end, and other WorldErrors.
        """
        ...

    def begin(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> None:
        """Take up an answer to the last message, which ends by `job.end`. Raises NoModel, PromptTooLong; then it has ended."""
        ...

    def step(self) -> None:
        """Advance all answers that were begun, for a moment; those that are cancelled end. What it raises ends them all."""
        ...

    def abandon(self) -> None:
        """All answers that were begun are about to be ended by somebody else: say what was held back, and let go."""
        ...

    def interrupt(self) -> None:
        """From any thread: there is something to see to, so end the running step early if it is a long one."""
        ...

    def read_ahead(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> bool:
        """The last message may become a question: prepare for it, in steps of `read_on`. Whether there is anything to do.

        Takes the place of what was read ahead before; no messages: nothing is, any more.
        """
        ...

    def read_on(self, asked: Callable[[], bool]) -> bool:
        """Read ahead for a moment, while there is no answer; whether more is to be done.

        Not if `asked()`, looked at when `interrupt` would be heard: then somebody wants something else.
        """
        ...

    def forget(self, conversation: int) -> None:
        """Give up what is kept of a conversation."""
        ...

    def close(self) -> None:
        """Give everything back; what is worth it is saved before, in a second or two."""
        ...


class OneAtATime(ABC):
    """The part of a `Backend` for one that answers in one go."""

    parallel = 1
    _begun: tuple[Sequence[PromptMessage], GenerateOptions, Job] | None = None

    @abstractmethod
    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Answer the last message, through `job`, and look often whether it is cancelled. May raise WorldErrors."""

    def begin(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> None:
        """See `Backend`."""
        self._begun = messages, options, job

    def step(self) -> None:
        """See `Backend`."""
        if self._begun is not None:
            messages, options, job = self._begun
            done = self.generate(messages, options, job)
            self._begun = None
            job.end(done)

    def abandon(self) -> None:
        """See `Backend`."""
        self._begun = None

    def interrupt(self) -> None:
        """See `Backend`: `generate` looks for itself."""
        return

    def read_ahead(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> bool:
        """See `Backend`: nothing is read before it is asked for."""
        return False

    def read_on(self, asked: Callable[[], bool]) -> bool:
        """See `Backend`."""
        return False
