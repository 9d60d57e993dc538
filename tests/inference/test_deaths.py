"""The worker dies of every signal at every phase: no word is lost, no request is left open, nothing stays behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from desktop.core import errors
from desktop.core.models import GenerateOptions
from desktop.core.ports import LoadProgressed, PromptProgress, TextPiece
from tests.inference.conftest import BOUND, TINY, Driver, Replies, Start, conversation

pytestmark = [pytest.mark.model, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]

SIGNALS = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGKILL", "SIGTERM")
LONG = "天地玄黄 " * 200
WARM: dict[str, Any] = {"temperature": 100.0, "top_p": 1.0, "top_k": 0, "seed": 1, "max_tokens": 1500}


def files_open() -> int:
    return psutil.Process().num_fds()


def loading(start: Start, folder: Path) -> tuple[Driver, Replies]:
    driver = start("echo")
    replies = driver.load(Path("slow-load.gguf"))
    replies.wait_kind(LoadProgressed)
    return driver, replies


def probing(start: Start, folder: Path) -> tuple[Driver, Replies]:
    driver = start("echo")
    replies = driver.load(Path("hang-probe.gguf"), probe=True)
    replies.wait(lambda reply: reply == LoadProgressed(1.0))
    session = driver.engine._session
    assert session is not None
    pause, deadline = threading.Event(), time.monotonic() + BOUND
    while session._present_phase() != "probe":
        assert time.monotonic() < deadline
        pause.wait(0.001)
    return driver, replies


def real(start: Start, folder: Path) -> Driver:
    driver = start("llama")
    driver.load(states=folder, states_limit=50_000_000).loaded()
    return driver


def reading(start: Start, folder: Path) -> tuple[Driver, Replies]:
    driver = real(start, folder)
    replies = driver.ask(LONG, conversation=1, **WARM)
    replies.wait_kind(PromptProgress)
    return driver, replies


def writing(start: Start, folder: Path) -> tuple[Driver, Replies]:
    driver = real(start, folder)
    replies = driver.ask("你好", conversation=1, **WARM)
    replies.wait_kind(TextPiece)
    return driver, replies


def idle(start: Start, folder: Path) -> tuple[Driver, None]:
    driver = real(start, folder)
    driver.ask("天地玄黄 " * 40, conversation=1, max_tokens=1).done()
    return driver, None


def reading_ahead(start: Start, folder: Path) -> tuple[Driver, None]:
    driver = real(start, folder)
    driver.engine.read_ahead(conversation([LONG]), GenerateOptions())
    return driver, None


PHASES: dict[str, Callable[[Start, Path], tuple[Driver, Replies | None]]] = {
    "load": loading,
    "probe": probing,
    "generate, reading": reading,
    "generate, writing": writing,
    "idle": idle,
    "idle, reading ahead": reading_ahead,
}


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("phase", PHASES)
def test_it_dies(start: Start, tmp_path: Path, phase: str, name: str) -> None:
    folder = tmp_path / "状态"
    before = files_open()
    driver, replies = PHASES[phase](start, folder)
    pid = driver.pid
    os.kill(pid, getattr(signal, name))
    if replies is None:
        assert driver.exited.wait(BOUND)
        error: errors.WorldError = driver.exits[0]
    else:
        error = replies.error()
        assert len(replies.finals) == 1
        assert not driver.exits
        assert replies.text or phase != "generate, writing"
    assert isinstance(error, errors.EngineCrashed)
    assert (error.data["signal"], error.data["phase"]) == (name, phase.partition(",")[0])
    assert not psutil.pid_exists(pid), "a zombie"
    assert driver.engine.hello is None
    driver.engine.start()
    if phase.startswith(("generate", "idle")):
        driver.load(TINY, states=folder, states_limit=50_000_000).loaded()
        assert driver.ask("你好").done().usage.completion_tokens > 5
    driver.engine.stop()
    assert files_open() == before
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("name", SIGNALS)
def test_it_dies_at_the_start(start: Start, name: str) -> None:
    driver = start("llama", run=False)
    before = files_open()
    caught: list[errors.EngineError] = []

    def begin() -> None:
        try:
            driver.engine.start()
        except errors.EngineError as error:
            caught.append(error)

    thread = threading.Thread(target=begin)
    thread.start()
    pause, deadline = threading.Event(), time.monotonic() + BOUND
    while driver.engine._session is None:
        assert time.monotonic() < deadline
        pause.wait(0.001)
    pid = driver.pid
    os.kill(pid, getattr(signal, name))
    thread.join(BOUND)
    (error,) = caught
    # a process that was asked to end before it was anything is no crash of llama.cpp
    assert isinstance(error, errors.EngineCrashed | errors.EngineUnavailable)
    assert not psutil.pid_exists(pid)
    assert driver.engine.hello is None
    assert not driver.exits
    driver.engine.start()
    driver.engine.stop()
    assert files_open() == before
