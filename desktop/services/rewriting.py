"""Turn a chatglm.cpp file into GGUF beside it, or in a folder of ours; it bears its name only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from desktop.core.fitness import DISK_MARGIN
from desktop.core.models import FileFormat, ModelFile, ModelHeader
from desktop.services.targets import all_parts, safe_name, stem
from desktop.storage.disk import disk_errors, preallocate, require, sync_directory

FIRST_GENERATION = "chatglm"
"""The family that is used as it is: llama.cpp cannot express it."""


class Rewriting(Protocol):
    """A file on its way to GGUF."""

    @property
    def header(self) -> bytes:
        """How the new file begins."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the new file."""
        ...

    def chunks(self) -> Iterable[bytes | memoryview]:
        """All of it; each valid until the next. Raises ModelFileError."""
        ...


Prepare = Callable[[Path], Rewriting]
"""Raises ModelFileError."""


def must_rewrite(header: ModelHeader) -> bool:
    """Whether a file can only be used as GGUF."""
    return header.format is FileFormat.CHATGLM_CPP and header.family != FIRST_GENERATION


def is_rewritten(original: Path) -> bool:
    """Whether a downloaded file is gone because its GGUF is there."""
    rewritten = original.with_name(stem(original.name) + ".gguf")
    return rewritten != original and rewritten.is_file() and not original.exists()


def files_of(model: ModelFile) -> list[Path]:
    """All parts of a model, and the downloaded file that it was rewritten from, if that still lies beside it."""
    parts = all_parts(model.path)
    if model.file is None or model.file.lower().endswith(".gguf"):
        return parts
    original = model.path.with_name(safe_name(model.file.rsplit("/", 1)[-1]))
    return [*parts, original] if original.is_file() and original != model.path else parts


def rewrite(source: Path, folder: Path, prepare: Prepare, tick: Callable[[int, int], None]) -> Path:
    """Write the GGUF of `source` into `folder`, under a name nobody has; one that is there already is used again.

    `tick` gets the bytes written so far and in all, and may raise to stop; then nothing is left. Raises ModelFileError,
    DiskError.
    """
    rewriting = prepare(source)
    target, there = _place(folder, stem(safe_name(source.name)), rewriting)
    if there:
        return target
    require(folder, rewriting.size + DISK_MARGIN)
    part = target.with_name(target.name + ".part")
    try:
        with disk_errors(target):
            folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb", buffering=0) as file:
                preallocate(file, rewriting.size)
                done = 0
                for chunk in rewriting.chunks():
                    view = memoryview(chunk)
                    while view:
                        view = view[file.write(view) :]
                    done += len(chunk)
                    tick(done, rewriting.size)
                file.truncate(done)
                os.fsync(file.fileno())
            os.replace(part, target)
            sync_directory(folder)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target


def _place(folder: Path, name: str, rewriting: Rewriting) -> tuple[Path, bool]:
    """The path to write to, and whether just this rewriting is already there."""
    number = 1
    while True:
        target = folder / (f"{name}.gguf" if number == 1 else f"{name}-{number}.gguf")
        if not target.exists():
            return target, False
        with disk_errors(target):
            if target.stat().st_size == rewriting.size:
                with target.open("rb") as file:
                    if file.read(len(rewriting.header)) == rewriting.header:
                        return target, True
        number += 1
