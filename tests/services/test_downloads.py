"""The ordinary life of a download against a real local hub: to the end, paused, resumed, cancelled, restarted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import DownloadBusy, HubNotFound, UnknownDownload
from desktop.core.events import DownloadChanged, DownloadProgressed, DownloadRemoved, ModelInstalled
from desktop.core.models import CatalogEntry, CatalogFile, DownloadState, ModelState
from tests.downloadkit import FILE, REPOSITORY, TINY, Station, model_bytes, states
from tests.hubserver import CHUNK, Fault, HubServer

SIZE = 5_000_000
DATA = model_bytes(SIZE)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.add(REPOSITORY, FILE, DATA)
        yield hub


@pytest.fixture
def station(tmp_path: Path, server: HubServer) -> Iterator[Station]:
    with Station(tmp_path / "家", server.url) as one:
        yield one


def test_to_the_end(station: Station, server: HubServer) -> None:
    done = station.pull()
    assert (done.state, done.error, done.received, done.size) == (DownloadState.DONE, None, SIZE, SIZE)
    assert done.revision == server.commit(REPOSITORY)
    assert station.target().read_bytes() == DATA
    assert station.files() == [f"{REPOSITORY}/{FILE}"]  # no .part, no notes, no lock
    assert done.model is not None
    model = station.library.get(done.model)
    assert model.id == "glm-tiny-q8_0"
    assert (model.sha256, model.size, model.state) == (SHA256, SIZE, ModelState.READY)
    assert (model.repository, model.file, model.revision) == (REPOSITORY, FILE, done.revision)
    assert (model.family, model.architecture, model.linked) == ("chatglm3", "chatglm", False)
    assert station.library.choose() == model
    told = [state for state in states(station) if state is not DownloadState.VERIFYING]  # the hash may need a moment
    assert told == [DownloadState.QUEUED, DownloadState.RUNNING, DownloadState.DONE]
    installed = [event.model for event in station.events if isinstance(event, ModelInstalled)]
    assert installed == [model.id]
    progressed = [event for event in station.events if isinstance(event, DownloadProgressed)]
    assert progressed
    assert all(event.total == SIZE for event in progressed)


def test_done_is_done(station: Station, server: HubServer) -> None:
    first = station.pull()
    asked = len(server.requests)
    again = station.downloads.start(REPOSITORY, [FILE]).result(10)
    assert again == first
    assert len(server.requests) == asked
    assert len(station.downloads.list()) == 1


def test_a_removed_file_is_downloaded_again_into_the_same_row(station: Station, server: HubServer) -> None:
    first = station.pull()
    assert first.model is not None
    station.library.remove(first.model).result(10)
    assert station.files() == []
    again = station.pull()
    assert (again.id, again.state, again.model) == (first.id, DownloadState.DONE, first.model)
    assert len(station.downloads.list()) == 1
    assert [model.id for model in station.library.models()] == [first.model]


def test_pause_and_resume(station: Station, server: HubServer, wait_until: Callable[..., None]) -> None:
    fault = Fault(hold=20 * CHUNK)
    server.faults.append(fault)
    download = station.downloads.start(REPOSITORY, [FILE]).result(10)
    assert fault.reached.wait(10)
    wait_until(lambda: station.downloads.get(download.id).received == 20 * CHUNK)
    paused = station.downloads.pause(download.id).result(10)
    assert (paused.state, paused.received) == (DownloadState.PAUSED, 20 * CHUNK)
    assert station.here() == 20 * CHUNK
    assert not station.target().exists()
    assert station.library.models() == ()
    assert station.downloads.pause(download.id).result(10) == station.downloads.get(download.id)

    station.downloads.resume(download.id).result(10)
    assert station.ended(download).state is DownloadState.DONE
    assert station.target().read_bytes() == DATA
    assert [request.start for request in server.gets()] == [0, 20 * CHUNK]


def test_cancel_leaves_nothing(station: Station, server: HubServer) -> None:
    fault = Fault(hold=5 * CHUNK)
    server.faults.append(fault)
    download = station.downloads.start(REPOSITORY, [FILE]).result(10)
    assert fault.reached.wait(10)
    station.downloads.cancel(download.id).result(10)
    assert not list(station.models.rglob("*"))
    assert station.downloads.list() == ()
    assert isinstance(station.events[-1], DownloadRemoved)
    with pytest.raises(UnknownDownload):
        station.downloads.get(download.id)
    assert station.pull().state is DownloadState.DONE  # and it can begin anew
    assert [request.start for request in server.gets()] == [0, 0]


def test_cancel_of_what_is_done_keeps_the_model(station: Station) -> None:
    done = station.pull()
    station.downloads.cancel(done.id).result(10)
    assert station.downloads.list() == ()
    assert station.target().exists()
    assert len(station.library.models()) == 1


def test_unknown_ids(station: Station) -> None:
    done = station.pull()
    unknown = type(done.id)(done.id + 1)
    for future in (station.downloads.pause(unknown), station.downloads.resume(unknown)):
        with pytest.raises(UnknownDownload):
            future.result(10)
    with pytest.raises(UnknownDownload):
        station.downloads.cancel(unknown).result(10)
    with pytest.raises(UnknownDownload):
        station.downloads.wait(unknown, 1)


@pytest.mark.parametrize("file", ["../../evil.gguf", "/etc/evil.gguf", "a//b.gguf", "..", ""])
def test_names_that_climb_are_refused(station: Station, file: str) -> None:
    with pytest.raises(HubNotFound):
        station.downloads.start(REPOSITORY, [file]).result(10)
    assert station.downloads.list() == ()


def test_one_after_another(station: Station, server: HubServer) -> None:
    server.add(REPOSITORY, "second.gguf", TINY)
    fault = Fault(hold=CHUNK)
    server.faults.append(fault)
    first = station.downloads.start(REPOSITORY, [FILE]).result(10)
    second = station.downloads.start(REPOSITORY, ["second.gguf"]).result(10)
    assert fault.reached.wait(10)
    assert station.downloads.get(second.id).state is DownloadState.QUEUED
    fault.release.set()
    assert station.ended(second).state is DownloadState.DONE
    assert station.downloads.get(first.id).state is DownloadState.DONE
    assert [download.id for download in station.downloads.list()] == [second.id, first.id]


def test_a_second_start_joins_the_first(station: Station, server: HubServer) -> None:
    fault = Fault(hold=CHUNK)
    server.faults.append(fault)
    first = station.downloads.start(REPOSITORY, [FILE]).result(10)
    assert fault.reached.wait(10)
    assert station.downloads.start(REPOSITORY, [FILE]).result(10).id == first.id
    fault.release.set()
    assert station.ended(first).state is DownloadState.DONE
    assert len(server.gets()) == 1


def test_quit_and_start_again(tmp_path: Path, server: HubServer, wait_until: Callable[..., None]) -> None:
    fault = Fault(hold=10 * CHUNK)
    server.faults.append(fault)
    with Station(tmp_path, server.url) as before:
        download = before.downloads.start(REPOSITORY, [FILE]).result(10)
        assert fault.reached.wait(10)
        wait_until(lambda: before.downloads.get(download.id).received == 10 * CHUNK)
    with Station(tmp_path, server.url) as after:
        after.downloads.recover().result(10)
        (found,) = after.downloads.list()
        assert (found.state, found.received, found.size) == (DownloadState.PAUSED, 10 * CHUNK, SIZE)
        after.downloads.resume(found.id).result(10)
        assert after.ended(found).state is DownloadState.DONE
        assert after.target().read_bytes() == DATA
    assert [request.start for request in server.gets()] == [0, 10 * CHUNK]


def test_another_process_has_it(tmp_path: Path, server: HubServer) -> None:
    fault = Fault(hold=CHUNK)
    server.faults.append(fault)
    with Station(tmp_path, server.url) as one, Station(tmp_path, server.url) as other:
        download = one.downloads.start(REPOSITORY, [FILE]).result(10)
        assert fault.reached.wait(10)
        other.downloads.recover().result(10)
        assert other.downloads.get(download.id).state is DownloadState.RUNNING
        for future in (
            other.downloads.start(REPOSITORY, [FILE]),
            other.downloads.resume(download.id),
        ):
            with pytest.raises(DownloadBusy):
                future.result(10)
        fault.release.set()
        assert other.downloads.wait(download.id, 30).state is DownloadState.DONE
    assert len(server.gets()) == 1


@pytest.mark.parametrize("what", ["pause", "cancel"])
def test_another_process_is_asked(
    tmp_path: Path, server: HubServer, wait_until: Callable[..., None], what: str
) -> None:
    fault = Fault(hold=CHUNK)
    server.faults.append(fault)
    with Station(tmp_path, server.url) as one, Station(tmp_path, server.url) as other:
        download = one.downloads.start(REPOSITORY, [FILE]).result(10)
        assert fault.reached.wait(10)
        if what == "pause":
            assert other.downloads.pause(download.id).result(10).state is DownloadState.RUNNING
            assert other.downloads.wait(download.id, 10).state is DownloadState.PAUSED
            wait_until(lambda: one.downloads.get(download.id).state is DownloadState.PAUSED)
            fault.release.set()
            other.downloads.resume(download.id).result(10)  # it is anybody's now
            assert other.ended(download).state is DownloadState.DONE
        else:
            other.downloads.cancel(download.id).result(10)
            wait_until(lambda: not other.downloads.list())
            wait_until(lambda: not one.part().exists())


def test_another_program_holds_the_file(tmp_path: Path, server: HubServer) -> None:
    """Two homes, one models folder: the lock beside the file decides."""
    fault = Fault(hold=CHUNK)
    server.faults.append(fault)
    shared = tmp_path / "shared"
    with (
        Station(tmp_path / "a", server.url, models=shared) as one,
        Station(tmp_path / "b", server.url, models=shared) as other,
    ):
        download = one.downloads.start(REPOSITORY, [FILE]).result(10)
        assert fault.reached.wait(10)
        failed = other.pull()
        assert (failed.state, failed.error) == (DownloadState.FAILED, "download.busy")
        fault.release.set()
        assert one.ended(download).state is DownloadState.DONE
        assert other.pull().state is DownloadState.DONE  # finds the file, and does not fetch it again
    assert len(server.gets()) == 1


def test_died_between_the_file_and_its_row(tmp_path: Path, server: HubServer) -> None:
    with Station(tmp_path, server.url) as before:
        done = before.pull()
        assert done.model is not None
    with Station(tmp_path, server.url) as middle:
        # the state of affairs after such a death: file in place, nothing registered, download running
        middle.model_store.delete(done.model)
        row = middle.download_store.row(done.id)
        assert row is not None
        middle.download_store.save(replace(row[0], state=DownloadState.RUNNING, model=None), "f" * 32)
    with Station(tmp_path, server.url) as after:
        after.downloads.recover().result(10)
        assert after.downloads.get(done.id).state is DownloadState.PAUSED
        after.downloads.resume(done.id).result(10)
        assert after.ended(done).state is DownloadState.DONE
        assert [model.id for model in after.library.models()] == [done.model]
        assert DownloadState.VERIFYING in states(after)
    assert len(server.gets()) == 1


def test_a_split_model_is_one(station: Station, server: HubServer) -> None:
    parts = [f"Q8_0/big-{number:05}-of-00002.gguf" for number in (1, 2)]
    server.add("a/b", parts[0], TINY)
    server.add("a/b", parts[1], DATA[:1_000_000])
    done = station.pull("a/b", parts[:1])  # the first stands for all
    assert (done.state, len(done.files)) == (DownloadState.DONE, 2)
    (model,) = station.library.models()
    assert (model.id, model.path) == ("big", station.target(parts[0], "a/b"))
    assert model.size == TINY.stat().st_size + 1_000_000
    assert station.library.verify(model.id).result(10).sha256 == model.sha256
    station.library.remove(model.id).result(10)
    assert station.files() == []


def _entry(server: HubServer, sha256: str | None, *, revision: str | None = None) -> CatalogEntry:
    return CatalogEntry(
        id="the-tiny", name="The Tiny", repository=REPOSITORY, revision=revision,
        files=(CatalogFile(FILE, SIZE, sha256),), size=SIZE, family="chatglm3", parameters="1M", quantization="Q8_0",
        context=8192, licence="ChatGLM3-6B", registration=True, licence_url="https://example.org", memory=1, languages=("zh",),
        summary="small",
    )  # fmt: skip


def test_a_row_of_the_catalogue(tmp_path: Path, server: HubServer) -> None:
    entry = _entry(server, SHA256, revision=server.commit(REPOSITORY))
    with Station(tmp_path, server.url, catalog=(entry,)) as station:
        started = station.downloads.start(entry.repository, [FILE], catalog=entry).result(10)
        done = station.ended(started)
        assert (done.catalog_id, done.notice, done.model) == ("the-tiny", None, "the-tiny")
        (model,) = station.library.models()
        assert (model.name, model.licence) == ("The Tiny", "ChatGLM3-6B")
    assert f"/{REPOSITORY}/resolve/{entry.revision}/{FILE}" in {request.path for request in server.requests}


def test_the_hub_is_believed_over_the_catalogue(tmp_path: Path, server: HubServer) -> None:
    entry = _entry(server, "0" * 64)
    with Station(tmp_path, server.url, catalog=(entry,)) as station:
        done = station.ended(station.downloads.start(entry.repository, [FILE], catalog=entry).result(10))
        assert (done.state, done.notice) == (DownloadState.DONE, "download.differs_from_catalog")
        (model,) = station.library.models()
        assert model.sha256 == SHA256
        told = [event.download.notice for event in station.events if isinstance(event, DownloadChanged)]
        assert told[-1] == "download.differs_from_catalog"


def test_from_another_endpoint_the_rest_comes(tmp_path: Path, server: HubServer) -> None:
    """The hub goes down half-way, the user chooses a mirror: the same bytes go on."""
    server.faults.append(Fault(cut=8 * CHUNK))
    server.faults.append(Fault(status=503, times=10))
    with HubServer() as mirror, Station(tmp_path, server.url) as station:
        mirror.add(REPOSITORY, FILE, DATA)
        failed = station.pull()
        assert (failed.state, failed.error) == (DownloadState.FAILED, "hub.busy")
        started = station.downloads.start(REPOSITORY, [FILE], endpoint=mirror.url).result(10)
        done = station.ended(started)
        assert (done.id, done.state, done.endpoint) == (failed.id, DownloadState.DONE, mirror.url)
        assert [request.start for request in mirror.gets()] == [failed.received]
        assert failed.received >= 7 * CHUNK
