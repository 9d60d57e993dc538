"""Bring one file here: continue what is there, try again when the line breaks, doubt everything, and stop when told."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from desktop.core.errors import HubBusy, HubError, HubNonsense, HubUnreachable, WrongBytes, WrongSize
from desktop.core.models import RemoteFile
from desktop.core.ports import Hub, RangeStream
from desktop.storage.disk import disk_errors, sha256_of
from desktop.storage.partfile import Found, PartFile

WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each new try; then it is given up."""
_LONGEST_WAIT = 120.0
_ENOUGH = 1 << 20
"""Bytes after which a line that breaks counts as a working one, and the tries begin anew."""
_CHANGES = 2
"""How often a file may change while it is fetched."""


class Stopped(Exception):
    """Somebody asked to stop; what is here stays."""


class Halt:
    """A flag that also ends a read that waits, and any wait between tries. Thread-safe."""

    def __init__(self) -> None:
        self._flag = threading.Event()
        self._lock = threading.Lock()
        self._stream: RangeStream | None = None

    def set(self) -> None:
        """Stop, now."""
        self._flag.set()
        with self._lock:
            stream = self._stream
        if stream is not None:
            stream.close()

    def check(self) -> None:
        """Raise Stopped if asked to stop."""
        if self._flag.is_set():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises Stopped."""
        if self._flag.wait(seconds):
            raise Stopped

    def attach(self, stream: RangeStream | None) -> None:
        """The stream to close when stopping. Raises Stopped if it is too late."""
        with self._lock:
            self._stream = stream
        if stream is not None and self._flag.is_set():
            stream.close()
            raise Stopped


class Watch(Protocol):
    """Told how a file comes in, on the download thread."""

    def verifying(self, done: int, total: int) -> None:
        """What is on the disk is read: bytes of bytes."""

    def receiving(self, received: int) -> None:
        """So many bytes of the file are here."""

    def changed(self, remote: RemoteFile) -> None:
        """The hub has another version of the file now."""

    def noticed(self, code: str) -> None:
        """Something the user should know (desktop.messages)."""


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


def fetch(
    hub: Hub, remote: RemoteFile, target: Path, halt: Halt, watch: Watch, waits: Sequence[float] = WAITS
) -> tuple[RemoteFile, str]:
    """Bring `remote` to `target`; returns what it turned out to be, and its SHA-256.

    Blocks. Raises Stopped, HubError, DownloadError, DiskError; then `.part` is kept, except after wrong bytes.
    """
    part = PartFile(target)
    try:
        # under the lock, so that no other process is about to put the file there
        if (digest := _already_there(remote, target, halt, watch)) is not None:
            part.discard()
            return remote, digest
        return _Fetch(hub, remote, part, halt, watch, waits).run()
    finally:
        part.close()


def _already_there(remote: RemoteFile, target: Path, halt: Halt, watch: Watch) -> str | None:
    """SHA-256 of a finished file at `target` that is the wanted one: somebody died before it was registered."""
    with disk_errors(target):
        if remote.size is None or not target.is_file() or target.stat().st_size != remote.size:
            return None
        digest = sha256_of(target, _checking(halt, lambda done: watch.verifying(done, remote.size or done)))
    return digest if remote.sha256 in (None, digest) else None


def _checking(halt: Halt, tell: Callable[[int], None]) -> Callable[[int], None]:
    def tick(done: int) -> None:
        halt.check()
        tell(done)

    return tick


class _Fetch:
    def __init__(
        self, hub: Hub, remote: RemoteFile, part: PartFile, halt: Halt, watch: Watch, waits: Sequence[float]
    ) -> None:
        self._hub = hub
        self._remote = remote
        self._part = part
        self._halt = halt
        self._watch = watch
        self._tries = Tries(halt, waits)
        self._changes = 0

    def run(self) -> tuple[RemoteFile, str]:
        def tick(done: int, total: int) -> None:
            self._halt.check()
            self._watch.verifying(done, total)

        found = self._part.open(self._remote, tick)
        if found is Found.OTHER:
            self._watch.noticed("download.source_changed")
        doubtful = found is Found.SAME
        while True:
            try:
                self._fill()
                return self._remote, self._part.finish()
            except (WrongBytes, WrongSize):
                if not doubtful:
                    self._part.discard()
                    raise
                # what an earlier try left was bad: once more, from the first byte
                doubtful = False
                self._watch.noticed("download.started_over")
                self._part.restart(self._remote)

    def _fill(self) -> None:
        """Stream until everything is here."""
        self._watch.receiving(self._part.received)
        while self._remote.size is None or self._part.received < self._remote.size:
            before = self._part.received
            try:
                if self._stream():
                    return
                raise HubUnreachable(endpoint=self._hub.endpoint, reason="the connection ended early")
            except (HubUnreachable, HubBusy) as error:
                self._tries.again(error, self._part.received - before)

    def _stream(self) -> bool:
        """One connection. True if it brought the file to its end, as far as the server tells where that is."""
        self._halt.check()
        stream = self._hub.open(self._remote, self._part.received)
        if self._is_other(stream):
            stream.close()
            self._start_over()
            return self._stream()
        try:
            self._halt.attach(stream)
            if stream.offset != self._part.received:
                self._part.restart(self._remote)  # the server ignores ranges: from the beginning then
            size = self._remote.size if self._remote.size is not None else stream.total
            for chunk in stream:
                self._halt.check()
                if size is not None and self._part.received + len(chunk) > size:
                    raise WrongSize(file=self._remote.file, expected=size, actual=self._part.received + len(chunk))
                self._part.append(chunk)
                self._watch.receiving(self._part.received)
            return size is None or self._part.received == size
        finally:
            self._halt.attach(None)
            stream.close()

    def _is_other(self, stream: RangeStream) -> bool:
        ours = self._remote
        if stream.total is not None and ours.size is not None and stream.total != ours.size:
            return True
        return stream.etag is not None and ours.etag is not None and stream.etag != ours.etag

    def _start_over(self) -> None:
        """The hub has another version now: forget what is here and take that."""
        self._changes += 1
        if self._changes > _CHANGES:
            raise HubNonsense(endpoint=self._hub.endpoint, reason="the file changes all the time")
        fresh = self._hub.file(self._remote.repository, self._remote.file, self._remote.revision)
        had = self._part.received
        self._remote = replace(fresh, revision=self._remote.revision)
        self._part.restart(self._remote)
        self._watch.changed(self._remote)
        if had:
            self._watch.noticed("download.source_changed")
