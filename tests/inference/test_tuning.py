"""Measuring: an extract of each architecture's own shape loads and computes, and what is faster is found and told."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from desktop.core.errors import EngineCrashed, EngineUnavailable, MachineBusy, MeasuringStopped, NotMeasured
from desktop.core.loading import Measured
from desktop.inference.client import worker_command
from desktop.inference.extract import Unsuitable, write_extract
from desktop.inference.gguf import read_header
from desktop.inference.measuring import Measurer
from desktop.inference.tuning import Times, candidates
from tests.inference.conftest import TINY, Start
from tests.inference.gguf_files import GOOD, Tensor, header
from tests.models_factory import SHAPES, few_layers, write_model

ROOM = 3_000_000_000


@pytest.mark.model
@pytest.mark.parametrize("shape", SHAPES)
def test_an_extract_is_a_model_of_the_same_shape_that_llama_cpp_loads(start: Start, tmp_path: Path, shape: str) -> None:
    real = few_layers(SHAPES[shape], 8)
    real = replace(real, experts=min(real.experts, 16), context=2048)
    model = write_model(tmp_path / "模型 1.gguf", real, "Q4_K_M", data=False)
    file = write_extract(model, tmp_path / "extract.gguf", ROOM)
    whole, part = read_header(model), read_header(file)
    assert (part.architecture, part.vocabulary) == (whole.architecture, 512)
    assert whole.footprint is not None
    assert part.footprint is not None
    assert 1 <= len(part.footprint.blocks) <= 3
    assert set(part.footprint.blocks) <= set(whole.footprint.blocks)
    assert part.footprint.feed_forward == whole.footprint.feed_forward or real.dense
    if os.name == "posix":
        assert file.stat().st_blocks * 512 < 2_000_000  # a hole
    loaded = start("llama", start_timeout=60.0).load(file, context=256).error()
    assert "chat template" in str(loaded.data["reason"])  # all was loaded; it is no model to talk to


def test_an_extract_takes_fewer_layers_where_they_are_large(tmp_path: Path) -> None:
    model = write_model(tmp_path / "m.gguf", few_layers(SHAPES["glm-4-9b"], 8), "Q8_0", data=False)
    layer = max(read_header(model).footprint.blocks)  # type: ignore[union-attr]
    found = read_header(write_extract(model, tmp_path / "e.gguf", layer + 1000)).footprint
    assert found is not None
    assert len(found.blocks) == 1
    with pytest.raises(Unsuitable):
        write_extract(model, tmp_path / "e.gguf", layer // 2)


def test_a_list_of_words_is_no_list_of_layers(tmp_path: Path) -> None:
    values = {**GOOD, "chatglm.block_count": 2, "chatglm.labels": ["a", "b"], "chatglm.widths": [7, 8]}
    layers = [Tensor(f"blk.{number}.attn_norm.weight", offset=64 * (number + 1)) for number in range(2)]
    model = tmp_path / "m.gguf"
    model.write_bytes(header(values, [Tensor(), *layers]) + b"\0" * 200)
    assert read_header(write_extract(model, tmp_path / "e.gguf", ROOM)).layers == 2


def test_a_tensor_that_is_larger_than_any_file_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "m.gguf"
    layers = [Tensor("blk.0.attn_norm.weight", offset=64), Tensor("more.weight", (1 << 40, 1 << 30), 0, 128)]
    model.write_bytes(header({**GOOD, "chatglm.block_count": 1}, [Tensor(), *layers]) + b"\0" * 200)
    with pytest.raises(Unsuitable):
        write_extract(model, tmp_path / "e.gguf", ROOM)


def test_numbers_of_threads_worth_trying() -> None:
    assert candidates(1, 1) == [1]
    assert candidates(2, 2) == [2]
    assert candidates(2, 4) == [2, 4]
    assert candidates(8, 16) == [8, 6, 4, 16]


def test_what_an_ordinary_question_costs() -> None:
    assert Times(0.001, 0.01).all == pytest.approx(0.3 + 2.0)


@pytest.mark.model
def test_the_real_library_measures_the_tiny_model_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("TMP", str(tmp_path))
    try:
        found = Measurer(worker_command("llama")).run(TINY, True, lambda: True)
    except MachineBusy:
        return  # tests run beside each other; that it says so is right
    assert found.gain >= 1.0
    assert found.threads in candidates(found.threads, os.cpu_count() or 1)
    assert not list(tmp_path.iterdir())


def measure(name: str, may_repack: bool = True) -> Measured:
    return Measurer(worker_command("echo")).run(Path(name), may_repack, lambda: True)


def test_what_the_worker_says_is_understood() -> None:
    found = measure("模型 a.gguf")
    assert (found.repack, found.threads, found.reading_threads, found.gain) == (False, 2, 3, 1.25)


def test_troubles_are_told_apart() -> None:
    with pytest.raises(MachineBusy):
        measure("busy-measure.gguf")
    with pytest.raises(EngineCrashed):
        measure("crash-measure.gguf")
    with pytest.raises(EngineUnavailable):
        Measurer([str(Path("/nowhere/no program"))]).run(Path("m.gguf"), True, lambda: True)


@pytest.mark.model
def test_a_file_that_is_no_model_cannot_be_measured(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF and nothing else")
    with pytest.raises(NotMeasured):
        Measurer(worker_command("llama")).run(tmp_path / "x.gguf", True, lambda: True)


def test_a_measurement_is_ended_at_once() -> None:
    measurer = Measurer(worker_command("echo"))
    ended: list[BaseException] = []

    def run() -> None:
        try:
            measurer.run(Path("slow-measure.gguf"), True, lambda: True)
        except MeasuringStopped as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    _wait_for_child()
    measurer.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert len(ended) == 1


def test_a_measurement_that_is_no_longer_wanted_does_not_run() -> None:
    with pytest.raises(MeasuringStopped):
        Measurer(worker_command("echo")).run(Path("slow-measure.gguf"), True, lambda: False)


def _wait_for_child() -> None:
    pause = threading.Event()
    for _ in range(1000):
        if any("--measure" in child.cmdline() for child in psutil.Process().children()):
            return
        pause.wait(0.01)
    raise AssertionError("no child came")
