"""Models that other programs on this computer already hold, and their use in place: nothing is copied, nothing changed."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

from desktop.core.errors import ModelFileError
from desktop.core.library import FoundModel
from desktop.core.models import ModelFile, ModelHeader
from desktop.services.library import LibraryService
from desktop.services.ollama import blobs
from desktop.services.places import Layout, Place, lm_studio_settings, places
from desktop.services.scan import gguf_files
from desktop.services.serial import SerialExecutor
from desktop.services.targets import all_parts, stem

_SHA256 = re.compile(r"[0-9a-f]{64}")
_OTHER = "other"
"""The family of what is no GLM (inference.families)."""


class ElsewhereService:
    """Futures carry WorldErrors, or CancelledError after close."""

    def __init__(self, library: LibraryService, read_header: Callable[[Path], ModelHeader]) -> None:
        """`read_header` raises ModelFileError."""
        self._library = library
        self._read_header = read_header
        self._worker = SerialExecutor("elsewhere")
        self._stop = threading.Event()

    def found(self) -> Future[tuple[FoundModel, ...]]:
        """Chat models of LM Studio, Ollama, Jan, GPT4All, the hub's cache and llama.cpp that are not in the list yet.

        The GLM family first. A second or two on a disk that is slow; each file comes once, whoever shares it.
        """
        return self._worker.submit(self._find)

    def adopt(self, model: FoundModel) -> Future[ModelFile]:
        """Put one into the list, used where it lies. Fails with ModelFileError. Ends in ModelInstalled."""
        return self._library.work(lambda: self._library.take_up(model.path, called=model.name, sha256=model.sha256))

    def close(self, timeout: float = 5.0) -> None:
        """Stop looking."""
        self._stop.set()
        self._worker.close(timeout)

    # on the thread

    def _find(self) -> tuple[FoundModel, ...]:
        seen = {part.resolve() for model in self._library.models() for part in all_parts(model.path)}
        models: list[FoundModel] = []
        for place in _all_places():
            for name, path, sha256 in self._candidates(place):
                if self._stop.is_set():
                    raise CancelledError
                real = path.resolve()
                if real in seen:
                    continue
                seen.add(real)
                if (model := self._described(place.program, name, path, sha256)) is not None:
                    models.append(model)
        return tuple(sorted(models, key=lambda model: (model.family == _OTHER, model.program, model.name.lower())))

    def _candidates(self, place: Place) -> Iterator[tuple[str, Path, str | None]]:
        """Name, file, and SHA-256 as far as the place tells."""
        if place.layout is Layout.OLLAMA:
            for blob in blobs(place.path):
                yield blob.name, blob.path, blob.sha256
            return
        for root in _hub_roots(place.path) if place.layout is Layout.HUB else [place.path]:
            for path in gguf_files(root, self._stop.is_set):
                real = path.resolve().name if place.layout is Layout.HUB else ""
                alone = len(all_parts(path)) == 1
                yield stem(path.name), path, real if alone and _SHA256.fullmatch(real) else None

    def _described(self, program: str, name: str, path: Path, sha256: str | None) -> FoundModel | None:
        """None for what cannot be used: not a chat model, damaged, parts missing, still being written."""
        try:
            header = self._read_header(path)
            size = sum(part.stat().st_size for part in all_parts(path))
        except (ModelFileError, OSError):
            return None
        return FoundModel(program, name, path, size, header.family, header.architecture, header.quantization, sha256)


def _all_places() -> list[Place]:
    home = Path.home()
    found = list(places(os.environ, home, sys.platform))
    try:
        moved = json.loads(lm_studio_settings(home).read_bytes())["downloadsFolder"]
        if isinstance(moved, str) and Path(moved).is_absolute() and Path(moved) not in {p.path for p in found}:
            found.insert(0, Place("LM Studio", Path(moved)))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return found


def _hub_roots(hub: Path) -> list[Path]:
    try:
        return sorted(path / "snapshots" for path in hub.iterdir() if path.name.startswith("models--"))
    except OSError:
        return []
