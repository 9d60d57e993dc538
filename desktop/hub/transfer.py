"""The bytes of a file over plain HTTP ranges: redirects followed by hand, and every answer doubted.

The hub's own library cannot continue a download after a restart, so it is not used for the bytes.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import NoReturn
from urllib.parse import urljoin

import httpcore2
import httpx2

from desktop import __version__
from desktop.core.errors import HubBusy, HubDenied, HubError, HubNonsense, HubNotFound, HubUnreachable
from desktop.core.models import RemoteFile
from desktop.hub.endpoints import origin
from desktop.hub.lazy import Network

_CONNECT_S = 15.0
DIRECT = "direct"
"""The proxy setting that means none, whatever the system says."""
_PIECE = 512 << 10
"""Bytes read at once, at most."""
_REDIRECTS = 8
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def timeout(network: Network) -> httpx2.Timeout:
    """No wait for the network is longer."""
    return httpx2.Timeout(network.stall, connect=min(_CONNECT_S, network.stall))


def client(endpoint: str, network: Network) -> httpx2.Client:
    """An HTTP client. Raises HubUnreachable if it cannot use the proxy or the certificates."""
    direct = network.proxy == DIRECT
    try:
        return httpx2.Client(
            proxy=None if direct else network.proxy or None,
            verify=_trusting(network.ca_file) if network.ca_file else True,
            trust_env=not direct,
            timeout=timeout(network),
            follow_redirects=False,
        )
    except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
        raise HubUnreachable(endpoint=endpoint, reason=str(error)) from error


def _trusting(ca_file: str) -> ssl.SSLContext:
    """The system's certificates and those in the file. Raises OSError, ValueError."""
    context = httpx2.create_ssl_context()
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError as error:
        raise ValueError(f"{ca_file} holds no certificates") from error
    return context


def reason(error: BaseException) -> str:
    """What happened, short."""
    return str(error) or type(error).__name__


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait, if it says a number."""
    with suppress(ValueError):
        return max(0.0, float(headers.get("retry-after", "")))
    return None


def normalised(etag: str | None) -> str | None:
    """An ETag without the marks around it."""
    return etag.removeprefix("W/").strip('"') or None if etag else None


class Transfer:
    """Opens streams of remote files for one endpoint. Each has a client of its own, closed with it."""

    def __init__(
        self, endpoint: str, network: Network, token: Callable[[str], str | None], *, etags: bool = True
    ) -> None:
        """`token` gives the secret for a URL, or None where none may be sent; without `etags` the server's say nothing of
        the file's version."""
        self._endpoint = endpoint
        self._network = network
        self._token = token
        self._etags = etags

    def open(self, remote: RemoteFile, offset: int, end: int | None = None) -> ResponseStream:
        """Start reading at `offset` (or at 0 if the server ignores it), up to `end`. Raises HubError."""
        bounded = end is not None and end != remote.size
        headers = {"Range": f"bytes={offset}-{end - 1 if bounded and end else ''}"} if offset or bounded else {}
        http = client(self._endpoint, self._network)
        try:
            response, etag = self._follow(http, remote, headers)
            first, total, empty = self._checked(offset, response)
        except BaseException:
            http.close()
            raise
        return ResponseStream(
            self._endpoint,
            http,
            response,
            first,
            total,
            etag if self._etags else None,
            self._network.stall,
            empty=empty,
        )

    def _checked(self, offset: int, response: httpx2.Response) -> tuple[int, int | None, bool]:
        """Where the bytes begin, the size of the file, and whether there are none."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise HubNonsense(endpoint=self._endpoint, reason="the bytes are encoded")
        if response.headers.get("content-type", "").startswith("text/html"):
            raise HubNonsense(endpoint=self._endpoint, reason="a web page came instead of the file")
        if response.status_code == 200:
            length = response.headers.get("content-length", "")
            return 0, int(length) if length.isdigit() else None, False
        if response.status_code == 416:
            whole = re.fullmatch(r"bytes \*/(\d+)", response.headers.get("content-range", "").strip())
            if not whole or int(whole[1]) != offset:
                raise HubNonsense(endpoint=self._endpoint, reason=f"there is nothing at {offset}")
            # the file's size was not known, and all of it is here already
            return offset, offset, True
        match = _RANGE.fullmatch(response.headers.get("content-range", "").strip())
        if response.status_code != 206 or not match:
            raise HubNonsense(endpoint=self._endpoint, reason=f"status {response.status_code} for a range")
        first, last = int(match[1]), int(match[2])
        total = None if match[3] == "*" else int(match[3])
        if first != offset or last < first or (total is not None and last >= total):
            raise HubNonsense(endpoint=self._endpoint, reason=f"asked for {offset}-, got {match[0]}")
        return first, total, False

    def _follow(
        self, http: httpx2.Client, remote: RemoteFile, headers: Mapping[str, str]
    ) -> tuple[httpx2.Response, str | None]:
        """The response with the bytes, and the file's ETag as the hub (not its content server) says it."""
        url, etag = remote.url, None
        for _ in range(_REDIRECTS):
            response = self._send(http, url, headers)
            own = origin(url) == origin(remote.url)
            etag = etag or normalised(response.headers.get("x-linked-etag"))
            if own and response.status_code in (200, 206):
                etag = etag or normalised(response.headers.get("etag"))
            if response.status_code not in _REDIRECT:
                if response.status_code not in (200, 206, 416):
                    self._refuse(remote, response, own)
                return response, etag
            location = response.headers.get("location", "")
            response.close()
            url = self._target(url, location)
        raise HubNonsense(endpoint=self._endpoint, reason="too many redirects")

    def _target(self, url: str, location: str) -> str:
        """Where a redirect leads; never from a safe address to an unsafe one. Raises HubNonsense."""
        try:
            target = urljoin(url, location)
            scheme, host, _ = origin(target)
        except ValueError as error:
            raise HubNonsense(endpoint=self._endpoint, reason=f"a redirect to {location[:80]}") from error
        if (
            not location
            or not host
            or scheme not in ("http", "https")
            or (url.startswith("https:") and scheme == "http")
        ):
            raise HubNonsense(endpoint=self._endpoint, reason=f"a redirect to {location[:80]}")
        return target

    def _send(self, http: httpx2.Client, url: str, headers: Mapping[str, str]) -> httpx2.Response:
        secret = self._token(url)
        sent = {
            "User-Agent": f"chatglm-desktop/{__version__}",
            "Accept-Encoding": "identity",
            **headers,
            **({"Authorization": f"Bearer {secret}"} if secret else {}),
        }
        try:
            return http.send(http.build_request("GET", url, headers=sent), stream=True)
        except httpx2.InvalidURL as error:
            raise HubUnreachable(endpoint=self._endpoint, reason=reason(error)) from error
        except httpx2.HTTPError as error:
            raise translated(self._endpoint, error) from error

    def _refuse(self, remote: RemoteFile, response: httpx2.Response, own: bool) -> NoReturn:
        status = response.status_code
        wait = retry_after(response.headers)
        response.close()
        if status in (401, 403) and not own:
            # the signed address expired between the redirect and the request: ask the hub for another one
            raise HubBusy(endpoint=self._endpoint, status=status, retry_after=wait)
        raise refused(self._endpoint, status, remote.repository, remote.file, wait)


