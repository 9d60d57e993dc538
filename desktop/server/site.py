"""The site: every path and who answers it, behind the gate. Runs on the server's own loop."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp
from uvicorn import Config, Server

from desktop.server.body import Bodies
from desktop.server.chat import Chat
from desktop.server.completions import Completions
from desktop.server.desk import Desk
from desktop.server.embeddings import Embeddings
from desktop.server.errors import ApiError
from desktop.server.gate import Gate
from desktop.server.http import Crowd, GuardedProtocol
from desktop.server.journal import Journal
from desktop.server.keeping import Keeper
from desktop.server.listing import Listing, reply
from desktop.server.old import Old
from desktop.server.policy import Binding, Policy
from desktop.server.services import Services

log = logging.getLogger(__name__)

_QUIET = ("uvicorn.error", "uvicorn.access", "uvicorn.asgi")


class Site:
    """One run of the server over sockets that already listen."""

    def __init__(self, services: Services, policy: Policy, binding: Binding, journal: Journal) -> None:
        keeper = Keeper(
            services.conversations,
            services.owner,
            services.writer,
            services.bus,
            services.clock,
            policy.keep_conversations,
        )
        self._desk = Desk(services.engine, services.library, services.new_turn, keeper, policy)
        self.app: ASGIApp = Gate(_routes(self._desk, services, policy), policy, binding, journal)
        for name in _QUIET:  # what matters is logged by us; uvicorn's words may hold an address with a key
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        patience = policy.patience
        crowd = Crowd(patience, policy.limits)
        self._server = _Server(
            Config(
                self.app,
                loop="none",
                http=type("Connection", (GuardedProtocol,), {"crowd": crowd}),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=round(patience.keep_alive),
                timeout_graceful_shutdown=max(1, round(patience.stop)),
                backlog=256,
            )
        )

    async def serve(self, sockets: list[socket.socket], asked_to_stop: asyncio.Event) -> None:
        """Answer until `asked_to_stop`, then end what runs; returns when every connection is gone."""
        serving = asyncio.create_task(self._server.serve(sockets))
        stopping = asyncio.create_task(asked_to_stop.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self._desk.stop()
        self._server.should_exit = True
        await serving


class _Server(Server):
    """Signals are the program's, not the server's."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, without its signal handlers."""
        await self._serve(sockets)


def _routes(desk: Desk, services: Services, policy: Policy) -> ASGIApp:
    bodies = Bodies(policy)
    listing = Listing(desk, services.engine)
    asked: list[tuple[str, Any]] = [
        ("/chat/completions", Chat(desk, bodies).endpoint),
        ("/completions", Completions(desk, bodies).endpoint),
        ("/embeddings", Embeddings(desk, bodies).endpoint),
    ]
    told: list[tuple[str, Any]] = [("/models", listing.models), ("/models/{model:path}", listing.model)]
    routes = [
        Route("/", Old(desk, bodies, services.clock).endpoint, methods=["POST"]),
        Route("/", listing.root, methods=["GET"]),
        Route("/health", listing.health, methods=["GET"]),
        Route("/openapi.json", listing.openapi, methods=["GET"]),
    ]
    for prefix in ("/v1", ""):  # some clients are given the address without the version
        routes += [Route(prefix + path, endpoint, methods=["POST"]) for path, endpoint in asked]
        routes += [Route(prefix + path, endpoint, methods=["GET"]) for path, endpoint in told]
    return ExceptionMiddleware(Router(routes), {ApiError: _refused, HTTPException: _not_there})


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    request.state.entry.error = error.code or "error"
    answer = reply(error.body(), error.status)
    answer.headers.update(error.headers)
    return answer


async def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = {404: "There is nothing at this path.", 405: "This path does not take this method."}
    refused = ApiError(error.status_code, said.get(error.status_code, error.detail), code="not_found")
    answer = reply(refused.body(), error.status_code)
    answer.headers.update(error.headers or {})
    return answer
