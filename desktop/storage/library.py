"""Models, downloads and what was learnt about the engine ↔ rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

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

_MODEL = (
    "id, name, path, size, sha256, family, architecture, quantization, context, state, added, last_used, "
    "repository, file, revision, licence, linked"
)
_DOWNLOAD = "id, repository, revision, endpoint, state, catalog_id, error, error_data, notice, model, owner, created"
_FILE = "file, size, sha256, etag, received, done"


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
            _save_model(db, model)

    def mark_used(self, model: ModelId, now: int) -> None:
        """Remember when it was loaded last (milliseconds)."""
        with self._database.transaction() as db:
            db.execute("UPDATE model SET last_used = ? WHERE id = ?", (now, model))

    def delete(self, model: ModelId) -> None:
        """Forget it."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM model WHERE id = ?", (model,))


class DownloadStore:
    """Downloads and their files, and which process works on them. Threads and errors as in ModelStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self) -> tuple[tuple[Download, str | None], ...]:
        """All of them, the newest first, each with the mark of the process that works on it."""
        with self._database.reading() as db:
            db.execute("BEGIN")  # both tables as of one moment
            try:
                rows = db.execute(f"SELECT {_DOWNLOAD} FROM download ORDER BY id DESC").fetchall()
                return tuple((_download(db, row), row["owner"]) for row in rows)
            finally:
                db.execute("COMMIT")

    def row(self, download: DownloadId) -> tuple[Download, str | None] | None:
        """One with its mark, or None."""
        with self._database.reading() as db:
            db.execute("BEGIN")
            try:
                row = db.execute(f"SELECT {_DOWNLOAD} FROM download WHERE id = ?", (download,)).fetchone()
                return (_download(db, row), row["owner"]) if row else None
            finally:
                db.execute("COMMIT")

    def find(self, repository: str, files: Sequence[str]) -> tuple[Download, str | None] | None:
        """The newest download of exactly these files, with its mark."""
        wanted = tuple(files)
        for download, owner in self.rows():
            if download.repository == repository and tuple(f.file for f in download.files) == wanted:
                return download, owner
        return None

    def add(self, download: Download, owner: str | None) -> Download:
        """Store a new one; returns it with its id (the given id is ignored)."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "INSERT INTO download (repository, revision, endpoint, state, created) VALUES (?, ?, ?, ?, ?)",
                (download.repository, download.revision, download.endpoint, download.state, download.created),
            )
            stored = replace(download, id=DownloadId(int(cursor.lastrowid or 0)))
            _save_download(db, stored, owner)
        return stored

    def save(self, download: Download, owner: str | None) -> None:
        """Write its present state. One that was deleted meanwhile stays deleted."""
        with self._database.transaction() as db:
            _save_download(db, download, owner)

    def finish(self, download: Download, model: ModelFile) -> None:
        """The download is done and its model known, both or neither."""
        with self._database.transaction() as db:
            _save_model(db, model)
            _save_download(db, download, None)

    def delete(self, download: DownloadId) -> None:
        """Forget it."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM download WHERE id = ?", (download,))


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


def _save_model(db: sqlite3.Connection, m: ModelFile) -> None:
    changes = ", ".join(f"{name} = excluded.{name}" for name in _MODEL.split(", ")[1:])
    db.execute(  # no REPLACE: that would delete what hangs on the row
        f"INSERT INTO model ({_MODEL}) VALUES ({', '.join('?' * 17)}) ON CONFLICT (id) DO UPDATE SET {changes}",
        (
            *(m.id, m.name, str(m.path), m.size, m.sha256, m.family, m.architecture, m.quantization, m.context),
            *(m.state, m.added, m.last_used, m.repository, m.file, m.revision, m.licence, int(m.linked)),
        ),
    )


def _download(db: sqlite3.Connection, row: sqlite3.Row) -> Download:
    files = db.execute(
        f"SELECT {_FILE} FROM download_file WHERE download = ? ORDER BY position", (row["id"],)
    ).fetchall()
    return Download(
        id=DownloadId(row["id"]),
        repository=row["repository"],
        revision=row["revision"],
        endpoint=row["endpoint"],
        files=tuple(
            DownloadFile(f["file"], f["size"], f["sha256"], f["etag"], f["received"], bool(f["done"])) for f in files
        ),
        state=DownloadState(row["state"]),
        created=row["created"],
        catalog_id=row["catalog_id"],
        error=row["error"],
        error_data=json.loads(row["error_data"]),
        notice=row["notice"],
        model=ModelId(row["model"]) if row["model"] else None,
    )


def _save_download(db: sqlite3.Connection, d: Download, owner: str | None) -> None:
    changed = db.execute(
        "UPDATE download SET repository = ?, revision = ?, endpoint = ?, state = ?, catalog_id = ?, error = ?, "
        "error_data = ?, notice = ?, model = ?, owner = ? WHERE id = ?",
        (
            *(d.repository, d.revision, d.endpoint, d.state, d.catalog_id, d.error),
            *(json.dumps(d.error_data), d.notice, d.model, owner, d.id),
        ),
    )
    if changed.rowcount == 0:
        return
    db.execute("DELETE FROM download_file WHERE download = ?", (d.id,))
    db.executemany(
        f"INSERT INTO download_file (download, position, {_FILE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(d.id, i, f.file, f.size, f.sha256, f.etag, f.received, int(f.done)) for i, f in enumerate(d.files)],
    )
