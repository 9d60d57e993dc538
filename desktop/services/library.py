"""The models on this computer: which there are, which suits this machine, import, verify, remove.

Short writes go to the writer's thread; copying and hashing gigabytes happens on a thread of its own.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from desktop.core import fitness
from desktop.core.errors import FileMissing, FileUnreadable, UnknownModel, WrongHash
from desktop.core.events import ModelChecked, ModelInstalled, ModelRemoved
from desktop.core.models import (
    CatalogEntry,
    Download,
    Fit,
    Machine,
    ModelFile,
    ModelHeader,
    ModelId,
    ModelState,
)
from desktop.services import machine as this_machine
from desktop.services.bus import Bus
from desktop.services.importing import copy_in
from desktop.services.pace import Pace
from desktop.services.serial import SerialExecutor
from desktop.services.targets import all_parts, remove_empty, stem
from desktop.storage.disk import combined, disk_errors, sha256_of
from desktop.storage.library import ModelStore

T = TypeVar("T")

IMPORT = ModelId("import")
"""Stands for the model in ModelChecked while a file is copied and has no id yet."""


class LibraryService:
    """Reads are short and allowed on any thread; futures carry WorldErrors, or CancelledError after close."""

    def __init__(
        self,
        store: ModelStore,
        models_dir: Path,
        catalog: tuple[CatalogEntry, ...],
        read_header: Callable[[Path], ModelHeader],
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        """`read_header` raises ModelFileError; `clock` gives milliseconds since the epoch."""
        self._store = store
        self._models = models_dir
        self._catalog = catalog
        self._read_header = read_header
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._worker = SerialExecutor("library")
        self._stop = threading.Event()
        self._naming = threading.Lock()
        self._reserved: dict[ModelId, Path] = {}

    # what there is

    def models(self) -> tuple[ModelFile, ...]:
        """All of them, the last used first; their state as the disk has it now."""
        return tuple(_as_found(model) for model in self._store.list())

    def get(self, model: ModelId) -> ModelFile:
        """One. Raises UnknownModel."""
        if (found := self._store.get(model)) is None:
            raise UnknownModel(id=model)
        return _as_found(found)

    def choose(self) -> ModelFile | None:
        """The model to use when nobody says which: the last used one that is ready, else the only one."""
        ready = [model for model in self.models() if model.state is ModelState.READY]
        if ready and (len(ready) == 1 or ready[0].last_used is not None):
            return ready[0]
        return None

    def mark_used(self, model: ModelId) -> None:
        """It was loaded now."""
        self._writer.post(self._store.mark_used, model, self._clock())

    # what there could be

    def catalog(self) -> tuple[CatalogEntry, ...]:
        """The builds we recommend."""
        return self._catalog

    def machine(self) -> Machine:
        """This computer as it is now, without its devices (the engine knows them)."""
        return this_machine.look(self._models)

    def fit(self, entry: CatalogEntry, machine: Machine) -> Fit:
        """Whether a build suits a machine."""
        return fitness.fit(entry, machine)

    def recommended(self, machine: Machine) -> CatalogEntry:
        """The build to propose to a newcomer."""
        return fitness.recommended(self._catalog, machine)

    # what can be done

    def import_file(self, path: Path, *, copy: bool) -> Future[ModelFile]:
        """Take up a file the user has: into our folder, or where it is. The same file twice gives the same model; a copy of
        a linked one takes its place.

        Progress as ModelChecked of IMPORT. Fails with ModelFileError, DiskError.
        """
        return self._work(lambda: self._import(path.expanduser().absolute(), copy))

    def verify(self, model: ModelId) -> Future[ModelFile]:
        """Read the whole model and compare its SHA-256; one without a known hash gets it recorded.

        Progress as ModelChecked. Fails with UnknownModel, FileMissing, WrongHash (then its state is broken).
        """
        return self._work(lambda: self._verify(model))

    def remove(self, model: ModelId) -> Future[None]:
        """Take it off the list; a file in our folder is deleted, the user's own stays. Fails with UnknownModel, DiskError."""
        return self._work(lambda: self._remove(model))

    def install(self, download: Download, paths: list[Path]) -> ModelFile:
        """Describe finished files as a model, to be stored by who calls. Raises ModelFileError. Any thread but the writer's."""
        header = self._read_header(paths[0])
        entry = self._entry(download.catalog_id, download)
        digests = [file.sha256 for file in download.files if file.sha256]
        return self._described(
            header,
            paths,
            combined(digests) if len(digests) == len(paths) else None,
            entry,
            repository=download.repository,
            file=download.files[0].file,
            revision=download.revision,
        )

    def register(self, path: Path, *, linked: bool = True) -> Future[ModelFile]:
        """Take up a file where it lies; `linked` False says that it is ours to delete."""
        return self._work(lambda: self._link(path.expanduser().absolute(), linked=linked))

    def close(self, timeout: float = 5.0) -> None:
        """Stop copying and hashing; half copies are removed. Waits at most `timeout` seconds."""
        self._stop.set()
        self._worker.close(timeout)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._stop.is_set()

    # on the library's thread

    def _work(self, call: Callable[[], T]) -> Future[T]:
        def unless_closed() -> T:
            if self._stop.is_set():
                raise CancelledError
            return call()

        return self._worker.submit(unless_closed)

    def _import(self, path: Path, copy: bool) -> ModelFile:
        if not copy:
            return self._link(path, linked=not path.is_relative_to(self._models))
        header, paths = self._checked(path)
        same = self._known_by_path(path)
        if same is not None and same.state is ModelState.READY and not same.linked:
            return same
        total = sum(part.stat().st_size for part in paths)
        targets, digests = copy_in(paths, self._models / "imported", self._ticking(IMPORT, total))
        digest = combined(digests)
        for known in self.models():
            if known.sha256 == digest and known.state is ModelState.READY and not known.linked:
                self._delete(targets)
                return known
        if same is not None:  # it was used where it lay; from now on it is ours
            return self._announced(
                replace(same, path=targets[0], size=total, sha256=digest, linked=False, state=ModelState.READY)
            )
        return self._announced(self._described(header, targets, digest, self._entry_of(targets, digest)))

    def _link(self, path: Path, *, linked: bool) -> ModelFile:
        header, paths = self._checked(path)
        if (same := self._known_by_path(path)) is not None and same.state is ModelState.READY:
            return same
        return self._announced(self._described(header, paths, None, self._entry_of(paths, None), linked=linked))

    def _checked(self, path: Path) -> tuple[ModelHeader, list[Path]]:
        """The header first: it tells in a moment what cannot work."""
        header = self._read_header(path)
        paths = all_parts(path)
        for part in paths[1:]:
            if not part.is_file():
                raise FileMissing(path=str(part))
        return header, paths

    def _verify(self, identifier: ModelId) -> ModelFile:
        model = self.get(identifier)
        paths = all_parts(model.path)
        for path in paths:
            if not path.is_file():
                raise FileMissing(path=str(path))
        done, digests = 0, []
        tick = self._ticking(identifier, sum(path.stat().st_size for path in paths))
        for path in paths:
            try:
                digests.append(sha256_of(path, lambda count, before=done: tick(before + count)))  # type: ignore[misc]
            except OSError as error:
                raise FileUnreadable(path=str(path), reason=error.strerror or str(error)) from error
            done += path.stat().st_size
        actual = combined(digests)
        if model.sha256 not in (None, actual):
            self._stored(replace(model, state=ModelState.BROKEN))
            raise WrongHash(path=str(model.path), expected=model.sha256, actual=actual)
        return self._stored(replace(model, sha256=actual, size=done, state=ModelState.READY))

    def _remove(self, identifier: ModelId) -> None:
        model = self.get(identifier)
        if not model.linked:
            self._delete(all_parts(model.path))
        self._writer.submit(self._store.delete, identifier).result()
        with self._naming:
            self._reserved.pop(identifier, None)
        self._bus.publish(ModelRemoved(identifier))

    def _delete(self, paths: Iterable[Path]) -> None:
        """Delete files of ours; whatever does not lie in our folder is not ours, whoever says so."""
        root = self._models.resolve()
        for path in paths:
            real = path.resolve()
            if root in real.parents:
                with disk_errors(path):
                    path.unlink(missing_ok=True)
                remove_empty(path.parent, self._models)

    def _stored(self, model: ModelFile) -> ModelFile:
        self._writer.submit(self._store.save, model).result()
        return model

    def _announced(self, model: ModelFile) -> ModelFile:
        self._stored(model)
        self._bus.publish(ModelInstalled(model.id))
        return model

    def _ticking(self, model: ModelId, total: int) -> Callable[[int], None]:
        """Tells the progress, and stops the work when the service closes."""
        pace = Pace()

        def tick(done: int) -> None:
            if self._stop.is_set():
                raise CancelledError
            if pace.step(done) is not None or done == total:
                self._bus.publish(ModelChecked(model, done, total))

        return tick

    # what a file is

    def _described(
        self,
        header: ModelHeader,
        paths: list[Path],
        digest: str | None,
        entry: CatalogEntry | None,
        *,
        repository: str | None = None,
        file: str | None = None,
        revision: str | None = None,
        linked: bool = False,
    ) -> ModelFile:
        known = self._known_by_path(paths[0])
        return ModelFile(
            id=known.id if known else self._new_id(entry.id if entry else _slug(stem(paths[0].name)), paths[0]),
            name=entry.name if entry else header.name or stem(paths[0].name),
            path=paths[0],
            size=sum(path.stat().st_size for path in paths),
            sha256=digest,
            family=header.family,
            architecture=header.architecture,
            quantization=header.quantization or (entry.quantization if entry else ""),
            context=header.context,
            state=ModelState.READY,
            added=known.added if known else self._clock(),
            last_used=known.last_used if known else None,
            repository=repository,
            file=file,
            revision=revision,
            licence=entry.licence if entry else None,
            linked=linked,
        )

    def _entry(self, identifier: str | None, download: Download) -> CatalogEntry | None:
        files = tuple(file.file for file in download.files)
        for entry in self._catalog:
            if entry.id == identifier:
                return entry
            if entry.repository == download.repository and tuple(file.file for file in entry.files) == files:
                return entry
        return None

    def _entry_of(self, paths: list[Path], digest: str | None) -> CatalogEntry | None:
        """The catalogue's row of a file that came from elsewhere: the same bytes, or failing that the same name and size."""
        for entry in self._catalog:
            hashes = [file.sha256 for file in entry.files if file.sha256]
            if digest is not None and len(hashes) == len(entry.files) and combined(hashes) == digest:
                return entry
            sizes = [(Path(file.file).name, file.size) for file in entry.files]
            if digest is None and sizes == [(path.name, path.stat().st_size) for path in paths]:
                return entry
        return None

    def _known_by_path(self, path: Path) -> ModelFile | None:
        real = path.resolve()
        for model in self.models():
            if model.path.resolve() == real:
                return model
        return None

    def _new_id(self, wanted: str, path: Path) -> ModelId:
        """An id nobody has, also no other file that is about to be stored."""
        with self._naming:
            taken = {model.id for model in self._store.list()}
            taken |= {reserved for reserved, owner in self._reserved.items() if owner != path}
            candidate, number = ModelId(wanted), 1
            while candidate in taken or candidate == IMPORT:
                number += 1
                candidate = ModelId(f"{wanted}-{number}")
            self._reserved[candidate] = path
            return candidate


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name.lower()).strip("-.") or "model"


def _as_found(model: ModelFile) -> ModelFile:
    """The model with its state as a look at the disk gives it."""
    if model.state is ModelState.BROKEN:
        return model
    sizes = [_size(path) for path in all_parts(model.path)]
    if any(size is None for size in sizes):
        return replace(model, state=ModelState.MISSING)
    whole = sum(size for size in sizes if size is not None) == model.size
    return replace(model, state=ModelState.READY if whole else ModelState.BROKEN)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
