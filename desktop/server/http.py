"""uvicorn's HTTP/1.1, with bounds on what an idle or a dawdling client may hold."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from desktop.server.policy import Limits, Patience


class Crowd:
    """The connections of one server that have not (yet, or again) said what they want, the oldest first."""

    def __init__(self, patience: Patience, limits: Limits) -> None:
        self.patience = patience
        self._limits = limits
        self._waiting: OrderedDict[GuardedProtocol, None] = OrderedDict()

    def waits(self, connection: GuardedProtocol, connections: int) -> None:
        """It says nothing: when there are too many, the one that was quiet longest goes."""
        self._waiting[connection] = None
        self._waiting.move_to_end(connection)
        crowded = len(self._waiting) > self._limits.waiting or connections > self._limits.connections
        if crowded:
            oldest, _ = self._waiting.popitem(last=False)
            oldest.cut()

    def speaks(self, connection: GuardedProtocol) -> None:
        """It has said what it wants, or has gone."""
        self._waiting.pop(connection, None)


class GuardedProtocol(H11Protocol):
    """One connection. A header that is not whole in time ends it, and so does a body that still comes after the answer."""

    crowd: Crowd

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there, and has said nothing yet."""
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        self._begin_waiting(self.crowd.patience.header)
        self.crowd.waits(self, len(self.connections))

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._end_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A part of a request."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._begin_waiting(self.crowd.patience.header)
        elif not self._sends_on():
            self._end_waiting()

    def on_response_complete(self) -> None:
        """The connection is kept for another request, which may come or not."""
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._sends_on():
            self._begin_waiting(self.crowd.patience.body)
        if self.conn.their_state is h11.IDLE or self._sends_on():
            self.crowd.waits(self, len(self.connections))

    def cut(self) -> None:
        """End it at once."""
        self.transport.abort()

    def _sends_on(self) -> bool:
        """Its request is answered, and the rest of its body still comes."""
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _begin_waiting(self, seconds: float) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(seconds, self.cut)

    def _end_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self.crowd.speaks(self)
