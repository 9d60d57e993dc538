"""Hugging Face's hub and every server that speaks its API: metadata by its own library, bytes by `transfer`.

Importing this module is slow; `lazy.LazyHub` does it when it is needed.
"""

from __future__ import annotations

import functools
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx2
import huggingface_hub
from huggingface_hub import (
    HfApi,
    close_session,
    constants,
    get_hf_file_metadata,
    get_session,
    hf_raise_for_status,
    set_client_factory,
)
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.hf_api import ModelInfo, RepoSibling

from desktop import __version__
from desktop.core.errors import HubDenied, HubNonsense, HubNotFound, HubUnreachable
from desktop.core.models import RemoteFile, RemoteRepository
from desktop.core.ports import RangeStream
from desktop.hub import transfer
from desktop.hub.endpoints import may_see_token, resolve_url
from desktop.hub.lazy import Network

T = TypeVar("T")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAIN = "main"

# Attributes rather than environment variables: those would have to be set before the import, and children inherit them.
constants.HF_HUB_DISABLE_TELEMETRY = True
constants.HF_HUB_DISABLE_IMPLICIT_TOKEN = True
constants.HF_HUB_DISABLE_XET = True
_library_log = logging.getLogger("huggingface_hub")
_library_log.handlers.clear()  # it writes to stderr by itself; our log decides
_library_log.propagate = True
_library_log.setLevel(logging.ERROR)

_model_info: Callable[..., ModelInfo] = ModelInfo
_session = threading.RLock()
"""The library has one HTTP session per process: whoever uses it holds this, and closes it again."""


