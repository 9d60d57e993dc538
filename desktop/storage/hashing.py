"""The SHA-256 of a file that is still being written, in any order: kept up on a thread of its own, from the first byte on.

What was just written is hashed from memory as long as a budget lasts; the rest is read back, mostly from the system's
cache.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from desktop.core.errors import WorldError
from desktop.storage.disk import CHUNK, disk_errors

_BUDGET = 24 << 20
"""Bytes kept in memory until the hash gets to them."""


class FrontHash:
    """Hashes `path` up to a growing front. `close` ends the thread; every method is thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = threading.Condition()
        self._hash = hashlib.sha256()
        self._done = 0
        self._front = 0
        self._kept: dict[int, bytes] = {}
        self._kept_bytes = 0
        self._closed = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="hash", daemon=True)
        self._thread.start()

    def grown(self, start: int, data: bytes, front: int) -> None:
        """`data` was written at `start`, and everything before `front` is there."""
        with self._changed:
            if start >= self._done and self._kept_bytes + len(data) <= _BUDGET and start not in self._kept:
                self._kept[start] = data
                self._kept_bytes += len(data)
            if front > self._front:
                self._front = front
                self._changed.notify_all()

    def digest(self, size: int, tick: Callable[[int, int], None]) -> str:
        """Wait until `size` bytes are hashed; `tick(done, total)` is called meanwhile and may raise. Raises DiskError."""
        with self._changed:
            self._front = max(self._front, size)
            self._changed.notify_all()
            while self._done < size and self._error is None:
                done = self._done
                if not self._changed.wait(0.1) or self._done - done > CHUNK:
                    tick(self._done, size)
            if self._error is not None:
                raise self._error
            return self._hash.hexdigest()

    def close(self) -> None:
        """End the thread; what is not hashed stays so."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            with disk_errors(self._path), self._path.open("rb", buffering=0) as file:
                buffer = memoryview(bytearray(CHUNK))
                while (step := self._next()) is not None:
                    start, count, data = step
                    if data is not None:
                        self._hash.update(data)
                    else:
                        file.seek(start)
                        count = file.readinto(buffer[:count]) or 0
                        if not count:
                            raise OSError(0, "the file became shorter")
                        self._hash.update(buffer[:count])
                    with self._changed:
                        self._done = start + count
                        self._changed.notify_all()
        except WorldError as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _next(self) -> tuple[int, int, bytes | None] | None:
        """What to hash: where, how much, and the bytes if they are still in memory."""
        with self._changed:
            while not self._closed and self._done >= self._front:
                self._changed.wait()
            if self._closed:
                return None
            done = self._done
            data = self._kept.pop(done, None)
            if data is not None:
                self._kept_bytes -= len(data)
                return done, len(data), data
            for start in [start for start in self._kept if start < done]:  # read back meanwhile
                self._kept_bytes -= len(self._kept.pop(start))
            ahead = min(self._kept, default=self._front)
            return done, min(CHUNK, self._front - done, max(1, ahead - done)), None
