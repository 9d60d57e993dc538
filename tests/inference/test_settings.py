"""Settings of a load, on the real library: each does what it says, and the answers stay."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from desktop.core import placing
from desktop.core.loading import CacheType, FlashAttention, LoadSettings, Placement
from desktop.core.memory import estimate
from desktop.core.models import EngineMode
from desktop.inference.gguf import read_header
from tests.inference.conftest import Driver, Start
from tests.inference.test_memory import MACHINE, compare
from tests.models_factory import SHAPES, few_layers, write_model

pytestmark = pytest.mark.model


@pytest.fixture
def llama(start: Start) -> Driver:
    return start("llama")


@pytest.mark.parametrize(
    "how",
    [
        LoadSettings(flash=FlashAttention.OFF),
        LoadSettings(flash=FlashAttention.ON),
        LoadSettings(cache=CacheType.Q8_0),
        LoadSettings(batch=64, micro_batch=32),
        LoadSettings(batch=1024),
        LoadSettings(mapped=False),
        LoadSettings(locked=True),
        LoadSettings(mapped=False, locked=True),
        LoadSettings(repack=False),
        LoadSettings(reading_threads=2),
    ],
    ids=str,
)
def test_the_answer_is_the_same_with_every_setting(llama: Driver, how: LoadSettings) -> None:
    loaded = llama.load(how=how, context=512).loaded()
    assert loaded.placement is Placement.NO_CARD
    assert (loaded.how.mapped, loaded.how.locked) == (how.mapped, how.locked)
    assert loaded.notice in (None, "engine.not_locked")
    answer = llama.ask("中国的首都是哪里？")
    answer.done()
    assert answer.text == "中国的首都是北京。"


def test_eight_bits_take_half(llama: Driver) -> None:
    plain = llama.load(context=2048).loaded()
    coarse = llama.load(context=2048, how=LoadSettings(cache=CacheType.Q8_0)).loaded()
    assert coarse.kv_bytes == pytest.approx(plain.kv_bytes * 34 / 64, rel=0.02)
    refused = llama.load(context=2048, how=LoadSettings(cache=CacheType.Q8_0, flash=FlashAttention.OFF)).loaded()
    assert (refused.how.cache, refused.kv_bytes) == (CacheType.F16, plain.kv_bytes)


@pytest.mark.parametrize(
    "how",
    [
        LoadSettings(cache=CacheType.Q8_0),
        LoadSettings(micro_batch=128),
        LoadSettings(micro_batch=1024),
        LoadSettings(flash=FlashAttention.OFF),
    ],
    ids=["8 bits", "128", "1024", "no flash attention"],
)
@pytest.mark.parametrize("shape", ["chatglm3-6b", "glm-edge-1.5b"])
def test_estimates_follow_the_settings(llama: Driver, tmp_path: Path, shape: str, how: LoadSettings) -> None:
    path = write_model(tmp_path / "模型.gguf", few_layers(SHAPES[shape], 2), "Q4_K_M", data=False)
    footprint = read_header(path).footprint
    assert footprint is not None
    for context in (2048, 8192):
        loaded = llama.load(path, context=context, mode=EngineMode.NO_REPACK, how=how).loaded()
        settled = placing.settled(how, loaded.family, ())
        assert not compare(estimate(footprint, context, MACHINE, **placing.costs(settled)), loaded)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system takes such pages when it needs memory")
def test_repacked_weights_are_not_held_twice(llama: Driver, tmp_path: Path) -> None:
    path = write_model(tmp_path / "模型 1.gguf", few_layers(SHAPES["chatglm3-6b"], 4), "Q4_K_M", data=False)
    loaded = llama.load(path, context=512).loaded()
    held = psutil.Process(llama.pid).memory_info().rss
    must = loaded.weights_bytes + loaded.kv_bytes + loaded.compute_bytes
    assert held < must + 150_000_000
    if loaded.copied_bytes > 100_000_000:  # a processor for which nothing is repacked shows nothing here
        assert held < loaded.weights_bytes  # most of the file is not touched yet


@pytest.mark.parametrize("how", [LoadSettings(batch=1, micro_batch=1), LoadSettings(batch=20, micro_batch=20)], ids=str)
def test_steps_that_are_too_short_for_a_guess_or_for_llama_cpp_are_longer(llama: Driver, how: LoadSettings) -> None:
    assert llama.load(how=how, context=512).loaded().how.batch == 64
    words = "apple river stone cloud paper green seven window music candle"
    answer = llama.ask(f"Repeat: {words} {words} {words}", max_tokens=100)
    answer.done()
    assert answer.text.startswith("apple river")
