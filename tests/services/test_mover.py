"""Moving the models folder: what comes along, what stays, and that no death on the way loses anything."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from desktop import paths
from desktop.app import Application
from desktop.core.errors import DiskDenied, DiskFull, FolderBusy, FolderInside, FolderTaken, UnknownFolder
from desktop.core.events import DownloadChanged, ModelsMoved, ModelsMoveProgressed
from desktop.core.models import Download, DownloadFile, DownloadId, DownloadState, ModelFile, ModelState
from desktop.services import relocation
from desktop.services.relocation import Relocation
from tests.conftest import ExpectedLog
from tests.downloadkit import model_bytes
from tests.hubserver import CHUNK, Fault, HubServer
from tests.legacy_factory import SMALL, write
from tests.recorder import Recorder
from tests.services.conftest import Start

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("dying_move.py")
NAMES = ("GLM 模型 😀.gguf", "Split-00001-of-00002.gguf")


@pytest.fixture
def app(start: Start, tmp_path: Path) -> Application:
    """With two models of ours, one of them in two parts, and a file in the folder that is none of ours."""
    app = start()
    source = tmp_path / "source"
    source.mkdir()
    for number, name in enumerate(NAMES):
        (source / name).write_bytes(model_bytes(5_000_000 + number))
    (source / "Split-00002-of-00002.gguf").write_bytes(b"the second part")
    for name in NAMES:
        app.library.import_file(source / name, copy=True).result(30)
    (app.library.folder / "notes.txt").write_text("mine")
    return app


@pytest.fixture(params=["near", "far"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder to move to that does not exist yet: on the same disk, or on another one."""
    if request.param == "near":
        yield tmp_path / "新 place 😀" / "models"
        return
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second disk here")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder) / "新 place 😀" / "models"


def digests(app: Application) -> dict[str, str]:
    """The bytes of every model in the list; fails if one is not ready."""
    found = {}
    for model in app.library.models():
        assert model.state is ModelState.READY, model
        for part in model.path.parent.glob(model.path.name.replace("00001-of", "*-of")):
            found[part.name] = hashlib.sha256(part.read_bytes()).hexdigest()
    return found


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_everything_of_ours_comes_along(app: Application, start: Start, recorder: Recorder, place: Path) -> None:
    old, before = app.library.folder, digests(app)
    ids = {model.id for model in app.library.models()}
    assert app.mover.move(place).result(60) == place
    assert app.library.folder == place
    assert digests(app) == before
    assert {model.id for model in app.library.models()} == ids
    assert all(model.path.is_relative_to(place) for model in app.library.models())
    assert files(old) == ["notes.txt"]
    assert len(files(place)) == 3
    steps = recorder.of(ModelsMoveProgressed)
    assert steps[-1].done == steps[-1].total == 10_000_016
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert recorder.of(ModelsMoved) == [ModelsMoved(place)]
    assert not (app.paths.data / "move.json").exists()
    app.close()
    again = start()
    assert again.library.folder == place
    assert digests(again) == before
    (name,) = [model.id for model in again.library.models() if "Split" in model.path.name]
    again.library.remove(name).result(30)
    assert len(files(place)) == 1


def test_back_again(app: Application, start: Start, place: Path) -> None:
    old, before = app.library.folder, digests(app)
    app.mover.move(place).result(60)
    app.mover.move(old).result(60)
    assert digests(app) == before
    assert not place.exists()
    app.close()
    assert start().library.folder == old


def test_linked_models_stay_where_they_are(app: Application, tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(app.test_model.read_bytes())
    linked = app.library.import_file(mine, copy=False).result(30)
    app.mover.move(tmp_path / "new").result(60)
    assert app.library.get(linked.id) == linked
    assert mine.is_file()


def test_new_models_go_to_the_new_folder(app: Application, tmp_path: Path) -> None:
    app.mover.move(tmp_path / "new").result(60)
    source = tmp_path / "fresh.gguf"
    source.write_bytes(model_bytes(5_100_000))
    model = app.library.import_file(source, copy=True).result(30)
    assert model.path == tmp_path / "new" / "imported" / "fresh.gguf"


def test_a_folder_with_other_things_in_it(app: Application, tmp_path: Path) -> None:
    new = tmp_path / "new"
    (new / "imported").mkdir(parents=True)
    (new / "imported" / "photo.jpg").write_bytes(b"!")
    app.mover.move(new).result(60)
    assert "imported/photo.jpg" in files(new)
    assert len(files(new)) == 4


def test_places_that_cannot_be(app: Application, tmp_path: Path) -> None:
    old, before = app.library.folder, digests(app)
    (tmp_path / "file").write_bytes(b"")
    taken = tmp_path / "taken" / "imported" / NAMES[0]
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"somebody else's")
    for where, error in (
        (old, FolderInside),
        (old / "in", FolderInside),
        (tmp_path / "file", UnknownFolder),
        (tmp_path / "file" / "x", (DiskDenied, UnknownFolder)),
        (tmp_path / "taken", FolderTaken),
    ):
        with pytest.raises(error):
            app.mover.move(where).result(30)
        assert (app.library.folder, digests(app)) == (old, before)
    assert taken.read_bytes() == b"somebody else's"
    assert not (app.paths.data / "move.json").exists()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no small disk here")
