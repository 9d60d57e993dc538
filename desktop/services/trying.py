"""How a download tries: the flag that stops it, the waits between its tries, and whom it tells."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from desktop.core.errors import HubError
from desktop.core.models import RemoteFile
from desktop.services.pace import Throttle

WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each new try; then it is given up."""
_LONGEST_WAIT = 120.0
_ENOUGH = 1 << 20
"""Bytes after which a line that breaks counts as a working one, and the tries begin anew."""
STALL_S = 30.0
"""Seconds in which a connection must bring more than a trickle."""


class Stopped(Exception):
    """Somebody asked to stop; what is here stays."""


class Changed(Exception):
    """The server has another version of the file."""


class Halt:
    """A flag that also ends reads that wait, and any wait between tries. Thread-safe."""

    def __init__(self) -> None:
        self._flag = threading.Event()
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None

    def set(self) -> None:
        """Stop, now."""
        self._flag.set()
        with self._lock:
            end = self._end
        if end is not None:
            end()

    def check(self) -> None:
        """Raise Stopped if asked to stop."""
        if self._flag.is_set():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises Stopped."""
        if self._flag.wait(seconds):
            raise Stopped

    def attach(self, end: Callable[[], None] | None) -> None:
        """What to call when stopping. Raises Stopped if it is too late."""
        with self._lock:
            self._end = end
        if end is not None:
            self.check()


class Watch(Protocol):
    """Told how a file comes in, on any of the download's threads."""

    def verifying(self, done: int, total: int) -> None:
        """What is on the disk is read: bytes of bytes."""

    def receiving(self, received: int) -> None:
        """So many bytes of the file are here."""

    def changed(self, remote: RemoteFile) -> None:
        """The hub has another version of the file now."""

    def noticed(self, code: str) -> None:
        """Something the user should know (desktop.messages)."""


@dataclass(frozen=True)
class Manner:
    """How to fetch: seconds between tries, connections of one file, the limit all share, seconds a trickle is borne."""

    waits: Sequence[float] = WAITS
    connections: Callable[[], int] = lambda: 4
    throttle: Throttle = field(default_factory=lambda: Throttle(lambda: 0))
    stall: float = STALL_S


class Tries:
    """Counts failures in a row and waits between them."""

    def __init__(self, halt: Halt, waits: Sequence[float]) -> None:
        self._halt = halt
        self._waits = waits
        self._failed = 0

    def again(self, error: HubError, progress: int = 0) -> None:
        """Wait before the next try; raises `error` when there were enough, Stopped when asked to stop."""
        self._halt.check()
        if progress >= _ENOUGH:
            self._failed = 0
        if self._failed >= len(self._waits):
            raise error
        asked = error.data.get("retry_after")
        wait = self._waits[self._failed] * random.uniform(0.8, 1.2)
        if isinstance(asked, int | float):
            wait = max(wait, min(float(asked), _LONGEST_WAIT))
        self._failed += 1
        self._halt.wait(wait)
