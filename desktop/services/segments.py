"""Who fetches which bytes of a file: the missing ones in pieces, in order; at the end the quick help the slow.

Everything here happens under one lock and takes no time; the bytes move elsewhere (services.fetch).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PIECE = (4 << 20, 64 << 20)
"""Smallest and largest piece that one connection is sent for (bytes)."""
_SPLIT = 1 << 20
"""No half of a split piece is smaller (bytes)."""
_LOOK_S = 0.25
"""Seconds between two looks for somebody to help."""
_SILENT_S = 2.0
"""Seconds without a byte after which a connection's piece is given to one that has nothing to do."""
_YOUNG_S = 1.0
"""Seconds before a connection's speed says something."""
_TAKEOVERS = 3
"""How often the same bytes change hands because they came too slowly."""


@dataclass(slots=True, eq=False)
class Segment:
    """Bytes that one connection fetches. Changed by the Plan only."""

    position: int
    """The next byte."""
    end: int | None
    """The byte after its last one; None = the end of a file of unknown size."""
    begun: float
    first: int
    """Where this connection began."""
    last_byte: float
    takeovers: int = 0
    lost: bool = False
    """Somebody else fetches what it was to fetch."""

    @property
    def left(self) -> int:
        """Bytes that have still to come (of a known size)."""
        return 0 if self.end is None else self.end - self.position


class Plan:
    """What is missing of a file, and who brings it. Thread-safe. `clock` in seconds, monotonic."""

    def __init__(
        self,
        gaps: Sequence[tuple[int, int | None]],
        piece: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`piece`: bytes to send one connection for; None = one connection fetches each gap whole."""
        self._clock = clock
        self._changed = threading.Condition()
        self._free: list[tuple[int, int | None, int]] = []
        for start, end in gaps:
            if piece is None or end is None:
                self._free.append((start, end, 0))
            else:
                self._free += [(at, min(at + piece, end), 0) for at in range(start, end, piece)]
        self._taken: list[Segment] = []
        self._alone: Segment | None = None
        self._aborted = False

    def take(self, speed: float, *, may_help: Callable[[], bool] = lambda: True) -> Segment | None:
        """Something to fetch for a connection that made `speed` bytes per second so far (0 = not known); waits while others
        work and may come to need help. None: there is nothing left to do."""
        with self._changed:
            while not self._aborted and (self._free or self._taken):
                if self._free:
                    return self._start(*self._free.pop(0))
                if self._alone is None and may_help() and (help := self._help(speed)) is not None:
                    return self._start(*help)
                self._changed.wait(_LOOK_S)
            return None

    def accept(self, segment: Segment, count: int) -> tuple[int, int]:
        """`count` bytes came: where they belong, and how many of them are still this segment's."""
        with self._changed:
            at = segment.position
            keep = 0 if segment.lost else count if segment.end is None else min(count, segment.left)
            segment.position += keep
            segment.last_byte = self._clock()
            return at, keep

    def leave(self, segment: Segment) -> None:
        """Its connection ended; what is left of it is free again."""
        with self._changed:
            if segment in self._taken:
                self._taken.remove(segment)
                if not segment.lost and (segment.end is None or segment.left > 0):
                    self._free.insert(0, (segment.position, segment.end, segment.takeovers))
                    self._free.sort(key=lambda free: free[0])
            if self._alone is segment:
                self._alone = None
            self._changed.notify_all()

    def complete(self, segment: Segment) -> None:
        """The server said that a file of unknown size ends here."""
        with self._changed:
            segment.end = segment.position

    def alone(self, segment: Segment, size: int | None) -> None:
        """The server knows no ranges: this connection brings the whole file, and nobody else anything."""
        with self._changed:
            if segment.lost:
                return  # another one found that out before
            for other in self._taken:
                other.lost = other is not segment
            self._taken = [segment]
            self._free.clear()
            segment.position, segment.first, segment.end = 0, 0, size
            self._alone = segment
            self._changed.notify_all()

    def abort(self) -> None:
        """Nobody gets anything any more."""
        with self._changed:
            self._aborted = True
            self._changed.notify_all()

    def rate(self, segment: Segment) -> float:
        """Bytes per second of its connection since it began."""
        return (segment.position - segment.first) / max(self._clock() - segment.begun, 1e-3)

    @property
    def is_done(self) -> bool:
        """Whether every byte was brought."""
        with self._changed:
            return not self._free and not self._taken

    def _start(self, start: int, end: int | None, takeovers: int) -> Segment:
        now = self._clock()
        segment = Segment(start, end, now, start, now, takeovers)
        self._taken.append(segment)
        return segment

    def _help(self, speed: float) -> tuple[int, int | None, int] | None:
        """Half of what the slowest has left, or all of it if it hardly moves."""
        now = self._clock()
        slowest = max(self._taken, key=lambda one: one.left / max(self.rate(one), 1.0), default=None)
        if slowest is None or slowest.end is None:
            return None
        end = slowest.end
        if slowest.left >= 2 * _SPLIT:
            middle = slowest.position + slowest.left // 2
            slowest.end = middle
            return middle, end, slowest.takeovers
        silent = now - slowest.last_byte > _SILENT_S
        slow = now - slowest.begun > _YOUNG_S and speed > 4 * self.rate(slowest) and slowest.left > self.rate(slowest)
        if slowest.left > 0 and slowest.takeovers < _TAKEOVERS and (silent or slow):
            slowest.lost = True
            self._taken.remove(slowest)
            return slowest.position, end, slowest.takeovers + 1
        return None


def piece_size(size: int, connections: int) -> int | None:
    """Bytes to send each of so many connections for at a time; None if one is enough."""
    if connections < 2:
        return None
    smallest, largest = PIECE
    return max(smallest, min(largest, size // (4 * connections)))


def useful_connections(missing: int, wanted: int) -> int:
    """How many connections are worth their while for so many bytes."""
    return max(1, min(wanted, missing // PIECE[0]))