def test_no_room_there(app: Application, tmp_path: Path) -> None:
    old, before = app.library.folder, digests(app)
    small = tmp_path / "small"
    small.mkdir()
    if sys.platform != "linux" or os.geteuid() or subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=7m", "tmpfs", str(small)], capture_output=True, check=False
    ).returncode:  # fmt: skip
        pytest.skip("cannot mount a small file system")
    try:
        with pytest.raises(DiskFull):
            app.mover.move(small / "models").result(30)
        # and when nobody could know before
        move = relocation.planned(old, small / "models", "me", [model.path for model in app.library.models()])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(relocation, "DISK_MARGIN", -100_000_000)
            with pytest.raises(DiskFull):
                relocation.bring(move, lambda done: None)
        assert relocation.undo(move)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)
    assert (app.library.folder, digests(app)) == (old, before)


@pytest.mark.parametrize("by", ["cancel", "close"])
def test_given_up_half_way(app: Application, start: Start, recorder: Recorder, place: Path, by: str) -> None:
    old, before = app.library.folder, digests(app)
    reached, go_on = threading.Event(), threading.Event()

    def hold(event: ModelsMoveProgressed) -> None:
        reached.set()
        go_on.wait(10)

    app.bus.subscribe(ModelsMoveProgressed, hold)
    future = app.mover.move(place)
    assert reached.wait(10)
    assert app.mover.is_moving
    with pytest.raises(FolderBusy):
        app.mover.move(place.with_name("other")).result(10)
    app.mover.cancel()
    go_on.set()
    if by == "close":
        app.close()
    with pytest.raises(CancelledError):
        future.result(30)
    app.close()
    again = start()
    assert (again.library.folder, digests(again)) == (old, before)
    assert not place.exists()
    assert not (again.paths.data / "move.json").exists()


def test_another_process_is_in_the_way(app: Application, start: Start, tmp_path: Path) -> None:
    other = start()
    with pytest.raises(FolderBusy):
        app.mover.move(tmp_path / "new").result(30)
    other.close()
    app.mover.move(tmp_path / "new").result(30)


def test_a_start_leaves_the_move_of_a_living_process_alone(app: Application, start: Start, place: Path) -> None:
    before = digests(app)
    reached, go_on = threading.Event(), threading.Event()

    def hold(event: ModelsMoveProgressed) -> None:
        reached.set()
        go_on.wait(10)

    app.bus.subscribe(ModelsMoveProgressed, hold)
    future = app.mover.move(place)
    assert reached.wait(10)
    other = start()
    assert (app.paths.data / "move.json").exists()
    assert digests(other) == before
    go_on.set()
    with pytest.raises(FolderBusy):  # the newcomer believes in the old folder
        future.result(30)
    assert digests(app) == before
    assert not place.exists()


