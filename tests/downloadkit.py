"""The download and library services on a home of their own, as the application wires them, but able to die and come back."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from desktop.core.events import DownloadChanged, Event
from desktop.core.models import CatalogEntry, Download, DownloadState
from desktop.hub.catalog import load_catalog
from desktop.hub.endpoints import next_source
from desktop.hub.lazy import Access, LazyHub, Network
from desktop.inference.gguf import read_header
from desktop.inference.legacy.convert import prepare
from desktop.services.bus import Bus
from desktop.services.downloads import DownloadService
from desktop.services.library import LibraryService
from desktop.services.pace import Throttle
from desktop.services.policy import Policy
from desktop.services.serial import SerialExecutor
from desktop.services.trying import Manner
from desktop.storage.database import Database
from desktop.storage.downloads import DownloadStore
from desktop.storage.library import ModelStore
from desktop.storage.owner import Owner
from desktop.storage.partfile import received

REPOSITORY = "zai-org/glm-tiny-gguf"
FILE = "glm-tiny-Q8_0.gguf"
TINY = Path(__file__).resolve().parent.parent / "resources" / "chatglm3-tiny.gguf"
QUICK = (0.01, 0.02, 0.02)
"""Waits between tries, in seconds."""


def model_bytes(size: int) -> bytes:
    """A real model, padded with noise to `size` bytes."""
    tiny = TINY.read_bytes()
    noise = bytes(range(251)) * ((size - len(tiny)) // 251 + 1)
    return (tiny + noise)[:size]


class Station:
    """One process's services. Several on one home are a restart, or another process."""

    def __init__(
        self,
        home: Path,
        endpoint: str,
        *,
        waits: Sequence[float] = QUICK,
        catalog: tuple[CatalogEntry, ...] | None = None,
        models: Path | None = None,
        connections: int = 1,
        parallel: int = 1,
        stall: float = 10.0,
        room_every: float = 0.05,
        line_every: float = 600.0,
    ) -> None:
        self.offline = False
        self.keep_originals = True
        self.limit = 0
        """Bytes per second."""
        self.parallel = parallel
        self.models = models or home / "模型 models"
        self.database = Database(home / "data.sqlite3")
        self.owner = Owner(home / "run")
        self.writer = SerialExecutor("writer")
        self.bus = Bus()
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.model_store = ModelStore(self.database)
        self.download_store = DownloadStore(self.database)
        self.library = LibraryService(
            self.model_store,
            self.models,
            load_catalog() if catalog is None else catalog,
            read_header,
            self.writer,
            self.bus,
            now,
            prepare=prepare,
            keep_originals=lambda: self.keep_originals,
        )
        self.downloads = DownloadService(
            self.download_store,
            self.owner,
            lambda address: LazyHub(address, Access(Network(stall=stall), offline=lambda: self.offline)),
            lambda: endpoint,
            self.models,
            self.library.install,
            self.writer,
            self.bus,
            now,
            Policy(
                parallel=lambda: self.parallel,
                offline=lambda: self.offline,
                next_source=next_source,
                catalog=self.library.catalog,
                manner=Manner(waits, lambda: connections, Throttle(lambda: self.limit), stall),
                room_every=room_every,
                line_every=line_every,
            ),
        )

    def pull(self, repository: str = REPOSITORY, files: Sequence[str] = (FILE,)) -> Download:
        """Start and wait for the end, whichever it is."""
        return self.ended(self.downloads.start(repository, files).result(10))

    def ended(self, download: Download) -> Download:
        """Wait until it no longer goes on."""
        return self.downloads.wait(download.id, 60)

    def target(self, file: str = FILE, repository: str = REPOSITORY) -> Path:
        """Where a file lies when it is done."""
        return self.models.joinpath(*repository.split("/"), *file.split("/"))

    def part(self, file: str = FILE) -> Path:
        """Where its bytes gather."""
        return self.target(file).with_name(self.target(file).name + ".part")

    def here(self, file: str = FILE) -> int:
        """How many of its bytes are in the part file."""
        return received(self.target(file))

    def is_held(self, file: str = FILE) -> bool:
        """Whether somebody still has its part file open."""
        try:
            with FileLock(self.target(file).with_name(self.target(file).name + ".part.lock"), timeout=0):
                return False
        except Timeout:
            return True

    def files(self) -> list[str]:
        """Every file in the models folder."""
        return sorted(path.relative_to(self.models).as_posix() for path in self.models.rglob("*") if path.is_file())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """As the application ends."""
        self.downloads.close()
        self.library.close()
        self.writer.close()
        self.owner.close()
        self.database.close()


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def whole(station: Station, data: bytes, done: Download) -> None:
    """The download is done, and its file and its model are all there is."""
    assert (done.state, done.error) == (DownloadState.DONE, None)
    assert station.target().read_bytes() == data
    assert station.files() == [f"{REPOSITORY}/{FILE}"]
    (model,) = station.library.models()
    assert model.sha256 == hashlib.sha256(data).hexdigest()


def states(station: Station) -> list[DownloadState]:
    """The states that were told, without repetitions."""
    told = [event.download.state for event in station.events if isinstance(event, DownloadChanged)]
    return [state for state, _ in groupby(told)]
