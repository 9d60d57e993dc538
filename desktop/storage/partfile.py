"""A file that is not here yet: `<name>.part` with its bytes, notes of what is known of it, a map of what is there, a lock.

`.part.json` says which file it is and which bytes are certain to survive a power cut; `.part.map` gets a line for every
piece after it was written, so that a killed process never claims bytes that are not there. After the machine itself went
down only the notes count. And whatever is here is hashed before it becomes the file, so nothing rests on these notes alone.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import Enum, auto
from io import FileIO
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.core.errors import DownloadBusy, WrongBytes, WrongSize
from desktop.core.models import RemoteFile
from desktop.storage.disk import WriterAt, disk_errors, preallocate, sync_directory, write_whole
from desktop.storage.hashing import FrontHash
from desktop.storage.ranges import Range, Ranges

SYNC_EVERY = 64 << 20
"""Bytes between two fsyncs: at most this much is downloaded again after a power cut."""
_CLOCK_SLACK = 30.0
"""Seconds by which the time of boot may move because the clock was set."""
_LINE = re.compile(rb"(\d{1,18}) (\d{1,18})\n")


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
    synced: list[list[int]]
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
    notes = _read_notes(target)
    return _there(target, notes).total if notes is not None else 0


def allocated(target: Path) -> int:
    """Bytes that the part of `target` takes on the disk already."""
    try:
        facts = part_of(target).stat()
    except OSError:
        return 0
    blocks = getattr(facts, "st_blocks", None)  # Windows has none, and sparse files are longer than what they take
    return received(target) if blocks is None else int(blocks) * 512


class PartFile:
    """The partial file of one target, held by this process from construction to `close`.

    `write` may be called from several threads; the others from one.
    """

    def __init__(self, target: Path) -> None:
        """Take the lock. Raises DownloadBusy, DiskError."""
        self._target = target
        self._part = part_of(target)
        self._sidecar = _notes_of(target)
        self._map_path = _map_of(target)
        self._file: FileIO | None = None
        self._map: FileIO | None = None
        self._at: WriterAt | None = None
        self._hash: FrontHash | None = None
        self._syncing: threading.Thread | None = None
        self._sync_error: OSError | None = None
        self._remote: RemoteFile | None = None
        self._have = Ranges()
        self._synced = Ranges()
        self._changing = threading.Lock()
        with disk_errors(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(target.with_name(target.name + ".part.lock"))
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise DownloadBusy(file=target.name) from None

    @property
    def received(self) -> int:
        """How many bytes are here."""
        return self._have.total

    def front(self) -> int:
        """How many bytes from the first one on are here without a gap."""
        with self._changing:
            return self._have.front()

    def missing(self, size: int) -> list[Range]:
        """What has still to come of `size` bytes."""
        with self._changing:
            return self._have.missing(size)

    def open(self, remote: RemoteFile) -> Found:
        """Continue what is here if it belongs to `remote`, else begin; the space is taken now. Raises DiskError."""
        notes = _read_notes(self._target)
        had = received(self._target)
        if notes is None or not notes.describes(remote):
            self.restart(remote)
            # bytes without notes are of no version at all: nothing to tell about
            return Found.OTHER if notes is not None and had else Found.NOTHING
        with disk_errors(self._part):
            self._remote = remote
            self._have = _there(self._target, notes)
            self._synced = Ranges(_pairs(notes.synced)) if not _rebooted(notes) else self._have
            if _rebooted(notes):  # its lines are of a life before: they must not be believed after the new notes
                self._map_path.unlink(missing_ok=True)
                self._write_notes()
            self._begin("r+b" if self._part.exists() else "w+b")
        return Found.SAME if self._have.total else Found.NOTHING

    def restart(self, remote: RemoteFile) -> None:
        """Begin at the first byte, as a part of `remote`. Raises DiskError."""
        with disk_errors(self._part):
            self._end()
            self._sidecar.unlink(missing_ok=True)  # first: a crash here must not leave old notes beside new bytes
            self._map_path.unlink(missing_ok=True)
            self._remote = remote
            self._have, self._synced = Ranges(), Ranges()
            self._begin("w+b")
            self._write_notes()

    def write(self, start: int, data: bytes) -> None:
        """Put bytes where they belong. Raises DiskError; then they are not counted."""
        if self._at is None or self._map is None or self._hash is None:
            raise RuntimeError("the part file is closed")
        with disk_errors(self._part):
            if self._sync_error is not None:
                raise self._sync_error
            self._at.write(start, data)
            end = start + len(data)
            with self._changing:
                self._have.add(start, end)
                front = self._have.front()
                self._map.write(b"%d %d\n" % (start, end))  # after the bytes: a claim is never ahead of them
                self._sync_sometimes()
        self._hash.grown(start, data, front)

    def finish(self, tick: Callable[[int, int], None]) -> str:
        """Check size and SHA-256 and put the file in its place; returns the SHA-256. `tick(done, total)` is told while the
        hash catches up, and may raise. Raises WrongSize, WrongBytes, DiskError."""
        remote, hashing = self._remote, self._hash
        if remote is None or hashing is None or self._file is None:
            raise RuntimeError("the part file was not opened")
        size, front = remote.size if remote.size is not None else self.received, self.front()
        if front != size or self.received != size:
            raise WrongSize(file=remote.file, expected=size, actual=self.received)
        actual = hashing.digest(size, tick)
        if remote.sha256 is not None and actual != remote.sha256:
            raise WrongBytes(file=remote.file, expected=remote.sha256, actual=actual)
        with disk_errors(self._target):
            if self._syncing is not None:
                self._syncing.join()
            if self._sync_error is not None:
                raise self._sync_error  # the system tells only once of bytes it lost: another sync would say nothing
            if os.fstat(self._file.fileno()).st_size != size:
                self._file.truncate(size)
            os.fsync(self._file.fileno())
            self._end()
            os.replace(self._part, self._target)
            self._sidecar.unlink(missing_ok=True)
            self._map_path.unlink(missing_ok=True)
            sync_directory(self._target.parent)
        self._release(remove=True)
        return actual

    def discard(self) -> None:
        """Remove every trace, and let go. Raises DiskError."""
        self._end()
        with disk_errors(self._part):
            self._sidecar.unlink(missing_ok=True)
            self._map_path.unlink(missing_ok=True)
            self._part.unlink(missing_ok=True)
            self._sidecar.with_name(self._sidecar.name + ".new").unlink(missing_ok=True)
        self._release(remove=True)

    def close(self) -> None:
        """Keep what is here for another time, and let go. Never raises: a full disk keeps what it can."""
        if self._syncing is not None:
            self._syncing.join()
        if self._file is not None and self._sync_error is None:
            with suppress(OSError):
                self._sync()
        self._end()
        self._release(remove=False)

    def _begin(self, mode: str) -> None:
        """Open the files, and take the space. Raises OSError."""
        self._file = self._part.open(mode, buffering=0)  # type: ignore[assignment]
        assert isinstance(self._file, FileIO)
        if self._remote is not None and self._remote.size is not None:
            preallocate(self._file, self._remote.size)
        self._at = WriterAt(self._file)
        self._map = self._map_path.open("ab", buffering=0)
        self._hash = FrontHash(self._part)
        self._hash.grown(0, b"", self._have.front())

    def _end(self) -> None:
        """Close the files."""
        if self._syncing is not None:
            self._syncing.join()
        if self._hash is not None:
            self._hash.close()
        for file in (self._map, self._file):
            if file is not None:
                with suppress(OSError):
                    file.close()
        self._hash = self._map = self._file = self._at = self._syncing = self._sync_error = None

    def _sync_sometimes(self) -> None:
        """On a thread of its own: no connection waits for the disk."""
        if self._have.total - self._synced.total < SYNC_EVERY:
            return
        if self._syncing is None or not self._syncing.is_alive():
            self._syncing = threading.Thread(target=self._sync_quietly, name="sync", daemon=True)
            self._syncing.start()

    def _sync_quietly(self) -> None:
        try:
            self._sync()
        except OSError as error:
            self._sync_error = error  # the next write tells

    def _sync(self) -> None:
        if self._file is None:
            return
        with self._changing:
            written = Ranges(self._have.pairs())
        os.fsync(self._file.fileno())
        self._synced = written
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

    def _write_notes(self) -> None:
        remote = self._remote
        if remote is None:
            raise RuntimeError("the part file was not opened")
        synced = [list(pair) for pair in self._synced.pairs()]
        notes = _Notes(remote.etag, remote.sha256, remote.size, synced, _boot_time())
        write_whole(self._sidecar, json.dumps(asdict(notes)).encode())


def _notes_of(target: Path) -> Path:
    return target.with_name(target.name + ".part.json")


def _map_of(target: Path) -> Path:
    return target.with_name(target.name + ".part.map")


def _read_notes(target: Path) -> _Notes | None:
    try:
        raw = json.loads(_notes_of(target).read_bytes())
        return _Notes(
            etag=_text(raw["etag"]),
            sha256=_text(raw["sha256"]),
            size=None if raw["size"] is None else int(raw["size"]),
            synced=[[int(start), int(end)] for start, end in raw["synced"]],
            booted=float(raw["booted"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _there(target: Path, notes: _Notes) -> Ranges:
    """What is here according to the notes and, unless the machine went down since, to the map."""
    lines = b""
    if not _rebooted(notes):
        with suppress(OSError):
            lines = _map_of(target).read_bytes()
    found = Ranges(_pairs(notes.synced))
    for match in _LINE.finditer(lines):
        found.add(int(match[1]), int(match[2]))
    try:
        length = part_of(target).stat().st_size
    except OSError:
        length = 0
    return found.below(length if notes.size is None else min(length, notes.size))


def _rebooted(notes: _Notes) -> bool:
    return abs(notes.booted - _boot_time()) > _CLOCK_SLACK


def _pairs(raw: list[list[int]]) -> list[Range]:
    return [(start, end) for start, end in raw if 0 <= start < end]


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _boot_time() -> float:
    """When this computer started (s since the epoch)."""
    import psutil  # only here: the window starts without it

    return psutil.boot_time()
