"""Files of chatglm.cpp taken up: imported, linked, downloaded; what is rewritten, what stays, what a failure leaves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import DiskFull, FileTruncated, LegacyModel, NotRewritten
from desktop.core.events import DownloadChanged, DownloadProgressed, ModelChecked
from desktop.core.models import CatalogFile, DownloadState, ModelState
from desktop.inference.gguf import read_header
from desktop.inference.legacy.convert import prepare
from desktop.services.describing import IMPORT
from desktop.services.rewriting import rewrite
from tests.downloadkit import Station
from tests.hubserver import HubServer
from tests.legacy_factory import SMALL, write
from tests.services.smalldisk import make_read_only, small_disk

REPOSITORY, FILE = "Xorbits/chatglm2-6B-GGML", "chatglm2-ggml-q4_0.bin"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HubServer]:
    data = write(tmp_path / "made.bin", SMALL[2], "Q4_0", 1).read_bytes()
    first = write(tmp_path / "made.bin", SMALL[1], "Q4_0", 1).read_bytes()
    with HubServer() as hub:
        hub.add(REPOSITORY, FILE, data)
        hub.add("Xorbits/chatglm-6B-GGML", "chatglm-ggml-q4_0.bin", first)
        yield hub


@pytest.fixture
def station(tmp_path: Path, server: HubServer) -> Iterator[Station]:
    with Station(tmp_path / "家", server.url) as one:
        yield one


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file of the user."""
    folder = tmp_path / "下载 downloads"
    folder.mkdir()
    return write(folder / "My ChatGLM2.bin", SMALL[2], "Q8_0")


def test_in_place_it_is_rewritten_beside_the_original(station: Station, mine: Path) -> None:
    before = mine.read_bytes()
    model = station.library.import_file(mine, copy=False).result(30)
    assert model.path == mine.with_suffix(".gguf")
    assert (model.id, model.family, model.quantization, model.linked) == ("my-chatglm2", "chatglm2", "Q8_0", True)
    assert model.size == model.path.stat().st_size == prepare(mine).size
    assert read_header(model.path).family == "chatglm2"
    assert mine.read_bytes() == before
    assert sorted(mine.parent.iterdir()) == [mine, mine.with_suffix(".gguf")]
    checked = [event for event in station.events if isinstance(event, ModelChecked)]
    assert checked[-1].model == IMPORT
    assert checked[-1].done == checked[-1].total == model.size


def test_twice_is_once(station: Station, mine: Path) -> None:
    first = station.library.import_file(mine, copy=False).result(30)
    stamp = first.path.stat().st_mtime_ns
    assert station.library.import_file(mine, copy=False).result(30) == first
    assert first.path.stat().st_mtime_ns == stamp
    station.library.remove(first.id).result(30)
    assert first.path.exists()  # it lies in the user's folder
    again = station.library.import_file(mine, copy=False).result(30)
    assert (again.path, again.path.stat().st_mtime_ns) == (first.path, stamp)


def test_a_name_that_is_taken_is_left_alone(station: Station, mine: Path) -> None:
    other = mine.with_suffix(".gguf")
    other.write_bytes(b"somebody else's")
    model = station.library.import_file(mine, copy=False).result(30)
    assert model.path == mine.with_name("My ChatGLM2-2.gguf")
    assert other.read_bytes() == b"somebody else's"


def test_a_copy_is_only_the_new_file(station: Station, mine: Path) -> None:
    model = station.library.import_file(mine, copy=True).result(30)
    assert model.path == station.models / "imported" / "My ChatGLM2.gguf"
    assert not model.linked
    assert sorted(mine.parent.iterdir()) == [mine]
    station.library.remove(model.id).result(30)
    assert not model.path.exists()
    assert mine.exists()


def test_the_first_generation_is_used_as_it_is(station: Station, tmp_path: Path) -> None:
    path = write(tmp_path / "chatglm-ggml-q5_0.bin", SMALL[1], "Q5_0")
    model = station.library.import_file(path, copy=False).result(30)
    assert (model.path, model.family, model.quantization, model.context) == (path, "chatglm", "Q5_0", 512)
    assert model.state is ModelState.READY
    copied = station.library.import_file(path, copy=True).result(30)
    assert copied.path == station.models / "imported" / path.name


