"""The JSON forms of the values that travel over the worker's pipe, and back from there with every field checked. Pure.

What can be known about a class of values is found out once: both ends wait for each other's messages.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from desktop.core.value import is_value


class ProtocolError(Exception):
    """The other end wrote something that is no message of this version."""


def plain(value: Any) -> Any:
    """The JSON form of a value: dataclasses become objects, tuples arrays, enums and paths text."""
    kind: Any = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is float:
        return value if math.isfinite(value) else 0.0  # a rate measured over no time: JSON has no word
    if kind is tuple:
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, StrEnum | Path):
        return str(value)
    return {name: plain(getattr(value, name)) for name in _names(kind)}


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


_Check = Callable[[Any], Any]
"""Gives what a value of JSON stands for, or raises ProtocolError."""


@cache
def checker(kind: Any, where: str) -> _Check:
    """For `kind`, a type annotation of the messages above. Made once: looking at annotations takes longer than checking."""
    origin, arguments = get_origin(kind), get_args(kind)

    def refused(value: object) -> ProtocolError:
        return ProtocolError(f"{where}: {type(value).__name__} is not possible here")

    if is_value(kind):
        return _value_checker(kind, where)
    if origin in (Union, types.UnionType):
        return _union_checker(arguments, where, refused)
    if origin is tuple:
        item = checker(arguments[0], where)

        def check_list(value: Any) -> Any:
            if type(value) is not list:
                raise refused(value)
            return tuple([item(part) for part in value])

        return check_list
    if origin is dict:
        inner = checker(arguments[1], where)

        def check_dict(value: Any) -> Any:
            if type(value) is not dict:
                raise refused(value)
            return {str(key): inner(part) for key, part in value.items()}

        return check_dict
    return _plain_checker(kind, refused)


def _value_checker(kind: type, where: str) -> _Check:
    checks = {name: checker(hint, f"{where}.{name}") for name, hint in get_type_hints(kind).items()}
    names = checks.keys()

    def check(value: Any) -> Any:
        if type(value) is not dict or value.keys() != names:
            raise ProtocolError(f"{where}: wrong fields")
        return kind(**{name: one(value[name]) for name, one in checks.items()})

    return check


def _union_checker(kinds: tuple[Any, ...], where: str, refused: Callable[[object], ProtocolError]) -> _Check:
    may_be_none = type(None) in kinds
    options = [checker(kind, where) for kind in kinds if kind is not type(None)]
    *tried, last = options

    def check(value: Any) -> Any:
        if value is None:
            if may_be_none:
                return None
            raise refused(value)
        for option in tried:
            try:
                return option(value)
            except ProtocolError:
                continue
        return last(value)

    return check


def _plain_checker(kind: Any, refused: Callable[[object], ProtocolError]) -> _Check:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise refused(value)
        return value

    def check_float(value: Any) -> Any:
        if type(value) not in (int, float) or not abs(value) < 1e300:
            raise refused(value)
        return float(value)

    def check_path(value: Any) -> Any:
        if type(value) is not str or not value:
            raise refused(value)
        return Path(value)

    def check_enum(value: Any) -> Any:
        try:
            return kind(check_text(value))
        except ValueError:
            raise refused(value) from None

    def check_text(value: Any) -> str:
        if type(value) is not str:
            raise refused(value)
        return value

    if kind is float:
        return check_float
    if kind is Path:
        return check_path
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return check_enum
    assert kind in (int, str, bool), kind
    return check
