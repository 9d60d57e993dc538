"""One file over several connections: every byte once, the quick help the slow, and what is here is never lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.core.models import DownloadState
from desktop.storage.partfile import part_of, received
from tests.downloadkit import FILE, REPOSITORY, TINY, Station, whole
from tests.hubserver import CHUNK, Fault, HubServer

MB = 1 << 20
DATA = TINY.read_bytes() + random.Random(3).randbytes(32 * MB - TINY.stat().st_size)
SLACK = 2 * MB
"""What a connection that ends early may have been sent in vain, for all of them together."""


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer(rate=30 * MB) as hub:
        hub.add(REPOSITORY, FILE, DATA)
        yield hub


@pytest.fixture
def station(tmp_path: Path, server: HubServer) -> Iterator[Station]:
    with Station(tmp_path, server.url, connections=4) as one:
        yield one


def test_every_byte_once(station: Station, server: HubServer) -> None:
    whole(station, DATA, station.pull())
    gets = server.gets()
    assert len({request.start for request in gets}) == len(gets) >= 4
    assert server.bytes_sent() <= len(DATA) + SLACK


def test_one_connection_is_one_request(tmp_path: Path, server: HubServer) -> None:
    with Station(tmp_path, server.url, connections=1) as station:
        whole(station, DATA, station.pull())
    assert len(server.gets()) == 1


def test_a_small_file_needs_no_more_than_one(station: Station, server: HubServer) -> None:
    server.add("a/b", "tiny.gguf", TINY)
    assert station.pull("a/b", ["tiny.gguf"]).state is DownloadState.DONE
    assert len(server.gets()) == 1


def test_the_space_is_taken_and_the_map_tells_what_is_here(
    station: Station, server: HubServer, wait_until: Callable[..., None]
) -> None:
    hold = [Fault(hold=20 * CHUNK) for _ in range(4)]
    server.faults += hold
    download = station.downloads.start(REPOSITORY, [FILE]).result(10)
    for fault in hold:
        assert fault.reached.wait(10)
    wait_until(lambda: station.downloads.get(download.id).received == 80 * CHUNK)
    assert station.part().stat().st_size == len(DATA)
    station.downloads.pause(download.id).result(10)
    assert station.here() == 80 * CHUNK
    before = server.bytes_sent()
    station.downloads.resume(download.id).result(10)
    whole(station, DATA, station.ended(download))
    assert server.bytes_sent() - before <= len(DATA) - 80 * CHUNK + SLACK


@pytest.mark.parametrize("fault", [Fault(hold=CHUNK), Fault(drip=0.05)], ids=["silent", "drip"])
def test_a_slow_connection_does_not_hold_up_the_end(tmp_path: Path, server: HubServer, fault: Fault) -> None:
    server.faults += [Fault(on="hub", method="GET"), fault]  # the second connection
    with Station(tmp_path, server.url, connections=4, stall=60) as station:
        began = time.monotonic()
        whole(station, DATA, station.pull())
        assert time.monotonic() - began < 30
    assert server.bytes_sent() <= len(DATA) + SLACK


def test_stalled_lines_are_given_up(tmp_path: Path, server: HubServer) -> None:
    """Alone, with nobody to help: after the time without a byte the line is tried again."""
    server.faults.append(Fault(hold=5 * CHUNK))
    server.faults.append(Fault(drip=0.02))
    with Station(tmp_path, server.url, connections=1, stall=0.5) as station:
        whole(station, DATA, station.pull())
    assert len(server.gets()) == 3


def test_a_server_that_ignores_ranges_gives_one_stream(station: Station, server: HubServer) -> None:
    server.faults.append(Fault(ignore_range=True, times=100))
    whole(station, DATA, station.pull())
    assert [request.status for request in server.gets()] == [200]


def test_a_server_that_begins_to_ignore_ranges(station: Station, server: HubServer) -> None:
    server.faults += [Fault(on="hub", method="GET", times=3), Fault(ignore_range=True, times=100)]
    whole(station, DATA, station.pull())


def test_a_server_that_bears_fewer_connections(station: Station, server: HubServer) -> None:
    """The first one gets through; every other is refused while it runs."""
    server.faults += [Fault(), Fault(status=429, times=12)]
    whole(station, DATA, station.pull())


def test_lines_that_break_all_the_time(station: Station, server: HubServer) -> None:
    cuts = random.Random(1)
    server.faults += [Fault(cut=cuts.randrange(CHUNK, 2 * MB)) for _ in range(25)]
    whole(station, DATA, station.pull())
    assert server.bytes_sent() <= len(DATA) + SLACK + 25 * CHUNK


def test_expired_addresses(station: Station, server: HubServer) -> None:
    server.faults += [Fault(), Fault(status=403, times=3)]
    whole(station, DATA, station.pull())


def test_wrong_bytes_in_one_range(station: Station, server: HubServer) -> None:
    for times in (1, 2):
        server.faults.append(Fault(corrupt=20 * MB, times=100))
        failed = station.pull()
        assert (failed.state, failed.error) == (DownloadState.FAILED, "download.wrong_bytes")
        assert failed.error_data["times"] == times  # the same wrong file again is told as such
        assert failed.error_data["next_source"] == "https://huggingface.co"
        assert station.files() == []
        assert station.library.models() == ()
        server.faults.clear()
    wrong = str(failed.error_data["actual"])
    assert station.download_store.is_wrong(REPOSITORY, FILE, wrong)
    whole(station, DATA, station.pull())


def test_what_was_wrong_is_kept_out(station: Station, server: HubServer) -> None:
    """A source that says no SHA-256 sends the bytes that were wrong before."""
    server.faults.append(Fault(corrupt=20 * MB, times=100))
    assert station.pull().error == "download.wrong_bytes"
    spoilt = bytearray(DATA)
    spoilt[20 * MB] ^= 0xFF
    server.faults.clear()
    server.add(REPOSITORY, FILE, bytes(spoilt))
    lost = {"X-Linked-Etag": '"some version"', "ETag": '"some version"'}
    server.faults.append(Fault(on="hub", headers=lost, times=100))
    server.faults.append(Fault(on="api", status=200, body=b'{"id": "x", "sha": "main", "siblings": []}', times=9))
    failed = station.pull()
    assert (failed.state, failed.error) == (DownloadState.FAILED, "download.wrong_bytes")
    assert station.files() == []


def test_a_changed_file_while_many_fetch(station: Station, server: HubServer) -> None:
    changed = Fault(on="hub", method="GET", headers={"X-Linked-Etag": '"another"'})
    server.faults += [Fault(on="hub", method="GET", times=2), changed]
    done = station.pull()
    whole(station, DATA, done)
    assert done.notice == "download.source_changed"


def test_the_limit_holds(station: Station, server: HubServer) -> None:
    station.limit = 16 * MB
    began = time.monotonic()
    whole(station, DATA, station.pull())
    assert 1.5 < time.monotonic() - began < 10  # 32 MB


def test_a_map_that_claims_too_much(station: Station, server: HubServer, wait_until: Callable[..., None]) -> None:
    """Somebody spoils the notes: the hash tells, and the download begins again once."""
    fault = Fault(hold=20 * CHUNK)
    server.faults.append(fault)
    server.faults.append(Fault(status=503, times=3))
    download = station.downloads.start(REPOSITORY, [FILE]).result(10)
    assert fault.reached.wait(10)
    wait_until(lambda: station.here() >= 20 * CHUNK)
    station.downloads.pause(download.id).result(10)
    wait_until(lambda: not station.is_held())
    server.faults.clear()
    with part_of(station.target()).with_name(FILE + ".part.map").open("ab") as file:
        file.write(b"%d %d\n" % (24 * MB, 32 * MB))
        file.write(b"0 99999999999999\nnonsense\n12 34")
    assert received(station.target()) == len(DATA)
    station.downloads.resume(download.id).result(10)
    done = station.ended(download)
    whole(station, DATA, done)
    assert done.notice == "download.started_over"
