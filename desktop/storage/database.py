"""Open the database and keep it sound: pragmas, transactions, version check, a copy before every migration."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from desktop.core.errors import DatabaseBusy, DatabaseCorrupt, DatabaseNewer, DiskDenied, DiskFull
from desktop.storage.migrations import MIGRATIONS, Migration

log = logging.getLogger(__name__)

VERSION = len(MIGRATIONS)
"""The schema this program writes."""
_BUSY_MS = 5_000


class Database:
    """One SQLite file in WAL mode, one connection per thread.

    `PRAGMA synchronous=FULL`: a committed transaction survives a power cut, not only a dead process. Writes belong to
    background threads; they may wait for the disk.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Open or create, check, migrate. Raises DatabaseNewer, DatabaseCorrupt, DatabaseBusy, DiskFull, DiskDenied."""
        self.path = path
        self._migrations = migrations
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._check_and_migrate()
            except BaseException:
                self.close()
                raise

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on this thread's connection. Raises the errors of `translated`."""
        db = self.connection
        with translated(self.path):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                # the COMMIT itself can fail (full disk) and leave the transaction open or already rolled back
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection for queries, with errors translated."""
        with translated(self.path):
            yield self.connection

    def close(self) -> None:
        """Close every thread's connection. Nobody may use the database afterwards."""
        with self._guard:
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.close()
        self._local = threading.local()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        with self._guard:
            self._connections.append(db)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA temp_store=MEMORY")
        return db

    def _check_and_migrate(self) -> None:
        fresh = not self.path.exists() or self.path.stat().st_size == 0
        db = self.connection
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        ours = len(self._migrations)
        if version > ours:
            raise DatabaseNewer(path=str(self.path), version=version, supported=ours)
        db.execute("PRAGMA journal_mode=WAL")
        if not fresh:
            self._check(db)
        if version == ours:
            return
        if not fresh and version > 0:
            self._copy(db, version)
        for number, migrate in enumerate(self._migrations[version:], start=version + 1):
            db.execute("BEGIN IMMEDIATE")
            try:
                # another process may have been faster
                if int(db.execute("PRAGMA user_version").fetchone()[0]) < number:
                    migrate(db)
                    db.execute(f"PRAGMA user_version={number}")
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise

    @staticmethod
    def _check(db: sqlite3.Connection) -> None:
        """Touch every table cheaply. A whole `integrity_check` of years of chats would delay each start."""
        for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type='table'").fetchall():
            db.execute(
                f'SELECT * FROM "{table}" ORDER BY rowid DESC LIMIT 1'
                if not _without_rowid(db, table)
                else f'SELECT * FROM "{table}" LIMIT 1'
            ).fetchall()

    def _copy(self, db: sqlite3.Connection, version: int) -> None:
        backups = self.path.parent / "backups"
        backups.mkdir(exist_ok=True)
        target = backups / f"{self.path.stem}-v{version}-{time.strftime('%Y%m%d-%H%M%S')}.sqlite3"
        copy = sqlite3.connect(target)
        try:
            db.backup(copy)
        finally:
            copy.close()
        log.info("copied the database of version %d before migrating it", version)


def _without_rowid(db: sqlite3.Connection, table: str) -> bool:
    row = db.execute("SELECT wr FROM pragma_table_list WHERE schema='main' AND name=?", (table,)).fetchone()
    return bool(row and row[0])


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the world into our errors; our own SQL mistakes stay sqlite3 errors."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DatabaseCorrupt(path=str(path), moved_to=None) from error
        if code == sqlite3.SQLITE_FULL:
            raise DiskFull(path=str(path), needed=None, free=None) from error
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
            raise DiskDenied(path=str(path), reason=str(error)) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise DatabaseBusy(path=str(path)) from error
        raise
    except OSError as error:
        raise DiskDenied(path=str(path), reason=error.strerror or str(error)) from error


def move_aside(path: Path) -> Path:
    """Put a damaged database, with its journal, into the backups folder under a dated name. Raises DiskDenied."""
    with translated(path):
        backups = path.parent / "backups"
        backups.mkdir(exist_ok=True)
        stem = f"{path.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        target = backups / f"{stem}.sqlite3"
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(backups / f"{target.name}{suffix}")
        path.rename(target)
    return target
