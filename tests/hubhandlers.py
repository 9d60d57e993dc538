"""How the local hub answers: requests, faults, and the handlers of its two servers (see tests.hubserver)."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from tests.hubserver import HubServer

CHUNK = 64 << 10
_KEY = b"the content server's secret"


@dataclass(eq=False)
class Fault:
    """What goes wrong with the next `times` requests it matches. `on` is "hub" (/resolve/), "cdn" (the bytes) or "api"."""

    on: str = "cdn"
    method: str = ""
    path: str = ""
    """Part of the path; empty matches all."""
    times: int = 1
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent on top of the others; an empty value leaves the header out."""
    body: bytes | None = None
    """Sent instead, with `headers`."""
    cut: int | None = None
    """The line drops after so many bytes of the body."""
    hold: int | None = None
    """After so many bytes of the body: `reached` is set, and nothing comes until `release` is."""
    ignore_range: bool = False
    shift_range: int = 0
    """Content-Range says a start that is off by this."""
    corrupt: int | None = None
    """The byte at this position of the file is wrong, if it is sent."""
    no_length: bool = False
    drip: float | None = None
    """Seconds between two single bytes."""
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)


LOGIN_PAGE = b"<!DOCTYPE html><html><body>Please log in to use this network</body></html>"


def html(on: str = "hub", times: int = 1) -> Fault:
    """A login page, as hotel networks send it."""
    return Fault(on=on, times=times, status=200, headers={"Content-Type": "text/html"}, body=LOGIN_PAGE)


@dataclass(eq=False)
class Request:
    """One request that came, and what was done with it so far."""

    on: str
    method: str
    path: str
    headers: dict[str, str]
    status: int = 0
    sent: int = 0
    """Bytes of the body handed to the system."""

    @property
    def start(self) -> int:
        """First byte asked for."""
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        return int(match[1]) if match else 0

    @property
    def end(self) -> int | None:
        """The byte after the last one asked for; None = to the end."""
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
        return int(match[2]) + 1 if match else None


@dataclass(eq=False)
class Stored:
    """One file on offer."""

    data: bytes | Path
    lfs: bool
    size: int
    sha256: str
    blob: str

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.blob

    def open(self) -> BinaryIO:
        if isinstance(self.data, Path):
            return self.data.open("rb")
        return io.BytesIO(self.data)


def signature(sha256: str, expires: str) -> str:
    """What only the hub can write under an address of the content server."""
    return hmac.new(_KEY, f"{sha256}{expires}".encode(), "sha256").hexdigest()


class Server(ThreadingHTTPServer):
    daemon_threads = False  # joined by server_close, so that none is left behind

    def __init__(self, hub: HubServer, handler: type[Handler]) -> None:
        self.hub = hub
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", 0), handler)

    def process_request(self, request: object, client_address: object) -> None:
        if isinstance(request, socket.socket):
            with self._guard:
                self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: object) -> None:
        if isinstance(request, socket.socket):
            with self._guard:
                self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # a client that goes away is what tests do
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def drop_all(self) -> None:
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    on = ""

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        self.hub = self.server.hub
        length = int(self.headers.get("Content-Length") or 0)
        self.posted = self.rfile.read(length) if length else b""
        path = unquote(urlsplit(self.path).path)
        self.on_what = self._kind(path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.request_log = Request(self.on_what, self.command, path, headers)
        self.hub.requests.append(self.request_log)
        self.fault = self.hub.take_fault(self.on_what, self.command, path)
        if self.fault is not None and (self.fault.body is not None or self.fault.status is not None):
            self._answer(self.fault.status or 200, {}, self.fault.body if self.fault.body is not None else b"{}")
        else:
            self._respond(path)

    def _kind(self, path: str) -> str:
        raise NotImplementedError

    def _respond(self, path: str) -> None:
        raise NotImplementedError

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.request_log.status = status
        extra = dict(self.fault.headers) if self.fault is not None else {}
        self.send_response(status, HTTPStatus(status).phrase)
        for name, value in {**headers, **extra}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        shown = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(body)), **headers}
        self._begin(status, shown)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str, message: str) -> None:
        body = json.dumps({"error": message}).encode()
        self._answer(status, {"X-Error-Code": code, "X-Error-Message": message}, body)

    def _send_file(self, stored: Stored, headers: Mapping[str, str]) -> None:
        fault = self.fault or Fault()
        start, status = self.request_log.start, 200
        shown = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", **headers}
        if "range" in self.request_log.headers and not fault.ignore_range:
            if start >= stored.size:
                self._answer(416, {"Content-Range": f"bytes */{stored.size}", **headers}, b"")
                return
            status = 206
            end = min(stored.size, self.request_log.end or stored.size)
            told = start + fault.shift_range
            shown["Content-Range"] = f"bytes {told}-{end - 1}/{stored.size}"
        else:
            start, end = 0, stored.size
        if fault.no_length:
            shown["Connection"] = "close"
            self.close_connection = True
        else:
            shown["Content-Length"] = str(end - start)
        self._begin(status, shown)
        if self.command != "HEAD":
            self._send_bytes(stored, start, end, fault)

    def _send_bytes(self, stored: Stored, start: int, end: int, fault: Fault) -> None:
        log = self.request_log
        with stored.open() as source:
            source.seek(start)
            while not self.hub.closing.is_set():
                want = CHUNK
                for limit in (fault.cut, fault.hold if not fault.reached.is_set() else None):
                    if limit is not None:
                        want = min(want, limit - log.sent)
                if want <= 0 and fault.hold is not None and log.sent >= fault.hold and not fault.reached.is_set():
                    fault.reached.set()
                    while not fault.release.wait(0.02) and not self.hub.closing.is_set():
                        pass
                    continue
                if want <= 0:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                position = start + log.sent
                want = min(want, end - position)
                if fault.drip is not None:
                    want = min(want, 1)
                    self.hub.closing.wait(fault.drip)
                if not (chunk := source.read(want)):
                    return
                if fault.corrupt is not None and position <= fault.corrupt < position + len(chunk):
                    at = fault.corrupt - position
                    chunk = chunk[:at] + bytes([chunk[at] ^ 0xFF]) + chunk[at + 1 :]
                self.wfile.write(chunk)
                log.sent += len(chunk)
                if self.hub.rate:
                    self.hub.closing.wait(len(chunk) / self.hub.rate)


