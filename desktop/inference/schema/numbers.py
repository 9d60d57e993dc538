"""Numbers between two bounds, digit by digit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desktop.inference.schema.rules import refusal

_DIGITS = 15
"""Before and after the point at most: what a double keeps."""
_LARGEST = Decimal(10) ** _DIGITS - 1


@dataclass(frozen=True)
class _Bound:
    value: Decimal
    excluded: bool


def between(schema: dict[str, Any], whole: bool, where: str) -> str | None:
    """An expression for numbers (`whole`: integers) within the schema's bounds; None if it has none. Raises BadGrammar."""
    low, high = (
        _bound(schema, "minimum", "exclusiveMinimum", where),
        _bound(schema, "maximum", "exclusiveMaximum", where),
    )
    if low is None and high is None:
        return None
    low, high = low or _Bound(-_LARGEST, False), high or _Bound(_LARGEST, False)
    found = _whole(low, high) if whole else _real(low, high)
    if not found:
        raise refusal(where, "there is no number between the bounds")
    return " | ".join(found)


def _bound(schema: dict[str, Any], key: str, exclusive: str, where: str) -> _Bound | None:
    """The tighter one of the two. Older schemas say `exclusiveMinimum: true` beside `minimum`."""
    found: list[_Bound] = []
    for name, excluded in ((key, schema.get(exclusive) is True), (exclusive, True)):
        value = schema.get(name)
        if value is None or isinstance(value, bool):
            continue
        if not isinstance(value, int | float) or abs(value) > _LARGEST:
            raise refusal(where, f"“{name}” is no number of at most {_DIGITS} digits")
        found.append(_Bound(Decimal(str(value)).normalize(), excluded))
    if not found:
        return None
    pick = max if key == "minimum" else min
    value = pick(bound.value for bound in found)
    return _Bound(value, any(bound.excluded for bound in found if bound.value == value))


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value("ROUND_FLOOR"))


def _whole(low: _Bound, high: _Bound) -> list[str]:
    least = -_floor(-low.value)
    least += low.excluded and least == low.value
    most = _floor(high.value)
    most -= high.excluded and most == high.value
    found = _naturals(max(0, least), most)
    return found + [f'"-" ({option})' for option in _naturals(max(1, -most), -least)]


def _naturals(least: int, most: int) -> list[str]:
    """Without leading zeros; nothing if `most` is less."""
    if most < least:
        return []
    found = []
    for length in range(len(str(least)), len(str(most)) + 1):
        first = max(least, 10 ** (length - 1) if length > 1 else 0)
        found.append(_same_length(str(first), str(min(most, 10**length - 1))))
    return found


def _same_length(low: str, high: str) -> str:
    """Digits from `low` to `high`."""
    count = len(low)
    if not count:
        return ""
    if set(low) == {"0"} and set(high) == {"9"}:
        return _digits(count)
    if low[0] == high[0]:
        return f'"{low[0]}" {_same_length(low[1:], high[1:])}'.strip()
    lowest, highest = int(low[0]), int(high[0])
    parts = []
    if low[1:].strip("0"):
        parts.append(f'"{low[0]}" {_same_length(low[1:], "9" * (count - 1))}')
        lowest += 1
    last = ""
    if high[1:].strip("9"):
        last = f'"{high[0]}" {_same_length("0" * (count - 1), high[1:])}'
        highest -= 1
    if lowest <= highest:
        parts.append(f"{_range(lowest, highest)} {_digits(count - 1)}".strip())
    return f"({' | '.join([*parts, *([last] if last else [])])})"


def _range(low: int, high: int) -> str:
    return f"[{low}-{high}]" if low < high else f'"{low}"'


def _digits(count: int) -> str:
    return "" if count == 0 else "[0-9]" if count == 1 else f"[0-9]{{{count}}}"


def _real(low: _Bound, high: _Bound) -> list[str]:
    zero = _Bound(Decimal(0), False)
    found: list[str] = []
    if high.value >= 0:
        found += _positive(low if low.value >= 0 else zero, high)
    if low.value < 0:
        upper = _Bound(-high.value, high.excluded) if high.value <= 0 else _Bound(Decimal(0), True)
        found += [f'"-" ({option})' for option in _positive(upper, _Bound(-low.value, low.excluded))]
    return found


def _positive(low: _Bound, high: _Bound) -> list[str]:
    """Numbers from 0 on."""
    if low.value > high.value or (low.value == high.value and (low.excluded or high.excluded)):
        return []
    first, last = _floor(low.value), _floor(high.value)
    after_low, after_high = _fraction(low.value), _fraction(high.value)
    if first == last:
        return _within(first, after_low, after_high, low.excluded, high.excluded)
    found = [f'"{first}" {_at_least(after_low, low.excluded)}'.strip()]
    found += [f'({option}) ("." [0-9]{{1,{_DIGITS}}})?' for option in _naturals(first + 1, last - 1)]
    if after_high or not high.excluded:
        found.append(f'"{last}" {_at_most(after_high, high.excluded)}'.strip())
    return found


def _fraction(value: Decimal) -> str:
    """The digits after the point, without zeros at the end."""
    return format(value % 1, "f").partition(".")[2].rstrip("0")


def _within(whole: int, low: str, high: str, without_low: bool, without_high: bool) -> list[str]:
    """Both bounds have the same integer."""
    found = [] if low or without_low else [f'"{whole}"']
    for places in range(1, min(max(len(low), len(high)) + 2, 2 * _DIGITS) + 1):
        # with so many digits: the smallest number from `low` on, the largest up to `high`
        least = int(low[:places].ljust(places, "0")) + (len(low) > places or without_low)
        most = int(high[:places].ljust(places, "0")) - (without_high and len(high) <= places)
        if least <= most:
            found.append(f'"{whole}." {_same_length(str(least).zfill(places), str(most).zfill(places))}')
    return found


def _at_least(digits: str, without: bool) -> str:
    """The point and what may follow, for fractions from this one on."""
    if not digits:
        return f'"." [0-9]{{0,{_DIGITS - 1}}} [1-9]' if without else f'("." [0-9]{{1,{_DIGITS}}})?'
    more = f"[0-9]{{0,{_DIGITS}}}"
    options = [f'"{digits}" {more} [1-9]' if without else f'"{digits}" {more}']
    for place, digit in enumerate(digits):
        if digit != "9":
            options.append(f'"{digits[:place]}" {_range(int(digit) + 1, 9)} {more}')
    return f'"." ({" | ".join(options)})'


def _at_most(digits: str, without: bool) -> str:
    """The same for fractions up to this one."""
    if not digits:
        return ""
    more = f"[0-9]{{0,{_DIGITS}}}"
    options = [] if without else [f'"{digits}"']
    for place, digit in enumerate(digits):
        if place:
            options.append(f'"{digits[:place]}"')
        if digit != "0":
            options.append(f'"{digits[:place]}" {_range(0, int(digit) - 1)} {more}')
    return f'("." ({" | ".join(options)}))?' if options else ""