class HuggingFaceHub:
    """The hub at one endpoint (port Hub). Thread-safe; methods block for at most the timeouts of `transfer`."""

    def __init__(
        self,
        endpoint: str,
        *,
        network: Network | None = None,
        token: Callable[[], str | None] | None = None,
        trusts: Callable[[str], bool] = may_see_token,
    ) -> None:
        """`token` gives the user's secret (default: the one the hub's own tools stored); only URLs that `trusts` accepts see it."""
        self._endpoint = endpoint.rstrip("/")
        self._network = network or Network()
        self._token = functools.cache(token or huggingface_hub.get_token)  # asked for once: a keyring takes its time
        self._trusts = trusts
        self._anonymous = False

    @property
    def endpoint(self) -> str:
        """Base URL without a slash at its end."""
        return self._endpoint

    def file(self, repository: str, file: str, revision: str | None = None) -> RemoteFile:
        """Size, SHA-256, commit and URL of one file. Raises HubError."""
        return self._or_anonymously(lambda: self._file(repository, file, revision))

    def _or_anonymously(self, ask: Callable[[], T]) -> T:
        """An outdated token is refused even where none is needed: then it is left out from here on."""
        try:
            return ask()
        except HubDenied as error:
            if error.data["status"] != 401 or not self._secret(self._endpoint + "/"):
                raise
            self._anonymous = True
            try:
                return ask()
            except HubDenied:
                self._anonymous = False
                raise error from None

    def _file(self, repository: str, file: str, revision: str | None) -> RemoteFile:
        url = resolve_url(self._endpoint, repository, revision or _MAIN, file)
        with self._asking(repository, file):
            found = get_hf_file_metadata(
                url,
                token=self._secret(url) or False,
                endpoint=self._endpoint,
                library_name="chatglm-desktop",
                library_version=__version__,
            )
        if found.etag is None and found.commit_hash is None:
            raise HubNonsense(endpoint=self._endpoint, reason="no hub's headers in the answer")
        commit = found.commit_hash or revision or _MAIN
        etag = found.etag
        sha256 = etag if etag and _SHA256.fullmatch(etag) else None
        size = found.size
        if size is None or sha256 is None:
            # mirrors lose headers on the way; the list of files says it too
            for listed in self._files(repository, commit):
                if listed.file == file:
                    size, sha256 = (listed.size if size is None else size), sha256 or listed.sha256
        return RemoteFile(
            repository, file, commit, size, sha256, etag, resolve_url(self._endpoint, repository, commit, file)
        )

    def files(self, repository: str, revision: str | None = None) -> tuple[RemoteFile, ...]:
        """All files of a repository, in the hub's order. Raises HubError."""
        return self._or_anonymously(lambda: self._files(repository, revision))

    def _files(self, repository: str, revision: str | None) -> tuple[RemoteFile, ...]:
        with self._asking(repository, ""):
            info = self._api().model_info(repository, revision=revision, files_metadata=True)
            commit = info.sha or revision or _MAIN
            return tuple(self._listed(repository, commit, sibling) for sibling in info.siblings or ())

    def search(self, text: str, limit: int) -> tuple[RemoteRepository, ...]:
        """Repositories with GGUF files, the most downloaded first. Raises HubError."""
        return self._or_anonymously(lambda: self._search(text, limit))

    def _search(self, text: str, limit: int) -> tuple[RemoteRepository, ...]:
        token = self._secret(self._endpoint + "/")
        with self._asking("", ""):
            # not by list_models: it tries for minutes where nobody answers, and somebody waits for this
            response = get_session().get(
                f"{self._endpoint}/api/models",
                params={
                    **({"search": text} if text else {}),
                    "filter": "gguf",
                    "sort": "downloads",
                    "limit": limit,
                    "expand": ["downloads", "likes", "lastModified", "tags", "gated"],
                },
                headers={
                    "User-Agent": f"chatglm-desktop/{__version__}",
                    **({"Authorization": f"Bearer {token}"} if token else {}),
                },
            )
            hf_raise_for_status(response)
            return tuple(_repository(_model_info(**found)) for found in response.json()[:limit])

    def open(self, remote: RemoteFile, offset: int, end: int | None = None) -> RangeStream:
        """Start reading at `offset`. Raises HubError."""
        return transfer.Transfer(self._endpoint, self._network, self._secret).open(remote, offset, end)

    def _api(self) -> HfApi:
        return HfApi(
            endpoint=self._endpoint,
            token=self._secret(self._endpoint + "/") or False,
            library_name="chatglm-desktop",
            library_version=__version__,
        )

    def _listed(self, repository: str, commit: str, sibling: RepoSibling) -> RemoteFile:
        lfs = sibling.lfs
        return RemoteFile(
            repository,
            sibling.rfilename,
            commit,
            lfs.size if lfs else sibling.size,
            lfs.sha256 if lfs and _SHA256.fullmatch(lfs.sha256) else None,
            lfs.sha256 if lfs else sibling.blob_id,
            resolve_url(self._endpoint, repository, commit, sibling.rfilename),
        )

    def _secret(self, url: str) -> str | None:
        return self._token() if self._trusts(url) and not self._anonymous else None

    @contextmanager
    def _asking(self, repository: str, file: str) -> Iterator[None]:
        """The library's session with our proxy and timeouts, and its many errors in our words."""
        endpoint = self._endpoint
        with _session:
            set_client_factory(self._client)
            try:
                yield
            except HfHubHTTPError as error:
                response = error.response
                wait = transfer.retry_after(response.headers)
                raise transfer.refused(endpoint, response.status_code, repository, file, wait) from error
            except HFValidationError as error:
                raise HubNotFound(endpoint=endpoint, repository=repository, file=file) from error
            except httpx2.HTTPError as error:
                raise transfer.translated(endpoint, error) from error
            except httpx2.InvalidURL as error:
                raise HubUnreachable(endpoint=endpoint, reason=transfer.reason(error)) from error
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                # the library takes the answer apart without looking: what is no JSON of the hub fails like this
                raise HubNonsense(endpoint=endpoint, reason=transfer.reason(error)) from error
            except OSError as error:
                raise HubUnreachable(endpoint=endpoint, reason=transfer.reason(error)) from error
            finally:
                close_session()

    def _client(self) -> httpx2.Client:
        """The library's session goes through our proxy with our timeouts, whatever its calls say."""

        def bounded(request: httpx2.Request) -> None:
            request.extensions["timeout"] = limits

        limits = transfer.timeout(self._network).as_dict()
        client = transfer.client(self._endpoint, self._network)
        client.event_hooks["request"] = [bounded]
        client.follow_redirects = True
        return client


def _repository(info: ModelInfo) -> RemoteRepository:
    tags = tuple(info.tags or ())
    licence = next((tag.removeprefix("license:") for tag in tags if tag.startswith("license:")), None)
    return RemoteRepository(
        repository=info.id,
        downloads=info.downloads,
        likes=info.likes,
        updated=round(info.last_modified.timestamp() * 1000) if info.last_modified else None,
        licence=licence,
        tags=tags,
        gated=bool(info.gated),
    )
