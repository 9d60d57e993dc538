from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.models import (
    Download,
    DownloadFile,
    DownloadId,
    DownloadState,
    EngineMode,
    ModelFile,
    ModelId,
    ModelState,
)
from desktop.storage.database import Database
from desktop.storage.downloads import DownloadStore
from desktop.storage.library import EngineModeStore, ModelStore

MODEL = ModelFile(
    id=ModelId("glm-edge"), name="GLM-Edge 边缘", path=Path("/models/a b/模型.gguf"), size=5, sha256="ab" * 32, family="glm-edge",
    architecture="chatglm", quantization="Q4_K_M", context=8192, state=ModelState.READY, added=10,
)  # fmt: skip
FILES = (DownloadFile("x-1.gguf", 7, "cd" * 32, "e", 3, False), DownloadFile("x-2.gguf", None, None, None, 0, False))
DOWNLOAD = Download(
    DownloadId(0), "a/b", "main", "https://hub", FILES, DownloadState.QUEUED, 99, "row", "hub.busy", {"status": 503, "retry_after": 1.5},
    "download.source_changed",
)  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(tmp_path / "d.sqlite3")
    yield one
    one.close()


def test_models(database: Database) -> None:
    store = ModelStore(database)
    full = replace(
        MODEL, id=ModelId("full"), last_used=5, repository="a/b", file="f", revision="r", licence="MIT", linked=True,
        sha256=None, state=ModelState.BROKEN, added=1,
    )  # fmt: skip
    newest = replace(MODEL, id=ModelId("newest"), added=11)
    for model in (MODEL, full, newest):
        store.save(model)
    assert store.list() == (full, newest, MODEL)
    assert store.get(full.id) == full
    store.mark_used(MODEL.id, 6)
    assert [model.id for model in store.list()] == ["glm-edge", "full", "newest"]
    store.save(replace(full, name="other"))
    assert (found := store.get(full.id)) is not None
    assert found.name == "other"
    store.delete(full.id)
    assert store.get(full.id) is None
    assert len(store.list()) == 2


def test_downloads(database: Database) -> None:
    store = DownloadStore(database)
    first = store.add(DOWNLOAD, "me")
    second = store.add(replace(DOWNLOAD, files=FILES[:1]), None)
    assert (first.id, second.id) == (1, 2)
    assert store.rows() == ((second, None), (first, "me"))
    assert store.row(first.id) == (replace(DOWNLOAD, id=first.id), "me")
    assert store.find("a/b", ["x-1.gguf"]) == (second, None)
    assert store.find("a/b", ["x-2.gguf"]) is None
    changed = replace(
        first, state=DownloadState.PAUSED, error=None, error_data={}, notice=None, files=(replace(FILES[0], received=7, done=True), FILES[1])
    )  # fmt: skip
    store.save(changed, None)
    assert store.row(first.id) == (changed, None)
    store.delete(first.id)
    store.save(changed, "me")  # a late report does not bring it back
    assert store.row(first.id) is None
    assert store.add(DOWNLOAD, None).id == 3  # ids are not used again


def test_finished_means_both_or_neither(database: Database) -> None:
    store, models = DownloadStore(database), ModelStore(database)
    download = store.add(DOWNLOAD, "me")
    done = replace(download, state=DownloadState.DONE, model=MODEL.id)
    with pytest.raises(TypeError):
        store.finish(replace(done, files=None), MODEL)  # type: ignore[arg-type]
    assert models.list() == ()
    assert store.row(download.id) == (download, "me")
    store.finish(done, MODEL)
    assert models.list() == (MODEL,)
    assert store.row(download.id) == (done, None)


def test_engine_modes(database: Database) -> None:
    store = EngineModeStore(database)
    assert store.get("build", "model") is None
    store.put("build", "model", EngineMode.FULL, False, 1)
    assert store.get("build", "model") == (EngineMode.FULL, False)
    store.put("build", "model", EngineMode.NO_REPACK, True, 2)
    assert store.get("build", "model") == (EngineMode.NO_REPACK, True)
    assert store.get("another build", "model") is None