def test_a_download_comes_along(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with HubServer() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        app = start()
        data = model_bytes(8_000_000)
        server.add("zai-org/tiny", "tiny.gguf", data)
        server.faults += [Fault(hold=20 * CHUNK) for _ in range(8)]
        first = server.faults[0]
        recorder = Recorder(app.bus)
        download = app.downloads.start("zai-org/tiny", ["tiny.gguf"]).result(10)
        assert first.reached.wait(10)
        faults, server.faults = [first, *server.faults], []
        for fault in faults:
            fault.release.set()
        app.mover.move(tmp_path / "new").result(60)
        done = app.downloads.wait(download.id, 60)
        assert done.state is DownloadState.DONE, done
        assert done.model is not None
        model = app.library.get(done.model)
        assert model.path == tmp_path / "new" / "zai-org" / "tiny" / "tiny.gguf"
        assert model.path.read_bytes() == data
        assert files(tmp_path / "new") == ["zai-org/tiny/tiny.gguf"]
        assert recorder.of(ModelsMoved)
        app.close()


def test_the_original_of_a_rewritten_file_comes_along(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HubServer() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        app = start()
        server.add("a/b", "chatglm2-ggml-q4_0.bin", write(tmp_path / "made.bin", SMALL[2], "Q4_0", 1).read_bytes())
        download = app.downloads.start("a/b", ["chatglm2-ggml-q4_0.bin"]).result(10)
        assert app.downloads.wait(download.id, 60).state is DownloadState.DONE
        old, before = app.library.folder, files(app.library.folder)
        assert before == ["a/b/chatglm2-ggml-q4_0.bin", "a/b/chatglm2-ggml-q4_0.gguf"]
        app.mover.move(tmp_path / "new").result(60)
        assert (files(tmp_path / "new"), files(old)) == (before, [])
        app.close()


@pytest.mark.parametrize("error", ["hub.unreachable", "hub.offline", "disk.full"])
def test_a_download_that_would_go_on_by_itself_rests(app: Application, tmp_path: Path, error: str) -> None:
    waiting = Download(
        DownloadId(0), "a/b", "main", "http://127.0.0.1:9", (DownloadFile("x.gguf", 10, None, None, 5, False),),
        DownloadState.FAILED if error == "hub.unreachable" else DownloadState.PAUSED, 0, error=error, wanted=True,
    )  # fmt: skip
    downloads = app.downloads
    waiting = app.writer.submit(downloads._store.add, waiting, app.owner.token).result(10)
    app.writer.submit(downloads._store.save, waiting, None).result(10)
    told: list[DownloadState] = []

    def time_comes(event: ModelsMoveProgressed) -> None:
        for call in (downloads._try_line, downloads._set_offline, downloads._look_for_room):
            app.writer.submit(call).result(10)
        told.append(downloads.get(waiting.id).state)

    app.bus.subscribe(ModelsMoveProgressed, time_comes)
    recorder = Recorder(app.bus)
    app.mover.move(tmp_path / "new").result(60)
    assert set(told) == {waiting.state}
    recorder.wait(DownloadChanged, lambda event: event.download.state is DownloadState.QUEUED)  # now it may
    downloads.wait(waiting.id, 60)


class TestFiles:
    """The steps by themselves, on disks that know no links and with originals that change."""

    @pytest.fixture
    def move(self, tmp_path: Path) -> Relocation:
        old = tmp_path / "old"
        (old / "a").mkdir(parents=True)
        (old / "a" / "x.gguf").write_bytes(b"x" * 3_000_000)
        (old / "y.gguf").write_bytes(b"y")
        return relocation.planned(old, tmp_path / "new", "me", [old / "a" / "x.gguf", old / "y.gguf"])

    def test_renamed_files_come_back(self, move: Relocation, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*arguments: object, **more: object) -> None:
            raise OSError("no links here")

        monkeypatch.setattr(os, "link", refuse)
        relocation.bring(move, lambda done: None)
        assert files(move.old) == []
        assert relocation.undo(move)
        assert files(move.old) == ["a/x.gguf", "y.gguf"]
        assert not move.new.exists()
        relocation.bring(move, lambda done: None)
        assert relocation.tidy(move)
        assert files(move.new) == ["a/x.gguf", "y.gguf"]
        assert not move.old.exists()

    def test_nothing_goes_while_the_new_disk_is_away(self, move: Relocation) -> None:
        relocation.bring(move, lambda done: None)
        away = move.new.rename(move.new.with_name("away"))
        assert not relocation.tidy(move)
        assert files(move.old) == ["a/x.gguf", "y.gguf"]
        away.rename(move.new)
        (move.new / "y.gguf").unlink()
        assert relocation.tidy(move)
        assert files(move.old) == ["y.gguf"]  # its copy is gone: it stays

    def test_the_journal(self, move: Relocation, tmp_path: Path, expected_log: ExpectedLog) -> None:
        expected_log("the journal of a move cannot be read")
        journal = tmp_path / "move.json"
        assert relocation.read_journal(journal) is None
        relocation.write_journal(journal, move)
        assert relocation.read_journal(journal) == move
        content = json.loads(journal.read_bytes())
        for bad in (b"", b"[]", b"{}", json.dumps({**content, "files": [["../../etc/passwd", 1]]}).encode()):
            journal.write_bytes(bad)
            assert relocation.read_journal(journal) is None
        assert len(expected_log.seen) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_killed_at_any_moment(app: Application, place: Path) -> None:
    """A child dies before its first file operation, before its second, and so on; each time the next start mends it."""
    before = digests(app)
    home, first = app.paths.data, app.library.folder
    app.close()
    done = subprocess.run(
        [sys.executable, str(CHILD), str(home), str(place)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert len(outcomes) > 15
    for outcome in outcomes[:-1]:
        assert outcome["signal"] == signal.SIGKILL
    assert outcomes[-1]["signal"] == 0  # it came to its end
    assert {outcome["folder"] for outcome in outcomes} == {str(first), str(place)}
    for outcome in outcomes:
        assert outcome["digests"] == before, outcome
        assert outcome["journal"] is False
        assert sorted(outcome["files"]) == sorted(before), outcome  # each file once, nothing half
        assert outcome["notes"] == "mine"
    end = Application(paths.in_home(home), backend="echo")
    models: list[ModelFile] = list(end.library.models())
    end.close()
    assert len(models) == 2
