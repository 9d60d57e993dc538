from __future__ import annotations

import pytest

from desktop.core.memory import kv_bytes
from desktop.core.models import CatalogEntry
from desktop.hub.catalog import load_catalog
from desktop.hub.shapes import footprint

PER_TOKEN = {  # bytes of KV cache for each token, as the models' own publications have it
    "glm-edge-1.5b-q4_k_m": 57_344,
    "chatglm3-6b-q4_k_m": 28_672,
    "glm-4-9b-0414-q4_k_m": 40_960,
    "glm-4-32b-0414-q4_k_m": 62_464,
    "glm-4.7-flash-q4_k_m": 54_144,
    "glm-4.5-air-q4_k_m": 188_416,
}


@pytest.mark.parametrize("entry", load_catalog(), ids=lambda entry: entry.id)
def test_every_recommended_build_has_a_shape_that_weighs_what_its_file_does(entry: CatalogEntry) -> None:
    found = footprint(entry)
    assert found is not None
    assert found.weights == pytest.approx(entry.size, rel=0.001)
    if entry.id in PER_TOKEN:
        assert kv_bytes(found, 4096) == 4096 * PER_TOKEN[entry.id]
