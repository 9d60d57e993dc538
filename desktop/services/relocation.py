"""Files on their way from one models folder to another, so that a death at any moment loses nothing.

A journal lists the files before the first one is touched. Until the database names the new folder, every file stays whole
in the old one (or was renamed, where the disk has no hard links); only then the old ones go. So whoever finds the journal
knows what to do: undo before the switch, tidy up after it.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath

from desktop.core.errors import FolderTaken
from desktop.core.fitness import DISK_MARGIN
from desktop.services.targets import remove_empty
from desktop.storage.disk import CHUNK, disk_errors, require, sync_directory, write_whole

log = logging.getLogger(__name__)

_UNFINISHED = ".moving"


@dataclass(frozen=True)
class Relocation:
    """What moves: paths relative to both folders, with their sizes in bytes."""

    old: Path
    new: Path
    owner: str
    """Mark of the process that does it (storage.owner)."""
    files: tuple[tuple[str, int], ...]
    made: bool
    """The new folder did not exist before."""

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(size for _, size in self.files)


def planned(old: Path, new: Path, owner: str, files: Sequence[Path]) -> Relocation:
    """Describe a move of `files`, which lie in `old`. Raises FolderTaken, DiskError."""
    with disk_errors(new):
        made = not new.exists()
        for file in files:
            if os.path.lexists(new / file.relative_to(old)):
                raise FolderTaken(path=str(new), file=str(file.relative_to(old)))
        sizes = tuple((file.relative_to(old).as_posix(), file.stat().st_size) for file in files)
    return Relocation(old, new, owner, sizes, made)


def bring(move: Relocation, tick: Callable[[int], None]) -> None:
    """Have every file in the new folder, whole. `tick` gets the bytes so far and may raise. Raises DiskError."""
    with disk_errors(move.new):
        move.new.mkdir(parents=True, exist_ok=True)
        near = move.old.stat().st_dev == move.new.stat().st_dev
        if not near:
            require(move.new, move.size + DISK_MARGIN)
    done = 0
    for old, new, size in _pairs(move):
        tick(done)
        with disk_errors(new):
            new.parent.mkdir(parents=True, exist_ok=True)
            if not _placed(old, new, near):
                _copy(old, new, lambda count, before=done: tick(before + count))  # type: ignore[misc]
            sync_directory(new.parent)
        done += size
    tick(done)


def undo(move: Relocation) -> bool:
    """Bring the old folder back as it was; whether that was possible in full. Deletes a copy only beside its original."""
    whole = True
    for old, new, size in _pairs(move):
        with suppress(OSError):
            _unfinished(new).unlink(missing_ok=True)
        try:
            if os.path.lexists(new):
                if not os.path.lexists(old):
                    old.parent.mkdir(parents=True, exist_ok=True)
                    os.rename(new, old)
                elif old.stat().st_size == size:
                    new.unlink()
            remove_empty(new.parent, move.new)
        except OSError as error:
            log.info("%s is not moved back yet: %s", new, error)
            whole = False
    if move.made:
        with suppress(OSError):
            move.new.rmdir()
    return whole


def tidy(move: Relocation) -> bool:
    """Remove from the old folder what is whole in the new one; whether nothing is left to do. Whatever differs stays."""
    if not move.new.is_dir():  # the new disk is away: at the next start again
        return False
    whole = True
    for old, new, size in _pairs(move):
        try:
            if os.path.lexists(old) and new.is_file() and new.stat().st_size == size:
                old.unlink()
            remove_empty(old.parent, move.old)
        except OSError as error:  # open in another program: at the next start again
            log.info("%s is not removed yet: %s", old, error)
            whole = False
    with suppress(OSError):
        move.old.rmdir()
    return whole


def write_journal(path: Path, move: Relocation) -> None:
    """Remember the move before it begins. Raises DiskError."""
    content = {**asdict(move), "old": str(move.old), "new": str(move.new)}
    with disk_errors(path):
        write_whole(path, json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogateescape"))
        sync_directory(path.parent)


def read_journal(path: Path) -> Relocation | None:
    """The move that was begun, or None."""
    try:
        raw = json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
        files = tuple((str(name), int(size)) for name, size in raw["files"])
        if any(PurePath(name).is_absolute() or ".." in PurePath(name).parts for name, _ in files):
            raise ValueError("a path that leads out")
        return Relocation(Path(raw["old"]), Path(raw["new"]), str(raw["owner"]), files, bool(raw["made"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("the journal of a move cannot be read: %s", error)
        return None


def _pairs(move: Relocation) -> Iterator[tuple[Path, Path, int]]:
    for name, size in move.files:
        yield move.old / name, move.new / name, size


def _unfinished(new: Path) -> Path:
    return new.with_name(new.name + _UNFINISHED)


def _placed(old: Path, new: Path, near: bool) -> bool:
    """Without copying: a link to the same bytes, or a rename where the disk knows no links. False if it has to be copied."""
    if old.is_symlink():
        new.symlink_to(old.resolve())
        return True
    if not near:
        return False
    try:
        os.link(old, new)
        return True
    except OSError:
        pass
    try:
        os.rename(old, new)
        return True
    except OSError:  # another disk after all (bind mounts), or open elsewhere
        return False


def _copy(old: Path, new: Path, tick: Callable[[int], None]) -> None:
    part = _unfinished(new)
    done = 0
    buffer = memoryview(bytearray(CHUNK))
    try:
        with old.open("rb", buffering=0) as reader, part.open("wb", buffering=0) as writer:
            while count := reader.readinto(buffer):
                view = buffer[:count]
                while view:
                    view = view[writer.write(view) :]
                done += count
                tick(done)
            os.fsync(writer.fileno())
        if done != old.stat().st_size:
            raise OSError("it changed while it was copied")
        os.replace(part, new)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
