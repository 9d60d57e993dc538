"""JSON texts: of some length, like a pattern, in a format. Pure."""

from __future__ import annotations

from typing import Any

from desktop.inference.schema import patterns
from desktop.inference.schema.rules import Rules, refusal

_DAYS = (
    '(("0" [13578] | "1" [02]) "-" ("0" [1-9] | [12] [0-9] | "3" [01]) | '
    '("0" [469] | "11") "-" ("0" [1-9] | [12] [0-9] | "30") | "02-" ("0" [1-9] | "1" [0-9] | "2" [0-8]))'
)
_DATE = f'("19" | "20") [0-9] [0-9] "-" {_DAYS}'
_HOUR = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9]'
_TIME = f'{_HOUR} ":" [0-5] [0-9] ("." [0-9]{{1,6}})? ("Z" | [-+] {_HOUR})'
_HEX = "[0-9a-f]"
_OCTET = '("25" [0-5] | "2" [0-4] [0-9] | "1" [0-9] [0-9] | [1-9] [0-9] | [0-9])'
_NAME = "[A-Za-z0-9] [A-Za-z0-9]*"
_FORMATS = {
    "date": _DATE,
    "time": _TIME,
    "date-time": f'{_DATE} "T" {_TIME}',
    "uuid": f'{_HEX}{{8}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{12}}',
    "email": f'{_NAME} ([._+-] {_NAME}){{0,8}} "@" {_NAME} ("-" {_NAME}){{0,8}} ("." [A-Za-z]{{2,24}}){{1,4}}',
    "ipv4": f'{_OCTET} "." {_OCTET} "." {_OCTET} "." {_OCTET}',
}


def any_text(rules: Rules) -> str:
    """The name of the rule for any text."""
    return rules.add("text", rf'"\"" {_character(rules)}* "\""')


def expression(schema: dict[str, Any], rules: Rules, name: str, where: str) -> str:
    """The name of a rule for texts valid under the schema. Raises BadGrammar."""
    least, most = bounds(schema, "minLength", "maxLength", where)
    if "pattern" in schema:
        inner = patterns.between_quotes(schema["pattern"], rules, (least, most), where)
    elif least or most is not None:
        inner = rules.times(_character(rules), least, most, where)
    elif isinstance(known := schema.get("format"), str) and known in _FORMATS:
        inner = _FORMATS[known]
    else:
        return any_text(rules)
    return rules.add(name, rf'"\"" ({inner}) "\""' if inner else r'"\"\""')


def bounds(schema: dict[str, Any], low: str, high: str, where: str) -> tuple[int, int | None]:
    """Two keywords that count something; None = as many as one likes. Raises BadGrammar."""
    least, most = schema.get(low), schema.get(high)
    least = 0 if least is None else least
    for key, value in ((low, least), (high, most)):
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != int(value):
            raise refusal(where, f"“{key}” is no whole number")
    if most is not None and least > most:
        raise refusal(where, f"“{low}” is more than “{high}”")
    return int(least), None if most is None else int(most)


def _character(rules: Rules) -> str:
    if rules.reserve("character"):
        rules.put("character", patterns.ANY)
    return "character"
