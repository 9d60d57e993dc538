"""How often and how fast: progress is told at most four times a second, with a rate that does not jump."""

from __future__ import annotations

import time
from collections.abc import Callable

INTERVAL = 0.25
"""Seconds between two reports."""
_MEMORY = 4.0
"""Seconds over which the rate is smoothed."""


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
