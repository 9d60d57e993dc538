"""`models move`, and what `remove` and `list` say of files and folders."""

from __future__ import annotations

import shutil
from pathlib import Path

from desktop import paths
from desktop.app import Application
from tests.cli.conftest import TINY, Program


def test_move(program: Program, tmp_path: Path) -> None:
    id = program("models", "import", str(TINY), "--copy", "--json").json["id"]
    new = tmp_path / "新 models"
    done = program("models", "move", str(new), "--json")
    assert done.code == 0, done.err
    assert done.lines[-1] == {"state": "done", "path": str(new)}
    assert done.lines[-2]["received"] == done.lines[-2]["total"] == TINY.stat().st_size
    (row,) = program("models", "list", "--json").json
    assert (row["id"], row["state"], row["path"]) == (id, "ready", str(new / "imported" / TINY.name))
    assert program("models", "verify", id).code == 0
    again = program("models", "move", str(new))
    assert again.code == 3
    assert "already in" in again.err
    other = program("models", "move", str(tmp_path / "other"))
    assert (other.code, other.out) == (0, "")
    assert other.err.splitlines()[-1] == f"The models are in {tmp_path / 'other'} now."


def test_remove_says_what_it_frees(program: Program, tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    shutil.copy(TINY, mine)
    linked = program("models", "import", str(mine), "--json").json["id"]
    assert "stays where it is" in program("models", "remove", linked).err
    copied = program("models", "import", str(mine), "--copy", "--json").json["id"]
    removed = program("models", "remove", copied)
    assert "4.3 MB" in removed.err
    copied = program("models", "import", str(mine), "--copy", "--json").json["id"]
    row = program("models", "remove", copied, "--json").json
    assert row == {"id": copied, "state": "removed", "size": TINY.stat().st_size, "to_trash": row["to_trash"]}


def test_list_looks_into_the_users_folders(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    app = Application(paths.in_home(program.home))
    app.folders.add(folder).result(30)
    app.close()
    shutil.copy(TINY, folder / "fresh.gguf")
    assert [row["id"] for row in program("models", "list", "--json").json] == ["fresh"]
