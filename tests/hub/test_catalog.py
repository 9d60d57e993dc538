from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop import paths
from desktop.hub.catalog import SUMMARIES, load_catalog
from desktop.inference.families import FAMILIES


def test_the_bundled_catalogue() -> None:
    entries = load_catalog()
    assert len(entries) == 19
    by_id = {entry.id: entry for entry in entries}
    balanced = by_id["glm-4-9b-0414-q4_k_m"]
    assert (balanced.size, balanced.licence, balanced.registration) == (6166574464, "MIT", False)
    assert balanced.memory == 10_000_000_000
    assert len(by_id["glm-4.5-air-q4_k_m"].files) == 2
    assert {entry.summary for entry in entries} == set(SUMMARIES)
    assert {entry.family for entry in entries} <= set(FAMILIES)
    for entry in entries:
        assert entry.memory > entry.size, f"{entry.id} does not fit into the memory it asks for"
        assert entry.registration == (entry.licence != "MIT")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row.pop("licence"),
        lambda row: row.update(extra=1),
        lambda row: row.update(size="4 GB"),
        lambda row: row.update(size=True),
        lambda row: row.update(memory=0),
        lambda row: row.update(revision="main"),
        lambda row: row.update(repository="no-owner"),
        lambda row: row.update(licence_url="http://plain.example"),
        lambda row: row.update(summary="unheard_of"),
        lambda row: row.update(files=[]),
        lambda row: row.update(languages=[]),
        lambda row: row["files"][0].update(sha256="ABC"),
        lambda row: row["files"][0].update(size=1),
        lambda row: row["files"][0].update(file="model.txt"),
    ],
)
def test_a_mistake_in_it_is_found(tmp_path: Path, spoil: Callable[[dict[str, Any]], object]) -> None:
    raw = json.loads((paths.resources() / "models.json").read_text(encoding="utf-8"))
    spoil(raw["models"][0])
    file = tmp_path / "models.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(ValueError, match=r"\S"):
        load_catalog(file)


def test_an_id_twice(tmp_path: Path) -> None:
    raw = json.loads((paths.resources() / "models.json").read_text(encoding="utf-8"))
    raw["models"].append(raw["models"][0])
    file = tmp_path / "models.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        load_catalog(file)
