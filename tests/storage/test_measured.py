from __future__ import annotations

from pathlib import Path

from desktop.core.loading import Measured
from desktop.storage.database import Database
from desktop.storage.measured import MeasuredStore


def test_what_was_measured_is_kept_for_each_build_and_model(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    try:
        store = MeasuredStore(database)
        found = Measured(False, 4, 8, 0.9, 1.5, 1.2)
        store.put("build", "model", found, 1)
        assert store.get("build", "model") == found
        assert store.get("other", "model") is None
        assert store.get("build", "other") is None
        again = Measured(True, 2, 2, 1.0, 1.0, 1.0)
        store.put("build", "model", again, 2)
        assert store.get("build", "model") == again
    finally:
        database.close()
