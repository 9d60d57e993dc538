"""Regular expressions → what stands between the quotes of a JSON text. Pure.

The subset that grammars can say: no looking around, no references back, no flags; `^` and `$` only at the ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from desktop.inference.schema.rules import Rules, literal, refusal

ANY = r"""[^"\\\x00-\x1F\x7F\uD800-\uDFFF\U00110000-\UFFFFFFFF] | "\\" (["\\/bfnrt] | "u" ([0-9A-Ca-cEFef] [0-9A-Fa-f]{3} | [Dd] [0-7] [0-9A-Fa-f]{2}))"""
"""One character of a JSON text, as it is written there."""

_Ranges = list[tuple[int, int]]
_LAST = 0x10FFFF
_CLASSES: dict[str, _Ranges] = {
    "d": [(48, 57)],
    "w": [(48, 57), (65, 90), (95, 95), (97, 122)],
    "s": [(9, 13), (32, 32)],
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
_SPECIAL = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_MOST_DEPTH = 30


@dataclass(frozen=True)
class _Part:
    """An expression, and how many characters it stands for; `most` None = without end."""

    text: str
    least: int
    most: int | None
    simple: bool = False
    """Whether it can be repeated or joined without brackets."""


def between_quotes(pattern: object, rules: Rules, lengths: tuple[int, int | None], where: str) -> str:
    """An expression for the texts in which `pattern` is found. `lengths` are the fewest and most characters the text may have besides.

    Raises BadGrammar, also where the lengths ask for something else than the pattern.
    """
    if not isinstance(pattern, str) or len(pattern) > 10_000:
        raise refusal(where, "“pattern” is no text of at most 10,000 characters")
    part = _Reader(pattern, rules, where).whole()
    least, most = lengths
    if part.least < least or (most is not None and (part.most is None or part.most > most)):
        raise refusal(where, "a “pattern” together with another length cannot be followed")
    return part.text


class _Reader:
    def __init__(self, pattern: str, rules: Rules, where: str) -> None:
        self._pattern = pattern
        self._rules = rules
        self._where = where
        self._at = 0
        self._depth = 0

    def whole(self) -> _Part:
        """All of it; where it is not tied to an end, anything may stand before or after."""
        options: list[_Part] = []
        while True:
            begins = self._take("^")
            part = self._sequence()
            ends = self._take("$")
            more = self._any()
            text = part.text if part.simple or (begins and ends) else f"({part.text})"
            text = f"{'' if begins else f'{more}* '}{text}{'' if ends else f' {more}*'}"
            options.append(_Part(text, part.least, part.most if begins and ends else None))
            if not self._take("|"):
                break
        if self._at < len(self._pattern):
            self._fail()
        return _either(options)

    def _alternatives(self) -> _Part:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            self._fail("too many brackets in each other")
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        self._depth -= 1
        return _either(options)

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)$":
            parts.append(self._repeated(self._atom()))
        texts = [part.text if part.simple else f"({part.text})" for part in parts]
        most = [part.most for part in parts]
        all_most = None if None in most else sum(m for m in most if m is not None)
        return _Part(" ".join(texts) or '""', sum(part.least for part in parts), all_most, len(parts) < 2)

    def _repeated(self, part: _Part) -> _Part:
        character = self._pattern[self._at : self._at + 1]
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(character, (1, 1))
        if character in ("*", "+", "?") and character:
            self._at += 1
        elif character == "{" and (counts := self._counts()) is not None:
            least, most = counts
        else:
            return part
        self._take("?")  # greedy or not: the same texts
        if self._pattern[self._at : self._at + 1] in ("*", "+") and self._at < len(self._pattern):
            self._fail()
        rule = self._rules.add("pattern-part", part.text)
        longest = None if most is None or part.most is None else part.most * most
        text = self._rules.times(rule, least, most, self._where) or '""'
        return _Part(f"({text})", part.least * least, longest, True)

    def _counts(self) -> tuple[int, int | None] | None:
        end = self._pattern.find("}", self._at)
        low, comma, high = self._pattern[self._at + 1 : max(end, 0)].partition(",")
        if not low.isdecimal() or (high and not high.isdecimal()) or len(low + high) > 8:
            self._fail()
        self._at = end + 1
        least, most = int(low), int(high) if high else (None if comma else int(low))
        if most is not None and most < least:
            self._fail("the repetition ends before it begins")
        return least, most

    def _atom(self) -> _Part:
        character = self._pattern[self._at]
        self._at += 1
        if character == "(":
            if self._take("?"):
                named = self._take("<") and self._pattern[self._at : self._at + 1] not in ("=", "!", "")
                if named:
                    end = self._pattern.find(">", self._at)
                    self._at = end + 1 if end >= 0 else len(self._pattern)
                elif not self._take(":"):
                    self._fail("looking around and flags cannot be followed")
            part = self._alternatives()
            if not self._take(")"):
                self._fail("“)” is missing")
            return _Part(f"({part.text})", part.least, part.most, True)
        if character == "[":
            return self._class()
        if character == ".":
            return _Part(self._any(), 1, 1, True)
        if character == "\\":
            ranges = self._escape()
            return _one_of(ranges)
        if character in "^*+?{":
            self._fail("this cannot stand here")
        return _one_of([(ord(character), ord(character))])

    def _class(self) -> _Part:
        negated = self._take("^")
        ranges: _Ranges = []
        while not self._take("]"):
            if self._at >= len(self._pattern):
                self._fail("“]” is missing")
            first = self._class_character()
            if len(first) == 1 and first[0][0] == first[0][1] and self._dash():
                last = self._class_character()
                if len(last) != 1 or last[0][0] != last[0][1] or last[0][0] < first[0][0]:
                    self._fail("a range that ends before it begins")
                first = [(first[0][0], last[0][0])]
            ranges += first
        part = _one_of(_without(ranges) if negated else ranges)
        if part.text == "()":
            self._fail("nothing is allowed here")
        return part

    def _class_character(self) -> _Ranges:
        character = self._pattern[self._at : self._at + 1]
        self._at += 1
        if not character:
            self._fail("“]” is missing")
        return self._escape(in_class=True) if character == "\\" else [(ord(character), ord(character))]

    def _dash(self) -> bool:
        if self._pattern[self._at : self._at + 1] == "-" and self._pattern[self._at + 1 : self._at + 2] not in (
            "]",
            "",
        ):
            self._at += 1
            return True
        return False

    def _escape(self, in_class: bool = False) -> _Ranges:
        character = self._pattern[self._at : self._at + 1]
        self._at += 1
        if character and character.lower() in _CLASSES:
            ranges = _CLASSES[character.lower()]
            return _without(ranges) if character.isupper() else list(ranges)
        if in_class and character == "b":
            return [(8, 8)]
        if character in _CONTROLS:
            return [(ord(_CONTROLS[character]),) * 2]
        if character in ("x", "u"):
            length = 2 if character == "x" else 4
            digits = self._pattern[self._at : self._at + length]
            if len(digits) < length or any(d not in "0123456789abcdefABCDEF" for d in digits):
                self._fail()
            self._at += length
            return [(int(digits, 16),) * 2]
        if not character or character.isalnum():
            self._fail("this escape cannot be followed")
        return [(ord(character),) * 2]

    def _any(self) -> str:
        if self._rules.reserve("character"):
            self._rules.put("character", ANY)
        return "character"

    def _take(self, text: str) -> bool:
        if self._pattern.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _fail(self, why: str = "this cannot be followed") -> NoReturn:
        raise refusal(self._where, f"in “pattern”, near “{self._pattern[max(0, self._at - 1) : self._at + 12]}”: {why}")


def _either(options: list[_Part]) -> _Part:
    if len(options) == 1:
        return options[0]
    most = [option.most for option in options]
    longest = None if None in most else max(m for m in most if m is not None)
    return _Part(" | ".join(option.text for option in options), min(o.least for o in options), longest)


def _without(ranges: Iterable[tuple[int, int]]) -> _Ranges:
    """All characters but these; control characters are left out."""
    found: _Ranges = []
    at = 32
    for low, high in sorted(ranges):
        if low > at:
            found.append((at, low - 1))
        at = max(at, high + 1)
    return [*found, (at, _LAST)] if at <= _LAST else found


def _one_of(ranges: _Ranges) -> _Part:
    """One character as JSON writes it: some only with a backslash."""
    options = [literal(_SPECIAL[c]) for c in _SPECIAL if any(low <= ord(c) <= high for low, high in ranges)]
    plain: _Ranges = []
    for low, high in ranges:
        for at, end in ((32, 33), (35, 91), (93, 126), (128, 0xD7FF), (0xE000, _LAST)):
            if max(low, at) <= min(high, end):
                plain.append((max(low, at), min(high, end)))
    if len(plain) == 1 and plain[0][0] == plain[0][1]:
        options.append(literal(chr(plain[0][0])))
    elif plain:
        options.append("[" + "".join(f"\\U{low:08X}-\\U{high:08X}" for low, high in plain) + "]")
    text = " | ".join(options)
    return _Part(text if len(options) == 1 else f"({text})", 1, 1, True)
