"""How often and how fast: progress is told at most four times a second, with a rate that does not jump."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

INTERVAL = 0.25
"""Seconds between two reports."""
_MEMORY = 4.0
"""Seconds over which the rate is smoothed."""
_BURST_S = 0.1
"""Seconds of the limit that may be saved up and used at once."""
LOOK_S = 0.5
"""Seconds of one wait: a limit that was changed meanwhile is noticed soon."""


class Pace:
    """Feed it counts; it says when to report and at which rate. `clock` in seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told = clock() - INTERVAL
        self._at: float | None = None
        self._count = 0
        self._rate: float | None = None

    def step(self, count: int) -> float | None:
        """The smoothed rate in units per second if it is time to report, else None. A smaller count begins anew."""
        now = self._clock()
        if now - self._told < INTERVAL:
            return None
        self._told = now
        if self._at is None or count < self._count:
            self._rate = None
        elif now > self._at:
            span = now - self._at
            latest = (count - self._count) / span
            weight = min(1.0, span / _MEMORY)
            self._rate = latest if self._rate is None else self._rate + weight * (latest - self._rate)
        self._at, self._count = now, count
        return self._rate or 0.0


class Throttle:
    """Shares a number of bytes per second among all who take from it. Thread-safe. `clock` in seconds, monotonic."""

    def __init__(self, limit: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        """`limit` gives bytes per second at any moment; 0 = none."""
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._owed = 0.0
        """Bytes that were taken and not yet paid for with time; less than 0 = saved up."""
        self._at = clock()

    @property
    def limit(self) -> int:
        """Bytes per second now; 0 = none."""
        return max(0, self._limit())

    def take(self, count: int) -> None:
        """Note `count` bytes."""
        with self._lock:
            if self._settled() > 0:
                self._owed += count

    def due(self) -> float:
        """Seconds until more may be taken."""
        with self._lock:
            limit = self._settled()
            return max(0.0, self._owed / limit) if limit > 0 else 0.0

    def _settled(self) -> int:
        """The present limit, at which the time since the last look was paid with."""
        limit, now = self.limit, self._clock()
        self._owed = max(-limit * _BURST_S, self._owed - (now - self._at) * limit) if limit > 0 else 0.0
        self._at = now
        return limit
