"""The schema, step by step: SQL only, append-only, independent of today's code."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

Migration = Callable[[sqlite3.Connection], None]


def m001_first_schema(db: sqlite3.Connection) -> None:
    """Conversations as trees of messages, models, downloads, and what was learnt about the engine."""
    for statement in (
        """CREATE TABLE conversation (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL DEFAULT '',
            titled_by TEXT NOT NULL DEFAULT 'program' CHECK (titled_by IN ('program', 'user')),
            system TEXT NOT NULL DEFAULT '',
            leaf INTEGER REFERENCES message (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
            model TEXT,
            draft TEXT NOT NULL DEFAULT '',
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            deleted INTEGER
        )""",
        "CREATE INDEX conversation_by_update ON conversation (updated DESC, id DESC) WHERE deleted IS NULL",
        """CREATE TABLE message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            parent INTEGER REFERENCES message (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
            text TEXT NOT NULL,
            thought TEXT NOT NULL DEFAULT '',
            state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'stopped', 'interrupted')),
            finish_reason TEXT,
            error TEXT,
            model TEXT,
            prompt_tokens INTEGER, cached_tokens INTEGER, completion_tokens INTEGER, left_out INTEGER,
            first_token_ms REAL, tokens_per_second REAL,
            owner TEXT,
            created INTEGER NOT NULL
        )""",
        "CREATE INDEX message_by_conversation ON message (conversation, id)",
        "CREATE INDEX message_by_parent ON message (parent)",
        "CREATE INDEX message_running ON message (owner) WHERE state = 'running'",
        """CREATE TABLE model (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            path TEXT NOT NULL,
            size INTEGER NOT NULL,
            sha256 TEXT,
            family TEXT NOT NULL,
            architecture TEXT NOT NULL,
            quantization TEXT NOT NULL,
            context INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('ready', 'missing', 'broken')),
            added INTEGER NOT NULL,
            last_used INTEGER,
            repository TEXT, file TEXT, revision TEXT, licence TEXT,
            linked INTEGER NOT NULL DEFAULT 0
        )""",
        """CREATE TABLE download (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            repository TEXT NOT NULL,
            revision TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'verifying', 'paused', 'failed', 'done')),
            catalog_id TEXT,
            error TEXT,
            error_data TEXT NOT NULL DEFAULT '{}',
            notice TEXT,
            model TEXT,
            owner TEXT,
            created INTEGER NOT NULL
        )""",
        """CREATE TABLE download_file (
            download INTEGER NOT NULL REFERENCES download (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            file TEXT NOT NULL,
            size INTEGER,
            sha256 TEXT,
            etag TEXT,
            received INTEGER NOT NULL DEFAULT 0,
            done INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (download, position)
        ) WITHOUT ROWID""",
        """CREATE TABLE engine_mode (
            build TEXT NOT NULL,
            model TEXT NOT NULL,
            mode TEXT NOT NULL CHECK (mode IN ('full', 'no_repack', 'cpu')),
            proved INTEGER NOT NULL,
            learnt INTEGER NOT NULL,
            PRIMARY KEY (build, model)
        ) WITHOUT ROWID""",
        """CREATE TABLE memory (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID""",
    ):
        db.execute(statement)


def m002_options_and_folders(db: sqlite3.Connection) -> None:
    """What is set for one model; the user's own folders of models, and which model each file in them became."""
    for statement in (
        """CREATE TABLE model_option (
            model TEXT NOT NULL REFERENCES model (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (model, name)
        ) WITHOUT ROWID""",
        """CREATE TABLE folder (
            path TEXT PRIMARY KEY,
            added INTEGER NOT NULL
        ) WITHOUT ROWID""",
        # a row without a model is a file the user took off the list: it does not come back by itself
        """CREATE TABLE folder_file (
            path TEXT PRIMARY KEY,
            folder TEXT NOT NULL REFERENCES folder (path) ON DELETE CASCADE,
            model TEXT REFERENCES model (id) ON DELETE SET NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX folder_file_by_folder ON folder_file (folder)",
        "CREATE INDEX folder_file_by_model ON folder_file (model)",
    ):
        db.execute(statement)


def m003_download_queue(db: sqlite3.Connection) -> None:
    """Which downloads go on by themselves and in which order; what other processes ask for; files that turned out wrong."""
    for statement in (
        "ALTER TABLE download ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE download ADD COLUMN rank INTEGER NOT NULL DEFAULT 0",
        # 'pause' or 'cancel': another process asks the one that works on it
        "ALTER TABLE download ADD COLUMN asked TEXT CHECK (asked IN ('pause', 'cancel'))",
        """CREATE TABLE wrong_file (
            endpoint TEXT NOT NULL,
            repository TEXT NOT NULL,
            file TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            times INTEGER NOT NULL,
            PRIMARY KEY (endpoint, repository, file, sha256)
        ) WITHOUT ROWID""",
    ):
        db.execute(statement)


def m004_memory_estimates(db: sqlite3.Connection) -> None:
    """Headers of files on a hub that were read once, and what models really took of memory beside what was estimated."""
    for statement in (
        """CREATE TABLE remote_header (
            repository TEXT NOT NULL,
            file TEXT NOT NULL,
            version TEXT NOT NULL,
            header TEXT NOT NULL,
            learnt INTEGER NOT NULL,
            PRIMARY KEY (repository, file)
        ) WITHOUT ROWID""",
        """CREATE TABLE load_memory (
            build TEXT NOT NULL,
            model TEXT NOT NULL,
            context INTEGER NOT NULL,
            gpu_layers INTEGER NOT NULL,
            weights INTEGER NOT NULL, kv INTEGER NOT NULL, compute INTEGER NOT NULL, graphics INTEGER NOT NULL,
            estimated_weights INTEGER NOT NULL, estimated_kv INTEGER NOT NULL, estimated_compute INTEGER NOT NULL,
            learnt INTEGER NOT NULL,
            PRIMARY KEY (build, model, context, gpu_layers)
        ) WITHOUT ROWID""",
    ):
        db.execute(statement)


def m005_recaps_and_thoughts(db: sqlite3.Connection) -> None:
    """Summaries of what no longer fits the context; whether a conversation's answers begin with a thought, and how long those took."""
    for statement in (
        """CREATE TABLE recap (
            until INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
            conversation INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            text TEXT NOT NULL,
            model TEXT,
            created INTEGER NOT NULL
        )""",
        "CREATE INDEX recap_by_conversation ON recap (conversation)",
        "ALTER TABLE conversation ADD COLUMN thinking INTEGER",
        "ALTER TABLE message ADD COLUMN thought_ms INTEGER",
    ):
        db.execute(statement)


def m006_measured(db: sqlite3.Connection) -> None:
    """How a model runs fastest on this machine, as it was measured."""
    db.execute(
        """CREATE TABLE measured (
            build TEXT NOT NULL,
            model TEXT NOT NULL,
            repack INTEGER NOT NULL,
            threads INTEGER NOT NULL,
            reading_threads INTEGER NOT NULL,
            reading REAL NOT NULL, writing REAL NOT NULL,
            gain REAL NOT NULL,
            learnt INTEGER NOT NULL,
            PRIMARY KEY (build, model)
        ) WITHOUT ROWID"""
    )


MIGRATIONS: tuple[Migration, ...] = (
    m001_first_schema,
    m002_options_and_folders,
    m003_download_queue,
    m004_memory_estimates,
    m005_recaps_and_thoughts,
    m006_measured,
)
"""Step n brings `user_version` from n-1 to n."""
