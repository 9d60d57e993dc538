"""Folders ↔ rows, and what an older database becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.models import ModelId
from desktop.storage.database import Database
from desktop.storage.folders import FolderFile, FolderStore
from desktop.storage.library import ModelStore
from desktop.storage.migrations import MIGRATIONS
from desktop.storage.owner import Owner
from tests.storage.test_library import MODEL

A, B = Path("/media/a b"), Path("/media/二")
DEFAULT = Path("/home/me/models")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(tmp_path / "d.sqlite3")
    yield one
    one.close()


def model(database: Database, id: str, path: Path, *, linked: bool = False) -> ModelId:
    ModelStore(database).save(replace(MODEL, id=ModelId(id), path=path, linked=linked))
    return ModelId(id)


def test_our_folder(database: Database) -> None:
    store = FolderStore(database)
    ours = model(database, "ours", DEFAULT / "a" / "模型.gguf")
    beside = model(database, "beside", Path("/home/me/models2/x.gguf"))
    assert store.models_folder() is None
    for old, new, stored in ((DEFAULT, A, A), (A, B, B), (B, DEFAULT, None)):
        store.switch(old, new, DEFAULT)
        assert store.models_folder() == stored
        assert (found := ModelStore(database).get(ours)) is not None
        assert found.path == new / "a" / "模型.gguf"
        assert (other := ModelStore(database).get(beside)) is not None
        assert other.path == Path("/home/me/models2/x.gguf")


def test_the_users_folders(database: Database) -> None:
    store = FolderStore(database)
    store.add(B, 2)
    store.add(A, 1)
    store.add(A, 3)
    one, two = (model(database, name, A / f"{name}.gguf", linked=True) for name in ("one", "two"))
    for id in (one, two):
        store.add_file(A, FolderFile(A / f"{id}.gguf", id))
    store.add_file(Path("/unknown"), FolderFile(A / "three.gguf", None))
    assert store.list() == ((A, 2), (B, 0))
    assert set(store.files(A)) == {FolderFile(A / "one.gguf", one), FolderFile(A / "two.gguf", two)}
    ModelStore(database).delete(two)
    assert store.list() == ((A, 1), (B, 0))
    assert FolderFile(A / "two.gguf", None) in store.files(A)  # known, so that it does not come back
    store.add(A, 9)
    assert store.files(A) == (FolderFile(A / "one.gguf", one),)
    assert store.remove(A) == (one,)
    assert store.list() == ((B, 0),)
    assert ModelStore(database).list() == ()


def test_a_model_that_became_ours_stays_when_its_folder_goes(database: Database) -> None:
    store = FolderStore(database)
    store.add(A, 1)
    copied = model(database, "copied", DEFAULT / "x.gguf")
    store.add_file(A, FolderFile(A / "x.gguf", copied))
    store.remove(A)
    assert ModelStore(database).get(copied) is not None


def test_an_older_database_keeps_its_models(tmp_path: Path) -> None:
    old = Database(tmp_path / "d.sqlite3", MIGRATIONS[:1])
    with old.transaction() as db:
        db.execute(
            "INSERT INTO model (id, name, path, size, family, architecture, quantization, context, state, added) "
            "VALUES ('m', 'M', '/m.gguf', 1, 'other', 'llama', '', 1, 'ready', 1)"
        )
    old.close()
    new = Database(tmp_path / "d.sqlite3")
    assert [one.id for one in ModelStore(new).list()] == ["m"]
    assert FolderStore(new).list() == ()
    new.close()


def test_whether_somebody_else_is_here(tmp_path: Path) -> None:
    first = Owner(tmp_path)
    (tmp_path / ("0" * 32 + ".lock")).touch()  # of one that died
    (tmp_path / "something.lock").touch()
    assert not first.others()
    second = Owner(tmp_path)
    assert first.others()
    assert second.others()
    second.close()
    assert not first.others()
    first.close()
