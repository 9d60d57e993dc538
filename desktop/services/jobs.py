"""Downloads in line: so many at a time, each on a thread of its own, in the order of their rank."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desktop.core.models import CatalogEntry, Download
from desktop.services.pace import Pace
from desktop.services.trying import Halt

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """A download this process works on."""

    download: Download
    """Replaced under `lock`, by the download's threads and by the writer."""
    catalog: CatalogEntry | None
    halt: Halt = field(default_factory=Halt)
    pace: Pace = field(default_factory=Pace)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def change(self, **changes: object) -> Download:
        """Replace some of what is known of it; returns the new state."""
        with self.lock:
            self.download = replace(self.download, **changes)  # type: ignore[arg-type]
            return self.download

    @property
    def place(self) -> tuple[int, int]:
        """Smaller ones come first."""
        return self.download.rank, self.download.id


class Line:
    """Who waits and who runs. All methods but `join` on one thread (the writer's)."""

    def __init__(self, run: Callable[[Job], None], limit: Callable[[], int], ended: Callable[[Job], object]) -> None:
        """`run` works on a download, on its thread; `ended` is called there after it and must bring about `left`."""
        self._run = run
        self._limit = limit
        self._ended = ended
        self._waiting: list[Job] = []
        self._running: set[Job] = set()
        self._threads: list[tuple[object, threading.Thread]] = []
        self._closed = False

    def put(self, job: Job) -> None:
        """It waits for its turn."""
        self._waiting.append(job)
        self.fill()

    def drop(self, job: Job) -> None:
        """It no longer waits. One that runs is told by its halt."""
        if job in self._waiting:
            self._waiting.remove(job)

    def left(self, job: Job) -> None:
        """Its thread has ended."""
        self._running.discard(job)
        self.fill()

    def fill(self) -> None:
        """Begin as many as may run."""
        while self._waiting and not self._closed and len(self._running) < max(1, self._limit()):
            job = min(self._waiting, key=lambda one: one.place)
            self._waiting.remove(job)
            self._running.add(job)
            self.then(job.download, lambda job=job: self._work(job), name=f"download {job.download.id}")  # type: ignore[misc]

    def then(self, download: Download, call: Callable[[], object], *, name: str = "downloads") -> None:
        """Run `call` on a thread, after everything that still holds the files of this download."""
        files = (download.repository, tuple(file.file for file in download.files))
        self._threads = [(held, thread) for held, thread in self._threads if thread.is_alive()]
        before = [thread for held, thread in self._threads if held == files]

        def work() -> None:
            for earlier in before:
                earlier.join()
            try:
                call()
            except Exception:
                log.exception("%s failed", name)

        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append((files, thread))

    def close(self) -> None:
        """Nobody begins any more."""
        self._closed = True
        self._waiting.clear()

    def join(self, timeout: float) -> bool:
        """Wait for the threads, at most `timeout` seconds; False if one still runs. After `close`."""
        deadline = time.monotonic() + timeout
        for _, thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for _, thread in self._threads)

    def _work(self, job: Job) -> None:
        try:
            self._run(job)
        finally:
            self._ended(job)
