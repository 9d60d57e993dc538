"""The models on this computer: import, verify, remove, choose; and what a bad file says."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from desktop.core.errors import (
    BadSetting,
    DiskFull,
    FileEmpty,
    FileMissing,
    FileTruncated,
    LegacyModel,
    ModelFileError,
    NotAModel,
    UnknownModel,
    WrongHash,
)
from desktop.core.events import ModelChanged, ModelChecked, ModelInstalled, ModelRemoved
from desktop.core.library import Removal
from desktop.core.models import ModelId, ModelState
from desktop.services import machine
from desktop.services.describing import IMPORT
from tests.downloadkit import TINY, Station, model_bytes
from tests.services.smalldisk import small_disk

DATA = TINY.read_bytes()
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with Station(tmp_path / "家", "http://127.0.0.1:9") as one:
        yield one


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file of the user."""
    file = tmp_path / "下载 downloads" / "My GLM (tiny).GGUF"
    file.parent.mkdir()
    file.write_bytes(DATA)
    return file


def test_by_link(station: Station, mine: Path) -> None:
    model = station.library.import_file(mine, copy=False).result(30)
    assert (model.id, model.path, model.linked, model.sha256) == ("my-glm-tiny", mine, True, None)
    assert (model.family, model.architecture, model.size, model.state) == (
        "chatglm3",
        "chatglm",
        len(DATA),
        ModelState.READY,
    )
    assert station.library.get(model.id) == model
    assert station.library.import_file(mine, copy=False).result(30) == model  # the same file twice
    assert station.library.models() == (model,)
    assert [event.model for event in station.events if isinstance(event, ModelInstalled)] == [model.id]
    station.library.remove(model.id).result(30)
    assert mine.read_bytes() == DATA
    assert station.library.models() == ()
    assert station.events[-1] == ModelRemoved(model.id)


def test_by_copy(station: Station, mine: Path) -> None:
    model = station.library.import_file(mine, copy=True).result(30)
    assert (model.path, model.linked, model.sha256) == (station.models / "imported" / mine.name, False, SHA256)
    assert model.path.read_bytes() == DATA
    progress = [event for event in station.events if isinstance(event, ModelChecked)]
    assert progress[-1] == ModelChecked(IMPORT, len(DATA), len(DATA))
    mine.rename(mine.with_name("renamed.gguf"))
    again = station.library.import_file(mine.with_name("renamed.gguf"), copy=True).result(30)
    assert again == model  # the same bytes twice
    assert station.files() == [f"imported/{mine.name}"]
    station.library.remove(model.id).result(30)
    assert not list(station.models.rglob("*"))


def test_names_that_are_taken(station: Station, mine: Path) -> None:
    first = station.library.import_file(mine, copy=True).result(30)
    mine.write_bytes(model_bytes(len(DATA) + 100))
    second = station.library.import_file(mine, copy=True).result(30)
    third = station.library.import_file(mine, copy=False).result(30)
    assert [first.id, second.id, third.id] == ["my-glm-tiny", "my-glm-tiny-2", "my-glm-tiny-3"]
    assert station.files() == [f"imported/2/{mine.name}", f"imported/{mine.name}"]


@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, FileMissing),
        (b"", FileEmpty),
        (b"# hello\nthis is a text\n" * 10, NotAModel),
        (b"ggml" + bytes(100), LegacyModel),
        (DATA[:-1000], FileTruncated),
        (DATA[:100], ModelFileError),
    ],
)
def test_files_that_cannot_work(
    station: Station, tmp_path: Path, content: bytes | None, error: type[ModelFileError], copy: bool
) -> None:
    file = tmp_path / "bad.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(error) as caught:
        station.library.import_file(file, copy=copy).result(30)
    assert caught.value.data["path"] == str(file)
    assert station.library.models() == ()
    assert not list(station.models.rglob("*"))


def test_no_room_for_a_copy(station: Station, mine: Path) -> None:
    with mine.open("r+b") as file:
        file.truncate(10**15 if sys.platform != "linux" else 8 * 10**12)
    with pytest.raises(DiskFull):
        station.library.import_file(mine, copy=True).result(30)
    assert not list(station.models.rglob("*"))


def test_closing_ends_a_copy_and_leaves_nothing(tmp_path: Path, mine: Path, wait_until: Callable[..., None]) -> None:
    mine.write_bytes(model_bytes(20_000_000))
    with Station(tmp_path / "家", "http://127.0.0.1:9") as station:
        inside = threading.Event()
        ended = threading.Event()

        def hold(event: ModelChecked) -> None:
            inside.set()
            ended.wait(10)

        station.bus.subscribe(ModelChecked, hold)
        future = station.library.import_file(mine, copy=True)
        assert inside.wait(10)
        closing = threading.Thread(target=station.library.close)
        closing.start()
        wait_until(lambda: station.library.closed)
        ended.set()
        closing.join(10)
        with pytest.raises(CancelledError):
            future.result(10)
        assert station.files() == []


