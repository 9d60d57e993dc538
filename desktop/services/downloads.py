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
from dataclasses import replace
from pathlib import Path

from desktop.core.errors import DownloadBusy, ErrorValue, UnknownDownload, WorldError
from desktop.core.events import DownloadChanged, DownloadRemoved, Event, ModelInstalled
from desktop.core.models import CatalogEntry, Download, DownloadFile, DownloadId, DownloadState, ModelFile
from desktop.core.ports import Hub
from desktop.services.bring import Bringer, Job
from desktop.services.bus import Bus
from desktop.services.fetch import WAITS, Stopped
from desktop.services.serial import SerialExecutor
from desktop.services.targets import part_names, target
from desktop.storage.downloads import DownloadStore
from desktop.storage.owner import Owner
from desktop.storage.partfile import received

log = logging.getLogger(__name__)

ACTIVE = frozenset({DownloadState.QUEUED, DownloadState.RUNNING, DownloadState.VERIFYING})
"""States of a download that goes on by itself."""
_LOOK_S = 0.5
"""Seconds between two looks at a download of another process."""


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
        clock: Callable[[], int],
        *,
        waits: Sequence[float] = WAITS,
    ) -> None:
        """`install` describes a finished file as a model (download thread, may raise ModelFileError); `clock` gives
        milliseconds since the epoch; `waits`: see Tries."""
        self._store = store
        self._owner = owner
        self._endpoint = endpoint
        self._models = models_dir
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._jobs: dict[DownloadId, Job] = {}  # changed on the writer's thread only
        self._changed = threading.Condition()
        self._bringer = Bringer(
            hub_for,
            models_dir,
            install,
            waits,
            lambda job, download: writer.post(self._stored, job, download),
            self._publish,
        )
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
        """Begin, or continue what was begun for the same files, or return what is done.

        The first part of a split model alone stands for all of them. A catalogue entry's pinned revision is used unless
        another is given. Fails with DownloadBusy, HubNotFound (impossible names)."""
        if revision is None and catalog is not None:
            revision = catalog.revision
        names = tuple(part_names(files[0])) if len(files) == 1 else tuple(files)
        return self._writer.submit(self._start, repository, names, revision, endpoint, catalog)

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

    def use_folder(self, models: Path) -> None:
        """From now on the models folder is this one. While nothing goes on."""
        self._models = models
        self._bringer.use_folder(models)

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
        job = Job(download, catalog)
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
        self._runner.submit(self._bringer.discard, found).add_done_callback(lambda done: _pass_on(future, done))

    def _recover(self) -> None:
        for found, mark in self._store.rows():
            if (seen := self._as_seen(found, mark, self._jobs)) is not found and found.id not in self._jobs:
                self._store.save(seen, None)
                self._publish(DownloadChanged(seen))

    def _stored(self, job: Job, download: Download) -> None:
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

    def _finished(self, job: Job, download: Download, model: ModelFile) -> None:
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

    def _as_seen(self, download: Download, mark: str | None, jobs: Mapping[DownloadId, Job]) -> Download:
        """The row, with what is newer: this process's live count, or that the process behind it is dead."""
        if (job := jobs.get(download.id) or self._jobs.get(download.id)) is not None:
            return job.download
        if download.state in ACTIVE and not self._is_foreign(mark):
            files = tuple(
                file if file.done else replace(file, received=received(self._bringer.target(download, file.file)))
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

    def _run(self, job: Job) -> None:
        try:
            model = self._bringer.bring(job)
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

    def _end(self, job: Job, code: str, data: dict[str, ErrorValue]) -> None:
        self._writer.post(self._stored, job, _failed(job.download, code, data))


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
