"""Reads the calls a model writes, in each generation's form. What it writes is parsed and never evaluated. Pure."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.core.models import ToolCall
from desktop.inference.text import overlap
from desktop.inference.tools import Form, Function

_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
_FENCE = re.compile(r"[ \t]*```(?:python)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_ARGUMENT = re.compile(r"\s*<arg_key>(?P<key>.*?)</arg_key>\s*<arg_value>(?P<value>.*?)</arg_value>", re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None, "none": None}
"""JSON's words, which models write in Python too."""
_LONGEST = 200_000
"""Characters of a call that are looked at; a longer one is text."""


class CallReader:
    """Takes an answer piece by piece and tells words and calls apart.

    What may become a call is kept back until that is certain; what turns out to be none is given as words.
    """

    def __init__(self, form: Form, offered: Sequence[Function]) -> None:
        self._form = form
        self._schemas: dict[str, Mapping[str, Any]] = {str(f["name"]): f for f in offered}
        self._held = ""
        self._plain = not offered
        """Nothing that comes can be a call any more."""

    def add(self, text: str) -> list[str | ToolCall]:
        """More of the answer; what is certain by now."""
        self._held += text
        if self._plain:
            return self._rest()
        return self._leading() if self._form in (Form.PYTHON, Form.LINES) else self._tagged()

    def end(self) -> list[str | ToolCall]:
        """The answer is over."""
        if self._plain or self._form not in (Form.PYTHON, Form.LINES):
            return self._rest()
        calls = self._sequence(self._held)
        if calls is None:
            return self._rest()
        self._held = ""
        return list(calls)

    def _rest(self) -> list[str | ToolCall]:
        text, self._held = self._held, ""
        return [text] if text else []

    def _leading(self) -> list[str | ToolCall]:
        """A call of these forms is the whole answer, and begins with the function's name on a line of its own."""
        begun = self._held.lstrip()
        if not any(f"{name}\n".startswith(begun) or begun.startswith(f"{name}\n") for name in self._schemas):
            self._plain = True
            return self._rest()
        return []

    def _tagged(self) -> list[str | ToolCall]:
        found: list[str | ToolCall] = []
        while True:
            at = self._held.find(_OPEN)
            if at < 0:
                keep = overlap(self._held, _OPEN)
                # white space before a call is no part of the answer: it waits too
                body = self._held[: len(self._held) - keep]
                sure = body.rstrip() if not found or body.strip() else ""
                self._held = self._held[len(sure) :]
                if sure:
                    found.append(sure)
                return found
            end = self._held.find(_CLOSE, at)
            if end < 0:
                if before := self._held[:at].rstrip():
                    found.append(before)
                self._held = self._held[at:]
                if len(self._held) > _LONGEST:
                    self._plain = True
                    found += self._rest()
                return found
            before, inside = self._held[:at].rstrip(), self._held[at + len(_OPEN) : end]
            whole = self._held[at : end + len(_CLOSE)]
            self._held = self._held[end + len(_CLOSE) :]
            if before:
                found.append(before)
            read = self._json_tag if self._form is Form.JSON_TAGS else self._tag
            found.append(read(inside) or whole)

    def _sequence(self, text: str) -> list[ToolCall] | None:
        """All of `text` as calls one after another, or None."""
        calls: list[ToolCall] = []
        rest = text.strip()
        while rest and len(rest) <= _LONGEST:
            name, _, after = rest.partition("\n")
            if name.strip() not in self._schemas:
                return None
            read = _read_python(after) if self._form is Form.PYTHON else _read_json(after)
            if read is None:
                return None
            arguments, rest = read
            calls.append(ToolCall(name.strip(), arguments))
            rest = rest.strip()
        return calls if calls and not rest else None

    def _tag(self, inside: str) -> ToolCall | None:
        name = inside.partition("<arg_key>")[0].strip()
        if name not in self._schemas:
            return None
        kinds = _kinds(self._schemas[name])
        values: dict[str, Any] = {}
        at = inside.find("<arg_key>")
        while at >= 0 and (match := _ARGUMENT.match(inside, at)) is not None:
            key = match["key"].strip()
            values[key] = _value(match["value"], kinds.get(key))
            at = match.end()
        if at >= 0 and inside[at:].strip():
            return None
        arguments = _dumped(values)
        return ToolCall(name, arguments) if arguments is not None else None

    def _json_tag(self, inside: str) -> ToolCall | None:
        try:
            call = json.loads(inside)
        except (ValueError, RecursionError):
            return None
        if not isinstance(call, dict):
            return None
        if not isinstance(name := call.get("name"), str) or name not in self._schemas:
            return None
        arguments = call.get("arguments", call.get("parameters", {}))
        if not isinstance(arguments, dict) or (written := _dumped(arguments)) is None:
            return None
        return ToolCall(name, written)


def read_calls(form: Form, offered: Sequence[Function], text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """A whole answer: its words, and the calls in it."""
    reader = CallReader(form, offered)
    found = [*reader.add(text), *reader.end()]
    words = "".join(item for item in found if isinstance(item, str))
    return words, tuple(item for item in found if isinstance(item, ToolCall))


def _read_python(text: str) -> tuple[str, str] | None:
    """The arguments (JSON) of a call in a code fence, and what follows it."""
    if (fence := _FENCE.match(text)) is None:
        return None
    arguments = _python_arguments(fence[1])
    return (arguments, text[fence.end() :]) if arguments is not None else None


def _python_arguments(code: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\\d" in a model's string is its own affair
            parsed = ast.parse(code.strip())
        if len(parsed.body) != 1 or not isinstance(statement := parsed.body[0], ast.Expr):
            return None
        call = statement.value
        if not isinstance(call, ast.Call) or call.args or not isinstance(call.func, ast.Name):
            return None
        values: dict[str, Any] = {}
        for keyword in call.keywords:
            if keyword.arg is None:
                return None
            values[keyword.arg] = ast.literal_eval(_Words().visit(keyword.value))
        return _dumped(values)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None


class _Words(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        """JSON's words as Python's; other names stay and are refused."""
        word = node.id.lower()
        return ast.copy_location(ast.Constant(_WORDS[word]), node) if word in _WORDS else node


def _read_json(text: str) -> tuple[str, str] | None:
    """A JSON object at the beginning, and what follows it."""
    text = text.lstrip()
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or (arguments := _dumped(value)) is None:
        return None
    return arguments, text[end:]


def _kinds(function: Function) -> dict[str, str]:
    parameters = function.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {str(key): str(schema.get("type")) for key, schema in properties.items() if isinstance(schema, dict)}


def _value(text: str, kind: str | None) -> Any:
    """An argument between tags: text where text is asked for, else JSON if it is any."""
    if kind == "string":
        return text
    try:
        value = json.loads(text.strip())
    except (ValueError, RecursionError):
        return text
    return text if _dumped(value) is None else value


def _dumped(value: object) -> str | None:
    """As JSON; None where it has no words for that: Python's reader takes NaN, and makes infinity of 1e999."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return None
