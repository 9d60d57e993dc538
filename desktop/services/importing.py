"""Copy a model the user has into the models folder, hashing it on the way; usable only when it is whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from desktop.core.errors import FileUnreadable
from desktop.core.fitness import DISK_MARGIN
from desktop.services.targets import safe_name
from desktop.storage.disk import CHUNK, disk_errors, require, sync_directory


def copy_in(sources: Sequence[Path], folder: Path, tick: Callable[[int], None]) -> tuple[list[Path], list[str]]:
    """Copy the files into a place of their own below `folder`; returns the new paths and their SHA-256.

    `tick` gets the bytes copied so far and may raise to stop; then nothing is left. Raises DiskError, FileUnreadable.
    """
    with _reading(sources[0]):
        total = sum(source.stat().st_size for source in sources)
    require(folder, total + DISK_MARGIN)
    targets = _free_names(sources, folder)
    digests: list[str] = []
    copied = 0
    try:
        for source, target in zip(sources, targets, strict=True):
            before = copied
            digests.append(_copy(source, target, lambda done, before=before: tick(before + done)))  # type: ignore[misc]
            copied += source.stat().st_size
    except BaseException:
        for target in targets[: len(digests)]:
            with suppress(OSError):
                target.unlink(missing_ok=True)
        raise
    return targets, digests


def _copy(source: Path, target: Path, tick: Callable[[int], None]) -> str:
    part = target.with_name(target.name + ".part")
    digest = hashlib.sha256()
    done = 0
    try:
        with _reading(source), source.open("rb", buffering=0) as reader, disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb", buffering=0) as writer:
                while chunk := _read(reader.read, source):
                    digest.update(chunk)
                    view = memoryview(chunk)
                    while view:
                        view = view[writer.write(view) :]
                    done += len(chunk)
                    tick(done)
                os.fsync(writer.fileno())
            os.replace(part, target)
            sync_directory(target.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return digest.hexdigest()


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Errors of the source are about the source."""
    try:
        yield
    except OSError as error:
        raise FileUnreadable(path=str(source), reason=error.strerror or str(error)) from error


def _read(read: Callable[[int], bytes], source: Path) -> bytes:
    with _reading(source):
        return read(CHUNK)


def _free_names(sources: Sequence[Path], folder: Path) -> list[Path]:
    """Names in a folder that nobody has; the parts of a split model keep theirs, so they move to a folder of their own."""
    names = [safe_name(source.name) for source in sources]
    number = 1
    while True:
        place = folder if number == 1 else folder / str(number)
        targets = [place / name for name in names]
        if not any(target.exists() for target in targets):
            return targets
        number += 1
