"""All that can happen, in the past tense. Published on services.bus; handlers must not block."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from desktop.core.errors import ErrorValue
from desktop.core.loading import Measured
from desktop.core.models import (
    ConversationId,
    Download,
    DownloadId,
    EngineStatus,
    FinishReason,
    Message,
    MessageId,
    ModelId,
    Timings,
    TurnId,
    Usage,
)
from desktop.core.serving import RequestRecord, ServerStatus
from desktop.core.value import dataclass


class Event:
    """Base of all events."""

    __slots__ = ()


@dataclass(frozen=True)
class ConversationCreated(Event):
    """A conversation was stored for the first time."""

    conversation: ConversationId


@dataclass(frozen=True)
class ConversationChanged(Event):
    """Title, model or order of a conversation changed."""

    conversation: ConversationId
    title: str


@dataclass(frozen=True)
class ConversationDeleted(Event):
    """A conversation is no longer listed."""

    conversation: ConversationId


@dataclass(frozen=True)
class TurnStarted(Event):
    """A question and its empty answer were stored."""

    turn: TurnId
    conversation: ConversationId
    question: Message | None
    """None when an existing question is answered again."""
    answer: Message


@dataclass(frozen=True)
class PromptBuilt(Event):
    """The engine knows what it will read: `tokens` in all, `reused` of them known already; `left_out` messages do not fit."""

    turn: TurnId
    conversation: ConversationId
    tokens: int
    reused: int
    left_out: int


@dataclass(frozen=True)
class PromptProgressed(Event):
    """The engine reads the question: `done` of `total` tokens."""

    turn: TurnId
    conversation: ConversationId
    done: int
    total: int


@dataclass(frozen=True)
class TextArrived(Event):
    """More of the answer."""

    turn: TurnId
    conversation: ConversationId
    message: MessageId
    text: str
    thought: str


@dataclass(frozen=True)
class TurnFinished(Event):
    """The answer is stored in its final state."""

    turn: TurnId
    conversation: ConversationId | None
    """None when not even the conversation could be stored."""
    answer: Message | None
    """The answer as stored; None when the turn failed before anything could be stored."""
    reason: FinishReason
    usage: Usage | None = None
    timings: Timings | None = None
    error: str | None = None
    error_data: dict[str, ErrorValue] = field(default_factory=dict)


@dataclass(frozen=True)
class RecapChanged(Event):
    """The summary of what fell out of a conversation is being written, or is there, or was given up."""

    conversation: ConversationId
    writing: bool


@dataclass(frozen=True)
class EngineChanged(Event):
    """The engine's state or progress changed."""

    status: EngineStatus


@dataclass(frozen=True)
class SpeedMeasured(Event):
    """Measuring how a model runs fastest began (`running`) or ended, with a result or without."""

    model: ModelId
    running: bool
    found: Measured | None = None
    error: str | None = None
    """Code of the error; a measurement that had to give way to a request has one too."""
    error_data: dict[str, ErrorValue] = field(default_factory=dict)


@dataclass(frozen=True)
class DownloadChanged(Event):
    """State of a download changed: queued, running, verifying, paused, failed, done."""

    download: Download


@dataclass(frozen=True)
class DownloadProgressed(Event):
    """Bytes arrived; at most four times a second. `rate` in bytes per second; `total` None = unknown."""

    download: DownloadId
    received: int
    total: int | None
    rate: float


@dataclass(frozen=True)
class DownloadRemoved(Event):
    """A download was cancelled: its partial files are gone."""

    download: DownloadId


@dataclass(frozen=True)
class ModelInstalled(Event):
    """A model can be used from now on."""

    model: ModelId


@dataclass(frozen=True)
class ModelRemoved(Event):
    """A model is gone from the list."""

    model: ModelId


@dataclass(frozen=True)
class ModelChecked(Event):
    """Progress of reading a model file whole (verify, import by copy): bytes of bytes."""

    model: ModelId
    done: int
    total: int


@dataclass(frozen=True)
class ModelChanged(Event):
    """The name or the options of a model changed."""

    model: ModelId


@dataclass(frozen=True)
class FoldersScanned(Event):
    """The user's folders were looked through: models may have come, gone missing or come back. Also when one is added or removed."""


@dataclass(frozen=True)
class ModelsMoveProgressed(Event):
    """The models folder is being moved: bytes of bytes."""

    done: int
    total: int


@dataclass(frozen=True)
class ModelsMoved(Event):
    """The models folder is another one now."""

    path: Path


@dataclass(frozen=True)
class ServerChanged(Event):
    """The local server started, ended, or could not start."""

    status: ServerStatus


@dataclass(frozen=True)
class RequestAnswered(Event):
    """The local server answered a request, or its client went away."""

    record: RequestRecord


@dataclass(frozen=True)
class SettingChanged(Event):
    """A setting has a new value."""

    name: str


@dataclass(frozen=True)
class Noticed(Event):
    """Something the user should be told once, by code and data (desktop.messages)."""

    code: str
    data: dict[str, ErrorValue] = field(default_factory=dict)
