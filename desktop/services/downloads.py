"""Models on their way here: start, pause, resume, cancel. The only writer of downloads.

Decisions are made on the writer's thread, one after another; the bytes come in on one download thread, which works on
one download at a time. A download that was paused or cancelled is no longer listed in `_jobs`, and whatever its thread
still reports is ignored.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.core.errors import DownloadBusy, ErrorValue, HubBusy, UnknownDownload, WorldError
from desktop.core.events import DownloadChanged, DownloadProgressed, DownloadRemoved, Event, ModelInstalled
from desktop.core.fitness import DISK_MARGIN
from desktop.core.models import (
    CatalogEntry,
    Download,
    DownloadFile,
    DownloadId,
    DownloadState,
    ModelFile,
    RemoteFile,
)
from desktop.core.ports import Hub
from desktop.services.bus import Bus
from desktop.services.fetch import WAITS, Halt, Stopped, Tries, fetch
from desktop.services.pace import Pace
from desktop.services.serial import SerialExecutor
from desktop.services.targets import remove_empty, target
from desktop.storage.disk import disk_errors, require
from desktop.storage.library import DownloadStore
from desktop.storage.owner import Owner
from desktop.storage.partfile import PartFile, received

log = logging.getLogger(__name__)

ACTIVE = frozenset({DownloadState.QUEUED, DownloadState.RUNNING, DownloadState.VERIFYING})
"""States of a download that goes on by itself."""
_LOOK_S = 0.5
"""Seconds between two looks at a download of another process."""


@dataclass(slots=True, eq=False)
class _Job:
    """A download this process works on. `download` is replaced by the download thread only."""

    download: Download
    catalog: CatalogEntry | None
    halt: Halt = field(default_factory=Halt)
    pace: Pace = field(default_factory=Pace)


class DownloadService:
    """Every method returns at once, from any thread; futures carry WorldErrors. `close` ends the thread."""

    def __init__(
        self,
        store: DownloadStore,
        owner: Owner,
        hub_for: Callable[[str], Hub],
        endpoint: Callable[[], str],
        models_dir: Path,
        install: Callable[[Download, list[Path]], ModelFile],
        writer: SerialExecutor,
        bus: Bus,
        *,
        waits: Sequence[float] = WAITS,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """`install` describes a finished file as a model (download thread, may raise ModelFileError); `waits`: see Tries."""
        self._store = store
        self._owner = owner
        self._hub_for = hub_for
        self._endpoint = endpoint
        self._models = models_dir
        self._install = install
        self._writer = writer
        self._bus = bus
        self._waits = waits
        self._clock = clock
        self._jobs: dict[DownloadId, _Job] = {}  # changed on the writer's thread only
        self._changed = threading.Condition()
        self._runner = SerialExecutor("downloads")
        self._closed = False

    def start(
        self,
        repository: str,
        files: Sequence[str],
        *,
        revision: str | None = None,
        endpoint: str | None = None,
        catalog: CatalogEntry | None = None,
    ) -> Future[Download]:
        """Begin, or continue what was begun for the same files, or return what is done. A catalogue entry's pinned
        revision is used unless another is given. Fails with DownloadBusy, HubNotFound (impossible names)."""
        if revision is None and catalog is not None:
            revision = catalog.revision
        return self._writer.submit(self._start, repository, tuple(files), revision, endpoint, catalog)

    def pause(self, download: DownloadId) -> Future[Download]:
        """Stop and keep what is here. Fails with UnknownDownload, DownloadBusy (another process works on it)."""
        return self._writer.submit(self._pause, download)

    def resume(self, download: DownloadId) -> Future[Download]:
        """Continue a paused or failed one. Fails as `pause`."""
        return self._writer.submit(self._resume, download)

    def cancel(self, download: DownloadId) -> Future[None]:
        """Forget it and remove its partial files; a model that is done stays. The future ends when they are gone."""
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        self._writer.submit(self._cancel, download, future).add_done_callback(lambda done: _fail(future, done))
        return future

    def list(self) -> tuple[Download, ...]:
        """All downloads, also those that are done; the newest first. A short database read."""
        jobs = dict(self._jobs)  # before the rows: a row is written before its job is taken off
        return tuple(self._as_seen(download, mark, jobs) for download, mark in self._store.rows())

    def get(self, download: DownloadId) -> Download:
        """One. Raises UnknownDownload."""
        jobs = dict(self._jobs)
        return self._as_seen(*self._known(download), jobs)

    def wait(self, download: DownloadId, timeout: float | None = None) -> Download:
        """Block until it no longer goes on, or `timeout` seconds; returns it as it is then. Raises UnknownDownload."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while (found := self.get(download)).state in ACTIVE:
                left = _LOOK_S if deadline is None else min(_LOOK_S, deadline - time.monotonic())
                if left <= 0:
                    break
                self._changed.wait(left)
        return found

    def recover(self) -> Future[None]:
        """At start: what a dead process left running is paused, with the bytes it got."""
        return self._writer.submit(self._recover)

    def close(self, timeout: float = 5.0) -> None:
        """Pause everything, keep what is here, end the thread. Waits at most about twice `timeout` seconds."""
        if self._closed:
            return
        self._closed = True
        try:
            self._writer.submit(self._pause_all).result(timeout)
        except (TimeoutError, WorldError) as error:
            log.warning("downloads were not paused in order: %s", error)
        if not self._runner.close(timeout):
            log.info("a download still waits for the network; its thread ends with the process")

    # on the writer's thread

    def _start(
        self,
        repository: str,
        files: tuple[str, ...],
        revision: str | None,
        endpoint: str | None,
        catalog: CatalogEntry | None,
    ) -> Download:
        endpoint = endpoint or self._endpoint()
        targets = [target(self._models, endpoint, repository, file) for file in files]
        if (row := self._store.find(repository, files)) is None:
            fresh = Download(
                id=DownloadId(0),
                repository=repository,
                revision=revision or "main",
                endpoint=endpoint,
                files=tuple(DownloadFile(file, None, None, None, 0, False) for file in files),
                state=DownloadState.QUEUED,
                created=self._clock(),
                catalog_id=catalog.id if catalog else None,
            )
            return self._enqueue(self._store.add(fresh, self._owner.token), catalog)
        found, mark = row
        if (job := self._jobs.get(found.id)) is not None:
            return job.download
        self._refuse_foreign(found, mark)
        if found.state is DownloadState.DONE:
            whole = all(_is_whole(path, file) for path, file in zip(targets, found.files, strict=True))
            if whole and revision in (None, found.revision):
                return found
            found = _emptied(found)
        return self._continue(
            replace(
                found,
                endpoint=endpoint,
                revision=revision or found.revision,
                catalog_id=catalog.id if catalog else found.catalog_id,
            ),
            catalog,
        )

    def _resume(self, identifier: DownloadId) -> Download:
        if (job := self._jobs.get(identifier)) is not None:
            return job.download
        found, mark = self._known(identifier)
        self._refuse_foreign(found, mark)
        return found if found.state is DownloadState.DONE else self._continue(found, None)

    def _continue(self, download: Download, catalog: CatalogEntry | None) -> Download:
        queued = replace(download, state=DownloadState.QUEUED, error=None, error_data={}, notice=None)
        self._store.save(queued, self._owner.token)
        return self._enqueue(queued, catalog)

    def _enqueue(self, download: Download, catalog: CatalogEntry | None) -> Download:
        job = _Job(download, catalog)
        self._jobs[download.id] = job
        self._publish(DownloadChanged(download))
        self._runner.post(self._run, job)
        return download

    def _pause(self, identifier: DownloadId) -> Download:
        if (job := self._jobs.pop(identifier, None)) is not None:
            job.halt.set()
            found = job.download
        else:
            found, mark = self._known(identifier)
            if found.state not in ACTIVE:
                return found
            self._refuse_foreign(found, mark)
        paused = replace(found, state=DownloadState.PAUSED)
        self._store.save(paused, None)
        self._publish(DownloadChanged(paused))
        return paused

    def _pause_all(self) -> None:
        for identifier in list(self._jobs):
            self._pause(identifier)

    def _cancel(self, identifier: DownloadId, future: Future[None]) -> None:
        found, mark = self._known(identifier)
        if (job := self._jobs.pop(identifier, None)) is not None:
            job.halt.set()
            found = job.download
        else:
            self._refuse_foreign(found, mark)
        self._store.delete(identifier)
        self._publish(DownloadRemoved(identifier))
        # behind the cancelled one itself, which still holds its file
        self._runner.submit(self._discard, found).add_done_callback(lambda done: _pass_on(future, done))

    def _recover(self) -> None:
        for found, mark in self._store.rows():
            if (seen := self._as_seen(found, mark, self._jobs)) is not found and found.id not in self._jobs:
                self._store.save(seen, None)
                self._publish(DownloadChanged(seen))

    def _stored(self, job: _Job, download: Download) -> None:
        """Write what the download thread reports, unless the job was paused or cancelled meanwhile."""
        if self._jobs.get(download.id) is not job:
            return
        active = download.state in ACTIVE
        try:
            self._store.save(download, self._owner.token if active else None)
        finally:
            if not active:
                del self._jobs[download.id]
        self._publish(DownloadChanged(download))

    def _finished(self, job: _Job, download: Download, model: ModelFile) -> None:
        if self._jobs.get(download.id) is not job:
            return
        try:
            self._store.finish(download, model)
        except WorldError as error:  # a full disk, say: the file is whole, and a resume registers it
            self._publish(DownloadChanged(_failed(download, error.code, error.data)))
            raise
        finally:
            del self._jobs[download.id]
        self._publish(ModelInstalled(model.id))
        self._publish(DownloadChanged(download))

    def _refuse_foreign(self, download: Download, mark: str | None) -> None:
        if download.state in ACTIVE and self._is_foreign(mark):
            raise DownloadBusy(file=download.files[0].file)

    # on any thread

    def _is_foreign(self, mark: str | None) -> bool:
        """Whether it is the mark of another living process."""
        return mark != self._owner.token and self._owner.is_alive(mark)

    def _known(self, identifier: DownloadId) -> tuple[Download, str | None]:
        if (row := self._store.row(identifier)) is None:
            raise UnknownDownload(id=identifier)
        return row

    def _as_seen(self, download: Download, mark: str | None, jobs: Mapping[DownloadId, _Job]) -> Download:
        """The row, with what is newer: this process's live count, or that the process behind it is dead."""
        if (job := jobs.get(download.id) or self._jobs.get(download.id)) is not None:
            return job.download
        if download.state in ACTIVE and not self._is_foreign(mark):
            files = tuple(
                file if file.done else replace(file, received=received(self._target(download, file.file)))
                for file in download.files
            )
            return replace(download, state=DownloadState.PAUSED, files=files)
        return download

    def _target(self, download: Download, file: str) -> Path:
        return target(self._models, download.endpoint, download.repository, file)

    def _publish(self, event: Event) -> None:
        self._bus.publish(event)
        with self._changed:
            self._changed.notify_all()

    # on the download thread

    def _run(self, job: _Job) -> None:
        try:
            model = self._bring(job)
        except Stopped:
            return  # whoever stopped it has written its state
        except WorldError as error:
            log.info("download %d failed: %s", job.download.id, error)
            self._end(job, error.code, error.data)
            return
        except Exception:
            log.exception("download %d failed", job.download.id)
            self._end(job, "bug", {})
            return
        # not yet in job.download: nobody shall see it done before the model is stored
        done = replace(job.download, state=DownloadState.DONE, model=model.id)
        self._writer.post(self._finished, job, done, model)

    def _end(self, job: _Job, code: str, data: dict[str, ErrorValue]) -> None:
        self._writer.post(self._stored, job, _failed(job.download, code, data))

    def _bring(self, job: _Job) -> ModelFile:
        job.halt.check()
        hub = self._hub_for(job.download.endpoint)
        remotes = self._describe(job, hub)
        paths = [self._target(job.download, remote.file) for remote in remotes]
        self._require_space(remotes, paths)
        self._update(job, state=DownloadState.RUNNING)
        for position, (remote, path) in enumerate(zip(remotes, paths, strict=True)):
            got, digest = fetch(hub, remote, path, job.halt, _Watch(self, job, position), self._waits)
            size = got.size if got.size is not None else path.stat().st_size
            file = DownloadFile(got.file, size, digest, got.etag, size, True)
            self._update(job, files=_with(job.download.files, position, file))
        return self._install(job.download, paths)

    def _describe(self, job: _Job, hub: Hub) -> Sequence[RemoteFile]:
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
            self._update(job, notice="download.differs_from_catalog")
        return remotes

    def _described(self, job: _Job, position: int, remote: RemoteFile) -> None:
        path = self._target(job.download, remote.file)
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

    def _update(self, job: _Job, **changes: object) -> None:
        job.download = replace(job.download, **changes)  # type: ignore[arg-type]
        self._writer.post(self._stored, job, job.download)

    def _discard(self, download: Download) -> None:
        if download.state is DownloadState.DONE:
            return
        for file in download.files:
            path = self._target(download, file.file)
            if path.parent.is_dir():
                PartFile(path).discard()
                if file.done:  # complete, but not a model of its own: a part of a split one, or one that cannot be used
                    with disk_errors(path):
                        path.unlink(missing_ok=True)
                remove_empty(path.parent, self._models)


