"""JSON schemas become grammars. A small reader of such grammars turns expressions into Python's regular expressions to check them."""

from __future__ import annotations

import json
import re
import time
from decimal import Decimal
from typing import Any

import pytest

from desktop.core.errors import BadGrammar
from desktop.inference import grammar
from desktop.inference.schema import members, numbers, patterns
from desktop.inference.schema.rules import Rules
from desktop.inference.schema.writer import to_gbnf


def as_regex(expression: str, rules: Rules | None = None) -> str:
    """GBNF without recursion → a regular expression."""
    known = dict(line.split(" ::= ", 1) for line in rules.text().splitlines()) if rules is not None else {}
    token = re.compile(r'"((?:\\.|[^"\\])*)"|(\[(?:\\.|[^\]\\])*\])|([A-Za-z][\w-]*)|(\{[\d,]+\}|[()|*+?])|\s+')
    out, at = "", 0
    while at < len(expression):
        match = token.match(expression, at)
        assert match is not None, expression[at:]
        at = match.end()
        text, characters, name, sign = match.groups()
        if text is not None:
            out += f"(?:{re.escape(_unescaped(text))})"
        elif characters:
            characters = re.sub(
                r"\\U001?1?0{4,6}-?\\UFFFFFFFF|\\UFFFFFFFF", "", characters.replace(r"\U00110000-\UFFFFFFFF", "")
            )
            out += re.sub(r"\\U([0-9A-F]{8})", lambda m: re.escape(chr(int(m[1], 16))), characters)
        elif name:
            out += f"(?:{as_regex(known[name], rules)})"
        elif sign:
            out += "(?:" if sign == "(" else sign
    return out


def _unescaped(text: str) -> str:
    return re.sub(
        r"\\x(..)|\\(.)",
        lambda m: chr(int(m[1], 16)) if m[1] else {"n": "\n", "t": "\t", "r": "\r"}.get(m[2], m[2]),
        text,
    )


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0, 0),
        (0, 9),
        (3, 140),
        (7, 7),
        (99, 101),
        (-5, 12),
        (-1200, -37),
        (-999, 1000),
        (None, 5),
        (-17, None),
        (250, 255),
    ],
)
def test_whole_numbers_between_bounds(low: int | None, high: int | None) -> None:
    schema = {key: value for key, value in (("minimum", low), ("maximum", high)) if value is not None}
    expression = numbers.between(schema, True, "")
    assert expression is not None
    pattern = re.compile(as_regex(expression))
    for number in range(-1300, 1300):
        inside = (low is None or number >= low) and (high is None or number <= high)
        assert bool(pattern.fullmatch(str(number))) is inside, number
    assert not pattern.fullmatch("007")
    assert not pattern.fullmatch("-")


@pytest.mark.parametrize(
    "schema",
    [
        {"minimum": 0, "maximum": 1},
        {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"minimum": 0.25, "maximum": 0.5},
        {"minimum": -1.5, "maximum": 2.75},
        {"exclusiveMinimum": -0.1, "maximum": 12.03},
        {"maximum": -3.5},
        {"minimum": 9.99},
        {"exclusiveMaximum": 0},
        {"minimum": 1, "exclusiveMinimum": True, "maximum": 2},
        {"minimum": 1e-3, "maximum": 1e3},
    ],
)
def test_numbers_between_bounds(schema: dict[str, Any]) -> None:
    expression = numbers.between(schema, False, "")
    assert expression is not None
    pattern = re.compile(as_regex(expression))
    matched = 0
    for thousandths in range(-20_000, 20_001):
        number = Decimal(thousandths) / 1000
        if not pattern.fullmatch(text := format(number.normalize(), "f")):
            continue
        matched += 1
        low = Decimal(str(schema.get("minimum", "-inf")))
        high = Decimal(str(schema.get("maximum", "inf")))
        assert low <= number <= high, text
        if schema.get("exclusiveMinimum") is True:
            assert number > low, text
        elif "exclusiveMinimum" in schema:
            assert number > Decimal(str(schema["exclusiveMinimum"])), text
        if "exclusiveMaximum" in schema:
            assert number < Decimal(str(schema["exclusiveMaximum"])), text
    assert matched > 50


