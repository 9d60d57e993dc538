"""A search on a hub: the form of its question, its answer, and an end when nobody answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop.core.errors import HubBusy, HubNonsense, HubUnreachable
from desktop.hub.client import HuggingFaceHub
from tests.conftest import DEAD_ENDPOINT

ANSWER = [
    {
        "_id": "1",
        "id": "bartowski/THUDM_GLM-4-9B-0414-GGUF",
        "downloads": 4321,
        "likes": 12,
        "lastModified": "2025-04-20T10:11:12.000Z",
        "tags": ["gguf", "license:mit", "region:us"],
        "gated": False,
    },
    {"_id": "2", "id": "who/locked-GGUF", "gated": "manual", "tags": []},
]


class Hub(ThreadingHTTPServer):
    daemon_threads = False
    status = 200
    body = json.dumps(ANSWER)

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.body.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_question_and_what_is_made_of_the_answer(hub: Hub) -> None:
    first, second = HuggingFaceHub(hub.url).search("GLM 4", 40)
    asked = parse_qs(urlsplit(hub.asked[0]).query)
    assert asked["search"] == ["GLM 4"]
    assert asked["filter"] == ["gguf"]
    assert asked["limit"] == ["40"]
    assert {"downloads", "tags", "gated", "lastModified"} <= set(asked["expand"])
    assert (first.repository, first.downloads, first.licence) == ("bartowski/THUDM_GLM-4-9B-0414-GGUF", 4321, "mit")
    assert first.updated == 1_745_143_872_000
    assert not first.gated
    assert second.gated
    assert second.licence is None
    assert second.downloads is None


def test_a_busy_hub_is_said_at_once(hub: Hub) -> None:
    hub.status, hub.body = 503, "<html>come back later</html>"
    with pytest.raises(HubBusy):
        HuggingFaceHub(hub.url).search("glm", 5)
    assert len(hub.asked) == 1


def test_what_is_no_list_of_models_is_nonsense(hub: Hub) -> None:
    hub.body = '{"error": "a login page, for example"}'
    with pytest.raises(HubNonsense):
        HuggingFaceHub(hub.url).search("glm", 5)


def test_where_nobody_answers_it_ends_soon() -> None:
    begun = time.monotonic()
    with pytest.raises(HubUnreachable):
        HuggingFaceHub(DEAD_ENDPOINT).search("glm", 5)
    assert time.monotonic() - begun < 5
