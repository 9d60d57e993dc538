"""What the file system says, in our words, and the few calls that make bytes last."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from desktop.core.errors import DiskDenied, DiskFull

CHUNK = 1 << 20
"""Bytes read at once when a file is read whole."""
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})

_SET_SPARSE = 0x900C4


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an OSError of what happens inside into DiskFull or DiskDenied about `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(path=str(path), needed=None, free=None) from error
        raise DiskDenied(path=str(path), reason=error.strerror or str(error)) from error


def free_bytes(path: Path) -> int:
    """Bytes that can still be written below `path`, which need not exist yet. Raises DiskDenied."""
    with disk_errors(path):
        existing = path.absolute()
        while not existing.exists() and existing.parent != existing:
            existing = existing.parent
        return shutil.disk_usage(existing).free


def require(path: Path, needed: int) -> None:
    """Raise DiskFull if `needed` bytes do not fit below `path`."""
    free = free_bytes(path)
    if needed > free:
        raise DiskFull(path=str(path), needed=needed, free=free)


class WriterAt:
    """Writes at any place of an open file, from several threads."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._seeking = threading.Lock()

    def write(self, start: int, data: bytes) -> None:
        """All of `data`, from byte `start` on. Raises OSError."""
        view = memoryview(data)
        while view:
            if sys.platform == "win32":
                with self._seeking:  # there is no pwrite
                    self._file.seek(start)
                    count = self._file.write(view) or 0
            else:
                count = os.pwrite(self._file.fileno(), view, start)
            view, start = view[count:], start + count


def preallocate(file: FileIO, size: int) -> None:
    """Take the disk space of a file before its bytes come, where the file system can do that without writing zeros; elsewhere
    the file grows as they come, with holes where it can have them. Raises OSError (ENOSPC)."""
    import ctypes  # only here: the window starts without it

    if sys.platform == "linux":
        # not os.posix_fallocate: where the file system cannot, the C library writes zeros, for minutes on a slow stick
        allocate = getattr(ctypes.CDLL(None, use_errno=True), "fallocate", None)
        if allocate is not None:
            allocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
            if size and allocate(file.fileno(), 0, 0, size) and (code := ctypes.get_errno()) in (*_FULL, errno.EFBIG):
                raise OSError(code, os.strerror(code))
    elif sys.platform == "win32":
        import msvcrt

        # otherwise NTFS fills every gap with zeros at the first write behind it
        done = ctypes.c_ulong()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(file.fileno()))
        ctypes.windll.kernel32.DeviceIoControl(handle, _SET_SPARSE, None, 0, None, 0, ctypes.byref(done), None)


def sync_directory(path: Path) -> None:
    """Make a rename inside `path` survive a power cut, where the system needs that said."""
    if sys.platform == "win32":
        return  # NTFS journals renames, and directories cannot be opened
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # network file systems that cannot
            raise
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a small file so that it is always the old or the new one. Raises OSError."""
    temporary = path.with_name(path.name + ".new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def sha256_of(path: Path, tick: Callable[[int], None]) -> str:
    """SHA-256 of a file in hex; `tick` gets the bytes read so far and may raise to stop. Raises OSError."""
    digest = hashlib.sha256()
    done = 0
    buffer = memoryview(bytearray(CHUNK))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
            done += count
            tick(done)
    return digest.hexdigest()


def combined(digests: list[str]) -> str:
    """One SHA-256 for a model of several files: of their hex digests in order, one per line. One file keeps its own."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
