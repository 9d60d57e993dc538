"""Engines of both kinds for the tests of this folder, and a recorder for what they reply."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from desktop.core.errors import EngineError, WorldError
from desktop.core.models import GenerateOptions, LoadedModel, LoadOptions, PromptMessage, Role, TurnId
from desktop.core.ports import Done, Failed, Loaded, PromptRead, TextPiece
from desktop.inference.client import EngineClient, worker_command

TINY = Path(__file__).resolve().parent.parent.parent / "resources" / "chatglm3-tiny.gguf"
BOUND = 30.0
"""Seconds no wait here may take longer than."""


class Replies:
    """A sink that remembers everything, and lets a test wait for what it needs."""

    def __init__(self) -> None:
        self.all: list[object] = []
        self._changed = threading.Condition()

    def __call__(self, reply: object, /) -> None:
        with self._changed:
            self.all.append(reply)
            self._changed.notify_all()

    def wait(self, wanted: Callable[[object], bool]) -> object:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(wanted, self.all)), BOUND), f"only {self.all[-5:]} came"
            return next(filter(wanted, self.all))

    def wait_kind(self, *kinds: type) -> object:
        return self.wait(lambda reply: isinstance(reply, kinds))

    def final(self) -> Loaded | Done | Failed:
        reply = self.wait_kind(Loaded, Done, Failed)
        assert isinstance(reply, Loaded | Done | Failed)
        return reply

    @property
    def finals(self) -> list[object]:
        return [reply for reply in self.all if isinstance(reply, Loaded | Done | Failed)]

    def done(self) -> Done:
        reply = self.final()
        assert isinstance(reply, Done), reply
        return reply

    def error(self) -> WorldError:
        reply = self.final()
        assert isinstance(reply, Failed), reply
        return reply.error

    def loaded(self) -> LoadedModel:
        reply = self.final()
        assert isinstance(reply, Loaded), reply
        return reply.model

    @property
    def text(self) -> str:
        return "".join(reply.text for reply in self.all if isinstance(reply, TextPiece))

    @property
    def thought(self) -> str:
        return "".join(reply.thought for reply in self.all if isinstance(reply, TextPiece))

    @property
    def read(self) -> PromptRead:
        reply = self.wait_kind(PromptRead)
        assert isinstance(reply, PromptRead)
        return reply


def wait_idle(pid: int) -> None:
    """Wait until a worker has nothing to do: its processor time stands still."""
    process, deadline, pause = psutil.Process(pid), time.monotonic() + BOUND, threading.Event()
    before, still = -1.0, 0
    while still < 8:
        assert time.monotonic() < deadline
        times = process.cpu_times()
        still = still + 1 if times.user + times.system == before else 0
        before = times.user + times.system
        pause.wait(0.03)


class Driver:
    """An engine and the shortest way to ask it something."""

    def __init__(self, engine: EngineClient, exits: list[EngineError], exited: threading.Event) -> None:
        self.engine = engine
        self.exits = exits
        self.exited = exited
        self._turns = 0

    def load(self, path: Path = TINY, *, probe: bool = False, **options: Any) -> Replies:
        """One thread by default: two of them waiting for each other are slow where tests run side by side."""
        replies = Replies()
        self.engine.load(LoadOptions(path, **{"threads": 1, **options}), replies, probe=probe)
        return replies

    def ask(self, *texts: str, system: str = "", **options: Any) -> Replies:
        """Questions and answers in turn, the last one a question."""
        self._turns += 1
        replies = Replies()
        self.engine.generate(TurnId(self._turns), conversation(texts, system), _options(options), replies)
        return replies

    def cancel(self) -> None:
        """Cancel the last question."""
        self.engine.cancel(TurnId(self._turns))

    @property
    def pid(self) -> int:
        session = self.engine._session
        assert session is not None
        return session.pid


def _options(options: dict[str, Any]) -> GenerateOptions:
    return GenerateOptions(**{"temperature": 0.0, **options})


def conversation(texts: Sequence[str], system: str = "") -> list[PromptMessage]:
    roles = (Role.USER, Role.ASSISTANT)
    spoken = [PromptMessage(roles[index % 2], text) for index, text in enumerate(texts)]
    return [PromptMessage(Role.SYSTEM, system), *spoken] if system else spoken


Start = Callable[..., Driver]


@pytest.fixture
def start() -> Iterator[Start]:
    """Make engines, started unless `run` is False, and stop them all at the end."""
    engines: list[EngineClient] = []

    def make(backend: str = "echo", *, run: bool = True, command: Sequence[str] | None = None, **more: Any) -> Driver:
        exits: list[EngineError] = []
        exited = threading.Event()

        def on_exit(error: EngineError, /) -> None:
            exits.append(error)
            exited.set()

        engine = EngineClient(command or worker_command(backend), on_exit=on_exit, **more)
        engines.append(engine)
        if run:
            engine.start()
        return Driver(engine, exits, exited)

    yield make
    for engine in engines:
        engine.stop()
    ours = [thread for thread in threading.enumerate() if thread.name.startswith("engine-")]
    for thread in ours:
        thread.join(5)  # stopped from its own thread, an engine cannot wait for that one
    left = [thread.name for thread in ours if thread.is_alive()]
    assert not left, left


@pytest.fixture
def echo(start: Start) -> Driver:
    return start("echo")


@pytest.fixture
def tiny(start: Start) -> Driver:
    """The real llama.cpp with the tiny model loaded."""
    driver = start("llama")
    driver.load().loaded()
    return driver
