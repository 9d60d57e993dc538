"""A folder or a USB stick as a source: `<owner>/<repository>/<file>`, `<repository>/<file>`, or the files alone."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from desktop.core.builds import is_model_file
from desktop.core.errors import HubNotFound, HubUnreachable
from desktop.core.models import RemoteFile, RemoteRepository

REVISION = "folder"
"""A folder has no commits."""
_CHUNK = 1 << 20
_MOST = 10_000
"""Entries that a search looks at: somebody may name the root of a disk."""
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class FolderHub:
    """Serves a directory (port Hub). Thread-safe. What cannot be read is HubUnreachable: the stick was pulled."""

    def __init__(self, endpoint: str, root: Path) -> None:
        self._endpoint = endpoint
        self._root = root

    @property
    def endpoint(self) -> str:
        """Its address, `folder:PATH`."""
        return self._endpoint

    def file(self, repository: str, file: str, revision: str | None = None) -> RemoteFile:
        """Size and identity of one file; its SHA-256 if a `<file>.sha256` lies beside it. Raises HubError."""
        with _reading(self._endpoint):
            if not self._root.is_dir():
                raise HubUnreachable(endpoint=self._endpoint, reason="no such folder")
            for place in self._places(repository):
                if (path := self._inside(place / file)) is not None and path.is_file():
                    return self._remote(repository, file, path)
        raise HubNotFound(endpoint=self._endpoint, repository=repository, file=file)

    def files(self, repository: str, revision: str | None = None) -> tuple[RemoteFile, ...]:
        """All GGUF files of a repository. Raises HubError."""
        with _reading(self._endpoint):
            if not self._root.is_dir():
                raise HubUnreachable(endpoint=self._endpoint, reason="no such folder")
            for place in self._places(repository):
                if found := [path for path in _models(place) if path.is_file()]:
                    return tuple(self._remote(repository, path.relative_to(place).as_posix(), path) for path in found)
        raise HubNotFound(endpoint=self._endpoint, repository=repository, file="")

    def search(self, text: str, limit: int) -> tuple[RemoteRepository, ...]:
        """Folders with GGUF files whose path has every word of `text` in it. Raises HubError."""
        found: dict[str, int] = {}
        with _reading(self._endpoint):
            if not self._root.is_dir():
                raise HubUnreachable(endpoint=self._endpoint, reason="no such folder")
            for path in _models(self._root):
                parts = path.relative_to(self._root).parts
                repository = "/".join(parts[:-1][:2]) or self._root.name
                name = f"{repository}/{path.name}".lower()
                if all(word in name for word in text.lower().split()):
                    found[repository] = max(found.get(repository, 0), path.stat().st_mtime_ns // 1_000_000)
        return tuple(
            RemoteRepository(name, None, None, updated, None, (), gated=False)
            for name, updated in sorted(found.items())[:limit]
        )

    def open(self, remote: RemoteFile, offset: int, end: int | None = None) -> FileStream:
        """Start reading at `offset`. Raises HubError."""
        with _reading(self._endpoint):
            present = self.file(remote.repository, remote.file)
            path = Path(present.url)
            return FileStream(self._endpoint, path, offset, present.size or 0, end, present.etag)

    def _places(self, repository: str) -> Iterator[Path]:
        owner, _, name = repository.rpartition("/")
        for place in (self._root / owner / name, self._root / name, self._root):
            if (inside := self._inside(place)) is not None and inside.is_dir():
                yield inside

    def _inside(self, path: Path) -> Path | None:
        """The path, unless `..` leads it out of the folder."""
        whole = Path(os.path.normpath(path))
        return whole if whole == self._root or self._root in whole.parents else None

    def _remote(self, repository: str, file: str, path: Path) -> RemoteFile:
        facts = path.stat()
        etag = f"{facts.st_size}-{facts.st_mtime_ns}"
        return RemoteFile(repository, file, REVISION, facts.st_size, _noted_sha256(path), etag, str(path))


class FileStream:
    """Bytes of a file (port RangeStream)."""

    def __init__(self, endpoint: str, path: Path, offset: int, total: int, end: int | None, etag: str | None) -> None:
        self._endpoint = endpoint
        self.offset = offset
        self.total: int | None = total
        self.etag = etag
        self.partial = True
        self._left = max(0, (total if end is None else min(end, total)) - offset)
        self._closed = threading.Event()
        self._file: FileIO = path.open("rb", buffering=0)
        self._file.seek(offset)

    def __iter__(self) -> Iterator[bytes]:
        try:
            with _reading(self._endpoint):
                while self._left and not self._closed.is_set() and (chunk := self._file.read(min(_CHUNK, self._left))):
                    self._left -= len(chunk)
                    yield chunk
        finally:
            self._file.close()

    def close(self) -> None:
        """End it: a reading thread gets no more."""
        self._closed.set()
        with suppress(OSError):
            self._file.close()


@contextmanager
def _reading(endpoint: str) -> Iterator[None]:
    """An OSError inside is a source that cannot be reached; so is a file that another thread closed (ValueError)."""
    try:
        yield
    except OSError as error:
        raise HubUnreachable(endpoint=endpoint, reason=error.strerror or str(error)) from error
    except ValueError as error:
        raise HubUnreachable(endpoint=endpoint, reason=str(error)) from error


def _models(place: Path) -> list[Path]:
    found: list[Path] = []
    seen = 0
    for folder, folders, names in os.walk(place):
        folders.sort()
        seen += len(names) + len(folders)
        found += [Path(folder, name) for name in sorted(names) if is_model_file(name)]
        if seen > _MOST:
            break
    return found


def _noted_sha256(path: Path) -> str | None:
    with suppress(OSError):
        if match := _SHA256.match(path.with_name(path.name + ".sha256").read_text("utf-8", "replace")[:200]):
            return match[0].lower()
    return None
