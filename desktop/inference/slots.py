"""Which conversations stay in the cache of keys and values, and which one a request continues. Pure.

A slot is a sequence of llama.cpp's with the tokens it holds. Slots that begin alike share the memory of that beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Slot:
    """One sequence. `used` grows with every use of any slot; `conversation` is whose words it holds, if that is known."""

    number: int
    tokens: list[int] = field(default_factory=list)
    used: int = 0
    conversation: int | None = None
    busy: bool = False
    """An answer is read or written in it: nobody else may touch it, though its beginning may be copied."""
    ahead: int | None = None
    """So many of its tokens were said; the rest was read ahead of a question that may never be asked. None = all of them."""

    @property
    def worth(self) -> int:
        """Tokens whose loss would be one."""
        return len(self.tokens) if self.ahead is None else self.ahead


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

    def plan(self, prompt: Sequence[int], ahead: bool = False) -> Plan:
        """Where `prompt` is continued. At least its last token remains to be read: somebody wants to know what follows it.

        The slot with the longest common beginning is continued in place if it is free and little of it gets lost; else the
        beginning is copied, and what was there stays: another conversation with the same system prompt, the branch before
        an edit, an answer that is being written. What is read `ahead` takes the place of what was read ahead before.
        """
        most = len(prompt) - 1
        found = [(min(common_prefix(slot.tokens, prompt), most), slot) for slot in self._slots]
        keep, best = max(found, key=lambda pair: (pair[0], not pair[1].busy, -len(pair[1].tokens), pair[1].used))
        if not best.busy and best.tokens and best.worth <= 2 * keep:
            return Plan(best, best, keep)
        others = (slot for slot in self._slots if not slot.busy and (not keep or slot is not best))
        target = min(others, key=_worth_ahead if ahead else _worth, default=best)
        return Plan(target, best if keep else target, keep)

    def use(self, slot: Slot, conversation: int | None) -> None:
        """Mark as the one used last, for the words of `conversation`."""
        self._clock += 1
        slot.used = self._clock
        slot.conversation = conversation

    def oldest(self, *besides: Slot) -> Slot | None:
        """The one to give up when room is needed: the least recently used free one of those that hold something."""
        free = (slot for slot in self._slots if slot.tokens and not slot.busy and slot not in besides)
        return min(free, key=_worth, default=None)

    def vacant(self) -> Slot | None:
        """The one to take for something new: an empty one, else the least recently used free one."""
        return min((slot for slot in self._slots if not slot.busy), key=_worth, default=None)

    def held(self, busy: bool = False) -> int:
        """Tokens in all slots, or in the busy ones; those that share a beginning take less room than that."""
        return sum(len(slot.tokens) for slot in self._slots if slot.busy or not busy)

    def of(self, conversation: int) -> list[Slot]:
        """Those that hold words of this conversation."""
        return [slot for slot in self._slots if slot.conversation == conversation]

    def newest_first(self) -> list[Slot]:
        """Those that hold something, in the order they are worth keeping."""
        return sorted((slot for slot in self._slots if slot.tokens), key=_worth, reverse=True)


def _worth(slot: Slot) -> tuple[int, int]:
    """An answer rather takes an empty slot than what was read ahead for another …"""
    return (2 if slot.worth else 1 if slot.tokens else 0), slot.used


def _worth_ahead(slot: Slot) -> tuple[int, int]:
    """… but what is read ahead shall not take one slot after the other."""
    return (2 if slot.worth else 0 if slot.tokens else 1), slot.used


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
