"""Protocols where two implementations exist: the engine and the hub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from desktop.core.errors import EngineError, WorldError
from desktop.core.models import (
    EngineHello,
    FinishReason,
    GenerateOptions,
    LoadedModel,
    LoadOptions,
    PromptMessage,
    RemoteFile,
    RemoteRepository,
    Timings,
    TurnId,
    Usage,
)
from desktop.core.value import dataclass


@dataclass(frozen=True)
class LoadProgressed:
    """`fraction` 0…1 of the weights are read."""

    fraction: float


@dataclass(frozen=True)
class Loaded:
    """The model is ready: final reply to load."""

    model: LoadedModel


@dataclass(frozen=True)
class PromptRead:
    """The prompt was built: `tokens` in all, `reused` of them already in the KV cache, `left_out` messages did not fit."""

    tokens: int
    reused: int
    left_out: int


@dataclass(frozen=True)
class PromptProgress:
    """Reading: `done` of `total` tokens."""

    done: int
    total: int


@dataclass(frozen=True)
class TextPiece:
    """More of the answer: whole characters only. One of the two is usually empty."""

    text: str
    thought: str


@dataclass(frozen=True)
class Vectors:
    """What GenerateOptions.embed asked for: one vector of length 1 for each message, before Done."""

    vectors: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Done:
    """The answer ended: final reply to generate."""

    reason: FinishReason
    usage: Usage
    timings: Timings


@dataclass(frozen=True)
class Failed:
    """Final reply to any request: the world failed. After EngineCrashed or EngineHung the worker is gone."""

    error: WorldError


LoadReply = LoadProgressed | Loaded | Failed
GenerateReply = PromptRead | PromptProgress | TextPiece | Vectors | Done | Failed


class LoadSink(Protocol):
    """Gets the replies to load, on the engine's reader thread; must return quickly and not raise."""

    def __call__(self, reply: LoadReply, /) -> None:
        """Take it."""
        ...


class GenerateSink(Protocol):
    """Gets the replies to generate, on the engine's reader thread; must return quickly and not raise."""

    def __call__(self, reply: GenerateReply, /) -> None:
        """Take it."""
        ...


class ExitSink(Protocol):
    """Told that the worker died while nothing was asked of it (reader thread)."""

    def __call__(self, error: EngineError, /) -> None:
        """Take it."""
        ...


class Cards(Protocol):
    """What is known of the drivers of this machine's graphics cards. Thread-safe."""

    def are_avoided(self) -> bool:
        """Whether the worker is to be started without cards."""
        ...

    def may_be_to_blame(self, error: EngineError) -> bool:
        """Whether a start that ended like this may succeed without the cards."""
        ...

    def avoid(self) -> None:
        """It did: the cards are not asked for again until something about them changes."""
        ...

    def try_again(self) -> None:
        """Forget that."""
        ...


class Engine(Protocol):
    """A worker process that can hold one model and answers as many requests at once as it said of that (`LoadedModel.parallel`).

    Every method is thread-safe, returns at once unless it says otherwise, and every request ends with exactly one
    final reply (Loaded, Done or Failed), even when the worker is killed.
    """

    def start(self) -> EngineHello:
        """Start the worker if it does not run and wait for its greeting. Blocks, at most 60 s, and as long again if it
        then has to be started without the graphics cards, because their driver crashes or hangs; raises EngineError."""
        ...

    def try_cards(self) -> None:
        """Whatever was learnt of their driver, the next start is one with the graphics cards."""
        ...

    @property
    def hello(self) -> EngineHello | None:
        """The greeting of the running worker; None when it does not run."""
        ...

    def load(self, options: LoadOptions, sink: LoadSink, *, probe: bool) -> None:
        """Load a model in place of the present one. With `probe`, read a few tokens before saying Loaded,
        so that a build that crashes does so now (phase "probe") and not at the user's first question."""
        ...

    def generate(
        self, turn: TurnId, messages: Sequence[PromptMessage], options: GenerateOptions, sink: GenerateSink
    ) -> None:
        """Answer the last message. More requests than can be answered at once wait their turn in the order they came."""
        ...

    def cancel(self, turn: TurnId) -> None:
        """End a request early: its final reply is Done(STOPPED). A worker that does not obey within the grace is killed."""
        ...

    def cancel_load(self) -> None:
        """End a load early: its final reply is Failed(LoadCancelled)."""
        ...

    def forget(self, conversation: int) -> None:
        """Give up what is kept of a conversation's words, in memory and on the disk. Nothing comes back; without a worker, nothing happens."""
        ...

    def read_ahead(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> None:
        """The last message is a question that is still being typed: read it all while nothing is asked, so that the answer to
        it begins sooner. Takes the place of the one before; no messages: nothing is read ahead any more. Nothing comes back."""
        ...

    def stop(self) -> None:
        """End the worker: ask, grace, kill. Its memory goes back to the system. Blocks, bounded; start() works again after."""
        ...


class RangeStream(Protocol):
    """Bytes of a remote file from `offset` on (0 when the server ignored the range)."""

    @property
    def offset(self) -> int:
        """Where the bytes begin."""
        ...

    @property
    def total(self) -> int | None:
        """Size of the whole file if the server said it."""
        ...

    @property
    def etag(self) -> str | None:
        """Identifies the version of the file."""
        ...

    @property
    def partial(self) -> bool:
        """Whether the server kept to the range it was asked for."""
        ...

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Hub(Protocol):
    """Where models come from. Methods block and raise HubError; call them from a download thread, never from the main thread."""

    @property
    def endpoint(self) -> str:
        """Base URL, for messages and for the stored download."""
        ...

    def file(self, repository: str, file: str, revision: str | None = None) -> RemoteFile:
        """Size, SHA-256, commit and URL of one file."""
        ...

    def files(self, repository: str, revision: str | None = None) -> tuple[RemoteFile, ...]:
        """All files of a repository."""
        ...

    def search(self, text: str, limit: int) -> tuple[RemoteRepository, ...]:
        """Repositories with GGUF files that match, the most downloaded first; at most `limit`."""
        ...

    def open(self, remote: RemoteFile, offset: int, end: int | None = None) -> RangeStream:
        """Start reading at `offset`, up to `end` (exclusive; None = the end of the file). More may come than was asked for."""
        ...
