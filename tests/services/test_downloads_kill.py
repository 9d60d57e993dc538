"""kill -9 in the middle of a download: nothing is downloaded twice but the last chunk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from desktop.core.models import DownloadState
from desktop.storage.partfile import part_of, received
from tests.downloadkit import FILE, REPOSITORY, Station, model_bytes
from tests.hubserver import CHUNK, Fault, HubServer

SIZE = 8_000_000

CHILD = """
import sys
from pathlib import Path
from desktop.storage.partfile import part_of, received
from tests.downloadkit import Station
station = Station(Path(sys.argv[1]), sys.argv[2])
station.pull()
"""


@pytest.mark.parametrize("seed", range(3))
def test_kill_9(tmp_path: Path, repository: Path, seed: int, wait_until: Callable[..., None]) -> None:
    data = model_bytes(SIZE)
    home = tmp_path / "家 home"
    target = home / "模型 models" / REPOSITORY / FILE
    with HubServer() as server:
        server.add(REPOSITORY, FILE, data)
        kills = [(20 + 13 * seed) * CHUNK, (5 + seed) * CHUNK + 17]
        for hold in kills:
            fault = Fault(hold=hold)
            server.faults.append(fault)
            child = subprocess.Popen([sys.executable, "-c", CHILD, str(home), server.url], cwd=repository)
            try:
                assert fault.reached.wait(60)
                # what the server sent may still be on the way: only what arrived can be kept
                here = server.gets()[-1].start + hold
                wait_until(lambda here=here: received(target) == here)
            finally:
                child.kill()
                child.wait(10)
        with Station(home, server.url) as station:
            station.downloads.recover().result(10)
            (found,) = station.downloads.list()
            assert found.state is DownloadState.PAUSED
            assert found.received == station.here()
            assert not station.target().exists()
            assert station.library.models() == ()
            station.downloads.resume(found.id).result(10)
            assert station.ended(found).state is DownloadState.DONE
            assert station.target().read_bytes() == data
        gets = server.gets()
        assert len(gets) == len(kills) + 1
        assert server.bytes_sent() == SIZE  # not a byte twice
        assert all(before.start + before.sent == after.start for before, after in pairwise(gets))


def test_kill_9_in_full_flow(tmp_path: Path, repository: Path, wait_until: Callable[..., None]) -> None:
    """Without a stop: what is on the disk is right, and not a byte of it is asked for again."""
    data = model_bytes(SIZE)
    target = tmp_path / "模型 models" / REPOSITORY / FILE
    with HubServer(rate=4_000_000) as server:
        server.add(REPOSITORY, FILE, data)
        kept = [0]
        for wanted in (1_000_000, 3_000_000, 5_000_000):
            child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), server.url], cwd=repository)
            try:
                wait_until(lambda wanted=wanted: received(target) > wanted, 30)
            finally:
                child.kill()
                child.wait(10)
            here = received(target)
            assert part_of(target).read_bytes()[:here] == data[:here]
            kept.append(here)
        server.rate = None
        with Station(tmp_path, server.url) as station:
            assert station.pull().state is DownloadState.DONE
            assert station.target().read_bytes() == data
        assert [request.start for request in server.gets()] == kept