def test_verify(station: Station, mine: Path) -> None:
    model = station.library.import_file(mine, copy=False).result(30)
    verified = station.library.verify(model.id).result(30)
    assert (verified.sha256, verified.state) == (SHA256, ModelState.READY)
    assert station.library.get(model.id) == verified
    checked = [event for event in station.events if isinstance(event, ModelChecked)]
    assert checked[-1] == ModelChecked(model.id, len(DATA), len(DATA))
    mine.write_bytes(DATA[:-1] + b"!")
    with pytest.raises(WrongHash) as caught:
        station.library.verify(model.id).result(30)
    assert caught.value.data["expected"] == SHA256
    assert station.library.get(model.id).state is ModelState.BROKEN
    assert station.library.choose() is None
    mine.write_bytes(DATA)
    assert station.library.verify(model.id).result(30).state is ModelState.READY


def test_the_disk_is_looked_at(station: Station, mine: Path) -> None:
    model = station.library.import_file(mine, copy=False).result(30)
    away = mine.rename(mine.with_name("away.gguf"))
    assert station.library.get(model.id).state is ModelState.MISSING
    assert station.library.choose() is None
    with pytest.raises(FileMissing):
        station.library.verify(model.id).result(30)
    away.rename(mine)
    assert station.library.models() == (model,)
    with mine.open("r+b") as file:
        file.truncate(1000)
    assert station.library.models()[0].state is ModelState.BROKEN
    mine.write_bytes(DATA)
    assert station.library.import_file(mine, copy=False).result(30) == model


def test_a_missing_model_can_be_removed(station: Station, mine: Path) -> None:
    model = station.library.import_file(mine, copy=True).result(30)
    model.path.unlink()
    station.library.remove(model.id).result(30)
    assert station.library.models() == ()


def test_nothing_outside_our_folder_is_deleted(station: Station, mine: Path) -> None:
    """Whatever the row says: a folder that moved, a link that leads out."""
    model = station.library.register(mine, linked=False).result(30)
    assert not model.linked
    station.library.remove(model.id).result(30)
    assert mine.exists()
    if os.name == "posix":
        station.models.mkdir(parents=True, exist_ok=True)
        inside = station.models / "x.gguf"
        inside.symlink_to(mine)
        model = station.library.register(inside, linked=False).result(30)
        station.library.remove(model.id).result(30)
        assert mine.exists()


def test_rename(station: Station, mine: Path) -> None:
    model = station.library.import_file(mine, copy=True).result(30)
    renamed = station.library.rename(model.id, "  我的\n GLM 😀 ").result(30)
    assert (renamed.id, renamed.name, renamed.path) == (model.id, "我的 GLM 😀", model.path)
    assert station.library.get(model.id) == renamed
    assert [event.model for event in station.events if isinstance(event, ModelChanged)] == [model.id]
    for bad in ("", " \t ", "x" * 121):
        with pytest.raises(BadSetting):
            station.library.rename(model.id, bad).result(30)
    with pytest.raises(UnknownModel):
        station.library.rename(ModelId("nobody"), "x").result(30)
    assert station.library.verify(model.id).result(30).name == "我的 GLM 😀"
    model.path.write_bytes(model_bytes(len(DATA) + 1))  # the file is another one now; the name stays
    assert station.library.import_file(model.path, copy=False).result(30).name == "我的 GLM 😀"


def test_a_name_given_while_it_is_verified_stays(station: Station, mine: Path) -> None:
    mine.write_bytes(model_bytes(8_000_000))
    model = station.library.import_file(mine, copy=False).result(30)
    inside, go_on = threading.Event(), threading.Event()

    def hold(event: ModelChecked) -> None:
        inside.set()
        go_on.wait(10)

    station.bus.subscribe(ModelChecked, hold)
    verifying = station.library.verify(model.id)
    assert inside.wait(10)
    station.library.rename(model.id, "New").result(10)  # does not wait for the verification
    go_on.set()
    assert verifying.result(30).name == "New"
    assert station.library.get(model.id).name == "New"