@pytest.mark.parametrize(
    "pattern",
    [
        r"^abc$", r"^[a-c]+x?$", r"^(a|bc){2,3}$", r"^\d{3}-\d{4}$", r"^\w+$", r"^[^b]$", r"^a.c$", r"b", r"^b", r"b$",
        r"^(?:a|b)(?P<c>c)?$".replace("?P", "?"), r'^"\\$', r"^[a\]\-]$", r"^a{2}$|^c+$", r"^\x61b$", r"^$", r"^[\d-]+$",
    ],
)  # fmt: skip
def test_patterns(pattern: str) -> None:
    """Whatever the grammar allows, the pattern finds; and the other way round for texts of the usual characters."""
    rules = Rules()
    made = re.compile(as_regex(patterns.between_quotes(pattern, rules, (0, None), ""), rules))
    python = pattern.replace("(?<", "(?P<")
    letters = ["", "a", "b", "c", "x", "1", "-", '"', "\\", "]", " ", "_"]
    for first in letters:
        for second in letters:
            for more in ("", "a", "bc", "12-3456", "bca", "aa"):
                text = first + second + more
                written = json.dumps(text)[1:-1]
                assert bool(made.fullmatch(written)) is bool(re.search(python, text)), (pattern, text)
    assert bool(made.fullmatch("123-4567")) is bool(re.search(python, "123-4567"))


@pytest.mark.parametrize(
    "pattern",
    [r"(?=a)", r"(?!a)", r"(?i)a", r"\1", r"\ba", r"a(", r"[a", r"*a", r"a{2,1}", r"\p{L}", r"[z-a]", "(" * 60, 7],
)
def test_patterns_that_cannot_be_followed(pattern: object) -> None:
    with pytest.raises(BadGrammar):
        patterns.between_quotes(pattern, Rules(), (0, None), "")


def test_names_of_other_members_are_no_known_ones() -> None:
    rules = Rules()
    made = re.compile(as_regex(members.name_but(["name", "nam", "age", "né", 'x"y'], rules), rules))
    for other in ("", "n", "na", "names", "nama", "ag", "aged", "b", "né!", "Name", "x"):
        assert made.fullmatch(json.dumps(other, ensure_ascii=False)), other
    for known in ("name", "nam", "age", "né"):
        assert not made.fullmatch(json.dumps(known, ensure_ascii=False)), known


@pytest.mark.parametrize(
    ("least", "most"), [(0, 0), (0, 1), (2, 2), (0, 150), (3, 333), (250, 250), (0, 450), (120, 120), (7, None)]
)
def test_repetitions_in_blocks(least: int, most: int | None) -> None:
    rules = Rules()
    rules.put("x", '"x"')
    made = re.compile(as_regex(rules.times("x", least, most, ""), rules))
    for count in range(700):
        assert bool(made.fullmatch("x" * count)) is (count >= least and (most is None or count <= most)), count


