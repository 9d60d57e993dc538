"""ModelScope: the port Hub over another API, with plain HTTP and every answer doubted.

Its revisions are not the hub's, so its present state is asked for whatever commit is wanted. No token is ever sent to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx2

from desktop import __version__
from desktop.core.errors import HubNonsense, HubNotFound, HubUnreachable
from desktop.core.models import RemoteFile, RemoteRepository
from desktop.core.ports import RangeStream
from desktop.hub import transfer
from desktop.hub.endpoints import modelscope_file_url, modelscope_files_url, modelscope_search_url
from desktop.hub.lazy import Network

REVISION = "master"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ModelScopeHub:
    """ModelScope at one address (port Hub). Thread-safe."""

    def __init__(self, endpoint: str, network: Network | None = None, names: Mapping[str, str] | None = None) -> None:
        """`names`: repositories of the hub that have other names here."""
        self._endpoint = endpoint.rstrip("/")
        self._network = network or Network()
        self._names = names or {}

    @property
    def endpoint(self) -> str:
        """Base URL without a slash at its end."""
        return self._endpoint

    def file(self, repository: str, file: str, revision: str | None = None) -> RemoteFile:
        """Size and SHA-256 of one file. Raises HubError."""
        for found in self.files(repository):
            if found.file == file:
                return found
        raise HubNotFound(endpoint=self._endpoint, repository=repository, file=file)

    def files(self, repository: str, revision: str | None = None) -> tuple[RemoteFile, ...]:
        """All files of a repository. Raises HubError."""
        name = self._names.get(repository, repository)
        answer = self._ask("GET", modelscope_files_url(self._endpoint, name, REVISION), repository)
        rows = answer.get("Files")
        if not isinstance(rows, list):
            raise HubNonsense(endpoint=self._endpoint, reason="no list of files in the answer")
        return tuple(self._file(repository, name, row) for row in rows if _is_file(row))

    def search(self, text: str, limit: int) -> tuple[RemoteRepository, ...]:
        """Repositories whose name has "gguf" in it, the most downloaded first. Raises HubError."""
        asked = f"{text} gguf".strip() if "gguf" not in text.lower() else text
        body = {"Name": asked, "PageNumber": 1, "PageSize": min(limit, 100), "SortBy": "DownloadsCount"}
        answer = self._ask("PUT", modelscope_search_url(self._endpoint), "", body)
        model = answer.get("Model")
        rows = model.get("Models") if isinstance(model, dict) else None
        if rows is None:
            rows = []
        if not isinstance(rows, list):
            raise HubNonsense(endpoint=self._endpoint, reason="no list of models in the answer")
        return tuple(found for row in rows if isinstance(row, dict) and (found := _repository(row)) is not None)

    def open(self, remote: RemoteFile, offset: int, end: int | None = None) -> RangeStream:
        """Start reading at `offset`. Raises HubError."""
        reader = transfer.Transfer(self._endpoint, self._network, lambda url: None, etags=False)
        return reader.open(remote, offset, end)

    def _file(self, repository: str, name: str, row: Mapping[str, Any]) -> RemoteFile:
        path = str(row.get("Path") or row["Name"])
        size, sha256 = row.get("Size"), str(row.get("Sha256") or "").lower()
        return RemoteFile(
            repository,
            path,
            REVISION,
            size if isinstance(size, int) and size >= 0 else None,
            sha256 if _SHA256.fullmatch(sha256) else None,
            sha256 or None,
            modelscope_file_url(self._endpoint, name, REVISION, path),
        )

    def _ask(self, method: str, url: str, repository: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        headers = {"User-Agent": f"chatglm-desktop/{__version__}", "Accept": "application/json"}
        try:
            with transfer.client(self._endpoint, self._network) as http:
                response = http.request(method, url, json=body, headers=headers)
        except httpx2.HTTPError as error:
            raise transfer.translated(self._endpoint, error) from error
        except (httpx2.InvalidURL, OSError) as error:
            raise HubUnreachable(endpoint=self._endpoint, reason=transfer.reason(error)) from error
        if response.status_code != 200:
            wait = transfer.retry_after(response.headers)
            raise transfer.refused(self._endpoint, response.status_code, repository, "", wait)
        try:
            answer = response.json()
        except (ValueError, RecursionError) as error:
            raise HubNonsense(endpoint=self._endpoint, reason="no JSON in the answer") from error
        if not isinstance(answer, dict) or not isinstance(data := answer.get("Data"), dict):
            raise HubNonsense(endpoint=self._endpoint, reason="not an answer of ModelScope")
        return data


def _is_file(row: object) -> bool:
    return (
        isinstance(row, dict)
        and row.get("Type", "blob") != "tree"
        and isinstance(row.get("Path", row.get("Name")), str)
    )


def _repository(row: Mapping[str, Any]) -> RemoteRepository | None:
    owner, name = row.get("Path"), row.get("Name")
    if not isinstance(owner, str) or not isinstance(name, str):
        return None
    updated = row.get("LastUpdatedTime")
    licence = row.get("License")
    return RemoteRepository(
        repository=f"{owner}/{name}",
        downloads=_count(row.get("Downloads")),
        likes=_count(row.get("Stars")),
        updated=updated * 1000 if isinstance(updated, int) else None,
        licence=licence if isinstance(licence, str) and licence else None,
        tags=tuple(tag for tag in row.get("Tags") or () if isinstance(tag, str)),
        gated=False,
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
