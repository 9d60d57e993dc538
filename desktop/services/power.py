"""Whether the battery is low: asked now and then, never on the main thread."""

from __future__ import annotations

import time
from collections.abc import Callable

LOW = 20
"""Percent."""
_KEPT = 60.0
"""Seconds an answer is believed."""


class Power:
    """Asks the system at most once a minute. Not for the main thread: the system may take its time."""

    def __init__(self, ask: Callable[[], float | None], clock: Callable[[], float] = time.monotonic) -> None:
        """`ask()` → percent of a battery that is being used up, None on mains or without one."""
        self._ask = ask
        self._clock = clock
        self._asked: float | None = None
        self._percent: float | None = None

    def is_low(self) -> bool:
        """Whether the machine runs on a battery with less than LOW percent."""
        now = self._clock()
        if self._asked is None or now - self._asked >= _KEPT:
            self._asked = now
            self._percent = self._ask()
        return self._percent is not None and self._percent < LOW


def battery() -> float | None:
    """Percent of the battery the machine runs on; None on mains, without a battery, or where the system does not tell."""
    import psutil  # only here: the window starts without it

    ask = getattr(psutil, "sensors_battery", None)  # not on every system
    try:
        found = ask() if ask is not None else None
    except (OSError, RuntimeError, ValueError):  # drivers that lie make psutil stumble
        return None
    return None if found is None or found.power_plugged is not False else float(found.percent)
