"""`serve` on the real engine with the tiny model."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest

from tests.cli.conftest import ROOT, Program

QUESTION = "北京和上海两座城市有什么不同？"
BEGINNING = "北京和上海是两座不同的城市："

pytestmark = pytest.mark.model


@contextmanager
def serving(program: Program, *words: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """The running program and what it said of itself. It is interrupted at the end."""
    command = program.command("serve", "--json", *words)
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate(timeout=30)[1]
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
        process.communicate(timeout=60)


def test_it_serves(ready: Program) -> None:
    with serving(ready, "--port", "0") as (process, said):
        with httpx.Client(base_url=said["address"], trust_env=False, timeout=60) as client:
            assert client.get("/health").status_code == 200
            answer = client.post("/", json={"prompt": QUESTION, "temperature": 0}).json()
        assert answer["response"].startswith(BEGINNING)
        assert process.stdout is not None
        record = json.loads(process.stdout.readline())
        assert (record["request"], record["status"], record["error"]) == ("POST /", 200, None)
    assert process.returncode == 130
    assert ready("conversations", "list", "--json").json == []


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_key(ready: Program, by: str) -> None:
    words: Sequence[str] = ("--api-key", "right") if by == "argument" else ()
    environment = {} if by == "argument" else {"CHATGLM_DESKTOP_API_KEY": "right"}
    with (
        serving(ready, "--port", "0", *words, **environment) as (_, said),
        httpx.Client(base_url=said["address"], trust_env=False) as client,
    ):
        assert client.get("/v1/models").status_code == 401
        assert client.get("/v1/models", headers={"Authorization": "Bearer right"}).status_code == 200


def test_what_is_in_the_way_is_said(ready: Program, program: Program) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        failed = ready("serve", "--port", str(port))
    assert failed.code == 3
    assert f"Port {port} is used by another program. Port " in failed.err
    assert ready("serve", "--host", "0.0.0.0", "--port", "0").code == 3
    assert ready("serve", "--model", "nobody").code == 3
    assert ready("serve", "--port", "65536").code == 2


def test_without_a_model_it_says_how_to_get_one(program: Program) -> None:
    served = program("serve", "--port", "0")
    assert served.code == 3
    assert "Download one" in served.err
