"""What a request can get instead of an answer: a status, and OpenAI's error object. Sentences here are for programmers."""

from __future__ import annotations

from typing import Any

from desktop import messages
from desktop.core.errors import WorldError

RETRY_AFTER = 2
"""Seconds a busy server asks for."""

_STATUS = {
    "engine.no_model": 503,
    "engine.busy": 503,
    "engine.prompt_too_long": 400,
    "engine.conversation_full": 400,
    "request.model": 404,
}
_CODES = {
    "engine.prompt_too_long": "context_length_exceeded",
    "engine.conversation_full": "context_length_exceeded",
}


class ApiError(Exception):
    """Ends a request. `status` is HTTP's, `param` the field that is wrong."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None, **headers: str
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def body(self) -> dict[str, Any]:
        """The document that is sent."""
        kinds = {401: "authentication_error", 403: "permission_error", 503: "service_unavailable_error"}
        kind = kinds.get(self.status, "invalid_request_error" if self.status < 500 else "server_error")
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


def wrong(param: str, message: str, *, status: int = 422) -> ApiError:
    """A field that makes no sense."""
    return ApiError(status, f"{param}: {message}", code="invalid_value", param=param)


def busy() -> ApiError:
    """There is no room now."""
    message = "Too many requests are waiting. Try again in a moment."
    return ApiError(503, message, code="busy", Retry_After=str(RETRY_AFTER))


def of_world(error: WorldError) -> ApiError:
    """The engine's troubles: what the caller can mend is 400, everything else may be better in a while."""
    code = error.code
    status = _STATUS.get(code, 400 if code.startswith("request.") else 503)
    message = messages.of(error)
    if status == 503:
        return ApiError(503, message, code=_CODES.get(code, code), Retry_After=str(RETRY_AFTER))
    return ApiError(status, message, code=_CODES.get(code, code))
