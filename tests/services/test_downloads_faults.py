"""Everything a network, a hub and a disk can do to a download; what is wrong is never registered."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from desktop.core.models import Download, DownloadState
from tests.downloadkit import FILE, QUICK, REPOSITORY, TINY, Station, model_bytes, whole
from tests.hubserver import CHUNK, Fault, HubServer, html

SIZE = 5_000_000
DATA = model_bytes(SIZE)


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.add(REPOSITORY, FILE, DATA)
        yield hub


@pytest.fixture
def station(tmp_path: Path, server: HubServer) -> Iterator[Station]:
    with Station(tmp_path, server.url) as one:
        yield one


def _nothing(station: Station, failed: Download, error: str) -> None:
    assert (failed.state, failed.error) == (DownloadState.FAILED, error)
    assert not station.target().exists()
    assert station.library.models() == ()


def _halfway(station: Station, server: HubServer, wait_until: Callable[..., None], chunks: int = 10) -> Download:
    """A paused download with `chunks` chunks."""
    fault = Fault(hold=chunks * CHUNK)
    server.faults.insert(0, fault)
    download = station.downloads.start(REPOSITORY, [FILE]).result(10)
    assert fault.reached.wait(10)
    wait_until(lambda: station.downloads.get(download.id).received == chunks * CHUNK)
    return station.downloads.pause(download.id).result(10)


class TestLine:
    def test_drops_are_continued(self, station: Station, server: HubServer) -> None:
        server.faults += [Fault(cut=cut) for cut in (1_100_001, 1, CHUNK, 2_000_000, 0)]
        whole(station, DATA, station.pull())
        gets = server.gets()
        assert len(gets) == 6
        # nothing twice: each goes on where the one before ended
        for before, after in pairwise(gets):
            assert before.start + before.sent - CHUNK <= after.start <= before.start + before.sent
        assert server.bytes_sent() <= SIZE + 5 * CHUNK

    def test_it_gives_up_and_keeps_what_came(self, station: Station, server: HubServer) -> None:
        server.faults += [Fault(cut=3 * CHUNK), Fault(cut=0, times=50)]
        failed = station.pull()
        _nothing(station, failed, "hub.unreachable")
        assert failed.error_data["endpoint"] == server.url
        assert len(server.gets()) == 1 + len(QUICK)
        here = station.here()
        assert 2 * CHUNK <= here <= 3 * CHUNK
        server.faults.clear()
        station.downloads.resume(failed.id).result(10)
        whole(station, DATA, station.ended(failed))
        assert server.gets()[-1].start == here

    def test_busy_servers_are_asked_again(self, station: Station, server: HubServer) -> None:
        server.faults += [
            Fault(on="hub", status=503),
            Fault(on="hub", status=429, headers={"Retry-After": "0"}),
            Fault(status=500),
            Fault(status=429, headers={"Retry-After": "0.01"}),
        ]
        whole(station, DATA, station.pull())

    def test_an_expired_address_is_fetched_anew(self, station: Station, server: HubServer) -> None:
        server.faults.append(Fault(status=403, body=b"<Error><Code>AccessDenied</Code></Error>"))
        whole(station, DATA, station.pull())
        assert len([request for request in server.requests if request.on == "hub" and request.method == "GET"]) == 2

    def test_pausing_during_a_wait_between_tries_is_at_once(
        self, tmp_path: Path, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        server.faults.append(Fault(status=503, times=50))
        with Station(tmp_path, server.url, waits=(600.0,)) as station:
            download = station.downloads.start(REPOSITORY, [FILE]).result(10)
            wait_until(lambda: server.gets())
            assert station.downloads.pause(download.id).result(10).state is DownloadState.PAUSED
        # and closing, which would take ten minutes otherwise, did not

    def test_a_stall_can_be_cancelled(self, station: Station, server: HubServer) -> None:
        fault = Fault(hold=0)
        server.faults.append(fault)
        download = station.downloads.start(REPOSITORY, [FILE]).result(10)
        assert fault.reached.wait(10)
        station.downloads.cancel(download.id).result(10)
        assert station.files() == []

    def test_no_content_length(self, station: Station, server: HubServer) -> None:
        server.faults.append(Fault(no_length=True))
        whole(station, DATA, station.pull())

    def test_no_content_length_and_a_drop(self, station: Station, server: HubServer) -> None:
        """Without a length an early end looks like the end; the hub's size tells otherwise."""
        server.faults.append(Fault(no_length=True, cut=1_000_000))
        whole(station, DATA, station.pull())
        assert len(server.gets()) == 2

    def test_ranges_ignored(self, station: Station, server: HubServer) -> None:
        server.faults += [Fault(cut=1_000_000), Fault(ignore_range=True)]
        whole(station, DATA, station.pull())
        assert server.gets()[1].status == 200

    def test_nothing_known_of_the_file(self, station: Station, server: HubServer) -> None:
        """No size, no hash, no ETag: still a model in the end, with the hash of what came."""
        lost = {"X-Linked-Etag": "", "X-Linked-Size": "", "ETag": ""}
        server.faults.append(Fault(on="hub", headers=lost, times=2))
        server.faults.append(Fault(on="api", status=200, body=b'{"id": "x", "sha": "main", "siblings": []}'))
        whole(station, DATA, station.pull())


