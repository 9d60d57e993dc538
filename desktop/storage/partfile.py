"""A file that is not here yet: `<name>.part` with its bytes, `<name>.part.json` with what is known of it, and a lock.

The length of `.part` says how much is here: every chunk is written through to the system at once, so a killed process
loses at most the chunk in its hands. After the machine itself went down the tail may be missing or zero; then only what
was fsynced counts. And whatever is here is hashed again before more is added, so nothing rests on these notes alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import Enum, auto
from io import FileIO
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.core.errors import DownloadBusy, WrongBytes, WrongSize
from desktop.core.models import RemoteFile
from desktop.storage.disk import CHUNK, disk_errors, sync_directory, write_whole

SYNC_EVERY = 64 << 20
"""Bytes between two fsyncs: at most this much is downloaded again after a power cut."""
_CLOCK_SLACK = 30.0
"""Seconds by which the time of boot may move because the clock was set."""


class Found(Enum):
    """What lay there from an earlier try."""

    NOTHING = auto()
    SAME = auto()
    """A part of the very file that is wanted."""
    OTHER = auto()
    """A part of another version of the file; it was thrown away."""


@dataclass(frozen=True)
class _Notes:
    etag: str | None
    sha256: str | None
    size: int | None
    synced: int
    booted: float

    def describes(self, remote: RemoteFile) -> bool:
        if self.size is not None and remote.size is not None and self.size != remote.size:
            return False
        if self.sha256 and remote.sha256:
            return self.sha256 == remote.sha256
        return self.etag is not None and self.etag == remote.etag


def part_of(target: Path) -> Path:
    """Where the bytes of `target` gather."""
    return target.with_name(target.name + ".part")


def received(target: Path) -> int:
    """Bytes of `target` that are here in part; 0 if none."""
    try:
        return part_of(target).stat().st_size
    except OSError:
        return 0


class PartFile:
    """The partial file of one target, held by this process from construction to `close`."""

    def __init__(self, target: Path) -> None:
        """Take the lock. Raises DownloadBusy, DiskError."""
        self._target = target
        self._part = part_of(target)
        self._sidecar = target.with_name(target.name + ".part.json")
        self._file: FileIO | None = None
        self._remote: RemoteFile | None = None
        self._hash = hashlib.sha256()
        self._synced = 0
        self.received = 0
        """Bytes in the file, all hashed."""
        with disk_errors(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(target.with_name(target.name + ".part.lock"))
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise DownloadBusy(file=target.name) from None

    def open(self, remote: RemoteFile, tick: Callable[[int, int], None]) -> Found:
        """Continue what is here if it belongs to `remote`, hashing it again (`tick(done, total)` may raise), else begin."""
        with disk_errors(self._part):
            self._remote = remote
            notes = self._read_notes()
            here = received(self._target)
            if notes is not None and abs(notes.booted - _boot_time()) > _CLOCK_SLACK:
                here = min(here, notes.synced)
            if notes is None or not notes.describes(remote) or (remote.size is not None and here > remote.size):
                self.restart(remote)
                # bytes without notes, or more than there should be, are of no version at all: nothing to tell about
                return Found.OTHER if notes is not None and not notes.describes(remote) and here else Found.NOTHING
            self._file = self._part.open("r+b" if self._part.exists() else "w+b", buffering=0)
            self._file.truncate(here)
            self._hash = hashlib.sha256()
            self._synced = min(notes.synced, here)
            self.received = 0
            buffer = memoryview(bytearray(CHUNK))
            while self.received < here and (count := self._file.readinto(buffer)):
                self._hash.update(buffer[:count])
                self.received += count
                tick(self.received, here)
            return Found.SAME if self.received else Found.NOTHING

    def restart(self, remote: RemoteFile) -> None:
        """Begin at the first byte, as a part of `remote`."""
        with disk_errors(self._part):
            if self._file is not None:
                self._file.close()
            self._sidecar.unlink(missing_ok=True)  # first: a crash here must not leave old notes beside new bytes
            self._file = self._part.open("w+b", buffering=0)
            self._remote = remote
            self._hash = hashlib.sha256()
            self.received = self._synced = 0
            self._write_notes()

    def append(self, chunk: bytes) -> None:
        """Add bytes. After a DiskError the file holds what fitted."""
        file = self._opened()
        with disk_errors(self._part):
            view = memoryview(chunk)
            while view:
                count = file.write(view)
                self._hash.update(view[:count])
                self.received += count
                view = view[count:]
            if self.received - self._synced >= SYNC_EVERY:
                self._sync()

    def finish(self) -> str:
        """Check size and SHA-256 and put the file in its place; returns the SHA-256. Raises WrongSize, WrongBytes, DiskError."""
        remote = self._remote
        if remote is None:
            raise RuntimeError("the part file was not opened")
        if remote.size is not None and self.received != remote.size:
            raise WrongSize(file=remote.file, expected=remote.size, actual=self.received)
        actual = self._hash.hexdigest()
        if remote.sha256 is not None and actual != remote.sha256:
            raise WrongBytes(file=remote.file, expected=remote.sha256, actual=actual)
        with disk_errors(self._target):
            file = self._opened()
            os.fsync(file.fileno())
            file.close()
            self._file = None
            os.replace(self._part, self._target)
            self._sidecar.unlink(missing_ok=True)
            sync_directory(self._target.parent)
        self._release(remove=True)
        return actual

    def discard(self) -> None:
        """Remove every trace, and let go."""
        if self._file is not None:
            self._file.close()
            self._file = None
        with disk_errors(self._part):
            self._part.unlink(missing_ok=True)
            self._sidecar.unlink(missing_ok=True)
            self._sidecar.with_name(self._sidecar.name + ".new").unlink(missing_ok=True)
        self._release(remove=True)

    def close(self) -> None:
        """Keep what is here for another time, and let go. Never raises: a full disk keeps what it can."""
        if self._file is not None:
            with suppress(OSError):
                self._sync()
            self._file.close()
            self._file = None
        self._release(remove=False)

    def _opened(self) -> FileIO:
        if self._file is None:
            raise RuntimeError("the part file is closed")
        return self._file

    def _sync(self) -> None:
        os.fsync(self._opened().fileno())
        self._synced = self.received
        self._write_notes()

    def _release(self, *, remove: bool) -> None:
        if not self._lock.is_locked:
            return
        path = Path(self._lock.lock_file)
        if remove and os.name != "nt":  # while it is held: whoever waits for it notices that the file is gone
            path.unlink(missing_ok=True)
        self._lock.release()
        if remove:
            with suppress(OSError):  # Windows: somebody else may have it open
                path.unlink(missing_ok=True)

    def _read_notes(self) -> _Notes | None:
        try:
            raw = json.loads(self._sidecar.read_bytes())
            return _Notes(
                etag=_text(raw["etag"]),
                sha256=_text(raw["sha256"]),
                size=None if raw["size"] is None else int(raw["size"]),
                synced=int(raw["synced"]),
                booted=float(raw["booted"]),
            )
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _write_notes(self) -> None:
        remote = self._remote
        if remote is None:
            raise RuntimeError("the part file was not opened")
        notes = _Notes(remote.etag, remote.sha256, remote.size, self._synced, _boot_time())
        write_whole(self._sidecar, json.dumps(asdict(notes)).encode())


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _boot_time() -> float:
    """When this computer started (s since the epoch)."""
    import psutil  # only here: the window starts without it

    return psutil.boot_time()
