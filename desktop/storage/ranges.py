"""Which bytes of a file are there: sorted half-open ranges that do not touch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

Range = tuple[int, int]
"""First byte and the byte after the last one."""


class Ranges:
    """A set of bytes. Not thread-safe."""

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.total = 0
        """How many bytes are in it."""
        for start, end in ranges:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """Put the bytes from `start` to before `end` in; those that are there count once."""
        if start >= end:
            return
        first = bisect_left(self._ends, start)  # the first range that ends at `start` or behind it
        last = bisect_right(self._starts, end)  # the first one that begins behind `end`
        if first < last:
            start = min(start, self._starts[first])
            end = max(end, self._ends[last - 1])
            self.total -= sum(self._ends[at] - self._starts[at] for at in range(first, last))
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]
        self.total += end - start

    def below(self, size: int) -> Ranges:
        """What lies before `size`."""
        return Ranges((start, min(end, size)) for start, end in self.pairs() if start < size)

    def front(self) -> int:
        """How many bytes from the first one on are there without a gap."""
        return self._ends[0] if self._starts and self._starts[0] == 0 else 0

    def missing(self, size: int) -> list[Range]:
        """What is not there of a file of `size` bytes."""
        gaps: list[Range] = []
        at = 0
        for start, end in self.pairs():
            if at < min(start, size):
                gaps.append((at, min(start, size)))
            at = max(at, end)
        if at < size:
            gaps.append((at, size))
        return gaps

    def pairs(self) -> list[Range]:
        """The ranges, in order."""
        return list(zip(self._starts, self._ends, strict=True))
