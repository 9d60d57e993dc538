"""Requests for answers: whose turn it is, and which are being answered. Used by one thread only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from desktop.core.errors import EngineBusy
from desktop.core.models import (
    EngineState,
    FinishReason,
    GenerateOptions,
    ModelId,
    PromptMessage,
    Timings,
    TurnId,
    Usage,
)
from desktop.core.ports import Done, Engine, Failed, GenerateReply, GenerateSink, PromptProgress, TextPiece

STOPPED = Done(FinishReason.STOPPED, Usage(), Timings())
"""The end of a request that never began, or whose worker was ended."""

_MOST_TRIES = 3
"""Once in each mode of the engine, from the fastest to the safest."""
WHEN_IDLE = "when idle"
"""The client whose requests nobody waits for: any other request ends them."""


@dataclass(slots=True, eq=False)
class Request:
    """A question to the engine. `client` says who asks: clients take turns, however much each of them asks."""

    turn: TurnId
    model: ModelId | None
    messages: Sequence[PromptMessage]
    options: GenerateOptions
    sink: GenerateSink
    client: str = ""
    state: EngineState = field(default=EngineState.READING, init=False)
    """READING, then WRITING."""
    progress: float = field(default=0.0, init=False)
    """Of reading, 0…1."""
    tries: int = field(default=0, init=False)
    """How often it was passed on to a worker."""
    cancelled: bool = field(default=False, init=False)
    innocent: bool = field(default=False, init=False)
    """Its worker was killed because of another one."""
    ended: bool = field(default=False, init=False)

    @property
    def wrote(self) -> bool:
        """Whether there is a word of an answer."""
        return self.state is EngineState.WRITING

    @property
    def may_be_asked_again(self) -> bool:
        """Whether nobody would notice that its worker died."""
        return not (self.wrote or self.cancelled or self.ended) and self.tries < _MOST_TRIES

    def note(self, reply: GenerateReply) -> bool:
        """Learn from a reply how far it is; whether there is something to show."""
        match reply:
            case PromptProgress(done, total):
                self.progress = done / total if total else 0.0
                return True
            case TextPiece() if not self.wrote:
                self.state, self.progress = EngineState.WRITING, 0.0
                return True
        return False

    def end(self, reply: Done | Failed) -> None:
        """The final reply; the first one counts."""
        if not self.ended:
            self.ended = True
            self.sink(reply)


class Queue:
    """Those that wait. The next is the first one of the client that was served longest ago."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Request]] = {}
        self._first: deque[Request] = deque()
        self._served: dict[str, int] = {}
        self._clock = 0

    def __len__(self) -> int:
        return len(self._first) + sum(map(len, self._waiting.values()))

    def __contains__(self, request: Request) -> bool:
        return request in self._first or request in self._waiting.get(request.client, ())

    def put(self, request: Request) -> None:
        """At the end of its client's line."""
        self._waiting.setdefault(request.client, deque()).append(request)

    def put_first(self, requests: Sequence[Request]) -> None:
        """Before all others, in this order: their turn had come already."""
        self._first.extendleft(reversed(requests))

    def next(self) -> Request | None:
        """The one whose turn it is, without taking it."""
        if self._first:
            return self._first[0]
        client = min(self._waiting, key=lambda client: self._served.get(client, 0), default=None)
        return self._waiting[client][0] if client is not None else None

    def remove(self, request: Request, *, served: bool) -> None:
        """Take it; `served` if it is answered and not given up."""
        if request in self._first:
            self._first.remove(request)
            return
        line = self._waiting[request.client]
        line.remove(request)
        if served:
            self._clock += 1
            self._served[request.client] = self._clock
        if not line:
            del self._waiting[request.client]
            if len(self._served) > 1000:  # whoever has not asked for so long comes first again
                self._served = {name: when for name, when in self._served.items() if name in self._waiting}

    def find(self, turn: TurnId) -> Request | None:
        """The one of this turn."""
        return next((request for request in self._all() if request.turn == turn), None)

    def of(self, client: str) -> list[Request]:
        """Those of one client."""
        return [request for request in self._all() if request.client == client]

    def take(self, model: ModelId | None) -> list[Request]:
        """Give up those that this model or any would have answered; everybody, if `model` is None."""
        taken = [request for request in self._all() if model is None or request.model in (None, model)]
        for request in taken:
            self.remove(request, served=False)
        return taken

    def _all(self) -> list[Request]:
        return [*self._first, *(request for line in self._waiting.values() for request in line)]


class Requests:
    """All that were not answered yet. `limit`: of so many that wait, no more are taken."""

    def __init__(self, limit: int) -> None:
        self.waiting = Queue()
        self.active: list[Request] = []
        """Those the worker was asked for, the oldest first."""
        self._limit = limit

    def add(self, request: Request, engine: Engine, *, idle: bool) -> None:
        """Let it wait for its turn, or tell it that too many do. Those that are only to be answered when the engine, with its
        model, is `idle` are ended by any other, whichever came first."""
        if request.client == WHEN_IDLE:
            if not idle or self.active or self.waiting:
                request.end(STOPPED)
                return
        else:
            for other in (*self.active, *self.waiting.of(WHEN_IDLE)):
                if other.client == WHEN_IDLE and not other.cancelled:
                    self.cancel(other.turn, engine)
        # programs must not take the person's own place in the line
        before = len(self.waiting) if request.client else len(self.waiting.of(""))
        if before >= self._limit:
            request.end(Failed(EngineBusy(waiting=before)))
        else:
            self.waiting.put(request)

    def ask(
        self,
        request: Request,
        options: GenerateOptions,
        engine: Engine,
        on_reply: Callable[[Request, int, GenerateReply], None],
    ) -> None:
        """Pass it on to the worker. `on_reply(request, try, reply)` is called on any thread."""
        self.active.append(request)
        request.tries += 1
        tried = request.tries
        engine.generate(request.turn, request.messages, options, lambda reply: on_reply(request, tried, reply))

    def cancel(self, turn: TurnId, engine: Engine) -> None:
        """End one early; one that waits is told at once."""
        for request in self.active:
            if request.turn == turn:
                request.cancelled = True
                engine.cancel(turn)
                return
        if (waiting := self.waiting.find(turn)) is not None:
            self.waiting.remove(waiting, served=False)
            waiting.end(STOPPED)

    def cancel_active(self, engine: Engine) -> None:
        """End all early that the worker was asked for."""
        for request in self.active:
            request.cancelled = True
            engine.cancel(request.turn)

    def final(self, request: Request, tried: int, reply: GenerateReply) -> Done | Failed | None:
        """Take a reply: gives it back if it is the last one of an active request, and sees to all others.

        Among them are those of a worker that is gone, whose last words come after its end was known.
        """
        if request.ended or request.tries != tried or request in self.waiting:
            return None
        if not isinstance(reply, Done | Failed):
            request.sink(reply)
        elif request in self.active:
            return reply
        else:
            request.end(reply)
        return None

    def take_active(self) -> list[Request]:
        """Their worker is gone."""
        active, self.active = self.active, []
        return active

    def end_waiting(self, reply: Done | Failed, model: ModelId | None = None) -> None:
        """Nobody waits any more, or nobody but those who want another one than `model`; a sink may ask again, and that is a
        new request."""
        for request in self.waiting.take(model):
            request.end(reply)

    @property
    def status(self) -> dict[str, object]:
        """What the engine's status says of answers: state and progress are those of the first."""
        first = self.active[0] if self.active else None
        return {
            "state": first.state if first is not None else EngineState.READY,
            "progress": first.progress if first is not None else 0.0,
            "answers": len(self.active),
        }
