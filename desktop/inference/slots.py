"""Which conversations stay in the cache of keys and values, and which one a request continues. Pure.

A slot is a sequence of llama.cpp's with the tokens it holds. Slots that begin alike share the memory of that beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Slot:
    """One sequence. `used` grows with every use of any slot; `conversation` is whose words it holds, if that is known."""

    number: int
    tokens: list[int] = field(default_factory=list)
    used: int = 0
    conversation: int | None = None


@dataclass(frozen=True)
class Plan:
    """What a request does: continue `slot` after its first `keep` tokens, which come from `source` first if that is another one."""

    slot: Slot
    source: Slot
    keep: int


class Slots:
    """The sequences of one context."""

    def __init__(self, count: int) -> None:
        self._slots = [Slot(number) for number in range(count)]
        self._clock = 0

    def plan(self, prompt: Sequence[int]) -> Plan:
        """Where `prompt` is continued. At least its last token remains to be read: somebody wants to know what follows it.

        The slot with the longest common beginning is continued in place if little of it gets lost; else the beginning is
        copied, and what was there stays: another conversation with the same system prompt, or the branch before an edit.
        """
        most = len(prompt) - 1
        found = [(min(common_prefix(slot.tokens, prompt), most), slot) for slot in self._slots]
        keep, best = max(found, key=lambda pair: (pair[0], -len(pair[1].tokens), pair[1].used))
        if 0 < len(best.tokens) <= 2 * keep:
            return Plan(best, best, keep)
        target = min((slot for slot in self._slots if not keep or slot is not best), key=_worth, default=best)
        return Plan(target, best if keep else target, keep)

    def use(self, slot: Slot, conversation: int | None) -> None:
        """Mark as the one used last, for the words of `conversation`."""
        self._clock += 1
        slot.used = self._clock
        slot.conversation = conversation

    def oldest(self, besides: Slot) -> Slot | None:
        """The one to give up when room is needed: the least recently used of those that hold something."""
        return min((slot for slot in self._slots if slot is not besides and slot.tokens), key=_worth, default=None)

    def vacant(self) -> Slot:
        """The one to take for something new: an empty one, else the least recently used."""
        return min(self._slots, key=_worth)

    def held(self) -> int:
        """Tokens in all slots; those that share a beginning take less room than that."""
        return sum(len(slot.tokens) for slot in self._slots)

    def of(self, conversation: int) -> list[Slot]:
        """Those that hold words of this conversation."""
        return [slot for slot in self._slots if slot.conversation == conversation]

    def newest_first(self) -> list[Slot]:
        """Those that hold something, in the order they are worth keeping."""
        return sorted((slot for slot in self._slots if slot.tokens), key=_worth, reverse=True)


def _worth(slot: Slot) -> tuple[bool, int]:
    return bool(slot.tokens), slot.used


def common_prefix(ours: Sequence[int], theirs: Sequence[int]) -> int:
    """How many tokens two sequences of the same type begin with alike."""
    low, high = 0, min(len(ours), len(theirs))
    if ours[:high] == theirs[:high]:
        return high
    while high - low > 1:  # comparing slices is far quicker than a loop over tokens
        middle = (low + high) // 2
        if ours[low:middle] == theirs[low:middle]:
            low = middle
        else:
            high = middle
    return low
