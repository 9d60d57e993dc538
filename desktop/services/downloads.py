"""Models on their way here: start, pause, resume, cancel, and the queue. The only writer of downloads.

Decisions are made on the writer's thread, one after another; the bytes come in on threads of each download (jobs, crew). A
download that was paused or cancelled is no longer listed in `_jobs`, and whatever its threads still report is ignored.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from collections.abc import Sequence as Seq
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from desktop.core.errors import DiskFull, HubOffline, WorldError, WrongBytes
from desktop.core.events import DownloadChanged, DownloadRemoved, Event, ModelInstalled, SettingChanged
from desktop.core.models import CatalogEntry, Download, DownloadFile, DownloadId, DownloadState, ModelFile
from desktop.core.ports import Hub
from desktop.services.bring import Bringer
from desktop.services.bus import Bus
from desktop.services.jobs import Job, Line
from desktop.services.policy import ACTIVE, OF_THE_LINE, RESTING, Policy, at, emptied, ended, failed, has_room, is_whole
from desktop.services.seen import Seen
from desktop.services.serial import Recurring, SerialExecutor
from desktop.services.targets import part_names, target
from desktop.services.trying import Stopped
from desktop.storage.downloads import DownloadStore
from desktop.storage.owner import Owner
from desktop.storage.partfile import received

log = logging.getLogger(__name__)

_LOOK_S = 0.5
"""Seconds between two looks at a download of another process."""
_ASKED_S = 1.0
"""Seconds between two looks at what other processes ask for."""


class DownloadService:
    """Every method returns at once, from any thread; futures carry WorldErrors. `close` ends the thread."""

    def __init__(
        self,
        store: DownloadStore,
        owner: Owner,
        hub_for: Callable[[str], Hub],
        endpoint: Callable[[], str],
        models_dir: Path,
        install: Callable[[Download, list[Path], Callable[[int, int], None]], ModelFile],
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
        policy: Policy | None = None,
        *,
        must_exist: bool = False,
    ) -> None:
        """`install` describes a finished file as a model (download thread, may raise ModelFileError); `clock` gives
        milliseconds since the epoch; `must_exist`: see `use_folder`."""
        self._store = store
        self._owner = owner
        self._endpoint = endpoint
        self._models = models_dir
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._jobs: dict[DownloadId, Job] = {}  # changed on the writer's thread only
        self._changed = threading.Condition()
        self._policy = policy or Policy()
        self._bringer = Bringer(
            hub_for,
            models_dir,
            install,
            self._policy.manner,
            lambda job, download: writer.post(self._stored, job, download),
            self._publish,
            self._ahead,
            store.is_wrong,
            must_exist=must_exist,
        )
        self._seen = Seen(store, owner, self._jobs, lambda one, file: received(self._bringer.target(one, file.file)))
        self._line = Line(self._run, self._policy.parallel, lambda job: writer.post(self._line.left, job))
        self._closed = False
        self._wishes = Recurring(writer, _ASKED_S, self._hear_wishes)
        self._room = Recurring(writer, self._policy.room_every, self._look_for_room)
        self._line_back = Recurring(writer, self._policy.line_every, self._try_line)
        self._unsubscribe = bus.subscribe(SettingChanged, self._on_setting)

    def start(
        self,
        repository: str,
        files: Seq[str],
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
        """Stop and keep what is here. Another process that works on it is asked, and obeys within seconds; the state is then
        still the old one. Fails with UnknownDownload."""
        return self._writer.submit(self._pause, download)

    def pause_all(self) -> Future[None]:
        """Pause all that this process works on, or would go on with."""
        return self._writer.submit(self._pause_all)

    def resume(self, download: DownloadId, *, endpoint: str | None = None) -> Future[Download]:
        """Continue a paused or failed one, from another source if one is given. Fails with UnknownDownload, DownloadBusy."""
        return self._writer.submit(self._resume, download, endpoint)

    def resume_all(self) -> Future[None]:
        """Continue all that are paused or failed."""
        return self._writer.submit(self._resume_where, lambda one: one.state in RESTING)

    def continue_wanted(self) -> Future[None]:
        """At the start of the window: go on with what went on when the program ended or was killed."""
        return self._writer.submit(self._resume_where, lambda one: one.state in RESTING and one.wanted)

    def move_to_front(self, download: DownloadId) -> Future[Download]:
        """It is the next to begin. Fails with UnknownDownload."""
        return self._writer.submit(self._move_to_front, download)

    def cancel(self, download: DownloadId) -> Future[None]:
        """Forget it and remove its partial files; a model that is done stays. The future ends when they are gone, or another
        process that works on it was asked."""
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        self._writer.submit(self._cancel, download, future).add_done_callback(lambda done: _fail(future, done))
        return future

    def list(self) -> tuple[Download, ...]:
        """All downloads, also those that are done; the newest first. A short database read."""
        return self._seen.all()

    def get(self, download: DownloadId) -> Download:
        """One. Raises UnknownDownload."""
        return self._seen.one(download)

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

    def use_folder(self, models: Path, *, must_exist: bool) -> None:
        """From now on the models folder is this one. While nothing goes on. `must_exist`: as LibraryService.use_folder."""
        self._models = models
        self._bringer.use_folder(models, must_exist=must_exist)

    def recover(self) -> Future[None]:
        """At start: what a dead process left running is paused, with the bytes it got."""
        return self._writer.submit(self._recover)

    def close(self, timeout: float = 5.0) -> None:
        """Stop everything, keep what is here, end the threads; what went on goes on at the next start of the window. Waits at
        most about twice `timeout` seconds."""
        if self._closed:
            return
        self._closed = True
        self._unsubscribe()
        try:
            self._writer.submit(self._stop_all).result(timeout)
        except (TimeoutError, WorldError) as error:
            log.warning("downloads were not stopped in order: %s", error)
        if not self._line.join(timeout):
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
                wanted=True,
            )
            return self._enqueue(self._store.add(fresh, self._owner.token), catalog)
        found, mark = row
        if (job := self._jobs.get(found.id)) is not None:
            return job.download
        self._seen.refuse_foreign(found, mark)
        if found.state is DownloadState.DONE:
            whole = all(is_whole(path, file) for path, file in zip(targets, found.files, strict=True))
            if whole and revision in (None, found.revision):
                return found
            found = emptied(found)
        found = at(found, endpoint, self._entry(found, catalog))
        return self._continue(
            replace(
                found,
                revision=revision or found.revision,
                catalog_id=catalog.id if catalog else found.catalog_id,
            ),
            catalog,
        )

    def _resume(self, identifier: DownloadId, endpoint: str | None) -> Download:
        if (job := self._jobs.get(identifier)) is not None:
            return job.download
        found, mark = self._seen.row(identifier)
        self._seen.refuse_foreign(found, mark)
        if found.state is DownloadState.DONE:
            return found
        return self._continue(at(found, endpoint or found.endpoint, self._entry(found, None)), None)

    def _resume_where(self, wanted: Callable[[Download], bool]) -> None:
        for found, mark in reversed(self._store.rows()):  # the oldest first
            seen = self._seen.now(found, mark)
            if found.id not in self._jobs and wanted(seen):
                self._continue(seen, None)

    def _continue(self, download: Download, catalog: CatalogEntry | None) -> Download:
        queued = replace(download, state=DownloadState.QUEUED, error=None, error_data={}, notice=None, wanted=True)
        self._store.save(queued, self._owner.token)
        return self._enqueue(queued, catalog)

    def _enqueue(self, download: Download, catalog: CatalogEntry | None) -> Download:
        job = Job(download, self._entry(download, catalog))
        self._jobs[download.id] = job
        self._publish(DownloadChanged(download))
        self._line.put(job)
        self._wishes.begin()
        return download

    def _pause(self, identifier: DownloadId) -> Download:
        if identifier in self._jobs:
            return self._rest(identifier, wanted=False)
        found, mark = self._seen.row(identifier)
        if found.state in ACTIVE and self._seen.is_foreign(mark):
            self._store.ask(identifier, "pause")
            return found
        if found.state not in ACTIVE and not found.wanted:
            return found
        paused = replace(found, state=DownloadState.PAUSED if found.state in ACTIVE else found.state, wanted=False)
        self._store.save(paused, None)
        self._publish(DownloadChanged(paused))
        return paused

    def _rest(self, identifier: DownloadId, *, wanted: bool, error: str | None = None) -> Download:
        """Stop the job and store it as paused."""
        job = self._jobs.pop(identifier)
        job.halt.set()
        self._line.drop(job)
        paused = job.change(state=DownloadState.PAUSED, wanted=wanted, error=error, error_data={})
        self._store.save(paused, None)
        self._publish(DownloadChanged(paused))
        return paused

    def _pause_all(self) -> None:
        for identifier in list(self._jobs):
            self._rest(identifier, wanted=False)
        for found, mark in self._store.rows():
            if found.wanted and found.state not in ACTIVE and not self._seen.is_foreign(mark):
                self._pause(found.id)

    def _stop_all(self) -> None:
        self._line.close()
        for identifier in list(self._jobs):
            self._rest(identifier, wanted=True)

    def _move_to_front(self, identifier: DownloadId) -> Download:
        rank = self._store.first_rank() - 1
        if (job := self._jobs.get(identifier)) is not None:
            moved, owner = job.change(rank=rank), self._owner.token
        else:
            found, owner = self._seen.row(identifier)  # type: ignore[assignment]
            moved = replace(found, rank=rank)
        self._store.save(moved, owner)
        self._publish(DownloadChanged(moved))
        return moved

    def _cancel(self, identifier: DownloadId, future: Future[None]) -> None:
        found, mark = self._seen.row(identifier)
        if (job := self._jobs.pop(identifier, None)) is not None:
            job.halt.set()
            self._line.drop(job)
            found = job.download
        elif found.state in ACTIVE and self._seen.is_foreign(mark):
            self._store.ask(identifier, "cancel")
            future.set_result(None)
            return
        self._store.delete(identifier)
        self._publish(DownloadRemoved(identifier))

        def discard() -> None:
            try:
                self._bringer.discard(found)
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(None)

        self._line.then(found, discard)  # behind the cancelled one itself, which still holds its file

    def _hear_wishes(self) -> bool:
        """Do what other processes ask for; True as long as there is anything to ask for."""
        for identifier, what in self._store.asked(self._owner.token).items():
            if what == "pause" and identifier in self._jobs:
                self._rest(identifier, wanted=False)
            elif what == "cancel":
                self.cancel(identifier)
        return bool(self._jobs) and not self._closed

    def _look_for_room(self) -> bool:
        """Go on with what a full disk stopped, once there is room; True as long as something waits for that."""
        waiting = False
        for found, mark in reversed(self._store.rows()) if not self._closed else ():
            if found.state is DownloadState.PAUSED and found.wanted and found.error == DiskFull.code and mark is None:
                if has_room(self._models, found, self._bringer.needs(found)):
                    self._continue(found, None)
                else:
                    waiting = True
        return waiting

    def _try_line(self) -> bool:
        """Go on with what the network stopped on its way."""
        if not self._closed:
            self._resume_where(lambda one: one.wanted and one.error in OF_THE_LINE)
        return False  # a failure of theirs begins it again

    def _set_offline(self) -> None:
        if self._policy.offline():
            for identifier, job in list(self._jobs.items()):
                if job.download.endpoint.startswith("http"):
                    self._rest(identifier, wanted=True, error=HubOffline.code)
        else:
            self._resume_where(lambda one: one.wanted and one.error == HubOffline.code)

    def _recover(self) -> None:
        for found, mark in self._store.rows():
            if (seen := self._seen.now(found, mark)) is not found and found.id not in self._jobs:
                self._store.save(seen, None)
                self._publish(DownloadChanged(seen))

    def _stored(self, job: Job, download: Download) -> None:
        """Write what the download thread reports, unless the job was paused or cancelled meanwhile."""
        if self._jobs.get(download.id) is not job:
            return
        active = download.state in ACTIVE
        download = replace(download, rank=job.download.rank)  # it may have moved since
        if download.error == WrongBytes.code:
            download = self._blamed(download)
        try:
            self._store.save(download, self._owner.token if active else None)
        finally:
            if not active:
                del self._jobs[download.id]
        self._publish(DownloadChanged(download))
        if download.error == DiskFull.code and download.wanted:
            self._room.begin()
        if download.error in OF_THE_LINE and download.wanted:
            self._line_back.begin()

    def _blamed(self, download: Download) -> Download:
        """Remember what came in place of the file, and how often it did."""
        data = dict(download.error_data)
        times = self._store.note_wrong(
            download.endpoint, download.repository, str(data.get("file", "")), str(data.get("actual", ""))
        )
        return replace(download, error_data={**data, "times": times})

    def _finished(self, job: Job, download: Download, model: ModelFile) -> None:
        if self._jobs.get(download.id) is not job:
            return
        try:
            self._store.finish(download, model)
        except WorldError as error:  # a full disk, say: the file is whole, and a resume registers it
            self._publish(DownloadChanged(failed(download, error.code, error.data)))
            raise
        finally:
            del self._jobs[download.id]
        self._publish(ModelInstalled(model.id))
        self._publish(DownloadChanged(download))

    def _entry(self, download: Download, catalog: CatalogEntry | None) -> CatalogEntry | None:
        """The row of the catalogue this download is for."""
        return catalog or next((one for one in self._policy.catalog() if one.id == download.catalog_id), None)

    def _ahead(self, job: Job) -> int:
        """Bytes that downloads which run or come before this one still take on the disk."""
        others = [other for other in list(self._jobs.values()) if other is not job]
        before = [one for one in others if one.download.state is not DownloadState.QUEUED or one.place < job.place]
        return sum(self._bringer.needs(one.download) for one in before)

    def _on_setting(self, event: SettingChanged) -> None:
        if event.name == "offline":
            self._writer.post(self._set_offline)
        elif event.name == "parallel_downloads":
            self._writer.post(self._line.fill)

    def _publish(self, event: Event) -> None:
        self._bus.publish(event)
        with self._changed:
            self._changed.notify_all()

    # on the download's thread

    def _run(self, job: Job) -> None:
        try:
            model = self._bringer.bring(job)
        except Stopped:
            return  # whoever stopped it has written its state
        except WorldError as error:
            log.info("download %d failed: %s", job.download.id, error)
            self._writer.post(self._stored, job, ended(job.download, error.code, error.data, self._policy))
            return
        except Exception:
            log.exception("download %d failed", job.download.id)
            self._writer.post(self._stored, job, failed(job.download, "bug", {}))
            return
        # not yet in job.download: nobody shall see it done before the model is stored
        done = replace(job.download, state=DownloadState.DONE, model=model.id, wanted=False)
        self._writer.post(self._finished, job, done, model)


def _fail(future: Future[None], done: Future[None]) -> None:
    if (error := done.exception()) is not None:
        future.set_exception(error)