def test_what_cannot_be_rewritten_leaves_nothing(station: Station, mine: Path) -> None:
    mine.write_bytes(mine.read_bytes()[:-1000])
    with pytest.raises(FileTruncated):
        station.library.import_file(mine, copy=True).result(30)
    with pytest.raises(LegacyModel):
        prepare(write(mine, SMALL[1]))
    assert sorted(mine.parent.iterdir()) == [mine]
    assert not (station.models / "imported").exists()


def test_a_file_that_only_lies_there_is_not_used(station: Station, mine: Path) -> None:
    with pytest.raises(NotRewritten):
        station.library.register(mine).result(30)


def test_a_full_or_read_only_disk(station: Station, tmp_path: Path, mine: Path) -> None:
    with small_disk(tmp_path / "small", "8m") as small:
        there = small / mine.name
        there.write_bytes(mine.read_bytes())
        with pytest.raises(DiskFull):  # before a byte is written: a quarter of a gigabyte must stay free
            station.library.import_file(there, copy=False).result(30)
        assert sorted(small.iterdir()) == [there]
    with small_disk(tmp_path / "large", "600m") as large:
        there = large / mine.name
        there.write_bytes(mine.read_bytes())
        make_read_only(large)
        model = station.library.import_file(there, copy=False).result(30)
        assert (model.path, model.linked) == (station.models / "imported" / "My ChatGLM2.gguf", False)
        assert sorted(large.iterdir()) == [there]


def test_stopping_leaves_nothing(mine: Path) -> None:
    def tick(done: int, total: int) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        rewrite(mine, mine.parent, prepare, tick)
    assert sorted(mine.parent.iterdir()) == [mine]


def test_a_download_is_rewritten_and_the_original_stays(station: Station) -> None:
    done = station.pull(REPOSITORY, [FILE])
    assert (done.state, done.error, done.notice) == (DownloadState.DONE, None, None)
    assert station.files() == [f"{REPOSITORY}/{FILE}", f"{REPOSITORY}/chatglm2-ggml-q4_0.gguf"]
    assert done.model is not None
    model = station.library.get(done.model)
    assert (model.family, model.quantization, model.linked) == ("chatglm2", "Q4_0", False)
    assert (model.id, model.name, model.licence) == ("chatglm2-6b-q4_0", "ChatGLM2 6B", "ChatGLM2-6B")
    assert (model.repository, model.file) == (REPOSITORY, FILE)
    changes = [event.download for event in station.events if isinstance(event, DownloadChanged)]
    assert (DownloadState.VERIFYING, "download.rewriting") in [(one.state, one.notice) for one in changes]
    assert any(isinstance(event, DownloadProgressed) for event in station.events)
    assert station.downloads.start(REPOSITORY, [FILE]).result(10) == done
    station.library.remove(model.id).result(30)
    assert station.files() == []  # the original too: nobody else knows of it
    again = station.pull(REPOSITORY, [FILE])
    assert again.state is DownloadState.DONE
    assert station.library.get(model.id).state is ModelState.READY


def test_the_original_goes_if_that_is_wished(station: Station, server: HubServer) -> None:
    station.keep_originals = False
    done = station.pull(REPOSITORY, [FILE])
    assert station.files() == [f"{REPOSITORY}/chatglm2-ggml-q4_0.gguf"]
    asked = len(server.requests)
    assert station.downloads.start(REPOSITORY, [FILE]).result(10) == done  # it is here, in another form
    assert len(server.requests) == asked


def test_what_was_said_before_is_said_again_after_rewriting(station: Station) -> None:
    entry = next(entry for entry in station.library.catalog() if entry.id == "chatglm2-6b-q4_0")
    entry = replace(entry, files=(CatalogFile(FILE, None, "0" * 64),))  # of bytes that this server does not have
    done = station.ended(station.downloads.start(REPOSITORY, [FILE], revision="main", catalog=entry).result(10))
    assert (done.state, done.error, done.notice) == (DownloadState.DONE, None, "download.differs_from_catalog")


def test_the_first_generation_comes_as_it_is(station: Station) -> None:
    done = station.pull("Xorbits/chatglm-6B-GGML", ["chatglm-ggml-q4_0.bin"])
    assert done.state is DownloadState.DONE
    assert done.model is not None
    model = station.library.get(done.model)
    assert (model.id, model.family, model.path.name) == ("chatglm-6b-q4_0", "chatglm", "chatglm-ggml-q4_0.bin")
    assert model.sha256 is not None
