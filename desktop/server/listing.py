"""What can be asked without asking the model anything: which models there are, whether somebody is there, what is understood."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import desktop
from desktop.core.models import EngineState, ModelFile
from desktop.server.desk import Desk
from desktop.server.errors import ApiError
from desktop.server.openapi import description
from desktop.server.shapes import encode
from desktop.services.engine import EngineService


def reply(document: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(encode(document), status, media_type="application/json; charset=utf-8")


class Listing:
    """The endpoints."""

    def __init__(self, desk: Desk, engine: EngineService) -> None:
        self._desk = desk
        self._engine = engine

    async def models(self, request: Request) -> Response:
        """`GET /v1/models`: those on this computer, the one that answers now first."""
        return reply({"object": "list", "data": [_shown(model) for model in self._desk.models()]})

    async def model(self, request: Request) -> Response:
        """`GET /v1/models/ID`."""
        wanted = request.path_params["model"]
        for model in self._desk.models():
            if model.id == wanted:
                return reply(_shown(model))
        raise ApiError(404, "There is no such model on this computer.", code="model_not_found", param="model")

    async def health(self, request: Request) -> Response:
        """`GET /health`: 200 as long as requests are taken; `model` tells whether the first one will have to wait."""
        status = self._engine.status
        ready = status.state in (EngineState.READY, EngineState.READING, EngineState.WRITING)
        return reply({"status": "ok", "model": "ready" if ready else str(status.state), "running": self._desk.running})

    async def root(self, request: Request) -> Response:
        """`GET /`: for who looks with a browser."""
        return reply(
            {
                "name": "ChatGLM Desktop",
                "version": desktop.__version__,
                "endpoints": sorted(description()["paths"]),
            }
        )

    async def openapi(self, request: Request) -> Response:
        """`GET /openapi.json`."""
        return reply(description())


def _shown(model: ModelFile) -> dict[str, Any]:
    return {
        "id": model.id,
        "object": "model",
        "created": model.added // 1000,
        "owned_by": (model.repository or "local").partition("/")[0],
        "name": model.name,
        "context": model.context,
        "quantization": model.quantization,
    }
