from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.footprint import Footprint
from desktop.core.models import ModelHeader
from desktop.storage import estimates
from desktop.storage.database import Database
from desktop.storage.estimates import EstimateStore, LoadMemory

FOOTPRINT = Footprint((1, 2), 3, 4, True, (5, 6), (7, 8), 9, 10, 11, 12, 1, 2)
HEADER = ModelHeader("chatglm", "模型", "glm-4", "Q4_K_M", 8192, 2, 100, 12, 52, FOOTPRINT)
LOAD = LoadMemory("build", "model", 8192, 0, 1, 2, 3, 4, 5, 6, 7, 8)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "数据.sqlite3")
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> EstimateStore:
    return EstimateStore(database)


def test_headers(store: EstimateStore) -> None:
    assert store.header("a/b", "m.gguf", "1") is None
    store.put_header("a/b", "m.gguf", "1", HEADER, 10)
    assert store.header("a/b", "m.gguf", "1") == HEADER
    assert store.header("a/b", "m.gguf", "2") is None  # another version of the file
    assert store.header("a/b", "n.gguf", "1") is None
    store.put_header("a/b", "m.gguf", "2", replace(HEADER, footprint=None), 11)
    assert store.header("a/b", "m.gguf", "1") is None
    assert store.header("a/b", "m.gguf", "2") == replace(HEADER, footprint=None)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"footprint": null}', '{"footprint": [1]}', '{"footprint": {"a": 1}}', "7"]
)
def test_what_another_version_wrote_is_read_again(store: EstimateStore, database: Database, text: str) -> None:
    store.put_header("a/b", "m.gguf", "1", HEADER, 10)
    with database.transaction() as db:
        db.execute("UPDATE remote_header SET header = ?", (text,))
    assert store.header("a/b", "m.gguf", "1") is None


def test_the_oldest_headers_go(store: EstimateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "_MOST_HEADERS", 3)
    for number in range(5):
        store.put_header("a/b", f"{number}.gguf", "1", HEADER, number)
    kept = [number for number in range(5) if store.header("a/b", f"{number}.gguf", "1") is not None]
    assert kept == [2, 3, 4]


def test_loads(store: EstimateStore) -> None:
    assert store.loads("model") == ()
    store.put_load(LOAD)
    store.put_load(replace(LOAD, context=2048, learnt=9))
    store.put_load(replace(LOAD, model="other"))
    again = replace(LOAD, compute=30, learnt=10)
    store.put_load(again)  # in place of the first
    assert store.loads("model") == (again, replace(LOAD, context=2048, learnt=9))
