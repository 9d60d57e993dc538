"""The models on this computer: which there are, which suits this machine, import, verify, remove.

Short writes go to the writer's thread; copying and hashing gigabytes happens on a thread of its own.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from desktop.core import fitness
from desktop.core.errors import BadSetting, DiskDenied, FileUnreadable, NotRewritten, UnknownModel, WrongHash
from desktop.core.events import ModelChanged, ModelChecked, ModelInstalled, ModelRemoved
from desktop.core.footprint import Footprint
from desktop.core.library import Removal
from desktop.core.models import CatalogEntry, Download, Fit, Machine, ModelFile, ModelHeader, ModelId, ModelState
from desktop.services import machine as this_machine
from desktop.services.bus import Bus
from desktop.services.describing import IMPORT, Describer
from desktop.services.importing import copy_in
from desktop.services.pace import Pace
from desktop.services.presence import as_found, missing
from desktop.services.rewriting import Prepare, files_of, must_rewrite, rewrite
from desktop.services.serial import SerialExecutor
from desktop.services.targets import all_parts, remove_empty
from desktop.services.trash import discard
from desktop.storage.disk import combined, disk_errors, sha256_of
from desktop.storage.library import ModelStore

T = TypeVar("T")

NAME_LENGTH = 120
"""Characters of a model's name, at most."""


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
        *,
        prepare: Prepare,
        keep_originals: Callable[[], bool] = lambda: True,
        must_exist: bool = False,
        shape: Callable[[CatalogEntry], Footprint | None] = lambda _: None,
    ) -> None:
        """`read_header` raises ModelFileError; `clock` gives milliseconds since the epoch; `prepare` begins to rewrite a
        file of chatglm.cpp; `keep_originals` says whether one that was downloaded stays after it; `must_exist`: see `use_folder`; `shape` tells the layers of a recommended build.
        """
        self._store = store
        self._models = models_dir
        self._must_exist = must_exist
        self._catalog = catalog
        self._shape = shape
        self._prepare = prepare
        self._keep_originals = keep_originals
        self._read_header = read_header
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._worker = SerialExecutor("library")
        self._stop = threading.Event()
        self._describer = Describer(store, catalog, clock)

    # what there is

    def models(self) -> tuple[ModelFile, ...]:
        """All of them, the last used first; their state as the disk has it now."""
        return tuple(as_found(model) for model in self._store.list())

    def get(self, model: ModelId) -> ModelFile:
        """One. Raises UnknownModel."""
        if (found := self._store.get(model)) is None:
            raise UnknownModel(id=model)
        return as_found(found)

    @property
    def folder(self) -> Path:
        """Our models folder."""
        return self._models

    def choose(self) -> ModelFile | None:
        """The model to use when nobody says which: the last used one that is ready, else the only one."""
        ready = [model for model in self.models() if model.state is ModelState.READY]
        if ready and (len(ready) == 1 or ready[0].last_used is not None):
            return ready[0]
        return None

    def choose_any(self) -> ModelId | None:
        """As `choose`, else one whose trouble the user should hear of."""
        chosen = self.choose() or next(iter(self.models()), None)
        return chosen.id if chosen else None

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
        return fitness.fit(entry, machine, self._shape(entry))

    def recommended(self, machine: Machine) -> CatalogEntry:
        """The build to propose to a newcomer."""
        return fitness.recommended(self._catalog, machine)

    # what can be done

    def import_file(self, path: Path, *, copy: bool) -> Future[ModelFile]:
        """Take up a file the user has: into our folder, or where it is. The same file twice gives the same model; a copy of
        a linked one takes its place. Of chatglm.cpp's files the later ones are rewritten, in our folder or beside them.

        Progress as ModelChecked of IMPORT. Fails with ModelFileError, DiskError.
        """
        return self.work(lambda: self._import(path.expanduser().absolute(), copy))

    def verify(self, model: ModelId) -> Future[ModelFile]:
        """Read the whole model and compare its SHA-256; one without a known hash gets it recorded.

        Progress as ModelChecked. Fails with UnknownModel, FileMissing, WrongHash (then its state is broken).
        """
        return self.work(lambda: self._verify(model))

    def rename(self, model: ModelId, name: str) -> Future[ModelFile]:
        """Give it another name; the file keeps its own. Ends in ModelChanged.

        Fails with UnknownModel, BadSetting (nothing but blanks, or too long).
        """
        return self._writer.submit(self._rename, model, " ".join(name.split()))

    def remove(self, model: ModelId) -> Future[Removal]:
        """Take it off the list. Files in our folder go to the system's trash or, where there is none, are deleted; the user's
        own stay. Tells how many bytes that was about. Fails with UnknownModel, DiskError (then it stays on the list)."""
        return self.work(lambda: self._remove(model))

    def install(
        self, download: Download, paths: list[Path], tick: Callable[[int, int], None] = lambda done, total: None
    ) -> ModelFile:
        """Describe finished files as a model, to be stored by who calls. Any thread but the writer's. Raises ModelFileError,
        DiskError. `tick` is called while a file must be rewritten first, with bytes done and in all, and may raise to stop.
        """
        header = self._read_header(paths[0])
        entry = self._describer.entry_of_download(download.catalog_id, download)
        digests = [file.sha256 for file in download.files if file.sha256]
        if must_rewrite(header):
            original, digests = paths[0], []
            paths = [rewrite(original, original.parent, self._prepare, tick)]
            if not self._keep_originals():
                self._delete([original])
            header = self._read_header(paths[0])
        return self._describer.describe(
            header,
            paths,
            combined(digests) if digests and len(digests) == len(paths) else None,
            entry,
            repository=download.repository,
            file=download.files[0].file,
            revision=download.revision,
        )

    def register(self, path: Path, *, linked: bool = True) -> Future[ModelFile]:
        """Take up a file where it lies; `linked` False says that it is ours to delete."""
        return self.work(lambda: self.take_up(path.expanduser().absolute(), linked=linked))

    def close(self, timeout: float = 5.0) -> None:
        """Stop copying and hashing; half copies are removed. Waits at most `timeout` seconds."""
        self._stop.set()
        self._worker.close(timeout)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._stop.is_set()

    # on the library's thread

    def take_up(
        self, path: Path, *, linked: bool = True, called: str | None = None, sha256: str | None = None
    ) -> ModelFile:
        """Use a file where it lies; the same file twice gives the same model. Only inside `work`. Raises ModelFileError.

        `called` is for files whose own name says nothing, `sha256` what is known of the bytes.
        """
        header, paths = self._checked(path)
        if must_rewrite(header):
            raise NotRewritten(path=str(path))
        if (same := self._describer.known(path)) is not None and same.state is ModelState.READY:
            return same
        entry = self._describer.entry_of_files(paths, sha256)
        return self._announced(self._describer.describe(header, paths, sha256, entry, linked=linked, called=called))

    def use_folder(self, models: Path, *, must_exist: bool) -> None:
        """From now on our models folder is this one. Only inside `work`.

        One that the user chose `must_exist`: where a disk was mounted that is away now, nothing is written in its place.
        """
        self._models, self._must_exist = models, must_exist

    def work(self, call: Callable[[], T]) -> Future[T]:
        """Run something on the library's thread, one after another with imports, checks and removals. Fails with
        CancelledError after close."""

        def unless_closed() -> T:
            if self._stop.is_set():
                raise CancelledError
            return call()

        return self._worker.submit(unless_closed)

    def _import(self, path: Path, copy: bool) -> ModelFile:
        header, paths = self._checked(path)
        if must_rewrite(header):
            return self._import_rewritten(path, copy)
        if not copy:
            return self.take_up(path, linked=not path.is_relative_to(self._models))
        same = self._describer.known(path)
        if same is not None and same.state is ModelState.READY and not same.linked:
            return same
        self._require_folder()
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
        return self._announced(
            self._describer.describe(header, targets, digest, self._describer.entry_of_files(targets, digest))
        )

    def _import_rewritten(self, path: Path, copy: bool) -> ModelFile:
        """The original stays as it is; beside it where that is possible, else in our folder, lies what is used."""
        tick = self._telling(IMPORT)
        if copy:
            self._require_folder()
            target = rewrite(path, self._models / "imported", self._prepare, tick)
        else:
            try:
                target = rewrite(path, path.parent, self._prepare, tick)
            except DiskDenied:  # a folder that is only read
                self._require_folder()
                target = rewrite(path, self._models / "imported", self._prepare, tick)
        same = self._describer.known(target)
        if same is not None and same.state is ModelState.READY:
            return same
        entry = self._describer.entry_of_files([path], None)
        header = self._read_header(target)
        linked = not target.is_relative_to(self._models)
        return self._announced(self._describer.describe(header, [target], None, entry, linked=linked))

    def _require_folder(self) -> None:
        if self._must_exist and not self._models.is_dir():
            raise DiskDenied(path=str(self._models), reason=os.strerror(errno.ENOENT))

    def _checked(self, path: Path) -> tuple[ModelHeader, list[Path]]:
        """The header first: it tells in a moment what cannot work."""
        header = self._read_header(path)
        paths = all_parts(path)
        for part in paths[1:]:
            if (error := missing(part)) is not None:
                raise error
        return header, paths

    def _verify(self, identifier: ModelId) -> ModelFile:
        model = self.get(identifier)
        paths = all_parts(model.path)
        for path in paths:
            if (error := missing(path)) is not None:
                raise error
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
            self._changed(identifier, state=ModelState.BROKEN)
            raise WrongHash(path=str(model.path), expected=model.sha256, actual=actual)
        return self._changed(identifier, sha256=actual, size=done, state=ModelState.READY)

    def _rename(self, identifier: ModelId, name: str) -> ModelFile:
        if not 1 <= len(name) <= NAME_LENGTH:
            raise BadSetting(name="name", value=name[:NAME_LENGTH])
        if (model := self._store.get(identifier)) is None:
            raise UnknownModel(id=identifier)
        renamed = replace(model, name=name)
        self._store.save(renamed)
        self._bus.publish(ModelChanged(identifier))
        return as_found(renamed)

    def _remove(self, identifier: ModelId) -> Removal:
        model = self.get(identifier)
        done = Removal(0, False) if model.linked else self._delete(files_of(model), keep=True)
        self._writer.submit(self._store.delete, identifier).result()
        self._describer.forget(identifier)
        self._bus.publish(ModelRemoved(identifier))
        return done

    def _delete(self, paths: Iterable[Path], *, keep: bool = False) -> Removal:
        """Delete files of ours, or `keep` them in the trash if there is one; whatever does not lie in our folder is not
        ours, whoever says so."""
        root = self._models.resolve()
        size, trashed = 0, False
        for path in paths:
            if root not in path.resolve().parents:
                continue
            with disk_errors(path):
                there = path.stat() if path.exists() else None
                if keep:
                    trashed |= discard(path)
                else:
                    path.unlink(missing_ok=True)
            if there is not None and there.st_nlink <= 1:  # else the bytes stay under another name
                size += there.st_size
            remove_empty(path.parent, self._models)
        return Removal(size, trashed)

    def _changed(self, identifier: ModelId, **changes: object) -> ModelFile:
        """Change a row as it is now, whatever happened to it during long work."""

        def change() -> ModelFile:
            if (model := self._store.get(identifier)) is None:
                raise UnknownModel(id=identifier)
            changed = replace(model, **changes)  # type: ignore[arg-type]  # the callers' keywords are fields
            self._store.save(changed)
            return changed

        return self._writer.submit(change).result()

    def _announced(self, model: ModelFile) -> ModelFile:
        self._writer.submit(self._store.save, model).result()
        self._bus.publish(ModelInstalled(model.id))
        return model

    def _telling(self, model: ModelId) -> Callable[[int, int], None]:
        """Tells the progress, and stops the work when the service closes."""
        pace = Pace()

        def tick(done: int, total: int) -> None:
            if self._stop.is_set():
                raise CancelledError
            if pace.step(done) is not None or done == total:
                self._bus.publish(ModelChecked(model, done, total))

        return tick

    def _ticking(self, model: ModelId, total: int) -> Callable[[int], None]:
        """As `_telling`, for work that knows only what it has done."""
        tell = self._telling(model)
        return lambda done: tell(done, total)