class ResponseStream:
    """Bytes as they arrive (port RangeStream). `close` may come from another thread and ends a waiting read."""

    def __init__(
        self,
        endpoint: str,
        http: httpx2.Client,
        response: httpx2.Response,
        offset: int,
        total: int | None,
        etag: str | None,
        stall: float,
        *,
        empty: bool = False,
    ) -> None:
        self._endpoint = endpoint
        self._stall = stall
        self._http = http
        self._response = response
        self._offset = offset
        self._total = total
        self._etag = etag
        self._empty = empty
        self._lock = threading.Lock()
        self._reader: int | None = None
        self._ended = False

    @property
    def offset(self) -> int:
        """Position of the first byte within the file."""
        return self._offset

    @property
    def total(self) -> int | None:
        """Size of the whole file if the server said it."""
        return self._total

    @property
    def etag(self) -> str | None:
        """The file's ETag as the hub says it."""
        return self._etag

    @property
    def partial(self) -> bool:
        """Whether the server kept to the range."""
        return self._response.status_code != 200

    def __iter__(self) -> Iterator[bytes]:
        with self._lock:
            self._reader = threading.get_ident()
        try:
            if not self._empty:
                yield from self._chunks()
        except (
            *(httpx2.HTTPError, httpx2.StreamError, httpcore2.NetworkError, httpcore2.TimeoutException),
            *(httpcore2.ProtocolError, OSError, ValueError),
        ) as error:
            raise translated(self._endpoint, error) from error
        finally:
            self._end()

    def _chunks(self) -> Iterator[bytes]:
        """The body. Where its length is known, all but what came with the headers is read from the connection itself, in larger
        pieces than the HTTP library takes: that doubles the speed on a fast line."""
        length = self._response.headers.get("content-length", "")
        network = self._response.extensions.get("network_stream")
        chunks = self._response.iter_raw()
        if network is None or not length.isdigit() or "transfer-encoding" in self._response.headers:
            yield from chunks
            return
        left = int(length)
        if left and (chunk := next(chunks, b"")):
            left -= len(chunk)
            yield chunk
        while left > 0:
            if not (chunk := network.read(min(left, _PIECE), timeout=self._stall)):
                raise HubUnreachable(endpoint=self._endpoint, reason="the connection ended early")
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """End the transfer. A reading thread, if it waits, gets HubUnreachable."""
        with self._lock:
            if self._ended:
                return
            if self._reader not in (None, threading.get_ident()):
                network = self._response.extensions.get("network_stream")
                connection = network.get_extra_info("socket") if network is not None else None
                if isinstance(connection, socket.socket):
                    # closing the descriptor would not wake a thread that waits on it; and TLS's own shutdown is not
                    # for a second thread, so the plain socket's is called
                    with suppress(OSError):
                        socket.socket.shutdown(connection, socket.SHUT_RDWR)
                return
        self._end()

    def _end(self) -> None:
        with self._lock:
            if self._ended:
                return
            self._ended = True
        with suppress(httpx2.HTTPError, OSError, RuntimeError):
            self._response.close()
        with suppress(httpx2.HTTPError, OSError, RuntimeError):
            self._http.close()


def translated(endpoint: str, error: BaseException) -> HubError:
    """What the HTTP client says of the network, in our words."""
    if isinstance(error, httpx2.DecodingError | httpx2.TooManyRedirects | httpx2.UnsupportedProtocol):
        return HubNonsense(endpoint=endpoint, reason=reason(error))
    return HubUnreachable(endpoint=endpoint, reason=reason(error))


def refused(endpoint: str, status: int, repository: str, file: str, wait: float | None = None) -> HubError:
    """A status that is not success, in our words."""
    if status in (401, 403):
        return HubDenied(endpoint=endpoint, status=status, repository=repository)
    if status in (404, 410):
        return HubNotFound(endpoint=endpoint, repository=repository, file=file)
    if status == 429 or status >= 500:
        return HubBusy(endpoint=endpoint, status=status, retry_after=wait)
    return HubNonsense(endpoint=endpoint, reason=f"status {status}")
