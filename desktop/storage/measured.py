"""How models run fastest on this machine, as it was measured ↔ rows."""

from __future__ import annotations

from dataclasses import asdict

from desktop.core.loading import Measured
from desktop.storage.database import Database

_COLUMNS = "repack, threads, reading_threads, reading, writing, gain"


class MeasuredStore:
    """Reads on any thread, writes on the writer's; errors as in `storage.database`. `build` and `model` name what was measured
    as in `services.safemode`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, build: str, model: str) -> Measured | None:
        """What was found, if it was measured."""
        with self._database.reading() as db:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM measured WHERE build = ? AND model = ?", (build, model)
            ).fetchone()
        return Measured(bool(row["repack"]), *row[1:]) if row else None

    def put(self, build: str, model: str, found: Measured, now: int) -> None:
        """Remember it in place of what was found before."""
        with self._database.transaction() as db:
            db.execute(
                f"INSERT OR REPLACE INTO measured (build, model, {_COLUMNS}, learnt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (build, model, *asdict(found).values(), now),
            )
