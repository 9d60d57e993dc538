"""Models and what was learnt about the engine ↔ rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from desktop.core.models import EngineMode, ModelFile, ModelId, ModelState
from desktop.storage.database import Database

_MODEL = (
    "id, name, path, size, sha256, family, architecture, quantization, context, state, added, last_used, "
    "repository, file, revision, licence, linked"
)


class ModelStore:
    """The models on this computer. Reads on any thread, writes on the writer's; errors as in `storage.database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> tuple[ModelFile, ...]:
        """All of them, the last used first, then the newest."""
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT {_MODEL} FROM model ORDER BY last_used IS NULL, last_used DESC, added DESC, id"
            ).fetchall()
        return tuple(_model(row) for row in rows)

    def get(self, model: ModelId) -> ModelFile | None:
        """One, or None."""
        with self._database.reading() as db:
            row = db.execute(f"SELECT {_MODEL} FROM model WHERE id = ?", (model,)).fetchone()
        return _model(row) if row else None

    def save(self, model: ModelFile) -> None:
        """Insert, or replace what has this id."""
        with self._database.transaction() as db:
            save_model(db, model)

    def mark_used(self, model: ModelId, now: int) -> None:
        """Remember when it was loaded last (milliseconds)."""
        with self._database.transaction() as db:
            db.execute("UPDATE model SET last_used = ? WHERE id = ?", (now, model))

    def delete(self, model: ModelId) -> None:
        """Forget it."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM model WHERE id = ?", (model,))


class EngineModeStore:
    """How much of llama.cpp each build of it may use with each model. Threads and errors as in ModelStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, build: str, model_key: str) -> tuple[EngineMode, bool] | None:
        """The mode, and whether it was proved to work (a probe or an answer got through); None if nothing is known."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT mode, proved FROM engine_mode WHERE build = ? AND model = ?", (build, model_key)
            ).fetchone()
        return (EngineMode(row["mode"]), bool(row["proved"])) if row else None

    def put(self, build: str, model_key: str, mode: EngineMode, proved: bool, now: int) -> None:
        """Remember it, in place of what was known."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO engine_mode (build, model, mode, proved, learnt) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (build, model) DO UPDATE "
                "SET mode = excluded.mode, proved = excluded.proved, learnt = excluded.learnt",
                (build, model_key, mode, int(proved), now),
            )


def _model(row: sqlite3.Row) -> ModelFile:
    return ModelFile(
        id=ModelId(row["id"]),
        name=row["name"],
        path=Path(row["path"]),
        size=row["size"],
        sha256=row["sha256"],
        family=row["family"],
        architecture=row["architecture"],
        quantization=row["quantization"],
        context=row["context"],
        state=ModelState(row["state"]),
        added=row["added"],
        last_used=row["last_used"],
        repository=row["repository"],
        file=row["file"],
        revision=row["revision"],
        licence=row["licence"],
        linked=bool(row["linked"]),
    )


def save_model(db: sqlite3.Connection, m: ModelFile) -> None:
    """Insert, or change what has this id, inside the caller's transaction."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in _MODEL.split(", ")[1:])
    db.execute(  # no REPLACE: that would delete what hangs on the row
        f"INSERT INTO model ({_MODEL}) VALUES ({', '.join('?' * 17)}) ON CONFLICT (id) DO UPDATE SET {changes}",
        (
            *(m.id, m.name, str(m.path), m.size, m.sha256, m.family, m.architecture, m.quantization, m.context),
            *(m.state, m.added, m.last_used, m.repository, m.file, m.revision, m.licence, int(m.linked)),
        ),
    )
