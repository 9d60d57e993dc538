"""Many clients, rude clients, clients that go away: correct answers or clean refusals, and nothing is left."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import psutil
import pytest

from desktop.core.events import EngineChanged, RequestAnswered
from desktop.core.models import EngineState
from desktop.server import embeddings
from desktop.server.errors import RETRY_AFTER
from desktop.server.policy import Limits, Patience
from tests.recorder import Recorder
from tests.server.conftest import QUESTION, Serve, Served, events

CLIENTS = 200
QUEUE = 32


def ask(served: Served, text: str, **more: Any) -> bytes:
    """A request as bytes."""
    body = json.dumps({"messages": [{"role": "user", "content": text}], **more}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_two_hundred_clients(serve: Serve) -> None:
    served = serve(limits=Limits(requests=QUEUE, connections=1024, waiting=512))
    served.chat("warm up")
    gate = threading.Barrier(CLIENTS)

    def one(number: int) -> tuple[int, bool]:
        with httpx.Client(base_url=served.url, timeout=60, trust_env=False) as client:
            gate.wait(60)
            text = f"!slow 5 client {number}"
            answer = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": text}]})
        body = answer.json()
        if answer.status_code == 200:
            return 200, body["choices"][0]["message"]["content"] == f"client {number}"
        return answer.status_code, int(answer.headers["retry-after"]) == RETRY_AFTER and "error" in body

    with ThreadPoolExecutor(CLIENTS) as pool:
        found = list(pool.map(one, range(CLIENTS)))
    assert all(right for _, right in found)
    statuses = Counter(status for status, _ in found)
    assert statuses.keys() <= {200, 503}
    assert statuses[200] >= QUEUE
    assert served.chat("after")["choices"][0]["message"]["content"] == "after"
    assert served.client.get("/health").json()["running"] == 0


@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_goes_away_stops_the_engine(serve: Serve, streamed: bool) -> None:
    served = serve()
    served.chat("warm up")
    recorder = Recorder(served.app.bus)
    with served.connect() as connection:
        connection.sendall(ask(served, "!slow 50 " + "word " * 2000, stream=streamed))
        recorder.wait_engine(EngineState.WRITING)
        position = recorder.position
    # the first one's record may come after its answer
    record = recorder.wait(RequestAnswered, lambda event: event.record.error != "").record
    assert record.error == "client_gone"
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY, position)
    assert record.duration_ms < 30_000, "it was not stopped"


def test_a_client_that_closes_its_half(serve: Serve) -> None:
    """It is taken for gone; what matters is that nothing hangs."""
    served = serve()
    with served.connect() as connection:
        connection.sendall(ask(served, "!slow 20 " + "word " * 200))
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(30)
        while connection.recv(65536):
            pass
    assert served.chat("after")["choices"][0]["message"]["content"] == "after"


def test_blanks_and_pings_keep_a_client_waiting(serve: Serve) -> None:
    served = serve(patience=Patience(first_space=0.2, next_space=0.1, ping=0.1))
    answer = served.client.post(
        "/v1/chat/completions", json={"messages": [{"role": "user", "content": "!slow 400 one two three"}]}
    )
    assert answer.status_code == 200
    assert answer.text.startswith("  "), "white space came first"
    assert answer.json()["choices"][0]["message"]["content"] == "one two three"
    spoken = [{"role": "user", "content": "!slow 400 one two three"}]
    with served.client.stream("POST", "/v1/chat/completions", json={"messages": spoken, "stream": True}) as streamed:
        streamed.read()
    assert ": ping" in streamed.text
    deltas = [chunk["choices"][0]["delta"] for chunk in events(streamed.text)[:-1]]
    assert "".join(delta.get("content", "") for delta in deltas) == "one two three"


def test_an_error_after_the_first_blank_is_in_the_document(serve: Serve) -> None:
    served = serve(patience=Patience(first_space=0.2, next_space=0.1), models=("slow-load-fail-load",))
    recorder = Recorder(served.app.bus)
    answer = served.client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "x"}]})
    assert answer.status_code == 200
    assert answer.text.startswith(" ")
    assert answer.json()["error"]["code"] == "engine.load_failed"
    assert recorder.wait(RequestAnswered).record.failed


def test_the_server_ends_while_it_answers(serve: Serve) -> None:
    served = serve(patience=Patience(stop=1))
    served.chat("warm up")
    recorder = Recorder(served.app.bus)
    with served.connect() as connection, served.connect() as idle:
        connection.sendall(ask(served, "!slow 50 " + "word " * 2000, stream=True))
        recorder.wait_engine(EngineState.WRITING)
        begun = time.monotonic()
        served.server.stop().result(20)
        assert time.monotonic() - begun < 8
        while connection.recv(65536):
            pass
        assert idle.recv(10) == b""
    with pytest.raises(ConnectionError):
        served.connect()


def test_large_requests_that_wait_are_bounded(serve: Serve, wait_until: Callable[..., None]) -> None:
    served = serve(settings={"server_body_mb": 1})
    served.chat("warm up")
    large = {"prompt": "x", "unknown": "x" * 900_000}
    with ExitStack() as stack:
        for number in range(1, 9):
            connection = stack.enter_context(served.connect())
            connection.sendall(ask(served, "!slow 50 " + "word " * 2000, unknown="x" * 900_000))
            wait_until(lambda number=number: served.client.get("/health").json()["running"] == number)
        refused = served.post("/", large)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        assert refused.headers["retry-after"] == str(RETRY_AFTER)
    wait_until(lambda: served.client.get("/health").json()["running"] == 0)
    wait_until(lambda: served.post("/", large).status_code == 200)


def test_vectors_that_wait_are_bounded(echo: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_TOGETHER", 150)
    for _ in range(2):
        answer = echo.post("/v1/embeddings", {"input": ["one", "two"]})
        assert [item["index"] for item in answer.json()["data"]] == [0, 1]
        refused = echo.post("/v1/embeddings", {"input": ["text"] * 9})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")


def _noise(random: random.Random) -> bytes:
    """Requests of every degree of nonsense."""
    good = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 2}
    kind = random.randrange(6)
    if kind == 0:
        return random.randbytes(random.randrange(1, 400))
    body = json.dumps(good).encode()
    if kind == 1:
        cut = bytearray(body)
        for _ in range(random.randrange(1, 6)):
            cut[random.randrange(len(cut))] = random.randrange(256)
        body = bytes(cut)
    elif kind == 2:
        keys = [
            "messages",
            "temperature",
            "stop",
            "tools",
            "seed",
            "stream",
            "logit_bias",
            "response_format",
            "n",
            "model",
        ]
        values: list[Any] = [None, [], {}, "x", -1, 1e308, True, [[]], [{}], {"a": []}, "\ud800", 10**400]
        body = json.dumps({**good, random.choice(keys): random.choice(values)}).encode()
    head = f"POST {random.choice(['/', '/v1/chat/completions', '/v1/completions', '/%ff%00?a=%'])} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if kind == 3:
        head += f"Content-Length: {random.choice(['-1', 'x', '99999999999', '5', '0'])}\r\n"
    elif kind == 4:
        return (
            head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + random.choice([b"zz\r\n", b"5\r\nab", b"0\r\n\r\n"])
        )
    elif kind == 5:
        head += "Expect: 100-continue\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def test_noise(serve: Serve) -> None:
    served = serve(patience=Patience(header=0.5, body=0.5))
    served.chat("warm up")
    dice = random.Random(5)
    statuses: Counter[bytes] = Counter()
    for _ in range(300):
        with served.connect() as connection:
            connection.sendall(_noise(dice))
            if dice.random() < 0.5:
                connection.shutdown(socket.SHUT_WR)
            if dice.random() < 0.3:
                continue
            connection.settimeout(0.7)
            try:
                statuses[connection.recv(65536)[9:12]] += 1
            except (TimeoutError, ConnectionError):
                statuses[b"---"] += 1
    assert b"500" not in statuses, statuses
    assert {b"200", b"400"} <= statuses.keys(), statuses
    assert served.chat("after")["choices"][0]["message"]["content"] == "after"


def test_no_path_steers_a_terminal(echo: Served) -> None:
    echo.client.get("/%1b[2J%0a%00")
    assert echo.server.journal.records()[-1].path == "GET /\ufffd[2J\ufffd\ufffd"


def test_memory_stays_flat(serve: Serve, wait_until: Callable[..., None]) -> None:
    served = serve()
    process = psutil.Process()

    def rounds(count: int) -> None:
        for number in range(count):
            if number % 3 == 0:
                with served.connect() as connection:
                    connection.sendall(ask(served, "!slow 1 " + "word " * 100, stream=True))
            elif number % 3 == 1:
                served.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "x" * 20_000}]})
            else:
                served.stream({"messages": [{"role": "user", "content": "word " * 50}]})

    rounds(150)
    before = process.memory_info().rss
    open_before = process.num_fds() if hasattr(process, "num_fds") else 0
    rounds(300)
    wait_until(lambda: served.client.get("/health").json()["running"] == 0)
    grown = process.memory_info().rss - before
    assert grown < 12_000_000, f"{grown / 1e6:.1f} MB more"
    if open_before:
        wait_until(lambda: process.num_fds() <= open_before + 5, what="connections are closed")
    assert len(served.server.journal.records()) <= 500


@pytest.mark.model
def test_the_real_engine_under_many_clients(tiny: Served) -> None:
    wanted = tiny.chat(QUESTION, temperature=0)["choices"][0]["message"]["content"]

    def one(number: int) -> tuple[int, str]:
        with httpx.Client(base_url=tiny.url, timeout=120, trust_env=False) as client:
            spoken = [{"role": "user", "content": QUESTION}]
            answer = client.post("/v1/chat/completions", json={"messages": spoken, "temperature": 0})
        if answer.status_code != 200:
            return answer.status_code, ""
        return 200, answer.json()["choices"][0]["message"]["content"]

    with ThreadPoolExecutor(24) as pool:
        found = list(pool.map(one, range(24)))
    assert {status for status, _ in found} <= {200, 503}
    assert {text for status, text in found if status == 200} == {wanted}
