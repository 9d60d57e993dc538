"""A hub on this machine: real HTTP with the paths, headers and redirects of the real one, and faults on request.

Two servers: the hub, and its content server at another origin, to which `/resolve/` redirects with signed, expiring
addresses. In a test:

    with HubServer() as hub:
        hub.add("zai-org/tiny", "tiny.gguf", data)
        hub.faults.append(Fault(cut=1000))  # the next download breaks off after 1,000 bytes

As a process: python -m tests.hubserver --port-file F --file REPO=PATH [--rate BYTES_PER_S]
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import io
import json
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

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
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        return int(match[1]) if match else 0


@dataclass(eq=False)
class _Stored:
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


class HubServer:
    """The two servers; a context manager. `requests` is the log, `faults` are used up in order."""

    def __init__(self, *, rate: float | None = None, expires_s: float = 3600) -> None:
        """`rate`: bytes per second of each connection; `expires_s`: how long signed addresses are good."""
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.rate = rate
        self.expires_s = expires_s
        self.gated: set[str] = set()
        """Repositories that need `token`."""
        self.token = "hf_secretsecretsecret"
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._repositories: dict[str, dict[str, _Stored]] = {}
        self._commits: dict[str, list[str]] = {}
        self._hub = _Server(self, _HubHandler)
        self._cdn = _Server(self, _CdnHandler)
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.02,), name="hub server", daemon=True)
            for server in (self._hub, self._cdn)
        ]

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The hub's port."""
        return int(self._hub.server_address[1])

    @property
    def cdn_url(self) -> str:
        """Origin of the content server: another host name and another port."""
        return f"http://localhost:{self._cdn.server_address[1]}"

    def add(self, repository: str, file: str, data: bytes | Path, *, lfs: bool = True) -> str:
        """Offer a file, in place of one of that name; returns its SHA-256."""
        digest, blob, size = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
        stored = _Stored(data, lfs, 0, "", "")
        with stored.open() as source:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                blob.update(chunk)
                size += len(chunk)
        stored.size, stored.sha256, stored.blob = size, digest.hexdigest(), blob.hexdigest()
        with self._lock:
            files = self._repositories.setdefault(repository, {})
            files[file] = stored
            text = json.dumps({name: one.sha256 for name, one in sorted(files.items())})
            commit = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            self._commits.setdefault(repository, []).append(commit)
        return stored.sha256

    def commit(self, repository: str) -> str:
        """The newest commit of a repository."""
        return self._commits[repository][-1]

    def bytes_sent(self) -> int:
        """Bytes of files handed out so far."""
        return sum(request.sent for request in self.requests if request.on == "cdn")

    def gets(self) -> list[Request]:
        """The requests for bytes."""
        return [request for request in self.requests if request.on == "cdn" and request.method == "GET"]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End both servers and every connection."""
        self.closing.set()
        for server in (self._hub, self._cdn):
            server.shutdown()
            server.drop_all()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def find(self, repository: str, revision: str) -> dict[str, _Stored] | None:
        """The files of a revision; every commit that ever was shows what is there now. None: no such revision."""
        if revision != "main" and revision not in self._commits.get(repository, []):
            return None
        return self._repositories[repository]

    def knows(self, repository: str) -> bool:
        """Whether there is such a repository."""
        return repository in self._repositories

    def by_sha256(self, sha256: str) -> _Stored | None:
        """The file with these bytes."""
        for files in self._repositories.values():
            for stored in files.values():
                if stored.sha256 == sha256:
                    return stored
        return None

    def take_fault(self, on: str, method: str, path: str) -> Fault | None:
        """The fault for this request, used up by it."""
        with self._lock:
            for fault in self.faults:
                if fault.on == on and fault.method in ("", method) and fault.path in path:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def signed(self, sha256: str) -> str:
        """An address of the content server that expires."""
        expires = time.time() + self.expires_s
        signature = hmac.new(_KEY, f"{sha256}{expires}".encode(), "sha256").hexdigest()
        return f"{self.cdn_url}/repos/aa/bb/{sha256}?Expires={expires}&Signature={signature}"


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined by server_close, so that none is left behind

    def __init__(self, hub: HubServer, handler: type[_Handler]) -> None:
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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
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

    def _send_file(self, stored: _Stored, headers: Mapping[str, str]) -> None:
        fault = self.fault or Fault()
        start, status = self.request_log.start, 200
        shown = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", **headers}
        if "range" in self.request_log.headers and not fault.ignore_range:
            if start >= stored.size:
                self._answer(416, {"Content-Range": f"bytes */{stored.size}", **headers}, b"")
                return
            status = 206
            told = start + fault.shift_range
            shown["Content-Range"] = f"bytes {told}-{stored.size - 1}/{stored.size}"
        else:
            start = 0
        if fault.no_length:
            shown["Connection"] = "close"
            self.close_connection = True
        else:
            shown["Content-Length"] = str(stored.size - start)
        self._begin(status, shown)
        if self.command != "HEAD":
            self._send_bytes(stored, start, fault)

    def _send_bytes(self, stored: _Stored, start: int, fault: Fault) -> None:
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
                if not (chunk := source.read(want)):
                    return
                if fault.corrupt is not None and position <= fault.corrupt < position + len(chunk):
                    at = fault.corrupt - position
                    chunk = chunk[:at] + bytes([chunk[at] ^ 0xFF]) + chunk[at + 1 :]
                self.wfile.write(chunk)
                log.sent += len(chunk)
                if self.hub.rate:
                    self.hub.closing.wait(len(chunk) / self.hub.rate)


class _CdnHandler(_Handler):
    def _kind(self, path: str) -> str:
        return "cdn"

    def _respond(self, path: str) -> None:
        sha256 = path.rsplit("/", 1)[-1]
        query = parse_qs(urlsplit(self.path).query)
        expires, signature = query.get("Expires", ["0"])[0], query.get("Signature", [""])[0]
        right = hmac.new(_KEY, f"{sha256}{expires}".encode(), "sha256").hexdigest()
        stored = self.hub.by_sha256(sha256)
        if not hmac.compare_digest(signature, right) or float(expires) < time.time():
            body = (
                b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'
            )
            self._answer(403, {"Content-Type": "application/xml"}, body)
        elif stored is None:
            self._answer(404, {"Content-Type": "application/xml"}, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            # as content servers do, an ETag of their own kind
            self._send_file(stored, {"ETag": f'"{hashlib.md5(sha256.encode()).hexdigest()}-596"'})


class _HubHandler(_Handler):
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

    def _file(self, stored: _Stored | None, commit: str) -> None:
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
    def _row(file: str, stored: _Stored) -> dict[str, object]:
        row: dict[str, object] = {"type": "file", "oid": stored.blob, "size": stored.size, "path": file}
        if stored.lfs:
            row["lfs"] = {"oid": stored.sha256, "size": stored.size, "pointerSize": 135}
        return row

    @staticmethod
    def _info(repository: str, files: Mapping[str, _Stored], commit: str) -> dict[str, object]:
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


def resolve_path(repository: str, revision: str, file: str) -> str:
    """The path under which a file is offered."""
    return f"/{quote(repository)}/resolve/{quote(revision, safe='')}/{quote(file)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.hubserver")
    parser.add_argument("--port-file", type=Path, required=True, help="gets the port when the server listens")
    parser.add_argument("--file", action="append", default=[], metavar="REPO=PATH")
    parser.add_argument("--rate", type=float, metavar="BYTES_PER_S")
    options = parser.parse_args(arguments)
    with HubServer(rate=options.rate) as server:
        for item in options.file:
            repository, _, path = item.partition("=")
            server.add(repository, Path(path).name, Path(path))
        temporary = options.port_file.with_name(options.port_file.name + ".new")
        temporary.write_text(str(server.port), encoding="ascii")
        os.replace(temporary, options.port_file)
        server.closing.wait()  # until this process is ended
    return 0


if __name__ == "__main__":
    sys.exit(main())