class TestRemoval:
    def test_into_the_trash(self, station: Station, mine: Path) -> None:
        model = station.library.import_file(mine, copy=True).result(30)
        assert station.library.remove(model.id).result(30) == Removal(len(DATA), True)
        assert not model.path.exists()
        trash = [
            path for path in Path.home().parent.rglob("*.GGUF") if path != mine and path.stat().st_size == len(DATA)
        ]
        assert sys.platform != "linux" or any("Trash" in path.parts for path in trash)

    def test_a_split_model_goes_as_one(self, station: Station, tmp_path: Path) -> None:
        first, second = (tmp_path / f"Big-0000{number}-of-00002.gguf" for number in (1, 2))
        first.write_bytes(DATA)
        second.write_bytes(b"the rest")
        model = station.library.import_file(first, copy=True).result(30)
        assert station.library.remove(model.id).result(30) == Removal(len(DATA) + 8, True)
        assert not list(station.models.rglob("*"))

    def test_deleted_where_there_is_no_trash(self, tmp_path: Path, mine: Path) -> None:
        with small_disk(tmp_path / "small", "32m") as small:
            (small / ".Trash-0").write_bytes(b"in the way")
            with Station(tmp_path / "家", "http://127.0.0.1:9", models=small / "models") as station:
                mine.write_bytes(DATA)
                (small / "models").mkdir()
                (small / "models" / "m.gguf").write_bytes(DATA)
                model = station.library.register(small / "models" / "m.gguf", linked=False).result(30)
                assert station.library.remove(model.id).result(30) == Removal(len(DATA), False)
                assert not model.path.exists()

    def test_a_linked_file_stays_and_frees_nothing(self, station: Station, mine: Path) -> None:
        model = station.library.import_file(mine, copy=False).result(30)
        assert station.library.remove(model.id).result(30) == Removal(0, False)
        assert mine.read_bytes() == DATA

    def test_bytes_that_have_another_name_are_not_freed(self, station: Station, mine: Path, tmp_path: Path) -> None:
        model = station.library.import_file(mine, copy=True).result(30)
        os.link(model.path, tmp_path / "also.gguf")
        assert station.library.remove(model.id).result(30).size == 0


def test_choose(station: Station, tmp_path: Path, wait_until: Callable[..., None]) -> None:
    library = station.library
    assert library.choose() is None
    models = []
    for name in ("one", "two"):
        file = tmp_path / f"{name}.gguf"
        file.write_bytes(model_bytes(len(DATA) + len(name)))
        models.append(library.import_file(file, copy=False).result(30))
        if name == "one":
            assert library.choose() == models[0]  # the only one
    assert library.choose() is None  # two, and no reason to prefer one
    library.mark_used(models[0].id)
    wait_until(library.choose)
    chosen = library.choose()
    assert chosen is not None
    assert chosen.id == "one"
    (tmp_path / "one.gguf").unlink()
    assert (chosen := library.choose()) is not None
    assert chosen.id == "two"  # the only one that is ready


def test_unknown(station: Station) -> None:
    with pytest.raises(UnknownModel):
        station.library.get(ModelId("nobody"))
    for future in (station.library.verify(ModelId("nobody")), station.library.remove(ModelId("nobody"))):
        with pytest.raises(UnknownModel):
            future.result(30)


def test_this_machine(station: Station) -> None:
    look = station.library.machine()
    assert look.memory_total >= look.memory_available > 0
    assert look.disk_free > 0
    assert look.cores >= 1
    assert look.cpu
    assert look.devices == ()
    assert machine.processor() == look.cpu
    json.dumps(look.cpu)
    assert station.library.recommended(look) in station.library.catalog()


def test_a_split_model_needs_all_its_parts(station: Station, tmp_path: Path) -> None:
    first, second = (tmp_path / f"Big-Q8_0-0000{number}-of-00002.gguf" for number in (1, 2))
    first.write_bytes(DATA)
    for copy in (True, False):
        with pytest.raises(FileMissing) as caught:
            station.library.import_file(first, copy=copy).result(30)
        assert caught.value.data["path"] == str(second)
    second.write_bytes(b"the rest")
    linked = station.library.import_file(first, copy=False).result(30)
    assert (linked.id, linked.size) == ("big-q8_0", len(DATA) + 8)
    copied = station.library.import_file(first, copy=True).result(30)  # from now on it is ours
    assert (copied.id, copied.linked, copied.path) == (linked.id, False, station.models / "imported" / first.name)
    assert station.library.models() == (copied,)
    assert station.files() == [f"imported/{first.name}", f"imported/{second.name}"]
    assert station.library.verify(linked.id).result(30).sha256 == copied.sha256
    (copied.path.parent / second.name).unlink()
    assert station.library.get(linked.id).state is ModelState.MISSING


def test_the_processor_is_read_from_what_linux_says(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nmodel name\t: Some CPU  @ 3 GHz\nmodel name\t: Another\n", encoding="utf-8")
    assert machine.from_proc(file) == "Some CPU  @ 3 GHz"
    assert machine.from_proc(tmp_path / "none") == ""
