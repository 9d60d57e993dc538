"""The user's own folders of models: what is in them is listed and used in place; nothing is ever written there."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path

from desktop.core.errors import FolderInside, ModelFileError, UnknownFolder, WorldError
from desktop.core.events import FoldersScanned, ModelRemoved
from desktop.core.library import ModelFolder
from desktop.services.bus import Bus
from desktop.services.library import LibraryService
from desktop.services.scan import gguf_files
from desktop.services.serial import SerialExecutor
from desktop.storage.folders import FolderFile, FolderStore

log = logging.getLogger(__name__)


class FolderService:
    """Futures carry WorldErrors, or CancelledError after close. Looking through folders happens on the library's thread."""

    def __init__(
        self,
        store: FolderStore,
        library: LibraryService,
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        """`clock` gives milliseconds since the epoch."""
        self._store = store
        self._library = library
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._stop = threading.Event()

    def list(self) -> tuple[ModelFolder, ...]:
        """The folders in the order they came, and whether each is there now. A short database read and a look at each."""
        return tuple(ModelFolder(path, _is_there(path), models) for path, models in self._store.list())

    def begin(self) -> None:
        """At the start of the window: `rescan`, if there are folders at all; a failure goes to the log."""
        if self._store.list():
            self.rescan().add_done_callback(_logged)

    def add(self, folder: Path) -> Future[ModelFolder]:
        """List the models in a folder, now and at every start; models of it that were taken off the list come back.

        Fails with UnknownFolder (not a folder, or it cannot be read), FolderInside (our own). Ends in FoldersScanned.
        """
        return self._library.work(lambda: self._add(plain(folder)))

    def remove(self, folder: Path) -> Future[None]:
        """Take a folder and its models off the list; its files stay. Fails with UnknownFolder. Ends in FoldersScanned."""
        return self._library.work(lambda: self._remove(plain(folder)))

    def rescan(self) -> Future[int]:
        """Look through all folders in the background; how many models are new. Ends in FoldersScanned."""
        return self._library.work(self._scan)

    def close(self) -> None:
        """Stop looking. Before the library is closed."""
        self._stop.set()

    # on the library's thread

    def _add(self, folder: Path) -> ModelFolder:
        if not _is_there(folder):
            raise UnknownFolder(path=str(folder))
        ours = self._library.folder.resolve()
        if folder.resolve() == ours or ours in folder.resolve().parents:
            raise FolderInside(path=str(folder))
        self._writer.submit(self._store.add, folder, self._clock()).result()
        self._scan()
        return next(one for one in self.list() if one.path == folder)

    def _remove(self, folder: Path) -> None:
        if folder not in [path for path, _ in self._store.list()]:
            raise UnknownFolder(path=str(folder))
        for model in self._writer.submit(self._store.remove, folder).result():
            self._bus.publish(ModelRemoved(model))
        self._bus.publish(FoldersScanned())

    def _scan(self) -> int:
        new = sum(self._scan_one(folder) for folder, _ in self._store.list())
        self._bus.publish(FoldersScanned())
        return new

    def _scan_one(self, folder: Path) -> int:
        """Take up what is new in one folder. What is gone from it stays listed as missing: it may come back."""
        new = 0
        known = {file.path for file in self._store.files(folder)}
        listed = {model.path.resolve() for model in self._library.models()}
        ours = self._library.folder.resolve()
        for path in gguf_files(folder, self._stop.is_set):
            if self._stop.is_set():
                raise CancelledError
            real = path.resolve()
            if path in known or real in listed or ours in real.parents:
                continue
            try:
                model = self._library.take_up(path)
            except ModelFileError as error:
                log.info("not listed: %s", error)
                continue
            listed.add(real)
            self._writer.submit(self._store.add_file, folder, FolderFile(path, model.id)).result()
            new += 1
        return new


def plain(folder: Path) -> Path:
    """The folder as it is stored: absolute, without `..` and `~`; links stay as the user named them."""
    return Path(os.path.normpath(folder.expanduser().absolute()))


def _logged(done: Future[int]) -> None:
    error = done.exception()
    if isinstance(error, WorldError):
        log.info("the folders were not looked through: %s", error)
    elif error is not None and not isinstance(error, CancelledError):
        log.error("the folders were not looked through", exc_info=error)


def _is_there(folder: Path) -> bool:
    try:
        with os.scandir(folder):
            return True
    except OSError:
        return False
