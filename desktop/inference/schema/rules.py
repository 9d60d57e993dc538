"""The rules of a GBNF grammar while it is written."""

from __future__ import annotations

import re

from desktop.core.errors import BadGrammar

_BLOCK = 100
"""Repetitions are written in blocks of so many: llama.cpp makes a rule for each optional one."""
_MOST_BLOCKS = 1000
_FORBIDDEN = re.compile(r"[^A-Za-z0-9-]+")


def refusal(where: str, what: str) -> BadGrammar:
    """The error for a part of a schema; `where` is its path, "" at the top."""
    return BadGrammar(reason=f"{where or 'the schema'}: {what}")


def literal(text: str) -> str:
    """A text as a grammar says it."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadGrammar(reason="the schema has characters in it that are no text")
    return '"' + "".join(escapes.get(c, c if c >= " " and c != "\x7f" else f"\\x{ord(c):02X}") for c in text) + '"'


class Rules:
    """Names and expressions. Equal expressions share a rule."""

    def __init__(self) -> None:
        self._rules: dict[str, str] = {}
        self._names: set[str] = set()
        self._counts: dict[str, int] = {}
        """The last number that `unused` gave to names that are alike."""
        self._known: dict[str, str] = {}

    def text(self) -> str:
        """The grammar."""
        return "".join(f"{name} ::= {expression}\n" for name, expression in self._rules.items())

    def reserve(self, name: str) -> bool:
        """Take this very name, to `put` it later; False if it was taken already."""
        taken = name in self._names
        self._names.add(name)
        return not taken

    def put(self, name: str, expression: str) -> str:
        """A rule of this very name, which `reserve` or `unused` gave or nobody else uses."""
        self._names.add(name)
        self._rules[name] = expression
        return name

    def unused(self, name: str) -> str:
        """A name like this that is free, and now taken."""
        name = _FORBIDDEN.sub("-", name)[:60]
        count = self._counts.get(name, 1)
        chosen = name if count == 1 else f"{name}-{count}"
        while not self.reserve(chosen):
            count += 1
            chosen = f"{name}-{count}"
        self._counts[name] = count
        return chosen

    def add(self, name: str, expression: str) -> str:
        """A rule of a name like this, or one that says the same; its name."""
        known = self._known.get(expression)
        if known is None:
            known = self._known[expression] = self.put(self.unused(name), expression)
        return known

    def times(self, rule: str, least: int, most: int | None, where: str) -> str:
        """`rule`, the name of one, so many times; `most` None = without end. Raises BadGrammar if that cannot be written."""
        if least > _BLOCK * _MOST_BLOCKS:
            raise refusal(where, f"more than {_BLOCK * _MOST_BLOCKS:,} repetitions")
        if most is None:
            return f"{self._exactly(rule, least)} {rule}*".strip()
        most = min(most, _BLOCK * _MOST_BLOCKS)
        return f"{self._exactly(rule, least)} {self._at_most(rule, most - least)}".strip()

    def _exactly(self, rule: str, count: int) -> str:
        if count <= _BLOCK:
            return "" if count == 0 else rule if count == 1 else f"{rule}{{{count}}}"
        blocks, rest = divmod(count, _BLOCK)
        return f"{self._block(rule)}{{{blocks}}} {self._exactly(rule, rest)}".strip()

    def _at_most(self, rule: str, count: int) -> str:
        if count < 2 * _BLOCK:
            return "" if count == 0 else f"{rule}{{0,{count}}}"
        blocks, rest = divmod(count, _BLOCK)
        # whole blocks first: then there are never more than two or three ways to read the same text
        block = self._block(rule)
        part = f"{rule}{{0,{rest}}}" if rest else ""
        return f"({block}{{0,{blocks - 1}}} {rule}{{0,{_BLOCK - 1}}} | {block}{{{blocks}}} {part})"

    def _block(self, rule: str) -> str:
        return self.add(f"{rule}-block", f"{rule}{{{_BLOCK}}}")
