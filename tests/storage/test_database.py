"""The database opens, refuses what it must, and says what the world did to it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop.core.errors import DatabaseCorrupt, DatabaseNewer, DiskDenied, DiskFull
from desktop.storage.database import VERSION, Database, move_aside
from desktop.storage.migrations import MIGRATIONS


def test_a_fresh_database_is_wal_and_of_this_version(tmp_path: Path) -> None:
    database = Database(tmp_path / "目录 with blank" / "chats.sqlite3")
    with database.reading() as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    database.close()


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={VERSION + 1}")
        db.execute("CREATE TABLE precious (words TEXT)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseNewer) as caught:
        Database(path)
    assert caught.value.data["version"] == VERSION + 1
    assert path.read_bytes() == before
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("where", ["header", "middle"])
def test_a_damaged_database_is_told_and_can_be_moved_aside(tmp_path: Path, where: str) -> None:
    path = tmp_path / "chats.sqlite3"
    database = Database(path)
    with database.transaction() as db:
        for number in range(500):
            db.execute(
                "INSERT INTO conversation (title, created, updated) VALUES (?, 0, 0)", (f"{number}" + "x" * 200,)
            )
    database.close()
    raw = bytearray(path.read_bytes())
    start = 0 if where == "header" else 4096
    raw[start : start + (100 if where == "header" else len(raw) - 4096)] = b"\xaa" * (
        100 if where == "header" else len(raw) - 4096
    )
    path.write_bytes(raw)
    with pytest.raises(DatabaseCorrupt):
        Database(path)
    moved = move_aside(path)
    assert moved.read_bytes() == bytes(raw)
    Database(path).close()


def test_a_copy_is_made_before_migrating(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite3"
    database = Database(path)
    with database.transaction() as db:
        db.execute("INSERT INTO conversation (title, created, updated) VALUES ('keep me', 0, 0)")
    database.close()

    def m002_next(db: sqlite3.Connection) -> None:
        db.execute("ALTER TABLE conversation ADD COLUMN pinned INTEGER")

    Database(path, (*MIGRATIONS, m002_next)).close()
    (copy,) = (tmp_path / "backups").iterdir()
    with sqlite3.connect(copy) as old:
        assert old.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert old.execute("SELECT title FROM conversation").fetchone()[0] == "keep me"
    old.close()


def test_migrations_are_numbered_without_a_hole() -> None:
    assert [int(migrate.__name__[1:4]) for migrate in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_a_failed_migration_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite3"
    Database(path).close()

    def m002_broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half_done (x)")
        raise sqlite3.OperationalError("power cut")

    with pytest.raises(sqlite3.OperationalError):
        Database(path, (*MIGRATIONS, m002_broken))
    database = Database(path)
    with database.reading() as db:
        assert db.execute("SELECT count(*) FROM sqlite_schema WHERE name='half_done'").fetchone()[0] == 0
    database.close()


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "chats.sqlite3")
    with database.transaction() as db:
        db.execute("INSERT INTO conversation (title, created, updated) VALUES ('before', 0, 0)")
    with database.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(DiskFull), database.transaction() as db:
        db.execute("INSERT INTO conversation (title, created, updated) VALUES (?, 0, 0)", ("x" * 1_000_000,))
    with database.transaction() as db:  # the connection is usable again
        db.execute("PRAGMA max_page_count=1073741823")
        db.execute("INSERT INTO conversation (title, created, updated) VALUES ('after', 0, 0)")
        titles = [row[0] for row in db.execute("SELECT title FROM conversation ORDER BY id")]
    assert titles == ["before", "after"]
    database.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskDenied):
        Database(tmp_path / "file" / "chats.sqlite3")


def test_each_thread_has_its_connection_and_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    database = Database(tmp_path / "chats.sqlite3")
    counts: list[int] = []
    with database.transaction() as db:
        db.execute("INSERT INTO conversation (title, created, updated) VALUES ('x', 0, 0)")

        def read() -> None:
            with database.reading() as other:
                counts.append(other.execute("SELECT count(*) FROM conversation").fetchone()[0])

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(10)
        assert counts == [0]
    database.close()


_WRITE_AND_DIE = """
import os, sys
from pathlib import Path
from desktop.storage.database import Database
database = Database(Path(sys.argv[1]))
with database.transaction() as db:
    db.execute("INSERT INTO conversation (title, created, updated) VALUES ('committed', 0, 0)")
db = database.connection
db.execute("BEGIN IMMEDIATE")
db.execute("INSERT INTO conversation (title, created, updated) VALUES ('not committed', 0, 0)")
os._exit(9)
"""


def test_a_killed_process_leaves_exactly_what_it_committed(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite3"
    done = subprocess.run([sys.executable, "-c", _WRITE_AND_DIE, str(path)], timeout=60, check=False)
    assert done.returncode == 9
    database = Database(path)
    with database.reading() as db:
        assert [row[0] for row in db.execute("SELECT title FROM conversation")] == ["committed"]
    database.close()
