"""Moves the models folder: with progress, to be cancelled, and finished or undone at the next start if the program dies."""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from desktop.core.errors import DiskDenied, DownloadBusy, FolderBusy, FolderInside, UnknownFolder
from desktop.core.events import ModelsMoved, ModelsMoveProgressed
from desktop.core.models import Download, DownloadId, DownloadState
from desktop.services.bus import Bus
from desktop.services.folders import plain
from desktop.services.library import LibraryService
from desktop.services.pace import Pace
from desktop.services.policy import ACTIVE, goes_on_by_itself
from desktop.services.relocation import Relocation, bring, planned, read_journal, tidy, undo, write_journal
from desktop.services.rewriting import files_of
from desktop.services.serial import SerialExecutor
from desktop.services.targets import target
from desktop.storage.folders import FolderStore
from desktop.storage.owner import Owner

log = logging.getLogger(__name__)


_LETTING_GO_S = 30.0
"""How long a download may take to put its file down after it was paused."""


class Downloads(Protocol):
    """What a move needs of the downloads: they rest meanwhile, and go on in the new folder."""

    def list(self) -> tuple[Download, ...]:
        """All of them."""

    def pause(self, download: DownloadId, /) -> Future[Download]:
        """Let one rest."""

    def resume(self, download: DownloadId, /) -> Future[Download]:
        """Go on."""

    def use_folder(self, models: Path, /, *, must_exist: bool) -> None:
        """From now on our models folder is this one."""


class MoveService:
    """One move at a time, on the library's thread, so that nothing is imported, checked or removed meanwhile."""

    def __init__(
        self,
        store: FolderStore,
        default: Path,
        journal: Path,
        library: LibraryService,
        downloads: Downloads,
        owner: Owner,
        writer: SerialExecutor,
        bus: Bus,
    ) -> None:
        """`default` is our folder while it was never moved; `journal` is the file that remembers a move."""
        self._store = store
        self._default = default
        self._journal = journal
        self._library = library
        self._downloads = downloads
        self._owner = owner
        self._writer = writer
        self._bus = bus
        self._cancelled = threading.Event()
        self._moving: Future[Path] | None = None

    def move(self, to: Path) -> Future[Path]:
        """Move our models, and what downloads have so far, into another folder; returns it as it is stored.

        Progress as ModelsMoveProgressed; ends in ModelsMoved. Downloads rest meanwhile. On one disk it takes a moment.
        Fails with UnknownFolder, FolderInside, FolderTaken, FolderBusy, DiskError, or CancelledError after cancel or close;
        then everything is as it was.
        """
        if self.is_moving:
            busy: Future[Path] = Future()
            busy.set_exception(FolderBusy(path=str(to)))
            return busy
        self._cancelled.clear()
        self._moving = self._library.work(lambda: self._move(plain(to)))
        return self._moving

    @property
    def is_moving(self) -> bool:
        """Whether a move is going on or waits for its turn."""
        return self._moving is not None and not self._moving.done()

    def cancel(self) -> None:
        """Give up a move that is going on; what it copied is removed."""
        self._cancelled.set()

    def close(self, timeout: float = 10.0) -> None:
        """As cancel, and wait until everything is as it was, at most `timeout` seconds. Before the downloads are closed."""
        self._cancelled.set()
        if self._moving is not None:
            wait([self._moving], timeout)

    # on the library's thread

    def _move(self, new: Path) -> Path:
        old = self._library.folder
        self._check(old, new)
        with self._downloads_resting():
            move = planned(old, new, self._owner.token, self._files(old))
            write_journal(self._journal, move)
            try:
                bring(move, self._ticking(move.size))
                if self._owner.others():  # one that started meanwhile believes in the old folder
                    raise FolderBusy(path=str(new))
                self._writer.submit(self._store.switch, old, new, self._default).result()
            except BaseException:
                recover(self._journal, self._store, self._default, self._owner)
                raise
            self._library.use_folder(new, must_exist=new != self._default)
            self._downloads.use_folder(new, must_exist=new != self._default)
            if tidy(move):
                self._journal.unlink(missing_ok=True)
        self._bus.publish(ModelsMoved(new))
        return new

    def _check(self, old: Path, new: Path) -> None:
        if self._cancelled.is_set():
            raise CancelledError
        if self._owner.others():
            raise FolderBusy(path=str(new))
        if new.exists() and not new.is_dir():
            raise UnknownFolder(path=str(new))
        if new.resolve() == old.resolve() or old.resolve() in new.resolve().parents:
            raise FolderInside(path=str(new))
        recover(self._journal, self._store, self._default, self._owner)  # what an earlier one could not tidy up
        if (pending := read_journal(self._journal)) is not None and pending.new != old:
            raise DiskDenied(path=str(pending.new), reason=os.strerror(errno.EBUSY))

    def _files(self, old: Path) -> Sequence[Path]:
        """What is ours in the folder: the models of the list, and what unfinished downloads have. Nothing else moves."""
        found: dict[Path, None] = {}
        for model in self._library.models():
            if model.path.is_relative_to(old):
                found.update(dict.fromkeys(file for file in files_of(model) if file.exists()))
        for download in self._downloads.list():
            if download.state is not DownloadState.DONE:
                for file in download.files:
                    found.update(
                        dict.fromkeys(_leftovers(target(old, download.endpoint, download.repository, file.file)))
                    )
        return list(found)

    @contextmanager
    def _downloads_resting(self) -> Iterator[None]:
        going = [one.id for one in self._downloads.list() if one.state in ACTIVE or goes_on_by_itself(one)]
        for id in going:  # the newest first, so that none of them begins
            self._downloads.pause(id).result()
        try:
            yield
        finally:
            for id in reversed(going):  # the oldest first, as they were
                self._downloads.resume(id).result()

    def _ticking(self, total: int) -> Callable[[int], None]:
        pace = Pace()

        def tick(done: int) -> None:
            if self._cancelled.is_set() or self._library.closed:
                raise CancelledError
            if pace.step(done) is not None or done == total:
                self._bus.publish(ModelsMoveProgressed(done, total))

        return tick


def recover(journal: Path, store: FolderStore, default: Path, owner: Owner) -> Path:
    """At start: undo or finish a move whose process died. Returns our models folder, whichever it is now."""
    ours = store.models_folder() or default
    move: Relocation | None = read_journal(journal)
    if move is None or (move.owner != owner.token and owner.is_alive(move.owner)):
        return ours
    if tidy(move) if ours == move.new else undo(move):
        journal.unlink(missing_ok=True)
        log.info("a move of the models folder was %s", "finished" if ours == move.new else "undone")
    return ours


def _leftovers(file: Path) -> Sequence[Path]:
    """What a download has of a file; its notes before the bytes they speak of, so that they never promise too much."""
    if not file.parent.is_dir():
        return ()
    lock = file.with_name(f"{file.name}.part.lock")
    if lock.exists():
        try:
            with FileLock(lock, timeout=_LETTING_GO_S):
                pass
        except Timeout:
            raise DownloadBusy(file=file.name) from None
    parts = [one for one in file.parent.iterdir() if one.name.startswith(f"{file.name}.part") and one != lock]
    parts = [one for one in parts if one.is_file() and not one.name.endswith(".new")]
    return (*sorted(parts, key=lambda one: (one.suffix == ".part", one.name)), *([file] if file.is_file() else []))
