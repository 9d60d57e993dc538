"""One answer of the engine, as the server's event loop sees it: pieces in batches, one end, and a way to stop it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from desktop.core.errors import WorldError
from desktop.core.models import (
    FinishReason,
    GenerateOptions,
    ModelId,
    PromptMessage,
    Timings,
    TurnId,
    Usage,
)
from desktop.core.ports import Done, Failed, GenerateReply, PromptProgress, PromptRead, TextPiece, Vectors
from desktop.server.errors import ApiError, of_world
from desktop.services.engine import EngineService


@dataclass(slots=True)
class Batch:
    """What came since the last one. At least one of the two says something."""

    text: str
    thought: str


@dataclass(slots=True)
class _Arrived:
    """What the engine's thread has brought and the loop has not taken; guarded by a lock."""

    text: list[str] = field(default_factory=list)
    thought: list[str] = field(default_factory=list)
    size: int = 0
    told: bool = False
    """The loop was woken and has not looked yet: many pieces cost one wake-up."""
    end: Done | WorldError | None = None


class Answer:
    """Begins when it is made. Belongs to the loop it was made in; `stop` may be called more than once."""

    def __init__(
        self,
        engine: EngineService,
        turn: TurnId,
        model: ModelId | None,
        messages: Sequence[PromptMessage],
        options: GenerateOptions,
        client: str,
        unread: int,
    ) -> None:
        """`client`: who asks, as EngineService takes turns; `unread`: characters that may wait for a reader; with more the answer is stopped."""
        self._engine = engine
        self._turn = turn
        self._unread = unread
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._lock = threading.Lock()
        self._arrived = _Arrived()
        self.usage = Usage()
        self.timings = Timings()
        self.reason: FinishReason | None = None
        """Why it ended; None while it has not, and after a failure."""
        self.error: WorldError | None = None
        self.vectors: tuple[tuple[float, ...], ...] = ()
        """What came if vectors were asked for."""
        self.over = False
        """The engine has done with it, whether or not anybody has read the end."""
        engine.generate(turn, model, messages, options, self._sink, client=client)

    def stop(self) -> None:
        """Nobody wants it any more."""
        if not self.over:
            self._engine.cancel(self._turn)

    async def batches(self) -> AsyncIterator[Batch]:
        """What is written, until it ends. Raises ApiError when the engine fails, or was stopped by somebody else."""
        while True:
            await self._news.wait()
            self._news.clear()
            with self._lock:
                arrived, self._arrived = self._arrived, _Arrived()
            batch = Batch("".join(arrived.text), "".join(arrived.thought))
            if batch.text or batch.thought:
                yield batch
            if arrived.end is not None:
                self._finish(arrived.end)
                return

    def _finish(self, end: Done | WorldError) -> None:
        if isinstance(end, WorldError):
            self.error = end
            raise of_world(end) from end
        self.usage, self.timings, self.reason = end.usage, end.timings, end.reason
        if end.reason in (FinishReason.STOPPED, FinishReason.INTERRUPTED):
            raise ApiError(503, "The answer was stopped on this computer.", code="stopped")

    def _sink(self, reply: GenerateReply) -> None:
        """On the engine's thread."""
        with self._lock:
            arrived = self._arrived
            match reply:
                case TextPiece(text, thought):
                    arrived.text.append(text)
                    arrived.thought.append(thought)
                    arrived.size += len(text) + len(thought)
                    if arrived.size > self._unread:
                        self._engine.cancel(self._turn)
                case PromptRead(tokens, reused, left_out):
                    self.usage = Usage(tokens, reused, 0, left_out)
                    return
                case PromptProgress():
                    return
                case Vectors(vectors):
                    self.vectors = vectors
                    return
                case Done():
                    arrived.end = reply
                    self.over = True
                case Failed(error):
                    arrived.end = error
                    self.over = True
            if arrived.told:
                return
            arrived.told = True
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # the server has ended meanwhile, and nobody listens
            pass
