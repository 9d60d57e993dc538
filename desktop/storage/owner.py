"""Which processes are alive: work marked *running* by a dead one is taken over, that of a living one is left alone."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

from filelock import FileLock, Timeout

_TOKEN = re.compile(r"[0-9a-f]{32}")


class Owner:
    """This process's mark on running turns and downloads: a token, and a lock on a file of that name while it lives."""

    def __init__(self, directory: Path) -> None:
        """Take the lock. Raises OSError."""
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self.token = uuid.uuid4().hex
        self._lock = FileLock(self._path(self.token))
        self._lock.acquire(timeout=0)

    def is_alive(self, token: str | None) -> bool:
        """Whether the process that used `token` still runs. The operating system drops the lock of a dead one."""
        if token is None:
            return False
        if token == self.token:
            return True
        path = self._path(token)
        if not path.exists():
            return False
        probe = FileLock(path)
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return True
        probe.release()
        path.unlink(missing_ok=True)
        return False

    def others(self) -> bool:
        """Whether another process uses the same directories now."""
        return any(
            _TOKEN.fullmatch(path.stem) and path.stem != self.token and self.is_alive(path.stem)
            for path in self._directory.glob("*.lock")
        )

    def close(self) -> None:
        """Give the mark back."""
        self._lock.release()
        self._path(self.token).unlink(missing_ok=True)

    def _path(self, token: str) -> Path:
        return self._directory / f"{token}.lock"