class _Watch:
    """Turns what happens to one file into the download's state and progress (fetch.Watch)."""

    def __init__(self, service: DownloadService, job: _Job, position: int) -> None:
        self._service = service
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
        self._service._update(self._job, files=_with(self._job.download.files, self._position, file))

    def noticed(self, code: str) -> None:
        self._service._update(self._job, notice=code)

    def _enter(self, state: DownloadState) -> None:
        if self._job.download.state is not state:
            self._service._update(self._job, state=state)

    def _progress(self, count: int, total: int | None) -> None:
        rate = self._job.pace.step(count)
        if rate is not None:
            self._service._publish(DownloadProgressed(self._job.download.id, count, total, rate))


def _with(files: tuple[DownloadFile, ...], position: int, file: DownloadFile) -> tuple[DownloadFile, ...]:
    return (*files[:position], file, *files[position + 1 :])


def _is_whole(path: Path, file: DownloadFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size


def _failed(download: Download, code: str, data: Mapping[str, ErrorValue]) -> Download:
    return replace(download, state=DownloadState.FAILED, error=code, error_data=dict(data), model=None)


def _emptied(download: Download) -> Download:
    files = tuple(replace(file, received=0, done=False) for file in download.files)
    return replace(download, files=files, model=None)


def _fail(future: Future[None], done: Future[None]) -> None:
    if (error := done.exception()) is not None:
        future.set_exception(error)


def _pass_on(future: Future[None], done: Future[None]) -> None:
    if (error := done.exception()) is not None:
        future.set_exception(error)
    else:
        future.set_result(None)
