"""What the estimates promise, held against what llama.cpp then allocates for files of real shapes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from desktop.core.memory import MemoryEstimate, estimate
from desktop.core.models import EngineMode, LoadedModel, Machine
from desktop.inference.gguf import read_header
from tests.inference.conftest import Driver, Start
from tests.models_factory import SHAPES, few_layers, write_model

pytestmark = pytest.mark.model

FULL = bool(os.environ.get("FULL_SHAPES"))
"""Whole models with random weights instead of a few layers of zeros: needs 12 GB of disk and memory, and minutes."""
MACHINE = Machine(1 << 40, 1 << 40, 1 << 40, "cpu", 4)
CONTEXTS = (2048, 8192, 32_768)
_MIB = 1 << 20


@pytest.fixture
def llama(start: Start) -> Driver:
    return start("llama")


@pytest.fixture(params=["chatglm3-6b", "glm-4-9b", "glm-edge-1.5b"])
def shape(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["Q4_K_M", "Q8_0"])
def quantization(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def model(tmp_path: Path, shape: str, quantization: str) -> Iterator[Path]:
    path = tmp_path / "模型 1.gguf"
    # without weights the file is a hole: it costs no disk, and llama.cpp allocates the same
    real = replace(SHAPES[shape], context=131_072)
    yield write_model(path, real if FULL else few_layers(real, 2), quantization, data=FULL)
    path.unlink()


@pytest.mark.parametrize("other", ["glm-4-9b-0414", "glm-4.5-air", "glm-4.7-flash", "llama-8b", "qwen3-0.6b"])
def test_other_architectures(llama: Driver, tmp_path: Path, other: str) -> None:
    shape = replace(few_layers(SHAPES[other], 2), experts=min(SHAPES[other].experts, 16))
    path = write_model(tmp_path / "m.gguf", shape, "Q4_K_M", data=False)
    footprint = read_header(path).footprint
    assert footprint is not None
    for context in (512, 8192):
        loaded = llama.load(path, context=context, mode=EngineMode.NO_REPACK).loaded()
        assert not compare(estimate(footprint, context, MACHINE), loaded)


def test_what_the_worker_itself_takes(llama: Driver, tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf", few_layers(SHAPES["glm-4-9b"], 1), "Q4_K_M", data=False)
    footprint = read_header(path).footprint
    assert footprint is not None
    loaded = llama.load(path, context=256, mode=EngineMode.NO_REPACK).loaded()
    found = estimate(footprint, 256, MACHINE)
    itself = psutil.Process(llama.pid).memory_info().rss - loaded.kv_bytes - loaded.weights_bytes
    # working memory is taken when it is first used; the pieces that real vocabularies are merged from are not in the file
    assert found.overhead / 4 < itself < found.overhead


def compare(found: MemoryEstimate, loaded: LoadedModel) -> list[str]:
    """The parts that are off by more than 10 %, and the sum."""
    pairs = {
        "weights": (found.weights, loaded.weights_bytes),
        "kv": (found.kv, loaded.kv_bytes),
        "compute": (found.compute, loaded.compute_bytes),
        "all": (
            found.weights + found.kv + found.compute,
            loaded.weights_bytes + loaded.kv_bytes + loaded.compute_bytes,
        ),
    }
    if FULL:
        row = "  ".join(f"{what} {ours / _MIB:7.0f}/{theirs / _MIB:7.0f}" for what, (ours, theirs) in pairs.items())
        print(f"{loaded.name} {loaded.context:6d}  {row} MiB estimated/allocated")  # noqa: T201
    return [
        f"{what}: {ours} for {theirs}"
        for what, (ours, theirs) in pairs.items()
        if not 0.9 <= ours / max(1, theirs) <= 1.1
    ]


def test_what_is_estimated_is_what_is_allocated(llama: Driver, model: Path) -> None:
    footprint = read_header(model).footprint
    assert footprint is not None
    mode = EngineMode.FULL if FULL else EngineMode.NO_REPACK
    for context in CONTEXTS:
        loaded = llama.load(model, context=context, mode=mode, probe=FULL).loaded()
        assert not compare(estimate(footprint, loaded.context, MACHINE), loaded)
