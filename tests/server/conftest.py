"""A running server: over the real engine with the tiny model (one for a file of tests), or over the echo worker (one for a test)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktop import paths
from desktop.app import Application
from desktop.core.models import EngineState
from desktop.server.policy import Binding, Limits, Patience
from desktop.server.service import LocalServer
from tests.recorder import Recorder
from tests.services.conftest import add_model
from tests.services.conftest import start as start

LIMIT_S = 120.0
QUESTION = "北京和上海两座城市有什么不同？"
BEGINNING = "北京和上海是两座不同的城市："


class Served:
    """An application with its server, and a client."""

    def __init__(self, app: Application, server: LocalServer, port: int, key: str = "") -> None:
        self.app = app
        self.server = server
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, timeout=LIMIT_S, trust_env=False)
        if key:
            self.client.headers["Authorization"] = f"Bearer {key}"

    def post(self, path: str, document: Any, **headers: str) -> httpx.Response:
        return self.client.post(path, json=document, headers=headers)

    def chat(self, text: str, **fields: Any) -> Any:
        """The answer to a question as a document."""
        answer = self.post("/v1/chat/completions", {"messages": [{"role": "user", "content": text}], **fields})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stream(self, document: Any) -> list[Any]:
        """The events of an answer; the last one is "[DONE]"."""
        with self.client.stream("POST", "/v1/chat/completions", json={**document, "stream": True}) as answer:
            answer.read()
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"].startswith("text/event-stream")
            return events(answer.text)

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT_S)


def events(text: str) -> list[Any]:
    """Server-sent events as documents."""
    found = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) if line != "[DONE]" else line for line in found]


Serve = Callable[..., Served]


def serve_app(stack: ExitStack, home: Path, backend: str, models: tuple[str, ...], **policy: Any) -> Served:
    """A server over a fresh home; ended with the stack."""
    key = policy.pop("key", "")
    host = policy.pop("host", "127.0.0.1")
    settings = policy.pop("settings", {})
    app = Application(paths.in_home(home), backend=backend)
    stack.callback(app.close)
    for name, value in settings.items():
        app.settings.set(name, value)
    for model in models:
        add_model(app, model)
    server = LocalServer(app, patience=policy.pop("patience", Patience()), limits=policy.pop("limits", Limits()))
    stack.callback(server.close)
    status = server.start(Binding(host, 0, key)).result(30)
    served = Served(app, server, status.port, key)
    stack.callback(served.client.close)
    return served


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(…)`: a server over the echo worker, with one model called "plain" unless said otherwise."""
    with ExitStack() as stack:

        def begin(backend: str = "echo", models: tuple[str, ...] = ("plain",), **policy: Any) -> Served:
            return serve_app(stack, tmp_path / "家 home", backend, models, **policy)

        yield begin


@pytest.fixture
def echo(serve: Serve) -> Served:
    """A server over the echo worker."""
    return serve()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the real engine with the tiny model, loaded."""
    with ExitStack() as stack:
        home = tmp_path_factory.mktemp("serve") / "家 home"
        served = serve_app(stack, home, "llama", ("tiny",))
        recorder = Recorder(served.app.bus)
        served.app.engine.load(served.app.library.models()[0].id)
        recorder.wait_engine(EngineState.READY)
        yield served