class TestHub:
    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (Fault(on="hub", status=401), "hub.denied"),
            (Fault(on="hub", status=403), "hub.denied"),
            (Fault(on="hub", status=404), "hub.not_found"),
            (Fault(on="hub", status=500, times=50), "hub.busy"),
            (html("hub"), "hub.nonsense"),
            (html("cdn"), "hub.nonsense"),
            (Fault(on="hub", method="GET", status=401), "hub.denied"),
            (Fault(on="hub", method="GET", status=404), "hub.not_found"),
            (Fault(on="hub", method="GET", status=302, headers={"Location": ""}), "hub.nonsense"),
        ],
        ids=lambda value: value if isinstance(value, str) else f"{value.on}-{value.method}-{value.status}",
    )
    def test_refusals(self, station: Station, server: HubServer, fault: Fault, error: str) -> None:
        fault = Fault(fault.on, fault.method, "", fault.times, fault.status, fault.headers, fault.body)
        server.faults.append(fault)
        failed = station.pull()
        _nothing(station, failed, error)
        assert [name for name in station.files() if not name.endswith((".part", ".json", ".map", ".lock"))] == []
        server.faults.clear()
        station.downloads.resume(failed.id).result(10)
        whole(station, DATA, station.ended(failed))

    def test_a_wrong_range(self, station: Station, server: HubServer) -> None:
        server.faults += [Fault(cut=1_000_000), Fault(shift_range=7)]
        _nothing(station, station.pull(), "hub.nonsense")

    def test_nobody_there_is_told_at_once(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
            with Station(tmp_path, endpoint, waits=(600.0,)) as station:
                failed = station.pull()
                _nothing(station, failed, "hub.unreachable")
                assert failed.error_data["endpoint"] == endpoint
                assert not station.models.exists()


class TestWrongBytes:
    def test_are_thrown_away(self, station: Station, server: HubServer) -> None:
        server.faults.append(Fault(corrupt=4_000_000))
        failed = station.pull()
        _nothing(station, failed, "download.wrong_bytes")
        assert failed.error_data["expected"] == hashlib.sha256(DATA).hexdigest()
        assert station.files() == []
        station.downloads.resume(failed.id).result(10)
        whole(station, DATA, station.ended(failed))

    def test_too_many(self, station: Station, server: HubServer) -> None:
        """A server that says less than it sends: the size of the hub's description counts."""
        server.faults.append(Fault(on="hub", method="HEAD", headers={"X-Linked-Size": str(SIZE - 10)}))
        server.faults.append(Fault(no_length=True))
        _nothing(station, station.pull(), "download.wrong_size")
        assert station.files() == []

    def test_from_an_earlier_try_mean_starting_over_once(
        self, station: Station, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        paused = _halfway(station, server, wait_until)
        with station.part().open("r+b") as file:
            file.seek(100_000)
            file.write(b"\0" * 1000)
        station.downloads.resume(paused.id).result(10)
        done = station.ended(paused)
        whole(station, DATA, done)
        assert done.notice == "download.started_over"
        assert [request.start for request in server.gets()] == [0, 10 * CHUNK, 0]

    def test_of_a_finished_file_are_fetched_again(self, tmp_path: Path, server: HubServer) -> None:
        with Station(tmp_path, server.url) as station:
            station.target().parent.mkdir(parents=True)
            station.target().write_bytes(DATA[:-1] + b"x")
            whole(station, DATA, station.pull())

    def test_a_file_that_is_no_model(self, station: Station, server: HubServer) -> None:
        server.add(REPOSITORY, "notes.gguf", b"just a text")
        failed = station.pull(files=["notes.gguf"])
        assert (failed.state, failed.error) == (DownloadState.FAILED, "model.not_gguf")
        assert station.library.models() == ()
        station.downloads.cancel(failed.id).result(10)
        assert station.files() == []


class TestChangedSource:
    def test_the_file_is_another_one_now(
        self, station: Station, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        paused = _halfway(station, server, wait_until)
        fresh = TINY.read_bytes()
        server.add(REPOSITORY, FILE, fresh)
        station.downloads.resume(paused.id).result(10)
        done = station.ended(paused)
        assert (done.state, done.notice) == (DownloadState.DONE, "download.source_changed")
        assert station.target().read_bytes() == fresh
        assert server.gets()[-1].start == 0
        assert (done.size, done.received) == (len(fresh), len(fresh))

    def test_it_changes_between_the_description_and_the_bytes(self, station: Station, server: HubServer) -> None:
        server.faults.append(Fault(cut=1_000_000))
        fault = Fault(on="hub", method="GET", path="resolve", headers={"X-Linked-Etag": '"another"'})
        server.faults += [Fault(on="hub", method="GET"), fault]  # the second connection sees another ETag
        done = station.pull()
        whole(station, DATA, done)
        assert done.notice == "download.source_changed"
        assert [request.start for request in server.gets()][0::2] == [0, 0]

    def test_it_changes_all_the_time(self, station: Station, server: HubServer) -> None:
        server.faults.append(Fault(on="hub", method="GET", times=50, headers={"X-Linked-Etag": '"another"'}))
        _nothing(station, station.pull(), "hub.nonsense")

    def test_notes_that_cannot_be_read(
        self, tmp_path: Path, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        with Station(tmp_path, server.url) as before:
            paused = _halfway(before, server, wait_until)
        with Station(tmp_path, server.url) as after:
            notes = after.part().with_name(after.part().name + ".json")
            assert notes.exists()
            notes.write_bytes(b"{")
            after.downloads.resume(paused.id).result(10)
            whole(after, DATA, after.ended(paused))
        assert server.gets()[-1].start == 0

    def test_the_machine_went_down(self, tmp_path: Path, server: HubServer, wait_until: Callable[..., None]) -> None:
        """Then only what was synced counts: the rest may be zeros that were never written."""
        with Station(tmp_path, server.url) as before:
            paused = _halfway(before, server, wait_until)
        with Station(tmp_path, server.url) as after:
            file = after.part().with_name(after.part().name + ".json")
            notes = json.loads(file.read_text())
            assert notes["synced"] == [[0, 10 * CHUNK]]
            file.write_text(json.dumps({**notes, "synced": [[0, 3 * CHUNK]], "booted": notes["booted"] - 3600}))
            after.downloads.resume(paused.id).result(10)
            done = after.ended(paused)
            whole(after, DATA, done)
            assert done.notice is None
        assert server.gets()[-1].start == 3 * CHUNK


class TestDisk:
    def test_no_room_is_known_before_the_first_byte(self, station: Station, server: HubServer) -> None:
        server.faults.append(Fault(on="hub", headers={"X-Linked-Size": str(10**16)}))
        paused = station.pull()
        assert (paused.state, paused.error, paused.wanted) == (DownloadState.PAUSED, "disk.full", True)
        assert station.library.models() == ()
        needed, free = paused.error_data["needed"], paused.error_data["free"]
        assert isinstance(needed, int)
        assert isinstance(free, int)
        assert needed > 10**16 > free
        assert server.gets() == []
        assert not station.part().exists()

    def test_the_space_is_taken_before_the_first_byte(self, small: Path, tmp_path: Path, server: HubServer) -> None:
        """Whoever fills the disk meanwhile does not hurt."""
        fault = Fault(hold=5 * CHUNK)
        server.faults.append(fault)
        with Station(tmp_path, server.url, models=small / "models") as station:
            download = station.downloads.start(REPOSITORY, [FILE]).result(10)
            assert fault.reached.wait(10)
            _fill(small / "other", 500_000)
            fault.release.set()
            whole(station, DATA, station.ended(download))

    def test_it_goes_on_when_there_is_room(
        self, small: Path, tmp_path: Path, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        _fill(small / "other", 100_000_000)
        with Station(tmp_path, server.url, models=small / "models") as station:
            paused = station.pull()
            assert (paused.state, paused.error) == (DownloadState.PAUSED, "disk.full")
            (small / "other").unlink()
            wait_until(lambda: station.downloads.get(paused.id).state is DownloadState.DONE, 20)
            whole(station, DATA, station.downloads.get(paused.id))

    def test_full_in_the_middle(
        self, small: Path, tmp_path: Path, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        """No size is known, so no space can be taken before."""
        lost = {"X-Linked-Size": ""}
        server.faults.append(Fault(on="hub", method="HEAD", headers=lost, times=9))
        server.faults.append(Fault(on="api", status=200, body=b'{"id": "x", "sha": "main", "siblings": []}', times=9))
        fault = Fault(hold=5 * CHUNK)
        server.faults.append(fault)
        with Station(tmp_path, server.url, models=small / "models", room_every=600) as station:
            download = station.downloads.start(REPOSITORY, [FILE]).result(10)
            assert fault.reached.wait(10)
            _fill(small / "other", 2_000_000)
            fault.release.set()
            paused = station.ended(download)
            assert (paused.state, paused.error) == (DownloadState.PAUSED, "disk.full")
            here = station.here()
            assert here > 5 * CHUNK
            (small / "other").unlink()
            station.downloads.resume(paused.id).result(10)
            whole(station, DATA, station.ended(paused))
            assert server.gets()[-1].start == here

    def test_others_in_the_queue_count(self, small: Path, tmp_path: Path, server: HubServer) -> None:
        """Two that fit alone and not together: the second waits for room, and has not taken any."""
        big = tmp_path / "big.bin"
        with big.open("wb") as file:
            file.truncate(100_000_000)
        for name in ("one.gguf", "two.gguf"):
            server.add("a/b", name, big)
        fault = Fault(hold=CHUNK)
        server.faults.append(fault)
        with Station(tmp_path, server.url, models=small / "models", parallel=2, room_every=600) as station:
            first = station.downloads.start("a/b", ["one.gguf"]).result(10)
            assert fault.reached.wait(10)
            second = station.pull("a/b", ["two.gguf"])
            assert (second.state, second.error) == (DownloadState.PAUSED, "disk.full")
            assert not station.part("two.gguf").exists()
            assert station.downloads.get(first.id).state is DownloadState.RUNNING
            station.downloads.cancel(first.id).result(10)

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
    def test_a_read_only_folder(self, tmp_path: Path, server: HubServer) -> None:
        folder = tmp_path / "models"
        folder.mkdir(mode=0o500)
        with Station(tmp_path, server.url, models=folder) as station:
            failed = station.pull()
            assert (failed.state, failed.error) == (DownloadState.FAILED, "disk.denied")

    def test_a_read_only_file_system(self, small: Path, tmp_path: Path, server: HubServer) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        with Station(tmp_path, server.url, models=small / "models 🐼") as station:
            failed = station.pull()
            assert (failed.state, failed.error) == (DownloadState.FAILED, "disk.denied")
            assert str(small) in str(failed.error_data["path"])
            subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)
            station.downloads.resume(failed.id).result(10)
            whole(station, DATA, station.ended(failed))

    def test_the_folder_goes_away(
        self, small: Path, tmp_path: Path, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        """A stick is pulled in the middle: said, and what was there goes on when it is back."""
        fault = Fault(hold=20 * CHUNK)
        server.faults.append(fault)
        models = small / "模型 🐼"
        with Station(tmp_path, server.url, models=models) as station:
            download = station.downloads.start(REPOSITORY, [FILE]).result(10)
            assert fault.reached.wait(10)
            wait_until(lambda: station.downloads.get(download.id).received == 20 * CHUNK)
            station.downloads.pause(download.id).result(10)
        kept = small / "elsewhere"
        os.rename(models, kept)
        models.write_bytes(b"")  # nobody can make the folder now
        with Station(tmp_path, server.url, models=models) as station:
            station.downloads.resume(download.id).result(10)
            failed = station.ended(download)
            assert (failed.state, failed.error) == (DownloadState.FAILED, "disk.denied")
            models.unlink()
            os.rename(kept, models)
            station.downloads.resume(download.id).result(10)
            whole(station, DATA, station.ended(download))
        assert server.gets()[-1].start == 20 * CHUNK

    def test_a_folder_that_is_a_file(self, tmp_path: Path, server: HubServer) -> None:
        (tmp_path / "models").write_bytes(b"")
        with Station(tmp_path, server.url, models=tmp_path / "models") as station:
            failed = station.pull()
            assert (failed.state, failed.error) == (DownloadState.FAILED, "disk.denied")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 MB."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder)]
    root = sys.platform == "linux" and os.geteuid() == 0
    if not root or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(file: Path, leave: int) -> None:
    """Use up a file system but for about `leave` bytes."""
    status = os.statvfs(file.parent)
    with file.open("wb") as other:
        os.posix_fallocate(other.fileno(), 0, status.f_bavail * status.f_frsize - leave)
