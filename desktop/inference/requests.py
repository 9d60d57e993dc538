"""What was asked of the worker and is not answered yet: takes its replies, and ends with exactly one final one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from desktop.core.errors import LoadCancelled, WorldError
from desktop.core.models import FinishReason, Timings, TurnId, Usage
from desktop.core.ports import (
    Done,
    Failed,
    GenerateSink,
    Loaded,
    LoadProgressed,
    LoadSink,
    PromptProgress,
    PromptRead,
    TextPiece,
)
from desktop.inference.protocol import Body, Generate, Load, ProtocolError

log = logging.getLogger(__name__)
R = TypeVar("R")


@dataclass(slots=True)
class LoadRequest:
    """A load. `cancel_by` is the monotonic time by which a cancelled one must have ended."""

    id: int
    command: Load
    sink: LoadSink
    cancel_by: float | None = field(default=None, init=False)
    phase: str = field(default="load", init=False)
    """What the worker said it does for it, or will do …"""
    begun: bool = field(default=False, init=False)
    """… and whether it said so."""

    def take(self, body: Body) -> bool:
        """Pass a reply on; whether it was the final one. Raises ProtocolError for a reply that answers no load."""
        if not isinstance(body, LoadProgressed | Loaded | Failed):
            raise ProtocolError(f"{type(body).__name__} does not answer a load")
        _safely(self.sink, body)
        return not isinstance(body, LoadProgressed)

    def fail(self, error: WorldError) -> None:
        """The final reply when the worker is gone."""
        _safely(self.sink, Failed(error))

    def end(self) -> None:
        """The final reply when somebody asked for the end."""
        _safely(self.sink, Failed(LoadCancelled()))


@dataclass(slots=True)
class GenerateRequest:
    """An answer. `cancel_by` as above."""

    id: int
    turn: TurnId
    command: Generate
    sink: GenerateSink
    cancel_by: float | None = field(default=None, init=False)
    usage: Usage = field(default_factory=Usage, init=False)
    """What is known of it so far."""
    phase: str = field(default="generate", init=False)
    begun: bool = field(default=False, init=False)

    def take(self, body: Body) -> bool:
        """Pass a reply on; whether it was the final one. Raises ProtocolError for a reply that answers no question."""
        if not isinstance(body, PromptRead | PromptProgress | TextPiece | Done | Failed):
            raise ProtocolError(f"{type(body).__name__} does not answer a question")
        if isinstance(body, PromptRead):
            self.usage = Usage(body.tokens, body.reused, 0, body.left_out)
        _safely(self.sink, body)
        return isinstance(body, Done | Failed)

    def fail(self, error: WorldError) -> None:
        """The final reply when the worker is gone."""
        _safely(self.sink, Failed(error))

    def end(self) -> None:
        """The final reply when somebody asked for the end."""
        _safely(self.sink, Done(FinishReason.STOPPED, self.usage, Timings()))


Request = LoadRequest | GenerateRequest


def _safely(sink: Callable[[R], None], reply: R) -> None:
    """A sink that raises is a bug of its owner and must not take the reader thread with it."""
    try:
        sink(reply)
    except Exception:
        log.exception("a sink failed")
