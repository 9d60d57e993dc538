"""Answers that take long: one document kept alive by blanks, or a stream of events kept alive by comments.

Both notice at once when the client has gone, and stop the engine then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope, Send

from desktop.server.errors import ApiError
from desktop.server.journal import Entry
from desktop.server.policy import Patience
from desktop.server.shapes import Json, encode

Pieces = list[bytes]
"""A document as JSON, to be sent one piece after another."""

_JSON = (b"content-type", b"application/json; charset=utf-8")
_EVENTS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
)
_PING = b": ping\n\n"
DONE = b"data: [DONE]\n\n"


class PatientJson:
    """One JSON document. When it takes long, the header goes first and a blank now and then: clients that give up after
    30 s of silence then wait. White space in front is part of JSON; an error after that point is in the document."""

    def __init__(
        self,
        make: Callable[[], Awaitable[Json | Pieces]],
        stop: Callable[[], None],
        patience: Patience,
        entry: Entry,
    ) -> None:
        """`make` gives the document, whole or in pieces, or raises ApiError; `stop` is called when nobody waits for it any more."""
        self._make = make
        self._stop = stop
        self._patience = patience
        self._entry = entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        work: asyncio.Future[Json | Pieces] = asyncio.ensure_future(self._make())
        gone = asyncio.ensure_future(_gone(receive))
        begun = False
        try:
            await asyncio.wait((work, gone), timeout=self._patience.first_space, return_when=asyncio.FIRST_COMPLETED)
            while not work.done() and not gone.done():
                if not begun:
                    begun = True
                    await send({"type": "http.response.start", "status": 200, "headers": [_JSON]})
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
                await asyncio.wait((work, gone), timeout=self._patience.next_space, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                self._entry.error = "client_gone"
                return
            await self._end(work, begun, send)
        finally:
            self._stop()
            await _end_all(work, gone)

    async def _end(self, work: asyncio.Future[Json | Pieces], begun: bool, send: Send) -> None:
        try:
            made = work.result()
        except ApiError as error:
            if not begun:
                raise
            self._entry.error = error.code or "error"
            made = error.body()
        pieces = made if isinstance(made, list) else [encode(made)]
        if not begun:
            headers = [_JSON, (b"content-length", str(sum(map(len, pieces))).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number, piece in enumerate(pieces, 1):
            await send({"type": "http.response.body", "body": piece, "more_body": number < len(pieces)})


class EventStream:
    """Server-sent events. What goes wrong before the first one is an answer with a status; later it is an event."""

    def __init__(
        self, events: AsyncGenerator[bytes], stop: Callable[[], None], patience: Patience, entry: Entry
    ) -> None:
        self._events = events
        self._stop = stop
        self._patience = patience
        self._entry = entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        gone = asyncio.ensure_future(_gone(receive))
        following: asyncio.Future[bytes | None] = asyncio.ensure_future(self._next())
        begun = False
        wait = self._patience.first_space
        try:
            while True:
                await asyncio.wait((following, gone), timeout=wait, return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    self._entry.error = "client_gone"
                    return
                if following.done():
                    try:
                        data = following.result()
                    except ApiError as error:
                        if not begun:
                            raise
                        self._entry.error = error.code or "error"
                        data = event(error.body()) + DONE
                        await send({"type": "http.response.body", "body": data})
                        return
                    following = asyncio.ensure_future(self._next())
                else:
                    data = _PING
                if not begun:
                    begun = True
                    wait = self._patience.ping
                    await send({"type": "http.response.start", "status": 200, "headers": list(_EVENTS)})
                if data is None:
                    await send({"type": "http.response.body", "body": b""})
                    return
                await send({"type": "http.response.body", "body": data, "more_body": True})
        finally:
            self._stop()
            await _end_all(following, gone)
            await self._events.aclose()

    async def _next(self) -> bytes | None:
        return await anext(self._events, None)


def event(document: Json) -> bytes:
    """One event of a stream."""
    return b"data: " + encode(document) + b"\n\n"


async def _gone(receive: Receive) -> None:
    """Waits until the client has closed its end. What a client still says after its request means nothing."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end_all(*futures: asyncio.Future[Any]) -> None:
    for future in futures:
        future.cancel()
    for future in futures:
        with suppress(asyncio.CancelledError, Exception):
            await future
