"""Where the models lie ↔ rows: our own folder if it was moved, and the user's folders with what was found in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.core.models import ModelId
from desktop.storage.database import Database

_OURS = "models_folder"


@dataclass(frozen=True)
class FolderFile:
    """A file in a folder of the user. `model` None = the user took it off the list."""

    path: Path
    model: ModelId | None


class FolderStore:
    """Reads on any thread, writes on the writer's; errors as in `storage.database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # our own

    def models_folder(self) -> Path | None:
        """Where our models folder was moved to; None = where it is by default."""
        with self._database.reading() as db:
            row = db.execute("SELECT value FROM memory WHERE name = ?", (_OURS,)).fetchone()
        return Path(row["value"]) if row else None

    def switch(self, old: Path, new: Path, default: Path) -> None:
        """From now on `new` is our folder, and every model in `old` lies at the same place in `new`: all or nothing."""
        with self._database.transaction() as db:
            for row in db.execute("SELECT id, path FROM model").fetchall():
                path = Path(row["path"])
                if path.is_relative_to(old):
                    db.execute("UPDATE model SET path = ? WHERE id = ?", (str(new / path.relative_to(old)), row["id"]))
            if new == default:
                db.execute("DELETE FROM memory WHERE name = ?", (_OURS,))
            else:
                db.execute(
                    "INSERT INTO memory (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (_OURS, str(new)),
                )

    # the user's

    def list(self) -> tuple[tuple[Path, int], ...]:
        """The user's folders in the order they came, each with the number of models in the list that come from it."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT path, (SELECT count(*) FROM folder_file WHERE folder = folder.path AND model IS NOT NULL) AS models "
                "FROM folder ORDER BY added, path"
            ).fetchall()
        return tuple((Path(row["path"]), row["models"]) for row in rows)

    def files(self, folder: Path) -> tuple[FolderFile, ...]:
        """What was found in a folder so far."""
        with self._database.reading() as db:
            rows = db.execute("SELECT path, model FROM folder_file WHERE folder = ?", (str(folder),)).fetchall()
        return tuple(FolderFile(Path(row["path"]), ModelId(row["model"]) if row["model"] else None) for row in rows)

    def add(self, folder: Path, now: int) -> None:
        """Remember a folder; one that is known forgets which of its files were taken off the list."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO folder (path, added) VALUES (?, ?) ON CONFLICT (path) DO NOTHING", (str(folder), now)
            )
            db.execute("DELETE FROM folder_file WHERE folder = ? AND model IS NULL", (str(folder),))

    def add_file(self, folder: Path, file: FolderFile) -> None:
        """Remember which model a file became. Ignored if the folder was removed meanwhile."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO folder_file (path, folder, model) SELECT ?, path, ? FROM folder WHERE path = ? "
                "ON CONFLICT (path) DO UPDATE SET folder = excluded.folder, model = excluded.model",
                (str(file.path), file.model, str(folder)),
            )

    def remove(self, folder: Path) -> tuple[ModelId, ...]:
        """Forget a folder and the models that came from it; returns those."""
        with self._database.transaction() as db:
            rows = db.execute(
                "SELECT model FROM folder_file WHERE folder = ? AND model IS NOT NULL", (str(folder),)
            ).fetchall()
            models = tuple(ModelId(row["model"]) for row in rows)
            db.executemany("DELETE FROM model WHERE id = ? AND linked = 1", [(model,) for model in models])
            db.execute("DELETE FROM folder WHERE path = ?", (str(folder),))
        return models
