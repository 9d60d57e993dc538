"""The queue: how many at a time, in which order, what goes on by itself, and nothing while the program is offline."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.events import DownloadChanged, SettingChanged
from desktop.core.models import CatalogEntry, CatalogFile, Download, DownloadState
from tests.downloadkit import REPOSITORY, TINY, Station
from tests.hubserver import CHUNK, Fault, HubServer

NAMES = [f"model-{number}.gguf" for number in range(5)]
RUNNING, QUEUED, PAUSED, DONE = DownloadState.RUNNING, DownloadState.QUEUED, DownloadState.PAUSED, DownloadState.DONE


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer() as hub:
        for number, name in enumerate(NAMES):
            hub.add(REPOSITORY, name, TINY.read_bytes() + bytes([number]) * 1000)
        yield hub


@pytest.fixture
def station(tmp_path: Path, server: HubServer) -> Iterator[Station]:
    with Station(tmp_path, server.url, parallel=2) as one:
        yield one


def _held(server: HubServer, count: int) -> list[Fault]:
    faults = [Fault(hold=CHUNK) for _ in range(count)]
    server.faults += faults
    return faults


def _start(station: Station, *numbers: int) -> list[Download]:
    return [station.downloads.start(REPOSITORY, [NAMES[number]]).result(10) for number in numbers]


def _states(station: Station) -> list[DownloadState]:
    return [download.state for download in reversed(station.downloads.list())]


def test_two_at_a_time(station: Station, server: HubServer) -> None:
    faults = _held(server, 2)
    downloads = _start(station, 0, 1, 2, 3)
    assert all(fault.reached.wait(10) for fault in faults)
    assert _states(station) == [RUNNING, RUNNING, QUEUED, QUEUED]
    faults[0].release.set()
    assert all(station.ended(download).state is DONE for download in downloads[2:])
    faults[1].release.set()
    assert all(station.ended(download).state is DONE for download in downloads)


def test_more_at_a_time_at_once(station: Station, server: HubServer) -> None:
    faults = _held(server, 4)
    _start(station, 0, 1, 2, 3)
    assert all(fault.reached.wait(10) for fault in faults[:2])
    station.parallel = 4
    station.bus.publish(SettingChanged("parallel_downloads"))
    assert all(fault.reached.wait(10) for fault in faults)


def test_to_the_front(tmp_path: Path, server: HubServer) -> None:
    with Station(tmp_path, server.url, parallel=1) as station:
        (fault,) = _held(server, 1)
        downloads = _start(station, 0, 1, 2, 3)
        assert fault.reached.wait(10)
        station.downloads.move_to_front(downloads[2].id).result(10)
        moved = station.downloads.move_to_front(downloads[3].id).result(10)
        assert moved.rank < station.downloads.get(downloads[2].id).rank < 0
        fault.release.set()
        for download in downloads:
            assert station.ended(download).state is DONE
        order = [request.path for request in server.gets()]
        digests = [server.find(REPOSITORY, "main")[NAMES[number]].sha256 for number in (0, 3, 2, 1)]  # type: ignore[index]
        assert [path.rsplit("/", 1)[-1] for path in order] == digests


def test_pause_all_and_resume_all(station: Station, server: HubServer) -> None:
    faults = _held(server, 2)
    downloads = _start(station, 0, 1, 2)
    assert all(fault.reached.wait(10) for fault in faults)
    station.downloads.pause_all().result(10)
    assert _states(station) == [PAUSED] * 3
    station.downloads.continue_wanted().result(10)
    assert _states(station) == [PAUSED] * 3  # the user wants them to rest
    for fault in faults:
        fault.release.set()
    station.downloads.resume_all().result(10)
    assert all(station.ended(download).state is DONE for download in downloads)


def test_what_ran_goes_on_at_the_next_start_and_what_rested_rests(tmp_path: Path, server: HubServer) -> None:
    faults = _held(server, 2)
    with Station(tmp_path, server.url, parallel=2) as before:
        downloads = _start(before, 0, 1, 2)
        assert all(fault.reached.wait(10) for fault in faults)
        before.downloads.pause(downloads[1].id).result(10)
    for fault in faults:
        fault.release.set()
    with Station(tmp_path, server.url, parallel=2) as command:  # a command of the command line goes on with nothing
        command.downloads.recover().result(10)
        assert _states(command) == [PAUSED] * 3
    with Station(tmp_path, server.url, parallel=2) as window:
        window.downloads.recover().result(10)
        window.downloads.continue_wanted().result(10)
        assert window.ended(downloads[0]).state is DONE
        assert window.ended(downloads[2]).state is DONE
        assert window.downloads.get(downloads[1].id).state is PAUSED


def test_what_was_killed_goes_on(tmp_path: Path, server: HubServer) -> None:
    """The rows of a process that died say that it ran."""
    with Station(tmp_path, server.url) as dead:
        (done,) = _start(dead, 0)
        found = replace(dead.ended(done), state=RUNNING, wanted=True, model=None)
        dead.download_store.save(found, "f" * 32)
    with Station(tmp_path, server.url) as window:
        window.downloads.recover().result(10)
        assert window.downloads.get(done.id).state is PAUSED
        window.downloads.continue_wanted().result(10)
        assert window.ended(done).state is DONE


def test_the_network_is_away_for_a_while(tmp_path: Path, server: HubServer, wait_until: Callable[..., None]) -> None:
    """Longer than the tries last: what was on its way goes on by itself."""
    server.faults += [Fault(cut=5 * CHUNK), Fault(status=503, times=20)]
    with Station(tmp_path, server.url, line_every=0.1) as station:
        (download,) = _start(station, 0)
        wait_until(lambda: station.downloads.get(download.id).state is DONE, 20)
        told = [event.download.error for event in station.events if isinstance(event, DownloadChanged)]
        assert "hub.busy" in told


class TestOffline:
    def test_running_ones_wait_and_go_on(
        self, station: Station, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        faults = _held(server, 2)
        downloads = _start(station, 0, 1, 2)
        assert all(fault.reached.wait(10) for fault in faults)
        _switch(station, True)
        wait_until(lambda: _states(station) == [PAUSED] * 3)
        assert {download.error for download in station.downloads.list()} == {"hub.offline"}
        asked = len(server.requests)
        (late,) = _start(station, 3)
        assert station.ended(late).error == "hub.offline"
        station.downloads.resume(downloads[0].id).result(10)
        assert station.ended(downloads[0]).error == "hub.offline"
        assert len(server.requests) == asked
        for fault in faults:
            fault.release.set()
        _switch(station, False)
        for download in (*downloads, late):
            wait_until(lambda download=download: station.downloads.get(download.id).state is DONE, 20)

    def test_what_the_user_paused_stays_paused(
        self, station: Station, server: HubServer, wait_until: Callable[..., None]
    ) -> None:
        (fault,) = _held(server, 1)
        (download,) = _start(station, 0)
        assert fault.reached.wait(10)
        _switch(station, True)
        wait_until(lambda: _states(station) == [PAUSED])
        station.downloads.pause(download.id).result(10)
        _switch(station, False)
        station.writer.submit(lambda: None).result(10)
        assert _states(station) == [PAUSED]

    def test_not_one_packet(self, tmp_path: Path, repository: Path) -> None:
        """A program with an eye on every call that reaches the network: all it can do, and not one such call."""
        done = subprocess.run(
            [sys.executable, "-c", _WATCHED, str(tmp_path / "home")],
            cwd=repository,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stdout.strip()) == (0, "nothing"), done.stdout + done.stderr


_WATCHED = """
import sys
seen = []
def watch(event, args):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        seen.append((event, args[1:]))
sys.addaudithook(watch)
from pathlib import Path
from desktop import paths
from desktop.app import Application
from desktop.core.errors import HubOffline
from desktop.core.events import SettingChanged
app = Application(paths.in_home(Path(sys.argv[1])), backend="echo")
app.settings.set("offline", True)
app.bus.publish(SettingChanged("offline"))
entry = app.library.catalog()[0]
futures = [app.search.search("glm"), app.search.search("x", only_glm=False), app.search.files(entry.repository)]
futures += [app.search.files("a/b", endpoint=url) for url in ("https://modelscope.cn", "https://hf-mirror.com")]
for future in futures:
    assert isinstance(future.exception(60), HubOffline), future
