"""A GBNF grammar of calls, for a request that demands one: the model then cannot write anything else. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from desktop.inference.tools import Form, Function

_JSON = r"""value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ws ( string ws ":" ws value ( "," ws string ws ":" ws value ){0,15} )? ws "}"
array ::= "[" ws ( value ( "," ws value ){0,15} )? ws "]"
string ::= "\"" ( [^"\\\x00-\x1F] | "\\" ["\\bfnrt/] ){0,200} "\""
number ::= integer ( "." [0-9]{1,15} )?
integer ::= "-"? ( "0" | [1-9] [0-9]{0,15} )
boolean ::= "true" | "false"
ws ::= " "?
raw ::= [^<]{0,200}
"""
_DEEPEST = 8
"""Levels of a schema that are followed; below, any JSON will do."""


def grammar(form: Form, offered: Sequence[Function]) -> str:
    """One call of one of the functions. Names and keys are quoted, so that no schema can break out of the rules."""
    rules = _Rules()
    calls = [rules.call(form, function, number) for number, function in enumerate(offered)]
    return f"root ::= [ \\n]? ( {' | '.join(calls)} )\n{rules.text}{_JSON}"


class _Rules:
    def __init__(self) -> None:
        self.text = ""
        self._count = 0

    def call(self, form: Form, function: Function, number: int) -> str:
        """The name of a rule for one function."""
        name = str(function["name"])
        parameters = function.get("parameters")
        schema = parameters if isinstance(parameters, dict) else {}
        match form:
            case Form.PYTHON:
                inside = self._members(schema, lambda key: _quoted(f"{key}="), _quoted(", "), 0) or ""
                body = f'{_quoted(name + chr(10))} " "? {_quoted("```python" + chr(10) + "tool_call(")} {inside} {_quoted(")" + chr(10) + "```")}'
            case Form.LINES:
                body = f"{_quoted(name + chr(10))} {self.value(schema or {'type': 'object'}, 0)}"
            case Form.JSON_TAGS:
                head = _quoted(f'<tool_call>{chr(10)}{{"name": {json.dumps(name, ensure_ascii=False)}, "arguments": ')
                body = f"{head} {self.value(schema or {'type': 'object'}, 0)} {_quoted('}' + chr(10) + '</tool_call>')}"
            case _:
                body = self._tags(form, name, schema)
        rule = f"call{number}"
        self.text += f"{rule} ::= {body}\n"
        return rule

    def value(self, schema: Any, depth: int) -> str:
        """The name of a rule for a value of this schema."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return "value"
        if isinstance(choices := schema.get("enum"), list) and choices:
            return self._rule(" | ".join(_quoted(json.dumps(choice, ensure_ascii=False)) for choice in choices))
        kind = schema.get("type")
        if kind == "object":
            members = self._members(
                schema, lambda key: f'{_quoted(json.dumps(key, ensure_ascii=False))} ws ":" ws', '"," ws', depth
            )
            return self._rule(f'"{{" {members} "}}"') if members is not None else "object"
        if kind == "array" and isinstance(schema.get("items"), dict):
            item = self.value(schema["items"], depth + 1)
            return self._rule(f'"[" ( {item} ( "," ws {item} ){{0,15}} )? "]"')
        return str(kind) if kind in ("string", "number", "integer", "boolean", "array") else "value"

    def _members(self, schema: dict[str, Any], key: Any, comma: str, depth: int) -> str | None:
        """All required members in their order, then optional ones; None where the schema names no members."""
        properties = schema.get("properties")
        if not isinstance(properties, dict) or not properties:
            return None
        demanded = _required(schema)
        required = [name for name in properties if name in demanded]
        optional = [name for name in properties if name not in demanded]
        text = ""
        for name in required:
            text += f" {comma}" if text else ""
            text += f" {key(name)} {self.value(properties[name], depth + 1)}"
        if text:
            for name in optional:
                text += f" ( {comma} {key(name)} {self.value(properties[name], depth + 1)} )?"
            return text
        choices = " | ".join(f"{key(name)} {self.value(properties[name], depth + 1)}" for name in optional)
        return f"( {choices} )?"

    def _tags(self, form: Form, name: str, schema: dict[str, Any]) -> str:
        gap = "" if form is Form.TIGHT_TAGS else "\n"
        body = _quoted(f"<tool_call>{name}{gap}")
        properties = schema.get("properties")
        demanded = _required(schema)
        for key, inner in (properties if isinstance(properties, dict) else {}).items():
            plain = isinstance(inner, dict) and inner.get("type") == "string" and "enum" not in inner
            value = "raw" if plain else self.value(inner, 1)
            if isinstance(inner, dict) and inner.get("type") == "string" and isinstance(inner.get("enum"), list):
                value = self._rule(" | ".join(_quoted(str(choice)) for choice in inner["enum"]) or '""')
            one = f"{_quoted(f'<arg_key>{key}</arg_key>{gap}<arg_value>')} {value} {_quoted(f'</arg_value>{gap}')}"
            body += f" {one}" if key in demanded else f" ( {one} )?"
        return f"{body} {_quoted('</tool_call>')}"

    def _rule(self, body: str) -> str:
        self._count += 1
        self.text += f"r{self._count} ::= {body}\n"
        return f"r{self._count}"


def _required(schema: dict[str, Any]) -> frozenset[str]:
    listed = schema.get("required")
    return frozenset(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else frozenset()


def _quoted(text: str) -> str:
    """A literal of GBNF."""
    shown = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{shown}"'
