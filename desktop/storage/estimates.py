"""Headers of remote files, and what loads really took of memory ↔ rows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from desktop.core.footprint import Footprint
from desktop.core.models import ModelHeader
from desktop.storage.database import Database

_MOST_HEADERS = 500
_LOAD = (
    "build, model, context, gpu_layers, weights, kv, compute, graphics, "
    "estimated_weights, estimated_kv, estimated_compute, learnt"
)


@dataclass(frozen=True)
class LoadMemory:
    """What one load took, in bytes, beside what was expected. `model` as `services.safemode.key_of` names it."""

    build: str
    model: str
    context: int
    gpu_layers: int
    weights: int
    kv: int
    compute: int
    graphics: int
    estimated_weights: int
    estimated_kv: int
    estimated_compute: int
    learnt: int


class EstimateStore:
    """Reads on any thread, writes on the writer's; errors as in `storage.database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def header(self, repository: str, file: str, version: str) -> ModelHeader | None:
        """The header of a file, if it was read from this very version (SHA-256, or what else tells versions apart)."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT header FROM remote_header WHERE repository = ? AND file = ? AND version = ?",
                (repository, file, version),
            ).fetchone()
        return _header(row["header"]) if row else None

    def put_header(self, repository: str, file: str, version: str, header: ModelHeader, now: int) -> None:
        """Remember it in place of other versions; the oldest go when there are too many."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO remote_header (repository, file, version, header, learnt) VALUES (?, ?, ?, ?, ?)",
                (repository, file, version, json.dumps(asdict(header)), now),
            )
            db.execute(
                "DELETE FROM remote_header WHERE learnt <= "
                "(SELECT learnt FROM remote_header ORDER BY learnt DESC LIMIT 1 OFFSET ?)",
                (_MOST_HEADERS,),
            )

    def loads(self, model: str) -> tuple[LoadMemory, ...]:
        """What is known of a model, the newest first."""
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT {_LOAD} FROM load_memory WHERE model = ? ORDER BY learnt DESC", (model,)
            ).fetchall()
        return tuple(LoadMemory(*row) for row in rows)

    def put_load(self, load: LoadMemory) -> None:
        """Remember it in place of the same build, model, context and layers."""
        places = ", ".join("?" * len(_LOAD.split(",")))
        with self._database.transaction() as db:
            db.execute(f"INSERT OR REPLACE INTO load_memory ({_LOAD}) VALUES ({places})", tuple(asdict(load).values()))


def _header(text: str) -> ModelHeader | None:
    """None for what another version of this program wrote: it is read from the hub again."""
    try:
        fields = json.loads(text)
        if (found := fields.pop("footprint")) is not None:
            lists = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
            found = Footprint(**{**found, **lists})
        return ModelHeader(**fields, footprint=found)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
