"""ModelScope, as a small server of its own forms: lists, hashes, names that differ, bytes, search, and nonsense."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from desktop.core.errors import HubBusy, HubNonsense, HubNotFound
from desktop.hub.endpoints import is_modelscope
from desktop.hub.modelscope import ModelScopeHub

DATA = bytes(range(256)) * 400
SHA256 = "c" * 64
OURS, THEIRS, FILE = "zai-org/glm-tiny-gguf", "ZhipuAI/glm-tiny-gguf", "Q8/tiny.gguf"
LIST = {
    "Code": 200,
    "Data": {
        "Files": [
            {"Name": "Q8", "Path": "Q8", "Type": "tree", "Size": 0, "Sha256": ""},
            {"Name": "tiny.gguf", "Path": FILE, "Type": "blob", "Size": len(DATA), "Sha256": SHA256},
            {"Name": "README.md", "Path": "README.md", "Type": "blob", "Size": 3, "Sha256": ""},
        ]
    },
    "Success": True,
}
FOUND = {
    "Code": 200,
    "Data": {
        "Model": {
            "Models": [
                {"Path": "ZhipuAI", "Name": "GLM-4-GGUF", "Downloads": 7, "Stars": 3, "LastUpdatedTime": 1700000000,
                 "License": "MIT", "Tags": ["gguf"]},
                {"Path": None, "Name": "broken"},
            ]
        }
    },
}  # fmt: skip


class Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.status, self.body = 200, b""
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self._note(b"")
        if path == f"/models/{THEIRS}/resolve/master/{FILE}":
            start = int(self.headers["Range"].removeprefix("bytes=").split("-")[0]) if "Range" in self.headers else 0
            extra = {"Content-Range": f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"} if start else {}
            self._answer(206 if start else 200, DATA[start:], {"ETag": '"of another kind"', **extra})
        elif path == f"/api/v1/models/{THEIRS}/repo/files":
            self._answer(self.server.status, self.server.body or json.dumps(LIST).encode())
        else:
            self._answer(404, b'{"Code": 404}')

    def do_PUT(self) -> None:
        self._note(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(self.server.status, self.server.body or json.dumps(FOUND).encode())

    def _note(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers, body))

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hub(server: Server, monkeypatch: pytest.MonkeyPatch) -> ModelScopeHub:
    monkeypatch.setenv("HF_TOKEN", "hf_neverneverneversent")
    return ModelScopeHub(f"http://127.0.0.1:{server.server_address[1]}", names={OURS: THEIRS})


def test_a_file_by_its_name_on_the_hub(hub: ModelScopeHub, server: Server) -> None:
    remote = hub.file(OURS, FILE, "a" * 40)  # the hub's commits mean nothing here
    assert (remote.repository, remote.size, remote.sha256, remote.revision) == (OURS, len(DATA), SHA256, "master")
    assert [file.file for file in hub.files(OURS)] == [FILE, "README.md"]
    whole = hub.open(remote, 0)
    assert whole.etag is None  # theirs is of another kind: it must not look like another version
    assert b"".join(whole) == DATA
    assert b"".join(hub.open(remote, 1000)) == DATA[1000:]
    assert not [headers for _, _, headers, _ in server.asked if "authorization" in headers]


def test_search(hub: ModelScopeHub, server: Server) -> None:
    (found,) = hub.search("glm", 10)
    assert (found.repository, found.downloads, found.likes, found.licence) == ("ZhipuAI/GLM-4-GGUF", 7, 3, "MIT")
    assert found.updated == 1_700_000_000_000
    assert json.loads(server.asked[0][3])["Name"] == "glm gguf"


def test_what_is_not_there(hub: ModelScopeHub) -> None:
    with pytest.raises(HubNotFound):
        hub.file(OURS, "other.gguf")
    with pytest.raises(HubNotFound):
        hub.files("nobody/nothing")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"Data": []}', b'{"Data": {"Files": 3}}'])
def test_nonsense(hub: ModelScopeHub, server: Server, body: bytes) -> None:
    server.body = body
    with pytest.raises(HubNonsense):
        hub.files(OURS)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"Data": {"Model": {"Models": 3}}}'])
def test_nonsense_of_a_search(hub: ModelScopeHub, server: Server, body: bytes) -> None:
    server.body = body
    with pytest.raises(HubNonsense):
        hub.search("glm", 1)


def test_busy(hub: ModelScopeHub, server: Server) -> None:
    server.status = 503
    with pytest.raises(HubBusy):
        hub.files(OURS)


def test_its_addresses() -> None:
    assert is_modelscope("https://modelscope.cn")
    assert is_modelscope("https://www.modelscope.cn")
    assert not is_modelscope("https://modelscope.cn.evil.example")
    assert not is_modelscope("https://huggingface.co")
