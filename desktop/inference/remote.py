"""The header of a file on a hub, read from its beginning and no further."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing

from desktop.core.errors import CorruptModel, HubUnreachable
from desktop.core.models import ModelHeader, RemoteFile
from desktop.core.ports import Hub
from desktop.inference import gguf

MOST = 32 * 1024 * 1024
"""Bytes that are fetched at most. The largest vocabularies with their merges have about 12 MB."""
_PATIENCE_S = 120.0
_UNKNOWN_SIZE = 1 << 62


def read_remote_header(hub: Hub, remote: RemoteFile, clock: Callable[[], float] = time.monotonic) -> ModelHeader:
    """Fetch until the list of tensors has come, and judge as `gguf.read_header`. Blocks; for split models the first part's.

    Raises HubError, ModelFileError with the file's name as its path.
    """
    end = None if remote.size is None else min(remote.size, MOST)
    with closing(hub.open(remote, 0, end)) as stream:
        size = remote.size if remote.size is not None else stream.total
        source = _Forward(iter(stream), hub.endpoint, remote.file, clock)
        return gguf.read_from(source, _UNKNOWN_SIZE if size is None else size, remote.file)


class _Forward:
    """A stream of chunks as a file that is only read forwards; ends when too much or too long was fetched."""

    def __init__(self, chunks: Iterator[bytes], endpoint: str, name: str, clock: Callable[[], float]) -> None:
        self._chunks = chunks
        self._endpoint = endpoint
        self._name = name
        self._clock = clock
        self._until = clock() + _PATIENCE_S
        self._left = bytearray()
        self._at = 0
        self._fetched = 0

    def read(self, count: int) -> bytes:
        """`count` bytes, fewer at the end."""
        self._fill(count)
        data = bytes(self._left[:count])
        del self._left[:count]
        self._at += len(data)
        return data

    def seek(self, position: int) -> object:
        """Go forward: a range of its own would cost more time than what is skipped in any real header."""
        while self._at < position:
            if not self.read(min(position - self._at, 1 << 20)):
                break
        return self._at

    def _fill(self, count: int) -> None:
        while len(self._left) < count:
            if self._fetched >= MOST:
                raise CorruptModel(path=self._name, reason="the header does not end")
            if self._clock() > self._until:
                raise HubUnreachable(endpoint=self._endpoint, reason="the connection is too slow")
            chunk = next(self._chunks, None)
            if chunk is None:
                return
            self._fetched += len(chunk)
            self._left += chunk
