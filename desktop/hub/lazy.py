"""A source without the weight of its libraries.

`huggingface_hub` and its HTTP client take a third of a second to import, and most starts of the program download
nothing. So the application holds a `LazyHub`, which imports the real client at its first use, in a download thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop.core.errors import HubOffline
from desktop.core.models import RemoteFile, RemoteRepository
from desktop.core.ports import Hub, RangeStream
from desktop.hub.endpoints import folder_of, is_modelscope
from desktop.hub.folder import FolderHub

STALL_S = 30.0
"""Seconds without a byte after which a line counts as dead."""


@dataclass(frozen=True)
class Network:
    """How to reach a source. `proxy`: an address, "" = the system's settings, "direct" = none; `ca_file`: certificates to
    trust besides the system's; `stall`: seconds without a byte that are borne."""

    proxy: str = ""
    ca_file: str = ""
    stall: float = STALL_S


@dataclass(frozen=True)
class Access:
    """What a source may know and do. `offline` is asked before every request; `token` gives the hub's secret."""

    network: Network = field(default_factory=Network)
    token: Callable[[], str | None] | None = None
    offline: Callable[[], bool] = lambda: False
    modelscope: Mapping[str, str] = field(default_factory=dict)
    """Names of repositories on ModelScope where they are others."""


class LazyHub:
    """The source behind an address, built when it is first asked something (port Hub)."""

    def __init__(self, endpoint: str, access: Access | None = None) -> None:
        self._endpoint = endpoint
        self._access = access or Access()
        self._lock = threading.Lock()
        self._hub: Hub | None = None
        self._folder: Path | None = folder_of(endpoint)

    @property
    def endpoint(self) -> str:
        """Its address."""
        return self._endpoint

    def file(self, repository: str, file: str, revision: str | None = None) -> RemoteFile:
        """As Hub.file. Raises HubOffline too, as all of them."""
        return self._real().file(repository, file, revision)

    def files(self, repository: str, revision: str | None = None) -> tuple[RemoteFile, ...]:
        """As Hub.files."""
        return self._real().files(repository, revision)

    def search(self, text: str, limit: int) -> tuple[RemoteRepository, ...]:
        """As Hub.search."""
        return self._real().search(text, limit)

    def open(self, remote: RemoteFile, offset: int, end: int | None = None) -> RangeStream:
        """As Hub.open."""
        return self._real().open(remote, offset, end)

    def _real(self) -> Hub:
        if self._folder is None and self._access.offline():
            raise HubOffline
        with self._lock:
            if self._hub is None:
                self._hub = self._build()
            return self._hub

    def _build(self) -> Hub:
        if self._folder is not None:
            return FolderHub(self._endpoint, self._folder)
        network = self._access.network
        if is_modelscope(self._endpoint):
            from desktop.hub.modelscope import ModelScopeHub  # this and the next are the reason for this module

            return ModelScopeHub(self._endpoint, network, self._access.modelscope)
        from desktop.hub.client import HuggingFaceHub

        return HuggingFaceHub(self._endpoint, network=network, token=self._access.token)
