"""What every request passes: who may come in, what is written down of it, and how long a client may take to listen."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import parse_qs

from h11 import LocalProtocolError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.server.errors import ApiError
from desktop.server.journal import Entry, Journal
from desktop.server.policy import Binding, Policy, host_allowed, same_key
from desktop.server.shapes import encode

log = logging.getLogger(__name__)

Headers = dict[str, str]
_OPEN_PATHS = frozenset({"/health"})
"""What needs no key: it says nothing but that somebody is there."""
_METHODS = "GET, POST, OPTIONS"


class Gate:
    """ASGI, around everything else. No exception leaves it."""

    def __init__(self, inside: ASGIApp, policy: Policy, binding: Binding, journal: Journal) -> None:
        self._inside = inside
        self._policy = policy
        self._binding = binding
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        client = scope.get("client")
        entry = Entry(str(client[0]) if client else "", f"{scope['method']} {scope['path']}")
        scope.setdefault("state", {})["entry"] = entry
        scope["app"] = self  # the router raises what it does not know, instead of answering with plain text
        reply = _Reply(send, entry, self._policy.patience.write)
        try:
            self._admit(scope, reply)
            if scope["method"] == "OPTIONS":
                await reply.empty(204)
            else:
                await self._inside(scope, receive, reply)
        except ApiError as error:
            await reply.error(error)
        except (TimeoutError, ConnectionError):
            entry.error = entry.error or "client_gone"
        except Exception:
            log.exception("a request failed: %s", entry.path)
            entry.error = "bug"
            await reply.error(ApiError(500, "Something went wrong in the program itself.", code="bug"))
        finally:
            for ending in entry.endings:
                ending()
            entry.status = reply.status or 499
            if entry.path.endswith("/health") and entry.status < 400:
                pass  # somebody looks every second, as a rule
            else:
                self._journal.close(entry)

    def _admit(self, scope: Scope, reply: _Reply) -> None:
        """Raises ApiError for whom it is not. A page that may use the server may read that its key is wrong."""
        headers: Headers = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        server = scope.get("server") or ("", 0)
        if not host_allowed(headers.get("host", ""), str(server[0]), self._binding):
            raise ApiError(403, "The Host header does not name this computer.", code="forbidden_host")
        reply.extra = self._origin(headers)
        preflight = scope["method"] == "OPTIONS"
        if self._binding.key and not preflight and scope["path"] not in _OPEN_PATHS:
            query = scope.get("query_string", b"").decode("latin-1")
            given = keys(headers.get("authorization", ""), query)
            if not any(same_key(self._binding.key, key) for key in given):
                raise ApiError(
                    401, "The API key is missing or wrong.", code="invalid_api_key", WWW_Authenticate="Bearer"
                )

    def _origin(self, headers: Headers) -> Headers:
        """What a web page is allowed: nothing, unless its origin is listed."""
        origin = headers.get("origin")
        if origin is None:
            if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
                raise ApiError(403, "Web pages of other origins may not use this server.", code="forbidden_origin")
            return {}
        listed = self._policy.origins()
        if origin.rstrip("/").lower() not in [one.lower() for one in listed] and "*" not in listed:
            if origin.lower() == f"http://{headers.get('host', '').lower()}":
                return {}
            raise ApiError(403, f"The origin {origin[:200]} is not on the list in Settings.", code="forbidden_origin")
        extra = {"access-control-allow-origin": origin, "vary": "Origin"}
        if "access-control-request-method" in headers:
            extra["access-control-allow-methods"] = _METHODS
            extra["access-control-allow-headers"] = headers.get("access-control-request-headers", "")[:1000]
            extra["access-control-max-age"] = "600"
            if headers.get("access-control-request-private-network") == "true":
                extra["access-control-allow-private-network"] = "true"
        return extra


def keys(authorization: str, query: str) -> Iterable[str]:
    """Every key that a request brings: Bearer, Basic's password, ?api_key=. LangChain's old clients can set no header."""
    kind, _, value = authorization.strip(" \t").partition(" ")
    value = value.strip(" \t")  # and no more: what is read as Latin-1 may be half a letter of UTF-8
    if kind.lower() == "bearer":
        yield value
        yield value.encode("latin-1").decode("utf-8", "replace")
    elif kind.lower() == "basic":
        try:
            _, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
            yield password
        except (binascii.Error, UnicodeDecodeError):
            pass
    try:
        yield from parse_qs(query, max_num_fields=50).get("api_key", ())
    except ValueError:
        pass


class _Reply:
    """The way back: knows what was sent, and gives a client only so much time to take it."""

    def __init__(self, send: Send, entry: Entry, patience: float) -> None:
        self._send = send
        self._entry = entry
        self._patience = patience
        self.extra: Headers = {}
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """As ASGI's `send`. Raises TimeoutError when the client does not take it."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            more = [
                (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
                for name, value in self.extra.items()
            ]
            message = {
                **message,
                "headers": [*message.get("headers", ()), (b"x-content-type-options", b"nosniff"), *more],
            }
        try:
            async with asyncio.timeout(self._patience):
                await self._send(message)
        except LocalProtocolError as error:  # what the client sent since makes an answer impossible
            raise ConnectionAbortedError from error

    async def empty(self, status: int) -> None:
        """An answer without a body."""
        await self({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await self({"type": "http.response.body", "body": b""})

    async def error(self, error: ApiError) -> None:
        """An error in place of an answer that has not begun."""
        self._entry.error = self._entry.error or error.code or "error"
        if self.status:
            return
        body = encode(error.body())
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in error.headers.items()]
        with suppress(TimeoutError, ConnectionError):
            await self({"type": "http.response.start", "status": error.status, "headers": headers})
            await self({"type": "http.response.body", "body": body})
