"""One download from the hub's description to a described model, on the download thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.core.errors import HubBusy
from desktop.core.events import DownloadProgressed, Event
from desktop.core.fitness import DISK_MARGIN
from desktop.core.models import CatalogEntry, Download, DownloadFile, DownloadState, ModelFile, RemoteFile
from desktop.core.ports import Hub
from desktop.services.fetch import Halt, Tries, fetch
from desktop.services.pace import Pace
from desktop.services.targets import remove_empty, target
from desktop.storage.disk import disk_errors, require
from desktop.storage.partfile import PartFile, received


@dataclass(slots=True, eq=False)
class Job:
    """A download this process works on. `download` is replaced by the download thread only."""

    download: Download
    catalog: CatalogEntry | None
    halt: Halt = field(default_factory=Halt)
    pace: Pace = field(default_factory=Pace)


class Bringer:
    """Does the work of a download; tells what changes by `report`, and its progress by `publish`."""

    def __init__(
        self,
        hub_for: Callable[[str], Hub],
        models: Path,
        install: Callable[[Download, list[Path]], ModelFile],
        waits: Sequence[float],
        report: Callable[[Job, Download], object],
        publish: Callable[[Event], object],
    ) -> None:
        self._hub_for = hub_for
        self._models = models
        self._install = install
        self._waits = waits
        self._report = report
        self.publish = publish

    def target(self, download: Download, file: str) -> Path:
        """Where a file of a download lies when it is done."""
        return target(self._models, download.endpoint, download.repository, file)

    def use_folder(self, models: Path) -> None:
        """From now on the models folder is this one."""
        self._models = models

    def bring(self, job: Job) -> ModelFile:
        """Blocks until every file is here. Raises Stopped and WorldErrors; what is here by then stays."""
        job.halt.check()
        hub = self._hub_for(job.download.endpoint)
        remotes = self._describe(job, hub)
        paths = [self.target(job.download, remote.file) for remote in remotes]
        self._require_space(remotes, paths)
        self.update(job, state=DownloadState.RUNNING)
        for position, (remote, path) in enumerate(zip(remotes, paths, strict=True)):
            got, digest = fetch(hub, remote, path, job.halt, _Watch(self, job, position), self._waits)
            size = got.size if got.size is not None else path.stat().st_size
            file = DownloadFile(got.file, size, digest, got.etag, size, True)
            self.update(job, files=_with(job.download.files, position, file))
        return self._install(job.download, paths)

    def _describe(self, job: Job, hub: Hub) -> Sequence[RemoteFile]:
        """Ask the hub for every file; all of one commit."""
        revision = job.download.revision
        remotes: Sequence[RemoteFile] = ()
        tries = Tries(job.halt, self._waits)
        for position, file in enumerate(job.download.files):
            while True:
                job.halt.check()
                try:
                    remote = hub.file(job.download.repository, file.file, revision)
                    break
                except HubBusy as error:  # one that cannot be reached at all is told at once: the user waits
                    tries.again(error)
            revision = remote.revision
            remotes = (*remotes, remote)
            self._described(job, position, remote)
        expected = {file.file: file.sha256 for file in job.catalog.files} if job.catalog else {}
        if any(r.sha256 and expected.get(r.file) and r.sha256 != expected[r.file] for r in remotes):
            self.update(job, notice="download.differs_from_catalog")
        return remotes

    def _described(self, job: Job, position: int, remote: RemoteFile) -> None:
        path = self.target(job.download, remote.file)
        file = DownloadFile(remote.file, remote.size, remote.sha256, remote.etag, received(path), False)
        job.download = replace(job.download, revision=remote.revision, files=_with(job.download.files, position, file))

    def _require_space(self, remotes: Sequence[RemoteFile], paths: Sequence[Path]) -> None:
        """Raises DiskFull before the first byte rather than at the last."""
        needed = 0
        for remote, path in zip(remotes, paths, strict=True):
            with disk_errors(path):
                here = path.stat().st_size if path.is_file() else 0
            if remote.size is not None and here != remote.size:
                needed += max(0, remote.size - received(path))
        if needed:
            require(self._models, needed + DISK_MARGIN)

    def update(self, job: Job, **changes: object) -> None:
        """Change what is known of the download, and say so."""
        job.download = replace(job.download, **changes)  # type: ignore[arg-type]
        self._report(job, job.download)

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
    """Turns what happens to one file into the download's state and progress (fetch.Watch)."""

    def __init__(self, bringer: Bringer, job: Job, position: int) -> None:
        self._bringer = bringer
        self._job = job
        self._position = position

    def verifying(self, done: int, total: int) -> None:
        self._enter(DownloadState.VERIFYING)
        self._progress(done, total)

    def receiving(self, received: int) -> None:
        self._enter(DownloadState.RUNNING)
        job = self._job
        file = replace(job.download.files[self._position], received=received)
        job.download = replace(job.download, files=_with(job.download.files, self._position, file))
        self._progress(job.download.received, job.download.size)

    def changed(self, remote: RemoteFile) -> None:
        file = DownloadFile(remote.file, remote.size, remote.sha256, remote.etag, 0, False)
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
