"""From the bytes of a request to a checked document: limits, charsets, depth."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect, Request

from desktop.server.errors import ApiError, busy
from desktop.server.policy import Policy

_SURROGATE = re.compile("[\ud800-\udfff]")
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.ASCII | re.IGNORECASE)
"""In a Content-Type; the library's own reader of such headers raises on some."""
_TOGETHER = 4
"""So many bodies of the greatest size may be in memory while they arrive …"""
_UNANSWERED = 8
"""… and so many until they are answered."""


class Bodies:
    """Reads bodies, and keeps all that arrive and wait at a time within bounds."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._held = 0
        self._unanswered = 0

    async def read(self, request: Request) -> dict[str, Any]:
        """The JSON object in the body. Raises ApiError 400, 408, 413 or 503."""
        limit = self._policy.body_limit()
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            raise _too_large(limit)
        data = bytearray()
        try:
            async with asyncio.timeout(self._policy.patience.body):
                async for chunk in request.stream():
                    data += chunk
                    self._held += len(chunk)
                    if len(data) > limit:
                        raise _too_large(limit)
                    if self._held > _TOGETHER * limit:
                        raise busy()
        except TimeoutError:
            raise ApiError(
                408, "The request's body did not arrive in time.", code="timeout", Connection="close"
            ) from None
        except ClientDisconnect:
            raise ApiError(400, "The request's body did not arrive whole.", code="incomplete") from None
        finally:
            self._held -= len(data)
        if self._unanswered + len(data) > _UNANSWERED * limit:
            raise busy()
        self._unanswered += len(data)
        request.state.entry.endings.append(partial(self._answered, len(data)))
        return document(bytes(data), request.headers.get("content-type", ""), self._policy.limits.depth)

    def _answered(self, size: int) -> None:
        self._unanswered -= size


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"The request is larger than {limit} bytes.", code="too_large", Connection="close")


def document(data: bytes, content_type: str, depth: int) -> dict[str, Any]:
    """Bytes as a JSON object of at most `depth` levels. Raises ApiError 400."""
    text = decoded(data, content_type)
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ApiError(400, "The JSON is nested too deeply.", code="too_deep") from None
    except ValueError as error:
        raise ApiError(400, f"The request's body is not JSON: {error}.", code="not_json") from None
    if not isinstance(value, dict):
        raise ApiError(400, "The request's body must be a JSON object.", code="not_json")
    if not _is_flat(value, depth):
        raise ApiError(400, "The JSON is nested too deeply.", code="too_deep")
    clean: dict[str, Any] = value
    if _has_surrogates(text):
        clean = _mapped(value, lambda part: _SURROGATE.sub("\ufffd", part))
    return clean


def decoded(data: bytes, content_type: str) -> str:
    """Text in UTF-8; else in the declared charset; else in GB18030, which curl on a Chinese Windows sends. Raises ApiError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(content_type)
    for charset in (declared[1] if declared else "gb18030", "gb18030"):
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    raise ApiError(400, "The request's body is neither UTF-8 nor GB18030.", code="bad_encoding")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _has_surrogates(text: str) -> bool:
    """As escapes of JSON's, or from a charset that has escapes of its own."""
    return "\\ud" in text.lower() or _SURROGATE.search(text) is not None


def _is_flat(value: Any, depth: int) -> bool:
    level: list[Any] = [value]
    for _ in range(depth):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {change(key): _mapped(item, change) for key, item in value.items()}
    return value
