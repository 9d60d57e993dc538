"""Whether a model's files are where they should be: a look at the disk, without reading them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop.core.errors import FileMissing, FileTruncated, FolderMissing, ModelFileError
from desktop.core.models import ModelFile, ModelState
from desktop.services.targets import all_parts


def as_found(model: ModelFile) -> ModelFile:
    """The model with its state as a look at the disk gives it. What was found damaged stays so until it is verified again."""
    if model.state is ModelState.BROKEN:
        return model
    sizes = [_size(path) for path in all_parts(model.path)]
    if any(size is None for size in sizes):
        return replace(model, state=ModelState.MISSING)
    whole = sum(size for size in sizes if size is not None) == model.size
    return replace(model, state=ModelState.READY if whole else ModelState.BROKEN)


def trouble(model: ModelFile) -> ModelFileError | None:
    """Why the model cannot be used now, for a sentence (desktop.messages); None if its files are there."""
    parts = all_parts(model.path)
    for path in parts:
        if (error := missing(path)) is not None:
            return error
    size = sum(_size(path) or 0 for path in parts)
    if size != model.size:
        return FileTruncated(path=str(model.path), size=size, expected=model.size)
    return None


def missing(path: Path) -> FileMissing | None:
    """What to say if there is no such file: it went alone, or with its whole folder (a stick that was pulled)."""
    try:
        if path.is_file():
            return None
        if path.parent.is_dir():
            return FileMissing(path=str(path))
    except OSError:
        pass
    return FolderMissing(path=str(path), folder=str(path.parent))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
