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
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.hubhandlers import (
    CHUNK,
    LOGIN_PAGE,
    CdnHandler,
    Fault,
    HubHandler,
    Request,
    Server,
    Stored,
    html,
    signature,
)

__all__ = ["CHUNK", "LOGIN_PAGE", "Fault", "HubServer", "Request", "html"]


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
        self._repositories: dict[str, dict[str, Stored]] = {}
        self._commits: dict[str, list[str]] = {}
        self._hub = Server(self, HubHandler)
        self._cdn = Server(self, CdnHandler)
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

    def add(
        self, repository: str, file: str, data: bytes | Path, *, lfs: bool = True, commit: str | None = None
    ) -> str:
        """Offer a file, in place of one of that name, as of a commit (None: made up); returns its SHA-256."""
        digest, blob, size = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
        stored = Stored(data, lfs, 0, "", "")
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
            made_up = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            self._commits.setdefault(repository, []).append(commit or made_up)
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

    def find(self, repository: str, revision: str) -> dict[str, Stored] | None:
        """The files of a revision; every commit that ever was shows what is there now. None: no such revision."""
        if revision != "main" and revision not in self._commits.get(repository, []):
            return None
        return self._repositories[repository]

    def knows(self, repository: str) -> bool:
        """Whether there is such a repository."""
        return repository in self._repositories

    def names(self) -> list[str]:
        """The repositories."""
        return sorted(self._repositories)

    def by_sha256(self, sha256: str) -> Stored | None:
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
        expires = str(time.time() + self.expires_s)
        return f"{self.cdn_url}/repos/aa/bb/{sha256}?Expires={expires}&Signature={signature(sha256, expires)}"


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
