"""A JSON schema → a GBNF grammar of documents that are valid under it. Pure.

The grammar may allow less than the schema (no unnamed keys where some are named, keys in the order they are named, short white space), never
more: what cannot be said is refused by name. A `format` beside those of `texts` says nothing, as the specification has it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any

from desktop.core.errors import BadGrammar
from desktop.inference.schema import members, numbers, texts
from desktop.inference.schema.members import Members
from desktop.inference.schema.merging import MOST_DEPTH, NOTES, Effort, merged, target
from desktop.inference.schema.rules import Rules, literal, refusal

_MOST_TEXT = 500_000
_SPACE = r"""( " " | "\n" [ \t]{0,20} )?"""
_NUMBER = r""""-"? ([0-9] | [1-9] [0-9]{1,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9] [0-9]?)?"""
_INTEGER = '"-"? ([0-9] | [1-9] [0-9]{1,15})'
_KNOWN = frozenset(
    [
        "$ref",
        "type",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "items",
        "prefixItems",
        "additionalItems",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "nullable",
    ]
)
_TYPES = ("object", "array", "string", "number", "boolean", "null")
_OF_TYPE = {
    "object": "properties required additionalProperties patternProperties propertyNames minProperties maxProperties",
    "array": "items prefixItems additionalItems minItems maxItems",
    "string": "minLength maxLength pattern",
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum",
}


def to_gbnf(text: str) -> str:
    """The grammar for the text of a schema; its first rule is "root". Raises BadGrammar."""
    if len(text) > _MOST_TEXT:
        raise BadGrammar(reason=f"the schema is longer than {_MOST_TEXT:,} characters")
    try:
        schema = json.loads(text, parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError) as error:
        raise BadGrammar(reason=f"the schema is no JSON ({str(error)[:100]})") from None
    return _Writer(schema).text()


class _Writer:
    """Visits a schema; every part becomes a rule, those that are referred to only once."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._rules = Rules()
        self._references: dict[str, str] = {}
        self._depth = 0
        self._effort = Effort()
        self._visitors: dict[str, Callable[[dict[str, Any], str, str], str]] = {
            "object": self._object,
            "array": self._array,
            "string": lambda schema, name, where: texts.expression(schema, self._rules, name, where),
            "number": self._number,
            "integer": self._number,
            "boolean": lambda *_: '("true" | "false")',
            "null": lambda *_: '"null"',
        }

    def text(self) -> str:
        """All rules."""
        self._rules.reserve("root")
        self._rules.put("ws", _SPACE)
        self._rules.put("root", self._visit(self._schema, "answer", ""))
        return self._rules.text()

    # --- any schema

    def _visit(self, schema: Any, name: str, where: str) -> str:
        """The name of a rule for the schema, or a short expression in brackets."""
        if schema is True or schema == {}:
            return self._any()
        if not isinstance(schema, dict):
            raise refusal(where, "nothing is allowed here" if schema is False else "this is no schema")
        # `false` switches a keyword off
        unknown = [key for key in schema if key not in _KNOWN and key not in NOTES and schema[key] is not False]
        if unknown:
            raise refusal(where, f"“{unknown[0][:40]}” cannot be followed")
        self._effort.spend(where)
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise refusal(where, f"more than {MOST_DEPTH} schemas in each other")
        try:
            return self._expression(schema, name, where)
        finally:
            self._depth -= 1

    def _expression(self, schema: dict[str, Any], name: str, where: str) -> str:
        if "$ref" in schema:
            rest = {key: value for key, value in schema.items() if key not in NOTES and key != "$ref"}
            if not rest:
                return self._reference(schema["$ref"], where)
            if not isinstance(others := rest.get("allOf", []), list):
                raise refusal(where, "“allOf” is no list of schemas")
            schema = {**rest, "allOf": [{"$ref": schema["$ref"]}, *others]}
        if "allOf" in schema:
            return self._visit(merged(schema, self._schema, self._effort, where), name, where)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self._one_of(schema, key, name, where)
        if "const" in schema or "enum" in schema:
            return self._values(schema, where)
        return self._typed(schema, name, where)

    def _reference(self, reference: Any, where: str) -> str:
        name = self._references.get(reference) if isinstance(reference, str) else None
        if name is None:
            found = target(self._schema, reference, where)
            name = self._references[reference] = self._rules.unused(f"ref-{reference.rpartition('/')[2]}")
            self._rules.put(name, self._visit(found, f"{name}-of", reference))
        return name

    def _one_of(self, schema: dict[str, Any], key: str, name: str, where: str) -> str:
        """`oneOf` as `anyOf`: the choices of real schemas exclude each other."""
        choices = schema[key]
        if not isinstance(choices, list) or not choices:
            raise refusal(where, f"“{key}” is no list of schemas")
        rest = {k: value for k, value in schema.items() if k != key and k not in NOTES}
        return self._alternatives([{"allOf": [rest, choice]} if rest else choice for choice in choices], name, where)

    def _alternatives(self, schemas: Iterable[Any], name: str, where: str) -> str:
        options = [
            self._visit(schema, f"{name}-{index}", where) for index, schema in enumerate(schemas) if schema is not False
        ]
        if not options:
            raise refusal(where, "nothing is allowed here")
        return options[0] if len(options) == 1 else self._rules.add(name, " | ".join(dict.fromkeys(options)))

    def _values(self, schema: dict[str, Any], where: str) -> str:
        values = schema.get("enum", [schema.get("const")])
        if not isinstance(values, list) or not values:
            raise refusal(where, "“enum” is no list of values")
        kinds = schema.get("type", [*_TYPES, "integer"])
        fitting = [
            value
            for value in values
            if _is_of(value, kinds if isinstance(kinds, list) else [kinds])
            and ("const" not in schema or value == schema["const"])
        ]
        if not fitting:
            raise refusal(where, "none of the values is allowed by the rest")
        options = dict.fromkeys(literal(json.dumps(value, ensure_ascii=False)) for value in fitting)
        return f"({' | '.join(options)})"

    def _typed(self, schema: dict[str, Any], name: str, where: str) -> str:
        kinds = schema.get("type")
        if kinds is None:
            kinds = [kind for kind, keys in _OF_TYPE.items() if any(key in schema for key in keys.split())]
            kinds = kinds or (["string"] if "format" in schema else list(_TYPES))
        if schema.get("nullable") is True:
            kinds = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
        if isinstance(kinds, list):
            if not kinds:
                raise refusal(where, "no type is allowed")
            plain = {key: value for key, value in schema.items() if key != "nullable"}
            return self._alternatives(({**plain, "type": kind} for kind in dict.fromkeys(map(str, kinds))), name, where)
        if not isinstance(kinds, str) or kinds not in self._visitors:
            raise refusal(where, f"there is no type “{str(kinds)[:40]}”")
        return self._visitors[kinds](schema, name, where)

    def _any(self) -> str:
        """Any JSON."""
        if self._rules.reserve("value"):
            text, number = texts.any_text(self._rules), self._rules.add("number", _NUMBER)
            member = self._rules.add("value-member", f'{text} ws ":" ws value')
            listed = self._rules.add("value-members", f'{member} (ws "," ws {member})* ws')
            items = self._rules.add("value-items", 'value (ws "," ws value)* ws')
            self._rules.put(
                "value",
                f'"{{" ws {listed}? "}}" | "[" ws {items}? "]" | {text} | {number} | "true" | "false" | "null"',
            )
        return "value"

    # --- objects

    def _object(self, schema: dict[str, Any], name: str, where: str) -> str:
        properties, required = _mapping(schema, "properties", where), schema.get("required", [])
        if not isinstance(required, list) or not all(isinstance(key, str) for key in required):
            raise refusal(where, "“required” is no list of names")
        named: dict[str, str] = {}
        for key in dict.fromkeys([*properties, *required]):
            inner = properties.get(key, schema.get("additionalProperties", True))
            if inner is not False or key in required:
                value = self._visit(inner, f"{name}-{key}", f"{where}/{key}")
                key_text = literal(json.dumps(key, ensure_ascii=False))
                named[key] = self._rules.add(f"{name}-{key}-pair", f'{key_text} ws ":" ws {value}')
        least, most = texts.bounds(schema, "minProperties", "maxProperties", where)
        other = self._other(schema, named, name, where)
        parts = Members(named, frozenset(required), other, least, most)
        return self._rules.add(name, members.expression(parts, self._rules, name, where))

    def _other(self, schema: dict[str, Any], named: dict[str, str], name: str, where: str) -> str | None:
        """A member whose name is not said beforehand; None if there is none."""
        patterns = _mapping(schema, "patternProperties", where)
        more = schema.get("additionalProperties", not named and not patterns)
        if (patterns and named) or (not patterns and more is False):
            return None  # a name of both kinds would have to be valid for both
        if patterns:  # only the first one, for the same reason
            pattern, inner = next(iter(patterns.items()))
            key = texts.expression({"pattern": pattern}, self._rules, f"{name}-key", where)
        elif (names := schema.get("propertyNames", True)) not in (True, {}):
            if named:
                return None
            key, inner = self._visit({"allOf": [{"type": "string"}, names]}, f"{name}-key", where), more
        else:
            key, inner = self._rules.add(f"{name}-key", members.name_but(named, self._rules)), more
        if inner is False:
            return None
        return self._rules.add(f"{name}-other", f'{key} ws ":" ws {self._visit(inner, f"{name}-more", where)}')

    # --- arrays and numbers

    def _array(self, schema: dict[str, Any], name: str, where: str) -> str:
        items = schema.get("items", True)
        prefix = schema.get("prefixItems", items if isinstance(items, list) else [])
        if not isinstance(prefix, list):
            raise refusal(where, "“prefixItems” is no list of schemas")
        if isinstance(items, list) or (prefix and "items" not in schema):
            items = schema.get("additionalItems", False)
        least, most = texts.bounds(schema, "minItems", "maxItems", where)
        fixed = [self._visit(item, f"{name}-{index}", f"{where}/{index}") for index, item in enumerate(prefix)][:most]
        if items is False and least > len(fixed):
            raise refusal(where, "no array has so many items")
        inner = ' ws "," ws '.join(fixed)
        if items is not False and (most is None or most > len(fixed)):
            item = self._visit(items, f"{name}-item", f"{where}/items")
            low, high = max(0, least - len(fixed)), None if most is None else most - len(fixed)
            rest = members.repeated(self._rules, item, low, high, name, where)
            comma = ' ws "," ws ' if fixed else ""
            inner += f"{comma}{rest}" if low else f" ({comma}{rest})?"
        return self._rules.add(name, f'"[" ws {inner} ws "]"' if inner else '"[" ws "]"')

    def _number(self, schema: dict[str, Any], name: str, where: str) -> str:
        whole = schema.get("type") == "integer"
        expression = numbers.between(schema, whole, where)
        if expression is None:
            return self._rules.add("integer" if whole else "number", _INTEGER if whole else _NUMBER)
        return self._rules.add(name, expression)


def _number(text: str) -> float:
    """Of JSON's text, in which Python also takes NaN, and makes infinity of what is too large."""
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text[:40]} is no number")
    return number


def _mapping(schema: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    value = schema.get(key, {})
    if not isinstance(value, dict):
        raise refusal(where, f"“{key}” is no object")
    return value


def _is_of(value: Any, kinds: list[Any]) -> bool:
    """Whether a value has one of the types."""
    if value is None:
        return "null" in kinds
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, int | float):
        return "number" in kinds or ("integer" in kinds and value == int(value))
    return ("string" if isinstance(value, str) else "array" if isinstance(value, list) else "object") in kinds
