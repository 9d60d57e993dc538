"""Random schedules of kill -9, pause, resume and network faults: the right file or a clear error, and little fetched twice.

CHATGLM_SCHEDULES=200 runs that many; the suite runs a few.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.core.models import DownloadState
from tests.downloadkit import FILE, REPOSITORY, TINY, Station
from tests.hubserver import CHUNK, LOGIN_PAGE, Fault, HubServer

MB = 1 << 20
SIZE = 64 * MB
SCHEDULES = int(os.environ.get("CHATGLM_SCHEDULES", "6"))
ALLOWED = {"hub.unreachable", "hub.busy", "hub.nonsense", "hub.denied", "hub.not_found", "download.wrong_bytes"}
LIMIT_S = 60.0

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "model.gguf"
    path.write_bytes(TINY.read_bytes() + random.Random(7).randbytes(SIZE - TINY.stat().st_size))
    return path


class Nursery:
    """Children that download into one home."""

    def __init__(self, home: Path, url: str, root: Path) -> None:
        words = [sys.executable, "-m", "tests.services.nursery", str(home), url]
        self._process = subprocess.Popen(words, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = 0
        self.result: dict[str, Any] | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """A new child."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.result = None
        self._ended.clear()
        self.pid = self._line()["pid"]
        threading.Thread(target=self._read, name="nursery").start()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time."""
        return self._ended.wait(seconds)

    def send(self, number: signal.Signals) -> None:
        """A signal, and wait for the end."""
        os.kill(self.pid, number)
        assert self._ended.wait(LIMIT_S), "the child does not end"

    def close(self) -> None:
        """No more children."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(LIMIT_S)
        self._process.stdout.close()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def _read(self) -> None:
        while "ended" not in (line := self._line()):
            self.result = line
        self._ended.set()


@pytest.fixture
def server(source: Path) -> Iterator[HubServer]:
    with HubServer(rate=24 * MB) as hub:
        hub.add(REPOSITORY, FILE, source)
        yield hub


def harmless(dice: random.Random) -> Fault:
    """A fault after which nothing need be fetched twice."""
    kinds: list[Callable[[], Fault]] = [
        lambda: Fault(cut=dice.randrange(0, 8 * MB)),
        lambda: Fault(cut=dice.randrange(0, 2 * CHUNK)),
        lambda: Fault(status=dice.choice([429, 500, 502, 503]), headers={"Retry-After": "0"}),
        lambda: Fault(on="hub", method="GET", status=dice.choice([429, 500])),
        lambda: Fault(status=403, body=b"<Error><Code>AccessDenied</Code></Error>"),
        lambda: Fault(hold=dice.randrange(0, 2 * MB)),
        lambda: Fault(drip=0.02),
        lambda: Fault(no_length=True, cut=dice.randrange(0, 8 * MB)),
    ]
    return dice.choice(kinds)()


def harmful(dice: random.Random) -> Fault:
    """A fault that spoils what came, or ends the download with an error."""
    kinds: list[Callable[[], Fault]] = [
        lambda: Fault(corrupt=dice.randrange(SIZE), times=3),
        lambda: Fault(ignore_range=True, times=dice.choice([1, 20])),
        lambda: Fault(shift_range=dice.choice([-1, 1, CHUNK])),
        lambda: Fault(status=200, headers={"Content-Type": "text/html"}, body=LOGIN_PAGE),
        lambda: Fault(on="hub", method="GET", headers={"X-Linked-Etag": '"another"'}),
        lambda: Fault(on="hub", status=200, headers={"Content-Type": "text/html"}, body=LOGIN_PAGE),
    ]
    return dice.choice(kinds)()


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_schedule(
    tmp_path: Path,
    repository: Path,
    source: Path,
    server: HubServer,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    dice = random.Random(seed)
    home = tmp_path / "家 🐼"
    spoiling = seed % 3 == 2
    interruptions = 0
    nursery = Nursery(home, server.url, repository)
    try:
        for _ in range(dice.randrange(1, 5)):
            for _ in range(dice.randrange(0, 4)):
                server.faults.append(harmful(dice) if spoiling and dice.random() < 0.4 else harmless(dice))
                interruptions += 1
            sent = server.bytes_sent() + dice.randrange(MB, SIZE // 2)
            nursery.start()
            deadline = time.monotonic() + LIMIT_S
            while not nursery.wait(0.005) and server.bytes_sent() < sent and time.monotonic() < deadline:
                pass
            if not nursery.wait(0):
                nursery.send(dice.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGUSR1]))
                interruptions += 1
            _nothing_broken(home, source)
            interruptions -= len(server.faults)  # what was not met does not count, and does not come later
            server.faults.clear()
        nursery.start()
        assert nursery.wait(LIMIT_S), "the last one does not end"
        assert nursery.result is not None
        if nursery.result["state"] != "done":
            assert nursery.result["error"] in ALLOWED
            nursery.start()
            assert nursery.wait(LIMIT_S)
        assert nursery.result is not None
        assert nursery.result["state"] == "done", nursery.result
    finally:
        nursery.close()
    _nothing_broken(home, source)
    with Station(home, server.url) as station:
        (done,) = station.downloads.list()
        assert done.state is DownloadState.DONE
        assert len(station.library.models()) == 1
        assert station.target().read_bytes() == source.read_bytes()
        assert station.files() == [f"{REPOSITORY}/{FILE}"]
    if not spoiling:
        again = server.bytes_sent() - SIZE
        assert again <= (interruptions + 1) * (SIZE // 20 + MB), (
            f"{again / MB:.1f} MB twice, {interruptions} interruptions"
        )
        record_property("again", again)
        record_property("interruptions", interruptions)


def _nothing_broken(home: Path, source: Path) -> None:
    """Whatever looks like the model is the model."""
    target = home / "模型 models" / REPOSITORY / FILE
    if target.exists():
        assert hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(source.read_bytes()).digest()
