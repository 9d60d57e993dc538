"""Bring one file here: continue what is there, try again when the line breaks, doubt everything, and stop when told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop.core.errors import HubNonsense, WrongBytes, WrongSize
from desktop.core.models import RemoteFile
from desktop.core.ports import Hub
from desktop.services.crew import Crew
from desktop.services.trying import Changed, Halt, Manner, Watch
from desktop.storage.disk import disk_errors, sha256_of
from desktop.storage.partfile import Found, PartFile

_CHANGES = 2
"""How often a file may change while it is fetched."""


def fetch(
    hub: Hub, remote: RemoteFile, target: Path, halt: Halt, watch: Watch, manner: Manner
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
        return _Fetch(hub, remote, part, halt, watch, manner).run()
    finally:
        part.close()


def _already_there(remote: RemoteFile, target: Path, halt: Halt, watch: Watch) -> str | None:
    """SHA-256 of a finished file at `target` that is the wanted one: somebody died before it was registered."""

    def tick(done: int) -> None:
        halt.check()
        watch.verifying(done, remote.size or done)

    with disk_errors(target):
        if remote.size is None or not target.is_file() or target.stat().st_size != remote.size:
            return None
        digest = sha256_of(target, tick)
    return digest if remote.sha256 in (None, digest) else None


class _Fetch:
    def __init__(self, hub: Hub, remote: RemoteFile, part: PartFile, halt: Halt, watch: Watch, manner: Manner) -> None:
        self._hub = hub
        self._remote = remote
        self._part = part
        self._halt = halt
        self._watch = watch
        self._manner = manner
        self._changes = 0

    def run(self) -> tuple[RemoteFile, str]:
        found = self._part.open(self._remote)
        if found is Found.OTHER:
            self._watch.noticed("download.source_changed")
        doubtful = found is Found.SAME
        while True:
            try:
                self._watch.receiving(self._part.received)
                Crew(self._hub, self._remote, self._part, self._halt, self._watch, self._manner).work()
                return self._remote, self._part.finish(self._tick)
            except Changed:
                self._start_over()
                doubtful = False
            except (WrongBytes, WrongSize):
                if not doubtful:
                    self._part.discard()
                    raise
                # what an earlier try left was bad: once more, from the first byte
                doubtful = False
                self._watch.noticed("download.started_over")
                self._part.restart(self._remote)

    def _tick(self, done: int, total: int) -> None:
        self._halt.check()
        self._watch.verifying(done, total)

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