REFUSED = {
    "no JSON": ("{", "no JSON"),
    "no schema": ("[1]", "no schema"),
    "false": ("false", "nothing is allowed"),
    "not": ('{"not": {"type": "string"}}', "“not”"),
    "if": ('{"if": {}, "then": {}}', "“if”"),
    "multiples": ('{"type": "integer", "multipleOf": 3}', "“multipleOf”"),
    "unique": ('{"type": "array", "uniqueItems": true}', "“uniqueItems”"),
    "deep inside": ('{"properties": {"a": {"items": {"not": {}}}}}', "/a/items"),
    "elsewhere": ('{"$ref": "https://example.com/schema"}', "within the schema"),
    "nowhere": ('{"$ref": "#/$defs/X"}', "does not exist"),
    "no type": ('{"type": "text"}', "there is no type"),
    "empty enum": ('{"enum": []}', "enum"),
    "enum of another type": ('{"type": "string", "enum": [1, 2]}', "none of the values"),
    "no number": ('{"type": "integer", "minimum": 5, "maximum": 4}', "no number"),
    "no such number": ('{"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 5}', "no number"),
    "lengths": ('{"type": "string", "minLength": 5, "maxLength": 4}', "more than"),
    "items": ('{"type": "array", "prefixItems": [{}], "items": false, "minItems": 2}', "so many items"),
    "members": ('{"type": "object", "properties": {"a": {}}, "minProperties": 2}', "so many members"),
    "both": ('{"allOf": [{"type": "string"}, {"type": "null"}]}', "no type"),
    "contradiction": ('{"allOf": [{"pattern": "a"}, {"pattern": "b"}]}', "twice"),
    "all of itself": ('{"allOf": [{"$ref": "#"}]}', "itself"),
    "deep": ('{"items": ' * 200 + "{}" + "}" * 200, "in each other"),
    "very deep": ('{"items": ' * 100_000 + "{}" + "}" * 100_000, ""),
    "pattern and length": ('{"type": "string", "pattern": "^a+$", "maxLength": 3}', "length"),
    "long": (" " * 600_000, "longer"),
    "references that double": (
        json.dumps(
            {
                "$ref": "#/$defs/0",
                "$defs": {
                    str(n): {"properties": {k: {"$ref": f"#/$defs/{n + 1}", "minProperties": 0} for k in "abc"}}
                    for n in range(16)
                }
                | {"16": {"type": "object"}},
            }
        ),
        "written out",
    ),
    "all of two, again and again": (
        json.dumps(
            {
                "$ref": "#/$defs/0",
                "$defs": {str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(40)} | {"40": {}},
            }
        ),
        "written out",
    ),
    "choices of choices": (
        json.dumps({"allOf": [{"anyOf": [{"minimum": 10 * n + m} for m in range(9)]} for n in range(9)]}),
        "written out",
    ),
    "values to compare": (json.dumps({"allOf": [{"enum": list(range(n, n + 20_000))} for n in (1, 2)]}), "written out"),
    "no number at all": ('{"const": NaN}', "NaN"),
    "too large a number": ('{"enum": [1e999]}', "1e999"),
    "no list of schemas": ('{"$ref": "#/$defs/X", "allOf": 1}', "“allOf”"),
    "no types": ('{"allOf": [{"type": 1}, {"type": "string"}]}', "“type”"),
    "a length that is none": ('{"minLength": 1e999}', "1e999"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_followed_is_refused(text: str, expected: str) -> None:
    with pytest.raises(BadGrammar) as caught:
        to_gbnf(text)
    assert expected in str(caught.value.data["reason"])


def test_a_reference_to_itself_alone_is_refused_as_a_grammar() -> None:
    with pytest.raises(BadGrammar):
        grammar.checked(to_gbnf('{"$ref": "#"}'))


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        {"type": "object"},
        {"title": "A", "description": "b", "$schema": "https://json-schema.org/draft/2020-12/schema"},
        {"type": "string", "maxLength": 10_000},
        {"type": "array", "items": {"type": "number"}, "minItems": 500, "maxItems": 5000},
        {"type": "string", "pattern": "^a+$", "minLength": 1},
        {"type": "array", "uniqueItems": False},
        {"type": "string", "nullable": True},
        {"type": ["string", "null"], "enum": ["a", None]},
        {"properties": {f"p{i}": {"type": "string"} for i in range(200)}},
        {"type": "object", "required": ["a"]},
        {"type": "string", "format": ["date"]},
        {"type": "string", "minLength": None, "maxLength": None},
        {"definitions": {"A": {"type": "string"}}, "$ref": "#/definitions/A", "description": "beside it"},
    ],
)
def test_grammars_that_are_made_are_good_ones(schema: Any) -> None:
    assert grammar.checked(to_gbnf(json.dumps(schema)))


def test_many_names_take_no_time() -> None:
    begun = time.process_time()
    to_gbnf(json.dumps({"properties": {chr(0x4E00 + i): {} for i in range(12_000)}, "additionalProperties": True}))
    assert time.process_time() - begun < 6
