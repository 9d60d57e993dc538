"""One download from the hub's description to a described model, on the download's threads."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from desktop.core.errors import DiskDenied, HubBusy, HubNotFound, WrongBytes
from desktop.core.events import DownloadProgressed, Event
from desktop.core.fitness import DISK_MARGIN
from desktop.core.models import Download, DownloadFile, DownloadState, ModelFile, RemoteFile
from desktop.core.ports import Hub
from desktop.services.fetch import fetch
from desktop.services.jobs import Job
from desktop.services.targets import remove_empty, target
from desktop.services.trying import Manner, Tries
from desktop.storage.disk import disk_errors, require
from desktop.storage.partfile import PartFile, allocated, received

REWRITING = "download.rewriting"
"""Notice of a download whose file is being rewritten as GGUF."""


class Bringer:
    """Does the work of a download; tells what changes by `report`, and its progress by `publish`."""

    def __init__(
        self,
        hub_for: Callable[[str], Hub],
        models: Path,
        install: Callable[[Download, list[Path], Callable[[int, int], None]], ModelFile],
        manner: Manner,
        report: Callable[[Job, Download], object],
        publish: Callable[[Event], object],
        ahead: Callable[[Job], int],
        is_wrong: Callable[[str, str, str], bool],
        *,
        must_exist: bool,
    ) -> None:
        """`ahead`: bytes that downloads before this one still need on the disk; `is_wrong`: whether bytes with this SHA-256
        once came in place of a file of a repository."""
        self._hub_for = hub_for
        self.use_folder(models, must_exist=must_exist)
        self._install = install
        self._manner = manner
        self._report = report
        self.publish = publish
        self._ahead = ahead
        self._is_wrong = is_wrong

    def target(self, download: Download, file: str) -> Path:
        """Where a file of a download lies when it is done."""
        return target(self._models, download.endpoint, download.repository, file)

    def use_folder(self, models: Path, *, must_exist: bool) -> None:
        """From now on the models folder is this one. One that `must_exist` is not made anew while its disk is away."""
        self._models, self._must_exist = models, must_exist

    def bring(self, job: Job) -> ModelFile:
        """Blocks until every file is here. Raises Stopped and WorldErrors; what is here by then stays."""
        job.halt.check()
        if self._must_exist and not self._models.is_dir():
            raise DiskDenied(path=str(self._models), reason=os.strerror(errno.ENOENT))
        hub = self._hub_for(job.download.endpoint)
        remotes = self._describe(job, hub)
        paths = [self.target(job.download, remote.file) for remote in remotes]
        self._require_space(job, remotes, paths)
        self.update(job, state=DownloadState.RUNNING)
        for position, (remote, path) in enumerate(zip(remotes, paths, strict=True)):
            got, digest = fetch(hub, remote, path, job.halt, _Watch(self, job, position), self._manner)
            if got.sha256 is None and self._is_wrong(got.repository, got.file, digest):
                # the source does not say what it should be, but it is known what it should not
                with disk_errors(path):
                    path.unlink(missing_ok=True)
                raise WrongBytes(file=got.file, expected=None, actual=digest)
            size = got.size if got.size is not None else path.stat().st_size
            file = DownloadFile(got.file, size, digest, got.etag, size, True)
            with job.lock:
                self.update(job, files=_with(job.download.files, position, file))
        self._compare(job)
        notice = job.download.notice
        model = self._install(job.download, paths, lambda done, total: self._rewriting(job, done, total))
        if job.download.notice == REWRITING:
            self.update(job, notice=notice)
        return model

    def _rewriting(self, job: Job, done: int, total: int) -> None:
        """A file is brought into another form; as VERIFYING, with a notice that says so."""
        job.halt.check()
        with job.lock:
            if job.download.notice != REWRITING:
                self.update(job, state=DownloadState.VERIFYING, notice=REWRITING)
            rate = job.pace.step(done)
        if rate is not None:
            self.publish(DownloadProgressed(job.download.id, done, total, rate))

    def needs(self, download: Download) -> int:
        """Bytes it still takes on the disk, as far as its sizes are known."""
        needed = 0
        for file in download.files:
            if file.size is not None and not file.done:
                needed += max(0, file.size - allocated(self.target(download, file.file)))
        return needed

    def _describe(self, job: Job, hub: Hub) -> Sequence[RemoteFile]:
        """Ask the hub for every file; all of one commit."""
        revision: str | None = job.download.revision
        remotes: Sequence[RemoteFile] = ()
        tries = Tries(job.halt, self._manner.waits)
        for position, file in enumerate(job.download.files):
            while True:
                job.halt.check()
                try:
                    remote = hub.file(job.download.repository, file.file, revision)
                    break
                except HubBusy as error:  # one that cannot be reached at all is told at once: the user waits
                    tries.again(error)
                except HubNotFound:
                    if job.catalog is None or position or revision in (None, "main"):
                        raise
                    revision = None  # the list this program came with is older than the repository
                    self.update(job, notice="download.differs_from_catalog")
            revision = remote.revision
            remotes = (*remotes, remote)
            self._described(job, position, remote)
        self._compare(job)
        return remotes

    def _compare(self, job: Job) -> None:
        """Say so if the source has other bytes than the catalogue."""
        expected = {file.file: file.sha256 for file in job.catalog.files} if job.catalog else {}
        files = job.download.files
        if any(file.sha256 and expected.get(file.file) and file.sha256 != expected[file.file] for file in files):
            self.update(job, notice="download.differs_from_catalog")

    def _described(self, job: Job, position: int, remote: RemoteFile) -> None:
        path = self.target(job.download, remote.file)
        file = DownloadFile(remote.file, remote.size, remote.sha256, remote.etag, received(path), False)
        with job.lock:
            job.change(revision=remote.revision, files=_with(job.download.files, position, file))

    def _require_space(self, job: Job, remotes: Sequence[RemoteFile], paths: Sequence[Path]) -> None:
        """Raises DiskFull before the first byte rather than at the last."""
        needed = 0
        for remote, path in zip(remotes, paths, strict=True):
            with disk_errors(path):
                here = path.stat().st_size if path.is_file() else 0
            if remote.size is not None and here != remote.size:
                needed += max(0, remote.size - allocated(path))
        if needed:
            require(self._models, needed + self._ahead(job) + DISK_MARGIN)

    def update(self, job: Job, **changes: object) -> None:
        """Change what is known of the download, and say so."""
        with job.lock:
            self._report(job, job.change(**changes))

    def discard(self, download: Download) -> None:
        """Remove what an unfinished download left. Raises DownloadBusy, DiskError."""
        if download.state is DownloadState.DONE:
            return
        for file in download.files:
            path = self.target(download, file.file)
            if path.parent.is_dir():
                PartFile(path).discard()
                if file.done:  # complete, but not a model of its own: a part of a split one, or one that cannot be used
                    with disk_errors(path):
                        path.unlink(missing_ok=True)
                remove_empty(path.parent, self._models)


class _Watch:
    """Turns what happens to one file into the download's state and progress (trying.Watch). Called on several threads."""

    def __init__(self, bringer: Bringer, job: Job, position: int) -> None:
        self._bringer = bringer
        self._job = job
        self._position = position

    def verifying(self, done: int, total: int) -> None:
        with self._job.lock:
            self._enter(DownloadState.VERIFYING)
            self._progress(done, total)

    def receiving(self, received: int) -> None:
        job = self._job
        with job.lock:
            self._enter(DownloadState.RUNNING)
            file = replace(job.download.files[self._position], received=received)
            job.change(files=_with(job.download.files, self._position, file))
            self._progress(job.download.received, job.download.size)

    def changed(self, remote: RemoteFile) -> None:
        file = DownloadFile(remote.file, remote.size, remote.sha256, remote.etag, 0, False)
        with self._job.lock:
            self._bringer.update(self._job, files=_with(self._job.download.files, self._position, file))

    def noticed(self, code: str) -> None:
        self._bringer.update(self._job, notice=code)

    def _enter(self, state: DownloadState) -> None:
        if self._job.download.state is not state:
            self._bringer.update(self._job, state=state)

    def _progress(self, count: int, total: int | None) -> None:
        rate = self._job.pace.step(count)
        if rate is not None:
            self._bringer.publish(DownloadProgressed(self._job.download.id, count, total, rate))


def _with(files: tuple[DownloadFile, ...], position: int, file: DownloadFile) -> tuple[DownloadFile, ...]:
    return (*files[:position], file, *files[position + 1 :])
