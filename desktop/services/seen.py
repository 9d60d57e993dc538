"""Downloads as they are now: their rows, with what is newer, and whether another process works on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from desktop.core.errors import DownloadBusy, UnknownDownload
from desktop.core.models import Download, DownloadFile, DownloadId, DownloadState
from desktop.services.jobs import Job
from desktop.services.policy import ACTIVE
from desktop.storage.downloads import DownloadStore
from desktop.storage.owner import Owner


class Seen:
    """Reads of downloads; short database reads, on any thread."""

    def __init__(
        self,
        store: DownloadStore,
        owner: Owner,
        jobs: Mapping[DownloadId, Job],
        here: Callable[[Download, DownloadFile], int],
    ) -> None:
        """`jobs` are this process's; `here` counts the bytes of an unfinished file on the disk."""
        self._store = store
        self._owner = owner
        self._jobs = jobs
        self._here = here

    def all(self) -> tuple[Download, ...]:
        """All of them, the newest first."""
        jobs = dict(self._jobs)  # before the rows: a row is written before its job is taken off
        return tuple(self.now(download, mark, jobs) for download, mark in self._store.rows())

    def one(self, identifier: DownloadId) -> Download:
        """One. Raises UnknownDownload."""
        jobs = dict(self._jobs)
        return self.now(*self.row(identifier), jobs)

    def row(self, identifier: DownloadId) -> tuple[Download, str | None]:
        """One as it is stored, with the mark of its process. Raises UnknownDownload."""
        if (row := self._store.row(identifier)) is None:
            raise UnknownDownload(id=identifier)
        return row

    def is_foreign(self, mark: str | None) -> bool:
        """Whether it is the mark of another living process."""
        return mark != self._owner.token and self._owner.is_alive(mark)

    def refuse_foreign(self, download: Download, mark: str | None) -> None:
        """Raise DownloadBusy if another process works on it."""
        if download.state in ACTIVE and self.is_foreign(mark):
            raise DownloadBusy(file=download.files[0].file)

    def now(self, download: Download, mark: str | None, jobs: Mapping[DownloadId, Job] | None = None) -> Download:
        """The row, with what is newer: this process's live count, or that the process behind it is dead."""
        if (job := (jobs or self._jobs).get(download.id) or self._jobs.get(download.id)) is not None:
            return job.download
        if download.state in ACTIVE and not self.is_foreign(mark):
            files = tuple(
                file if file.done else replace(file, received=self._here(download, file)) for file in download.files
            )
            return replace(download, state=DownloadState.PAUSED, files=files)
        return download
