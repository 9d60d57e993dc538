"""Reads a GBNF grammar as llama.cpp will, before llama.cpp does: there a bad one can hang, eat all memory or end the process. Pure.

What is looked for: rules that are missing, rules that begin with themselves (also by way of parts that may be empty, which llama.cpp
does not see), and sizes: nesting, repetition, and the number of ways that lead down from a rule, each of which llama.cpp walks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import NoReturn

from desktop.core.errors import BadGrammar

START = "answer-after-space"
"""The rule an answer begins with; see `with_space`."""

_MOST_TEXT = 500_000
_MOST_DEPTH = 100
_MOST_ELEMENTS = 300_000
"""Of all rules, repetitions written out."""
_MOST_WAYS = 1_000_000
_MOST_RULES_DEEP = 1000
_MOST_EMPTY = 100
"""Repetitions of something that may be empty: llama.cpp follows each of them at once."""
_MOST_TIMES = 2000
"""llama.cpp's own limit."""

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*")
_BLANK = re.compile(r"(?:[ \t]|#[^\r\n]*)*")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_TIMES = re.compile(r"\{[ \t]*(\d{1,9})[ \t]*(?:(,)[ \t]*(\d{1,9})?[ \t]*)?\}|[*+?]")
_CHARACTER = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[trn\\\"\[\]])|[^\\]", re.DOTALL)


@dataclass(slots=True)
class _Sequence:
    """One alternative: how it goes on, as far as it matters here."""

    items: list[tuple[str, bool, int]] = field(default_factory=list)
    """Names of rules ("" = characters), whether the item may be left out, and how often it may come."""
    elements: int = 1


@dataclass(slots=True)
class _Rule:
    sequences: list[_Sequence]
    line: int


def checked(text: str) -> str:
    """The grammar, if llama.cpp can work with it. Raises BadGrammar with the reason in English."""
    if len(text) > _MOST_TEXT:
        raise BadGrammar(reason=f"longer than {_MOST_TEXT:,} characters")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadGrammar(reason="there are characters in it that are no text")
    rules = _Reader(text).rules
    if "root" not in rules:
        raise BadGrammar(reason="there is no rule “root”")
    if sum(s.elements for rule in rules.values() for s in rule.sequences) > _MOST_ELEMENTS:
        raise BadGrammar(reason="too large when its repetitions are written out")
    _check_ways(rules, _nullable(rules))
    return text


def with_space(text: str) -> str:
    """The same with `START`: white space in front is allowed, as most families begin with some. It is not shown."""
    return f"{text}\n{START} ::= [ \\t\\n]{{0,4}} root\n"


class _Reader:
    """Recursive descent over the text; groups become rules of their own."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._groups = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self.rules: dict[str, _Rule] = {}
        self._skip(_SPACE)
        while self._at < len(text):
            self._rule()

    def _rule(self) -> None:
        line = self._line()
        name = self._name()
        self._skip(_BLANK)
        if not self._text.startswith("::=", self._at):
            self._fail("“::=” is missing")
        self._at += 3
        self._skip(_SPACE)
        if name == START:
            self._fail(f"“{START}” is taken")
        self.rules[name] = _Rule(self._alternatives(0), line)
        if self._at < len(self._text) and self._text[self._at] not in "\r\n":
            self._fail("this is not expected here")
        self._skip(_SPACE)

    def _alternatives(self, depth: int) -> list[_Sequence]:
        if depth > _MOST_DEPTH:
            self._fail(f"more than {_MOST_DEPTH} brackets in each other")
        found = [self._sequence(depth)]
        while self._text.startswith("|", self._at):
            self._at += 1
            self._skip(_SPACE)
            found.append(self._sequence(depth))
        return found

    def _sequence(self, depth: int) -> _Sequence:
        sequence = _Sequence()
        while (item := self._item(depth)) is not None:
            name, size = item
            self._skip(_SPACE if depth else _BLANK)
            optional, often = False, 1
            while match := _TIMES.match(self._text, self._at):
                least, most = self._times(match)
                optional |= least == 0
                size *= most
                often *= most
                self._at = match.end()
                self._skip(_SPACE if depth else _BLANK)
                if size > _MOST_ELEMENTS:
                    self._fail("too large when its repetitions are written out")
            sequence.items.append((name, optional, often))
            sequence.elements += size
        return sequence

    def _times(self, match: re.Match[str]) -> tuple[int, int]:
        """The least number of repetitions, and of how many of them a copy is made."""
        if match[0] in "*+?":
            return int(match[0] == "+"), 2
        least = int(match[1])
        most = int(match[3]) if match[3] else least
        if least > _MOST_TIMES or most > _MOST_TIMES:
            self._fail(f"more than {_MOST_TIMES} repetitions")
        if most < least:
            self._fail("the repetition ends before it begins")
        return least, max(2, most + 1)

    def _item(self, depth: int) -> tuple[str, int] | None:
        """The next item: a rule's name or "" for characters, and its size; None if there is none."""
        character = self._text[self._at : self._at + 1]
        if character == '"':
            return self._characters('"')
        if character == "[":
            return self._characters("]")
        if character == ".":
            self._at += 1
            return "", 1
        if character in ("<", "!") and character:
            end = self._text.find(">", self._at)
            if end < 0 or end - self._at > 200:
                self._fail("“>” is missing")
            self._at = end + 1
            return "", 1
        if character == "(":
            self._at += 1
            self._skip(_SPACE)
            self._groups += 1
            name = f"({self._groups}"  # no rule of the text can be called so
            line = self._line()
            self.rules[name] = _Rule(self._alternatives(depth + 1), line)
            if not self._text.startswith(")", self._at):
                self._fail("“)” is missing")
            self._at += 1
            return name, 1
        return (self._name(), 1) if _NAME.match(self._text, self._at) else None

    def _characters(self, end: str) -> tuple[str, int]:
        begun = self._at
        self._at += 2 if end == "]" and self._text.startswith("^", self._at + 1) else 1
        count = 0
        while not self._text.startswith(end, self._at):
            match = _CHARACTER.match(self._text, self._at)
            if match is None:
                self._at = begun if self._at >= len(self._text) else self._at
                self._fail(f"“{end}” is missing" if self._at == begun else "this escape is not known")
            else:
                self._at = match.end()
                count += 1
        self._at += 1
        if end == "]" and not count:
            self._fail("there is nothing between “[” and “]”")
        # an empty text is an item that may be left out
        return ("", count) if count else ("(empty", 0)

    def _name(self) -> str:
        match = _NAME.match(self._text, self._at)
        if match is None:
            self._fail("the name of a rule is missing")
            raise AssertionError
        self._at = match.end()
        return match[0]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        assert match is not None
        self._at = match.end()

    def _line(self) -> int:
        return bisect_left(self._breaks, self._at) + 1

    def _fail(self, reason: str) -> NoReturn:
        near = self._text[self._at : self._at + 20].split("\n")[0]
        raise BadGrammar(reason=f"line {self._line()}: {reason}" + (f" (“{near}”)" if near else ""))


