"""Reads fields of a request's document: missing and null are the same, wrong ones get one clear sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from desktop.server.errors import wrong

Document = Mapping[str, Any]
_MOST = 2**31 - 1


def number(document: Document, name: str, low: float, high: float) -> float | None:
    """A number within a range. Raises ApiError 422."""
    value = document.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(name, "must be a number")
    try:
        value = float(value)
    except OverflowError:
        value = math.inf
    if not low <= value <= high:
        raise wrong(name, f"must be between {low:g} and {high:g}")
    return value


def whole(document: Document, name: str, low: int = -_MOST, high: int = _MOST) -> int | None:
    """A whole number; beyond the range it is clamped. Raises ApiError 422."""
    value = document.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or (isinstance(value, float) and value % 1 != 0):
        raise wrong(name, "must be a whole number")
    return int(min(max(value, low), high))


def amount(document: Document, *names: str) -> int | None:
    """How many tokens: the first of the fields that says something. Zero and less mean no limit. Raises ApiError 422."""
    for name in names:
        value = whole(document, name)
        if value is not None and value > 0:
            return value
    return None


def text(document: Document, name: str, default: str = "") -> str:
    """A text. Raises ApiError 422."""
    value = document.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise wrong(name, "must be a string")
    return value


def texts(document: Document, name: str, most: int) -> list[str]:
    """A text, or a list of one to `most`. Raises ApiError 422."""
    value = document.get(name)
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(item, str) for item in listed):
        raise wrong(name, "must be a string or a list of strings")
    if len(listed) > most:
        raise wrong(name, f"there may be {most} at most")
    return listed


def flag(document: Document, name: str, default: bool = False) -> bool:
    """True or false. Raises ApiError 422."""
    value = document.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise wrong(name, "must be true or false")
    return value


def inner(document: Document, name: str) -> Document:
    """An object, empty if there is none. Raises ApiError 422."""
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(name, "must be an object")
    return value


def items(document: Document, name: str) -> list[Any]:
    """A list, empty if there is none. Raises ApiError 422."""
    value = document.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(name, "must be a list")
    return value
