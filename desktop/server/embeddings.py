"""`POST /v1/embeddings`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp

from desktop.server.body import Bodies
from desktop.server.desk import Desk
from desktop.server.errors import ApiError
from desktop.services.engine import EngineService


class Embeddings:
    """The endpoint."""

    def __init__(self, desk: Desk, bodies: Bodies, engine: EngineService) -> None:
        self._desk = desk
        self._bodies = bodies
        self._engine = engine

    async def endpoint(self, request: Request) -> ASGIApp:
        """Texts as vectors."""
        await self._bodies.read(request)
        raise ApiError(503, "not yet")
