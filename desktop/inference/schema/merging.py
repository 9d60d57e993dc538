"""Several schemas that hold at once → one. Pure."""

from __future__ import annotations

from typing import Any

from desktop.inference.schema.rules import refusal

NOTES = frozenset(
    [
        "$schema",
        "$id",
        "$anchor",
        "$comment",
        "$defs",
        "definitions",
        "title",
        "description",
        "default",
        "examples",
        "example",
        "deprecated",
        "readOnly",
        "writeOnly",
        "discriminator",
        "contentEncoding",
        "contentMediaType",
        "strict",
        "xml",
        "externalDocs",
    ]
)
"""Keywords that do not say what is valid."""
MOST_DEPTH = 60
_MOST_SCHEMAS = 30_000
"""Of those that are visited: by references and choices within choices a short text can stand for any number of them."""
_COMPARISONS = 1000
"""Of values, that take no longer than a schema."""

_TIGHTEST = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}


class Effort:
    """Counts what one schema makes us look at."""

    def __init__(self) -> None:
        self._left = _MOST_SCHEMAS

    def spend(self, where: str, schemas: int = 1) -> None:
        """So many more are looked at. Raises BadGrammar if that is too much."""
        self._left -= schemas
        if self._left < 0:
            raise refusal(where, f"more than {_MOST_SCHEMAS:,} schemas when all references and choices are written out")


def target(root: Any, reference: object, where: str) -> Any:
    """What a reference within the schema `root` stands for. Raises BadGrammar."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        raise refusal(where, "only references within the schema are followed")
    at = root
    for part in reference[1:].split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~").replace("%25", "%")
        if isinstance(at, dict) and part in at:
            at = at[part]
        elif isinstance(at, list) and part.isdecimal() and int(part) < len(at):
            at = at[int(part)]
        else:
            raise refusal(where, f"“{reference[:60]}” does not exist")
    return at


def merged(schema: dict[str, Any], root: Any, effort: Effort, where: str, depth: int = 0) -> dict[str, Any]:
    """One schema that says what all of `allOf` and the rest say. Raises BadGrammar."""
    parts = schema.get("allOf", [])
    if depth > MOST_DEPTH or not isinstance(parts, list):
        raise refusal(where, "“allOf” leads to itself, or is no list of schemas")
    result: dict[str, Any] = {}
    for part in [{key: value for key, value in schema.items() if key != "allOf"}, *parts]:
        effort.spend(where)
        inner = _followed(part, root, where)
        if inner is False:
            raise refusal(where, "nothing is allowed here")
        if isinstance(inner, dict):
            inner = merged(inner, root, effort, where, depth + 1) if "allOf" in inner else inner
            _merge(result, inner, effort, where)
    return result


def _followed(part: Any, root: Any, where: str) -> Any:
    """The schema a reference leads to, with what stands beside it."""
    for _ in range(MOST_DEPTH):
        if not isinstance(part, dict) or "$ref" not in part:
            return part
        rest = {key: value for key, value in part.items() if key != "$ref" and key not in NOTES}
        found = target(root, part["$ref"], where)
        part = {"allOf": [rest, found]} if rest else found
    raise refusal(where, "a reference leads to itself")


def _merge(into: dict[str, Any], part: dict[str, Any], effort: Effort, where: str) -> None:
    """Add what `part` says; what cannot be said of both at once is refused."""
    for key, value in part.items():
        if key in NOTES:
            continue
        into[key] = _both(key, into[key], value, effort, where) if key in into and into[key] != value else value


def _both(key: str, before: Any, value: Any, effort: Effort, where: str) -> Any:
    """What both values of a keyword say together."""
    lists = isinstance(before, list) and isinstance(value, list)
    if key in ("properties", "patternProperties") and isinstance(before, dict) and isinstance(value, dict):
        common = {name: {"allOf": [before[name], value[name]]} for name in before if name in value}
        return {**before, **value, **common}
    if key == "required" and lists:
        return [*before, *value]
    if key in _TIGHTEST and all(isinstance(v, int | float) and not isinstance(v, bool) for v in (before, value)):
        return _TIGHTEST[key](before, value)
    if key == "enum" and lists:
        effort.spend(where, len(before) * len(value) // _COMPARISONS)
        return [entry for entry in before if entry in value]
    if key == "type":
        return _common_types(before, value, where)
    if key in ("anyOf", "oneOf") and lists:
        effort.spend(where, len(before) * len(value))
        return [{"allOf": [one, other]} for one in before for other in value]
    if key in ("additionalProperties", "items", "propertyNames") and not lists:
        return False if before is False or value is False else {"allOf": [before, value]}
    raise refusal(where, f"“{key}” is said twice in different ways")


def _common_types(before: Any, value: Any, where: str) -> list[str]:
    first, second = ([kinds] if isinstance(kinds, str) else kinds for kinds in (before, value))
    for kinds in (first, second):
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise refusal(where, "“type” is no list of names")
    common = [kind for kind in first if kind in second]
    if {"number", "integer"} & set(common) == set() and {"number", "integer"} <= {*first, *second}:
        common.append("integer")
    if not common:
        raise refusal(where, "no type is allowed")
    return common