class CdnHandler(Handler):
    def _kind(self, path: str) -> str:
        return "cdn"

    def _respond(self, path: str) -> None:
        sha256 = path.rsplit("/", 1)[-1]
        query = parse_qs(urlsplit(self.path).query)
        expires, signed = query.get("Expires", ["0"])[0], query.get("Signature", [""])[0]
        stored = self.hub.by_sha256(sha256)
        if not hmac.compare_digest(signed, signature(sha256, expires)) or float(expires) < time.time():
            body = (
                b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'
            )
            self._answer(403, {"Content-Type": "application/xml"}, body)
        elif stored is None:
            self._answer(404, {"Content-Type": "application/xml"}, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            # as content servers do, an ETag of their own kind
            self._send_file(stored, {"ETag": f'"{hashlib.md5(sha256.encode()).hexdigest()}-596"'})


class HubHandler(Handler):
    _FORMS = (
        ("_file", re.compile(r"/(?P<repository>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")),
        ("_tree", re.compile(r"/api/models/(?P<repository>[^/]+/[^/]+)/tree/(?P<revision>[^/]+)/?")),
        ("_paths", re.compile(r"/api/models/(?P<repository>[^/]+/[^/]+)/paths-info/(?P<revision>[^/]+)")),
        ("_info", re.compile(r"/api/models/(?P<repository>[^/]+/[^/]+)/revision/(?P<revision>[^/]+)")),
        ("_info", re.compile(r"/api/models/(?P<repository>[^/]+/[^/]+)")),
    )

    def _kind(self, path: str) -> str:
        return "api" if path.startswith("/api/") else "hub"

    def _respond(self, path: str) -> None:
        if path == "/api/models":
            text = parse_qs(urlsplit(self.path).query).get("search", [""])[0].lower()
            names = [name for name in self.hub.names() if text in name.lower()]
            self._json([self._info(name, {}, self.hub.commit(name)) for name in names])
            return
        found = [(name, match) for name, form in self._FORMS if (match := form.fullmatch(path))]
        if not found:
            self._refuse(404, "", "Not found")
            return
        name, groups = found[0][0], found[0][1].groupdict()
        repository, revision = groups["repository"], groups.get("revision", "main")
        if not self.hub.knows(repository):
            self._refuse(401, "RepoNotFound", "Repository not found")  # the real one does not tell missing from private
            return
        if repository in self.hub.gated and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            self._refuse(401, "GatedRepo", "Access to this model is restricted")
            return
        files = self.hub.find(repository, revision)
        if files is None:
            self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
            return
        commit = self.hub.commit(repository) if revision == "main" else revision
        if name == "_file":
            self._file(files.get(groups["file"]), commit)
        elif name == "_info":
            self._json(self._info(repository, files, commit))
        else:
            rows = [self._row(file, stored) for file, stored in files.items()]
            if name == "_paths":
                wanted = parse_qs(self.posted.decode()).get("paths", [])
                rows = [row for row in rows if row["path"] in wanted]
            self._json(rows)

    def _json(self, value: object) -> None:
        self._answer(200, {}, json.dumps(value).encode())

    def _file(self, stored: Stored | None, commit: str) -> None:
        if stored is None:
            self._refuse(404, "EntryNotFound", "Entry not found")
            return
        headers = {"X-Repo-Commit": commit, "ETag": f'"{stored.blob}"'}
        if not stored.lfs:
            self._send_file(stored, headers)
            return
        linked = {"X-Linked-Etag": f'"{stored.sha256}"', "X-Linked-Size": str(stored.size)}
        location = self.hub.signed(stored.sha256)
        body = b"" if self.command == "HEAD" else f"Found. Redirecting to {location}".encode()
        self._answer(302, {**headers, **linked, "Location": location, "Content-Type": "text/plain"}, body)

    @staticmethod
    def _row(file: str, stored: Stored) -> dict[str, object]:
        row: dict[str, object] = {"type": "file", "oid": stored.blob, "size": stored.size, "path": file}
        if stored.lfs:
            row["lfs"] = {"oid": stored.sha256, "size": stored.size, "pointerSize": 135}
        return row

    @staticmethod
    def _info(repository: str, files: Mapping[str, Stored], commit: str) -> dict[str, object]:
        siblings: list[dict[str, object]] = []
        for file, stored in files.items():
            sibling: dict[str, object] = {"rfilename": file, "size": stored.size, "blobId": stored.blob}
            if stored.lfs:
                sibling["lfs"] = {"sha256": stored.sha256, "size": stored.size, "pointerSize": 135}
            siblings.append(sibling)
        return {
            "_id": "0", "id": repository, "modelId": repository, "sha": commit, "private": False, "gated": False,
            "disabled": False, "downloads": 1, "likes": 1, "tags": ["gguf"], "siblings": siblings,
        }  # fmt: skip
