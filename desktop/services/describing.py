"""What a model file is in the list: its id, its name, its row of the catalogue."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from desktop.core.models import CatalogEntry, Download, ModelFile, ModelHeader, ModelId, ModelState
from desktop.services.presence import as_found
from desktop.services.targets import stem
from desktop.storage.disk import combined
from desktop.storage.library import ModelStore

IMPORT = ModelId("import")
"""Stands for the model in ModelChecked while a file is copied and has no id yet."""


class Describer:
    """Describes files as models; whoever asked stores them. Thread-safe."""

    def __init__(self, store: ModelStore, catalog: tuple[CatalogEntry, ...], clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since the epoch."""
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._naming = threading.Lock()
        self._reserved: dict[ModelId, Path] = {}

    def forget(self, model: ModelId) -> None:
        """Its id may be given again."""
        with self._naming:
            self._reserved.pop(model, None)

    def describe(
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
        called: str | None = None,
    ) -> ModelFile:
        """The model that the files are. One that is known keeps its id, its name and its history. Raises OSError.

        `called` is for files whose own name says nothing.
        """
        known = self.known(paths[0])
        called = called or stem(paths[0].name)
        return ModelFile(
            id=known.id if known else self._new_id(entry.id if entry else _slug(called), paths[0]),
            name=known.name if known else entry.name if entry else header.name or called,
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

    def entry_of_download(self, identifier: str | None, download: Download) -> CatalogEntry | None:
        """The catalogue's row of a download, by its id or by its files."""
        files = tuple(file.file for file in download.files)
        for entry in self._catalog:
            if entry.id == identifier:
                return entry
            if entry.repository == download.repository and tuple(file.file for file in entry.files) == files:
                return entry
        return None

    def entry_of_files(self, paths: list[Path], digest: str | None) -> CatalogEntry | None:
        """The catalogue's row of a file that came from elsewhere: the same bytes, or failing that the same name and size."""
        for entry in self._catalog:
            hashes = [file.sha256 for file in entry.files if file.sha256]
            if digest is not None and len(hashes) == len(entry.files) and combined(hashes) == digest:
                return entry
            sizes = [(Path(file.file).name, file.size) for file in entry.files]
            if digest is None and sizes == [(path.name, path.stat().st_size) for path in paths]:
                return entry
        return None

    def known(self, path: Path) -> ModelFile | None:
        """The model in the list that lies there, whatever leads to it."""
        real = path.resolve()
        for model in self._store.list():
            if model.path.resolve() == real:
                return as_found(model)
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
