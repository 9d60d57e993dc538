"""Templates of strangers, run so that none can take the machine: no attributes of Python's, not for ever, nothing endless.

Jinja's own sandbox keeps a template from Python's insides. What it does not stop are loops that take hours and texts that take all memory.
"""

from __future__ import annotations

import ctypes
import functools
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

_SECONDS = 3.0
"""A real template takes some milliseconds."""
_MOST_TEXT = 50_000_000
"""Characters; far more than any context holds."""
_MOST_MADE = 10_000_000
"""Characters that one call may make of what it is given: of each at most as many copies as the other is long, or says."""
_MOST_NUMBER = 10**30
_GROWING = ("batch", "center", "format", "indent", "join", "replace", "slice", "sum", "tojson", "wordwrap")
"""Filters whose result can be larger than what they are given."""
_WIDE = re.compile(r"\d{7}|\*|:[^{}]*\{")
"""A width in a format that is a gigabyte, or is given elsewhere."""


class TooMuch(Exception):
    """The template takes too long, or makes too much of something."""


class _Code(CodeGenerator):
    """Has `~` make texts where we look at them."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Sandbox(ImmutableSandboxedEnvironment):
    """Compiles templates as transformers' chat templates expect it."""

    code_generator_class = _Code
    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        self.filters |= {name: _measured(self.filters[name]) for name in _GROWING}
        self.globals["raise_exception"] = _refuse
        self.globals["strftime_now"] = lambda pattern: time.strftime(pattern)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """The operation, unless its result would be huge."""
        if operator == "**" and not (
            isinstance(left, int | float) and isinstance(right, int | float) and abs(right) < 100
        ):
            raise TooMuch("a power")
        if operator == "%" and isinstance(left, str):
            raise TooMuch("printf")  # "%999999999d" is a gigabyte
        if operator in "*+":
            if _size(left) + _size(right) > _MOST_TEXT:
                raise TooMuch("a long text")
            for many, times in ((left, right), (right, left)):
                if operator == "*" and isinstance(times, int) and _size(many) * max(0, times) > _MOST_TEXT:
                    raise TooMuch("a long text")
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, int) and abs(result) > _MOST_NUMBER:
            raise TooMuch("a large number")
        return result

    def joined(self, parts: Iterable[object]) -> str:
        """What `~` makes."""
        texts = [str(part) for part in parts]
        if sum(map(len, texts)) > _MOST_TEXT:
            raise TooMuch("a long text")
        return "".join(texts)

    def call(__self, __context: Any, __obj: Any, *arguments: Any, **named: Any) -> Any:
        """The call, unless it is of a text's own method and the result would be huge."""
        if isinstance(owner := getattr(__obj, "__self__", None), str):
            _check_size((owner, *arguments, *named.values()))
        return super().call(__context, __obj, *arguments, **named)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """See jinja2; unless the result would be huge."""
        wrapper = super().wrap_str_format(value)
        if wrapper is not None and _WIDE.search(value.__self__):
            raise TooMuch("a wide format")
        return wrapper

    def rendered(self, template: jinja2.Template, values: Mapping[str, Any]) -> str:
        """The template's text. Raises whatever the template does, TooMuch among it."""
        pieces: list[str] = []
        length = 0
        with _Deadline(_SECONDS):
            for piece in template.generate(values):
                length += len(piece)
                if length > _MOST_TEXT:
                    raise TooMuch("a long text")
                pieces.append(piece)
        return "".join(pieces)


class _Deadline:
    """Raises TooMuch in this thread when the time is up: between two steps of Python's, wherever the template is."""

    def __init__(self, seconds: float) -> None:
        self._thread = threading.get_ident()
        self._over = threading.Lock()
        self._left = False
        self._fired = False
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        with self._over:
            self._left = True
        self._timer.cancel()
        if self._fired:
            self._absorb()

    def _fire(self) -> None:
        with self._over:
            if not self._left:
                self._fired = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(TooMuch))

    @staticmethod
    def _absorb() -> None:
        """It may have been sent and not yet have come: it must not come to somebody else."""
        try:
            for _ in range(1000):
                pass
        except TooMuch:
            pass


def _measured(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is not called where its result would be huge."""

    @functools.wraps(function)
    def measured(*arguments: Any, **named: Any) -> Any:
        values = (*arguments, *named.values())
        _check_size(values)
        if function.__name__ == "do_format" and any(_WIDE.search(value) for value in values if isinstance(value, str)):
            raise TooMuch("a wide format")
        return function(*arguments, **named)

    return measured


def _check_size(values: Iterable[object]) -> None:
    """Raises TooMuch for what could together become more than is good."""
    largest = second = 1
    for value in values:
        size = abs(value) if isinstance(value, int) else _size(value)
        if isinstance(value, list | tuple) and sum(map(_size, value)) > _MOST_TEXT:
            raise TooMuch("a long text")
        largest, second = max(largest, size), max(second, min(largest, size))
    if largest * second > _MOST_MADE:
        raise TooMuch("a long text")


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple) else 0


def _refuse(message: str) -> str:
    raise jinja2.TemplateError(message)
