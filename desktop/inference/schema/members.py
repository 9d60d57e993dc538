"""The members of a JSON object: some named, some required, and others. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.core.value import dataclass
from desktop.inference.schema.rules import Rules, literal, refusal

WORD = r"""[^"\\\x00-\x1F\x7F\uD800-\uDFFF\U00110000-\UFFFFFFFF]"""
"""A character that a text holds as it is."""


@dataclass(frozen=True)
class Members:
    """What an object is made of: names of rules for whole members (`"name": value`)."""

    named: dict[str, str]
    required: frozenset[str]
    other: str | None
    """A member of another name; None if there is none."""
    least: int
    most: int | None


def expression(members: Members, rules: Rules, name: str, where: str) -> str:
    """The object: named members in their order, those that may be left out, then others. Raises BadGrammar."""
    named, required = dict(members.named), set(members.required)
    least, most, other = members.least, members.most, members.other
    if other is None:  # some of those that may be left out may not, so that there are always enough
        required.update([key for key in named if key not in required][: max(0, least - len(required))])
    if most is not None:
        spare = [key for key in named if key not in required][max(0, most - len(required)) :]
        named = {key: rule for key, rule in named.items() if key not in spare}
    if (most is not None and len(required) > most) or (other is None and len(named) < least):
        raise refusal(where, "no object has so many members")
    rest, must = "", False
    room = None if most is None else most - len(named)
    if other is not None and room != 0:
        needed = max(0, least - len(required))
        rest, must = repeated(rules, other, needed, room, name, where), needed > 0
    if not rest and not named:
        return '"{" ws "}"'
    return f'"{{" ws {_ordered(list(named.items()), required, rest, must, rules, name)} "}}"'


def repeated(rules: Rules, item: str, least: int, most: int | None, name: str, where: str) -> str:
    """One or more items with commas between them, at least `least`."""
    more = rules.add(f"{name}-next", f'ws "," ws {item}')
    return f"{item} {rules.times(more, max(0, least - 1), None if most is None else max(0, most - 1), where)}".strip()


def _ordered(members: list[tuple[str, str]], required: set[str], rest: str, must: bool, rules: Rules, name: str) -> str:
    """Members in order, with commas only between those that are there. Built from the end: `first` is the rest of the object if nothing
    stands before it, `after` if something does."""
    first = (f"{rest} ws" if must else f"({rest} ws)?") if rest else '""'
    after = (f'ws "," ws {rest} ws' if must else f'(ws "," ws {rest})? ws') if rest else "ws"
    for index in range(len(members) - 1, -1, -1):
        key, rule = members[index]
        tail = rules.add(f"{name}-after-{index}", after)
        if key in required:
            first, after = f"{rule} {tail}", f'ws "," ws {rule} {tail}'
        else:
            first = f"{rule} {tail} | {rules.add(f'{name}-from-{index}', first)}"
            after = f'ws "," ws {rule} {tail} | {tail}'
    return rules.add(f"{name}-members", first)


def name_but(names: Iterable[str], rules: Rules) -> str:
    """A member's name, quotes included, that is none of these. Written without backslashes."""
    if rules.reserve("word"):
        rules.put("word", WORD)

    def after(rest: list[str]) -> str:
        ends = "" in rest
        firsts: dict[str, list[str]] = {}
        for text in filter(None, rest):
            firsts.setdefault(text[0], []).append(text[1:])
        if not firsts:
            return "word+" if ends else "word*"
        branches = [f"{literal(c)} ({after(rests)})" for c, rests in firsts.items()]
        escaped = "".join(f"\\U{ord(c):08X}" for c in firsts)
        branches.append(rf'[^"\\\x00-\x1F\x7F\uD800-\uDFFF\U00110000-\UFFFFFFFF{escaped}] word*')
        return f"({' | '.join(branches)}){'' if ends else '?'}"

    plain = [text for text in dict.fromkeys(names) if all(c >= " " and c not in '"\\\x7f' for c in text)]
    return rf'"\"" ({after([text for text in plain if len(text) <= 80])}) "\""'