def _nullable(rules: dict[str, _Rule]) -> set[str]:
    """Rules that may be empty."""
    rules["(empty"] = _Rule([_Sequence()], 0)
    users: dict[str, list[int]] = {}
    """The sequences that are empty only if this rule is."""
    owners: list[str] = []
    missing: list[int] = []
    """Of each sequence: items of which it is not known that they may be empty."""
    work: list[str] = []
    for name, rule in rules.items():
        for sequence in rule.sequences:
            for inner, optional, _ in sequence.items:
                if inner and inner not in rules:
                    raise BadGrammar(reason=f"line {rule.line}: there is no rule “{inner}”")
                if not optional:
                    users.setdefault(inner, []).append(len(owners))
            owners.append(name)
            missing.append(sum(not optional for _, optional, _ in sequence.items))
            if not missing[-1]:
                work.append(name)
    found: set[str] = set()
    while work:
        if (name := work.pop()) in found:
            continue
        found.add(name)
        for index in users.get(name, ()):
            missing[index] -= 1
            if not missing[index]:
                work.append(owners[index])
    for rule in rules.values():
        if any(name in found and often > _MOST_EMPTY for s in rule.sequences for name, _, often in s.items):
            raise BadGrammar(reason=f"line {rule.line}: something that may be empty is repeated too often")
    return found


def _check_ways(rules: dict[str, _Rule], nullable: set[str]) -> None:
    """That no rule begins with itself, and that there are not too many ways down. Without recursion: chains of rules can be long."""
    ways: dict[str, int] = {}
    depth: dict[str, int] = {}
    sum_of_ways = 0
    for start in rules:
        open_rules: set[str] = set()
        stack = [start]
        while stack:
            name = stack[-1]
            if name in ways:
                stack.pop()
                continue
            below = _beginnings(rules[name], nullable)
            if name not in open_rules:
                open_rules.add(name)
                for inner in below:
                    if inner in open_rules:
                        line = rules[inner].line
                        raise BadGrammar(reason=f"line {line}: a rule begins with itself, without an end")
                    if inner not in ways:
                        stack.append(inner)
                if stack[-1] is not name:
                    continue
            stack.pop()
            open_rules.discard(name)
            ways[name] = 1 + sum(ways[inner] for inner in below)
            sum_of_ways += ways[name]
            depth[name] = 1 + max((depth[inner] for inner in below), default=0)
            if sum_of_ways > _MOST_WAYS or depth[name] > _MOST_RULES_DEEP:
                raise BadGrammar(reason=f"line {rules[name].line}: too many rules that begin with each other")


def _beginnings(rule: _Rule, nullable: set[str]) -> list[str]:
    """Names of the rules it may begin with, as often as it does."""
    found: list[str] = []
    for sequence in rule.sequences:
        for name, optional, _ in sequence.items:
            if name:
                found.append(name)
            if not optional and (not name or name not in nullable):
                break
    return found
