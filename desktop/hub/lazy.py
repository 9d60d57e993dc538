"""The hub without the weight of its libraries.

`huggingface_hub` and its HTTP client take a third of a second to import, and most starts of the program download
nothing. So the application holds a `LazyHub`, which imports the real client at its first use, in a download thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop.core.models import RemoteFile
from desktop.core.ports import Hub, RangeStream


class LazyHub:
    """A `HuggingFaceHub` built when it is first asked something (port Hub)."""

    def __init__(self, endpoint: str, *, proxy: str = "", token: Callable[[], str | None] | None = None) -> None:
        self._endpoint = endpoint
        self._proxy = proxy
        self._token = token
        self._lock = threading.Lock()
        self._hub: Hub | None = None

    @property
    def endpoint(self) -> str:
        """Base URL."""
        return self._endpoint

    def file(self, repository: str, file: str, revision: str | None = None) -> RemoteFile:
        """As HuggingFaceHub.file."""
        return self._real().file(repository, file, revision)

    def files(self, repository: str, revision: str | None = None) -> tuple[RemoteFile, ...]:
        """As HuggingFaceHub.files."""
        return self._real().files(repository, revision)

    def open(self, remote: RemoteFile, offset: int) -> RangeStream:
        """As HuggingFaceHub.open."""
        return self._real().open(remote, offset)

    def _real(self) -> Hub:
        with self._lock:
            if self._hub is None:
                from desktop.hub.client import HuggingFaceHub  # the one reason for this module

                self._hub = HuggingFaceHub(self._endpoint, proxy=self._proxy, token=self._token)
            return self._hub
