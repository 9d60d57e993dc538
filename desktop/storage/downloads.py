"""Downloads, their place in the queue, and the process that works on each ↔ rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from desktop.core.models import Download, DownloadFile, DownloadId, DownloadState, ModelFile, ModelId
from desktop.storage.database import Database
from desktop.storage.library import save_model

_DOWNLOAD = "id, repository, revision, endpoint, state, catalog_id, error, error_data, notice, model, owner, created, wanted, rank"
_FILE = "file, size, sha256, etag, received, done"


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
            save_model(db, model)
            _save_download(db, download, None)

    def delete(self, download: DownloadId) -> None:
        """Forget it."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM download WHERE id = ?", (download,))

    def ask(self, download: DownloadId, what: str) -> None:
        """Leave a word, "pause" or "cancel", for the process that works on it."""
        with self._database.transaction() as db:
            db.execute("UPDATE download SET asked = ? WHERE id = ?", (what, download))

    def asked(self, owner: str) -> dict[DownloadId, str]:
        """What other processes ask of the one with this mark."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, asked FROM download WHERE asked IS NOT NULL AND owner = ?", (owner,)
            ).fetchall()
        return {DownloadId(row["id"]): str(row["asked"]) for row in rows}

    def first_rank(self) -> int:
        """The smallest rank of any download; 0 if there is none."""
        with self._database.reading() as db:
            return int(db.execute("SELECT coalesce(min(rank), 0) FROM download").fetchone()[0])

    def note_wrong(self, endpoint: str, repository: str, file: str, sha256: str) -> int:
        """Remember what came in place of a file; returns how often it did from there."""
        with self._database.transaction() as db:
            row = db.execute(
                "INSERT INTO wrong_file VALUES (?, ?, ?, ?, 1) "
                "ON CONFLICT (endpoint, repository, file, sha256) DO UPDATE SET times = times + 1 RETURNING times",
                (endpoint, repository, file, sha256),
            ).fetchone()
            return int(row[0])

    def is_wrong(self, repository: str, file: str, sha256: str) -> bool:
        """Whether these bytes once came in place of the file, from wherever."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT 1 FROM wrong_file WHERE repository = ? AND file = ? AND sha256 = ?", (repository, file, sha256)
            ).fetchone()
        return found is not None


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
        wanted=bool(row["wanted"]),
        rank=row["rank"],
    )


def _save_download(db: sqlite3.Connection, d: Download, owner: str | None) -> None:
    changed = db.execute(
        "UPDATE download SET repository = ?, revision = ?, endpoint = ?, state = ?, catalog_id = ?, error = ?, "
        "error_data = ?, notice = ?, model = ?, owner = ?, wanted = ?, rank = ?, "
        "asked = CASE WHEN owner IS ? THEN asked END WHERE id = ?",
        (
            *(d.repository, d.revision, d.endpoint, d.state, d.catalog_id, d.error),
            *(json.dumps(d.error_data), d.notice, d.model, owner, int(d.wanted), d.rank, owner, d.id),
        ),
    )
    if changed.rowcount == 0:
        return
    db.execute("DELETE FROM download_file WHERE download = ?", (d.id,))
    db.executemany(
        f"INSERT INTO download_file (download, position, {_FILE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(d.id, i, f.file, f.size, f.sha256, f.etag, f.received, int(f.done)) for i, f in enumerate(d.files)],
    )
