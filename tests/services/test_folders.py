"""The user's own folders: what is in them is listed, what goes comes back, and nothing in them is ever touched."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from desktop import messages
from desktop.app import Application
from desktop.core.errors import FileMissing, FolderInside, FolderMissing, UnknownFolder
from desktop.core.events import EngineChanged, FoldersScanned, ModelInstalled, ModelRemoved, TurnFinished
from desktop.core.library import ModelFolder
from desktop.core.models import EngineState, ModelFile, ModelId, ModelState
from desktop.services import scan
from desktop.services.presence import trouble
from desktop.services.scan import gguf_files
from tests.recorder import Recorder
from tests.services.conftest import Start


@pytest.fixture
def app(start: Start) -> Application:
    return start()


@pytest.fixture
def stick(app: Application, tmp_path: Path) -> Path:
    """A folder of the user with two models, and what is none."""
    folder = tmp_path / "U 盘 😀"
    for name in ("one.gguf", "deep/er/Two 二.GGUF"):
        put(app, folder / name)
    (folder / "notes.txt").write_text("hello")
    (folder / "broken.gguf").write_bytes(b"GGUF nonsense")
    put(app, folder / "mmproj-one.gguf")
    put(app, folder / "Big-00002-of-00003.gguf")
    return folder


def put(app: Application, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(app.test_model.read_bytes())
    return path


def listed(app: Application) -> dict[str, ModelState]:
    return {model.path.name: model.state for model in app.library.models()}


def only(app: Application, name: str) -> ModelFile:
    return next(model for model in app.library.models() if model.path.name == name)


READY, MISSING = ModelState.READY, ModelState.MISSING


def test_its_models_are_listed_and_linked(app: Application, recorder: Recorder, stick: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in stick.rglob("*")}
    assert app.folders.add(stick).result(30) == ModelFolder(stick, True, 2)
    assert app.folders.list() == (ModelFolder(stick, True, 2),)
    assert listed(app) == {"one.gguf": READY, "Two 二.GGUF": READY}
    assert all(model.linked for model in app.library.models())
    assert len(recorder.of(ModelInstalled)) == 2
    assert recorder.of(FoldersScanned)
    assert {path: path.stat().st_mtime_ns for path in stick.rglob("*")} == before
    assert app.folders.rescan().result(30) == 0
    assert len(recorder.of(ModelInstalled)) == 2


def test_new_files_come_by_themselves(app: Application, start: Start, stick: Path) -> None:
    app.folders.add(stick).result(30)
    put(app, stick / "three.gguf")
    assert app.folders.rescan().result(30) == 1
    app.close()
    again = start()
    assert listed(again) == {"one.gguf": READY, "Two 二.GGUF": READY, "three.gguf": READY}
    assert again.folders.list() == (ModelFolder(stick, True, 3),)


def test_a_folder_that_disappears_comes_back(app: Application, stick: Path) -> None:
    app.folders.add(stick).result(30)
    id = only(app, "one.gguf").id
    app.model_options.set(id, {"threads": 3}).result(10)
    app.library.rename(id, "Mine").result(10)
    away = stick.rename(stick.with_name("away"))
    assert set(listed(app).values()) == {MISSING}
    assert app.folders.list() == (ModelFolder(stick, False, 2),)
    assert app.folders.rescan().result(30) == 0
    assert len(app.library.models()) == 2
    for future in (app.library.verify(id), app.library.import_file(stick / "one.gguf", copy=True)):
        with pytest.raises(FileMissing):
            future.result(30)
    away.rename(stick)
    app.folders.rescan().result(30)
    assert set(listed(app).values()) == {READY}
    assert (only(app, "one.gguf").id, only(app, "one.gguf").name) == (id, "Mine")
    assert app.model_options.get(id).threads == 3


def test_what_is_said_of_it(app: Application, recorder: Recorder, stick: Path) -> None:
    app.folders.add(stick).result(30)
    model = only(app, "one.gguf")
    assert trouble(model) is None
    stick.rename(stick.with_name("away"))
    error = trouble(model)
    assert isinstance(error, FolderMissing)
    assert str(stick) in messages.of(error)
    assert "Connect the disk" in messages.of(error)
    stick.mkdir()
    assert type(trouble(model)) is FileMissing
    stick.rmdir()
    app.chat.send(None, "hello", model=model.id)
    assert recorder.wait(TurnFinished).error == "model.folder_missing"


@pytest.mark.skipif(sys.platform == "win32", reason="a file in use cannot go there")
def test_a_stick_that_is_pulled_while_its_model_answers(app: Application, recorder: Recorder, stick: Path) -> None:
    """The engine dies of it; that is no reason to mistrust the engine."""
    app.folders.add(stick).result(30)
    model = only(app, "one.gguf")
    app.chat.send(None, "!crash SIGBUS", model=model.id)
    recorder.wait(EngineChanged, lambda e: e.status.state is EngineState.READING)
    stick.rename(stick.with_name("away"))
    assert recorder.wait(TurnFinished).error == "model.folder_missing"
    assert app.engine.status.error == "model.folder_missing"
    stick.with_name("away").rename(stick)
    after = recorder.position
    app.engine.load(model.id)
    status = recorder.wait(EngineChanged, lambda e: e.status.state is EngineState.READY, after).status
    assert status.notice is None  # not in safe mode


def test_a_model_that_was_taken_off_the_list_stays_off(app: Application, stick: Path) -> None:
    app.folders.add(stick).result(30)
    removal = app.library.remove(only(app, "one.gguf").id).result(30)
    assert (removal.size, removal.to_trash) == (0, False)
    assert app.folders.rescan().result(30) == 0
    assert listed(app) == {"Two 二.GGUF": READY}
    assert (stick / "one.gguf").is_file()
    app.folders.add(stick).result(30)  # asking again brings it back
    assert set(listed(app)) == {"one.gguf", "Two 二.GGUF"}


def test_a_removed_folder_takes_its_models_along(app: Application, recorder: Recorder, stick: Path) -> None:
    mine = app.library.import_file(stick / "one.gguf", copy=False).result(30)  # by hand, before the folder came
    app.folders.add(stick).result(30)
    assert app.folders.list()[0].models == 1
    other = only(app, "Two 二.GGUF")
    app.folders.remove(stick).result(30)
    assert app.folders.list() == ()
    assert app.library.models() == (mine,)
    assert [event.model for event in recorder.of(ModelRemoved)] == [other.id]
    assert len(list(stick.rglob("*.[gG]*"))) == 5
    with pytest.raises(UnknownFolder):
        app.folders.remove(stick).result(30)


def test_folders_that_make_no_sense(app: Application, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "nothing", tmp_path / "file"):
        with pytest.raises(UnknownFolder):
            app.folders.add(path).result(30)
    app.library.folder.mkdir(parents=True, exist_ok=True)
    for path in (app.library.folder, app.library.folder / "x" / ".."):
        with pytest.raises(FolderInside):
            app.folders.add(path).result(30)
    assert app.folders.list() == ()


def test_what_is_ours_in_a_folder_around_it_stays_ours(app: Application, tmp_path: Path) -> None:
    source = put(app, tmp_path / "source" / "mine.gguf")
    ours = app.library.import_file(source, copy=True).result(30)
    put(app, app.library.folder / "half" / "unregistered.gguf")
    app.folders.add(app.library.folder.parent).result(30)
    assert app.library.models() == (ours,)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_are_followed_once(app: Application, tmp_path: Path) -> None:
    real = put(app, tmp_path / "real" / "model.gguf")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.gguf").symlink_to(real)
    (folder / "b.gguf").symlink_to(real)
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / "there").symlink_to(tmp_path / "real", target_is_directory=True)
    (folder / "nowhere.gguf").symlink_to(tmp_path / "nothing")
    app.folders.add(folder).result(30)
    assert listed(app) == {"a.gguf": READY}
    assert [path.name for path in gguf_files(folder)] == ["a.gguf", "b.gguf", "model.gguf"]


def test_the_search_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.gguf").write_bytes(b"")
    deep = tmp_path.joinpath(*["d"] * (scan.DEPTH + 1))
    deep.mkdir(parents=True)
    (deep / "too deep.gguf").write_bytes(b"")
    (deep.parent / "deep.gguf").write_bytes(b"")
    assert [path.name for path in gguf_files(tmp_path)][-1] == "deep.gguf"
    assert len(gguf_files(tmp_path)) == 31
    monkeypatch.setattr(scan, "FILES", 10)
    assert len(gguf_files(tmp_path)) == 10
    monkeypatch.setattr(scan, "ENTRIES", 5)
    assert len(gguf_files(tmp_path)) <= 5
    assert gguf_files(tmp_path, lambda: True) == []
    assert gguf_files(tmp_path / "nothing") == []


def test_closing_ends_a_search(start: Start, stick: Path) -> None:
    app = start()
    app.folders.close()
    assert app.folders.add(stick).result(30) == ModelFolder(stick, True, 0)


def test_an_id_of_a_folder_is_what_its_name_says(app: Application, stick: Path) -> None:
    app.folders.add(stick).result(30)
    assert {model.id for model in app.library.models()} == {ModelId("one"), ModelId("two-二")}
    assert os.fspath(stick) in str(only(app, "one.gguf").path)


def test_the_window_looks_by_itself(app: Application, recorder: Recorder, stick: Path) -> None:
    app.folders.begin()  # nothing to look through, nothing to say
    assert recorder.of(FoldersScanned) == []
    app.folders.add(stick).result(30)
    put(app, stick / "three.gguf")
    after = recorder.position
    app.folders.begin()
    recorder.wait(FoldersScanned, after=after)
    assert "three.gguf" in listed(app)