started = app.downloads.start(entry.repository, [file.file for file in entry.files], catalog=entry).result(10)
ended = app.downloads.wait(started.id, 60)
assert ended.error == "hub.offline", ended
app.downloads.continue_wanted().result(10)
assert app.downloads.wait(started.id, 60).error == "hub.offline"
app.close()
print(seen or "nothing")
"""


def _switch(station: Station, on: bool) -> None:
    station.offline = on
    station.bus.publish(SettingChanged("offline"))


def test_a_pinned_revision_that_is_gone(tmp_path: Path, server: HubServer) -> None:
    """The list this program came with is older than the repository: the present files are taken, and that is said."""
    entry = CatalogEntry(
        id="the-tiny", name="The Tiny", repository=REPOSITORY, revision="a" * 40,
        files=(CatalogFile(NAMES[0], None, None),), size=1, family="chatglm3", parameters="1M", quantization="Q8_0",
        context=8192, licence="MIT", registration=False, licence_url="https://example.org", memory=1, languages=("zh",),
        summary="small",
    )  # fmt: skip
    with Station(tmp_path, server.url, catalog=(entry,)) as station:
        started = station.downloads.start(entry.repository, [NAMES[0]], catalog=entry).result(10)
        done = station.ended(started)
        assert (done.state, done.notice) == (DONE, "download.differs_from_catalog")
        asked = station.downloads.start(REPOSITORY, [NAMES[1]], revision="b" * 40).result(10)
        assert station.ended(asked).error == "hub.not_found"  # what a person asks for is not replaced


def test_from_another_source_at_one_click(tmp_path: Path, server: HubServer) -> None:
    dead = "http://127.0.0.1:9"
    with Station(tmp_path, dead) as station:
        (download,) = _start(station, 0)
        failed = station.ended(download)
        assert (failed.error, failed.error_data["next_source"]) == ("hub.unreachable", "https://huggingface.co")
        station.downloads.resume(download.id, endpoint=server.url).result(10)
        done = station.ended(download)
        assert (done.state, done.endpoint, done.error) == (DONE, server.url, None)


def test_from_a_folder(tmp_path: Path, server: HubServer) -> None:
    stick = tmp_path / "U 盘 🐼"
    stick.mkdir()
    (stick / NAMES[0]).write_bytes(TINY.read_bytes())
    with Station(tmp_path, f"folder:{stick}") as station:
        (download,) = _start(station, 0)
        assert station.ended(download).state is DONE
        assert station.target(NAMES[0]).read_bytes() == TINY.read_bytes()
        assert server.requests == []
