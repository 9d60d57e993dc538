"""Random JSON schemas of the kinds programs write, for tests."""

from __future__ import annotations

import random
from typing import Any

DEFINITIONS: dict[str, Any] = {
    "Tree": {
        "type": "object",
        "properties": {
            "value": {"type": "integer"},
            "left": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
            "kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}, "maxItems": 2},
        },
        "required": ["value"],
    },
    "Point": {
        "type": "object",
        "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
        "required": ["x", "y"],
        "additionalProperties": False,
    },
}
_SIMPLE = ("string", "integer", "number", "boolean", "null", "enum", "const")
_NESTED = ("object", "object", "array", "anyOf", "tuple", "map", "ref", "allOf", "types")
_PATTERNS = (
    r"^[a-z]{2,5}$",
    r"^\d+-\w$",
    r"a.c",
    r"^(foo|bar)+$",
    r'^"[^"]*"$',
    r"^[^a-y]{3}$",
    r"\\d",
    r"^\S{1,4}@x\.(com|org)$",
)


def random_schema(dice: random.Random) -> dict[str, Any]:
    """One of three levels at most, with definitions beside it."""
    return {"$defs": DEFINITIONS, **_schema(dice, 0)}


def _schema(dice: random.Random, depth: int) -> dict[str, Any]:
    kind = dice.choice(_SIMPLE + (_NESTED if depth < 3 else ()))
    match kind:
        case "string":
            return _text(dice)
        case "integer":
            return _integer(dice)
        case "number":
            return _number(dice)
        case "boolean" | "null":
            return {"type": kind}
        case "enum":
            values = ["a", 'é"x', 1, 2.5, None, True, ["x", {"y": 1}], {"k": "v"}]
            return {"enum": dice.sample(values, dice.randint(1, 4))}
        case "const":
            return {"const": dice.choice(["x", 7, None, "a\nb\\c"])}
        case "object":
            return _object(dice, depth)
        case "array":
            least = dice.randint(0, 2)
            bounds = {"minItems": least, "maxItems": least + dice.randint(0, 3)} if dice.random() < 0.5 else {}
            return {"type": "array", "items": _schema(dice, depth + 1), **bounds}
        case "tuple":
            items: list[Any] = [_schema(dice, depth + 1) for _ in range(dice.randint(1, 3))]
            rest: dict[str, Any] = {"items": dice.choice([False, {"type": "null"}])} if dice.random() < 0.5 else {}
            return {"type": "array", "prefixItems": items, "minItems": dice.choice([0, len(items)]), **rest}
        case "map":
            inner = _schema(dice, depth + 1)
            return {"type": "object", "additionalProperties": inner, "maxProperties": dice.randint(1, 3)}
        case "anyOf":
            return {"anyOf": [_schema(dice, depth + 1) for _ in range(dice.randint(1, 3))]}
        case "types":
            return {"type": dice.sample(["string", "integer", "null", "boolean", "object"], 2)}
        case "ref":
            return {"$ref": "#/$defs/" + dice.choice(list(DEFINITIONS))}
    first = {"type": "object", "properties": {"p": _schema(dice, depth + 1)}, "required": ["p"]}
    return {"allOf": [first, {"properties": {"q": _schema(dice, depth + 1)}}]}


def _text(dice: random.Random) -> dict[str, Any]:
    least = dice.randint(0, 3)
    more: list[dict[str, Any]] = [
        {},
        {"minLength": least, "maxLength": least + dice.randint(0, 6)},
        {"format": dice.choice(["date", "time", "date-time", "uuid", "email", "ipv4", "uri"])},
        {"pattern": dice.choice(_PATTERNS)},
    ]
    return {"type": "string", **dice.choice(more)}


def _integer(dice: random.Random) -> dict[str, Any]:
    low = dice.randint(-2000, 2000)
    high = low + dice.choice([0, 1, 5, 99, 12345])
    more: list[dict[str, Any]] = [
        {},
        {"minimum": low, "maximum": high},
        {"exclusiveMinimum": low},
        {"maximum": high},
        {"exclusiveMinimum": low - 1, "exclusiveMaximum": high + 1},
    ]
    return {"type": "integer", **dice.choice(more)}


def _number(dice: random.Random) -> dict[str, Any]:
    low = round(dice.uniform(-50, 50), dice.randint(0, 3))
    high = round(low + dice.choice([0.001, 0.5, 1, 7.25, 300]), 4)
    more: list[dict[str, Any]] = [
        {},
        {"minimum": low, "maximum": high},
        {"exclusiveMinimum": low, "exclusiveMaximum": high},
        {"minimum": low},
        {"exclusiveMaximum": low},
    ]
    return {"type": "number", **dice.choice(more)}


def _object(dice: random.Random, depth: int) -> dict[str, Any]:
    names = dice.sample(["name", "age", "a b", "né", 'x"y', "tags", "long_property_name"], dice.randint(0, 5))
    made: dict[str, Any] = {
        "type": "object",
        "properties": {name: _schema(dice, depth + 1) for name in names},
        "required": [name for name in names if dice.random() < 0.5],
    }
    if dice.random() < 0.3:
        made["additionalProperties"] = dice.choice([True, False, {"type": "integer"}])
    if names and dice.random() < 0.2:
        made["maxProperties"] = dice.randint(len(made["required"]), len(names))
    if names and dice.random() < 0.2:
        made["minProperties"] = dice.randint(0, made.get("maxProperties", len(names)))
    return made
