"""Folders with unusual names, read-only ones, full ones, and disks that go away: a clear sentence, and nothing lost."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from desktop import messages, paths
from desktop.app import Application
from desktop.core.errors import DiskDenied, DiskFull, FolderMissing
from desktop.core.events import ModelChecked
from desktop.core.models import DownloadState, ModelState
from desktop.services.presence import trouble
from tests.downloadkit import TINY, Station, model_bytes
from tests.services.conftest import Start
from tests.services.smalldisk import fill, make_read_only, small_disk

DATA = TINY.read_bytes()


@pytest.mark.parametrize(
    "name", ["with blanks  and (brackets)", "中文 文件夹", "한국어", "emoji 😀🚀", "ünï’çödé & co;$x%20#"]
)
def test_names(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    file = home / "downloads" / f"{name}.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(DATA)
    app = Application(paths.in_home(home / "home"), backend="echo")
    try:
        linked = app.library.import_file(file, copy=False).result(30)
        copied = app.library.import_file(file, copy=True).result(30)
        assert linked.id == copied.id
        assert copied.path.read_bytes() == DATA
        assert app.folders.add(home / "downloads").result(30).models == 1
        assert app.mover.move(home / "new" / name).result(30).is_dir()
        assert app.library.verify(copied.id).result(30).state is ModelState.READY
        assert app.library.remove(copied.id).result(30).size == len(DATA)
    finally:
        app.close()


class TestReadOnly:
    @pytest.fixture
    def mine(self, tmp_path: Path) -> Path:
        file = tmp_path / "mine.gguf"
        file.write_bytes(model_bytes(len(DATA) + 7))
        return file

    def test_the_models_folder(self, tmp_path: Path, mine: Path) -> None:
        with (
            small_disk(tmp_path / "disk", "400m") as disk,
            Station(tmp_path, "http://127.0.0.1:9", models=disk) as station,
        ):
            (disk / "here.gguf").write_bytes(DATA)
            model = station.library.register(disk / "here.gguf", linked=False).result(30)
            make_read_only(disk)
            with pytest.raises(DiskDenied) as caught:
                station.library.import_file(mine, copy=True).result(30)
            assert "cannot be written" in messages.of(caught.value)
            with pytest.raises(DiskDenied):
                station.library.remove(model.id).result(30)
            assert station.library.models() == (model,)  # it is still there, and still works
            assert station.library.verify(model.id).result(30).state is ModelState.READY
            linked = station.library.import_file(mine, copy=False).result(30)
            assert linked.state is ModelState.READY

    def test_move_away_from_it_and_not_to_it(self, start: Start, tmp_path: Path) -> None:
        with small_disk(tmp_path / "disk", "400m") as disk:
            app = start()
            (tmp_path / "m.gguf").write_bytes(DATA)
            model = app.library.import_file(tmp_path / "m.gguf", copy=True).result(30)
            app.mover.move(disk / "models").result(30)
            make_read_only(disk)
            with pytest.raises(DiskDenied):
                app.mover.move(disk / "other").result(30)
            for place in (tmp_path / "back", tmp_path / "and again"):  # what stays behind is no reason to stay
                app.mover.move(place).result(30)
                assert app.library.get(model.id).path == place / "imported" / "m.gguf"
                assert app.library.verify(model.id).result(30).state is ModelState.READY
            app.close()

    def test_a_folder_of_the_user(self, start: Start, tmp_path: Path) -> None:
        with small_disk(tmp_path / "disk", "20m") as disk:
            (disk / "one.gguf").write_bytes(DATA)
            make_read_only(disk)
            app = start()
            assert app.folders.add(disk).result(30).models == 1
            (model,) = app.library.models()
            assert app.library.remove(model.id).result(30).size == 0


def test_full_in_the_middle_of_a_copy(tmp_path: Path) -> None:
    """Room enough when it is asked, and somebody else takes it then."""
    source = tmp_path / "mine.gguf"
    source.write_bytes(model_bytes(20_000_000))
    with small_disk(tmp_path / "disk", "400m") as disk, Station(tmp_path, "http://127.0.0.1:9", models=disk) as station:

        def take(event: ModelChecked) -> None:
            if not (disk / "other").exists():
                fill(disk / "other", 2_000_000)

        station.bus.subscribe(ModelChecked, take)
        with pytest.raises(DiskFull) as caught:
            station.library.import_file(source, copy=True).result(30)
        assert "The disk is full" in messages.of(caught.value)
        assert station.files() == ["other"]
        assert station.library.models() == ()
        assert source.stat().st_size == 20_000_000
        (disk / "other").unlink()
        (disk / "other").mkdir()  # nobody takes it now
        assert station.library.import_file(source, copy=True).result(30).state is ModelState.READY


def test_our_own_folder_on_a_disk_that_is_pulled(start: Start, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "400m") as disk:
        app = start()
        (tmp_path / "m.gguf").write_bytes(DATA)
        model = app.library.import_file(tmp_path / "m.gguf", copy=True).result(30)
        app.mover.move(disk / "models").result(30)
        kept = shutil.copytree(disk / "models", tmp_path / "kept")
        subprocess.run(["umount", str(disk)], check=True)
        away = app.library.get(model.id)
        assert away.state is ModelState.MISSING
        assert isinstance(trouble(away), FolderMissing)
        (tmp_path / "other.gguf").write_bytes(model_bytes(len(DATA) + 1))
        with pytest.raises(DiskDenied):  # not onto the disk below
            app.library.import_file(tmp_path / "other.gguf", copy=True).result(30)
        download = app.downloads.start("a/b", ["c.gguf"]).result(10)
        failed = app.downloads.wait(download.id, 30)
        assert (failed.state, failed.error) == (DownloadState.FAILED, "disk.denied")
        assert list(disk.iterdir()) == []
        app.close()
        again = start()  # without the disk
        assert again.library.get(model.id).state is ModelState.MISSING
        with small_disk(disk, "400m"):
            shutil.copytree(kept, disk / "models")
            assert again.library.get(model.id).state is ModelState.READY
            again.close()
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], check=True)  # for the outer one to take away
