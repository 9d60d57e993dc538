"""Layers on a graphics card, with Mesa's software Vulkan as the card: slow, but it takes memory, fails and vanishes like any other."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from desktop import paths
from desktop.app import Application
from desktop.core import placing
from desktop.core.events import EngineChanged, TurnFinished
from desktop.core.footprint import with_size
from desktop.core.loading import CacheType, FlashAttention, LoadSettings, Placement, SplitMode
from desktop.core.memory import graphics_bytes
from desktop.core.models import EngineMode, EngineState, FinishReason
from desktop.inference.drivers import WITHOUT_CARDS
from desktop.inference.gguf import read_header
from tests import native_crash
from tests.inference.conftest import TINY, Driver, Start
from tests.models_factory import SHAPES, few_layers, write_model
from tests.recorder import Recorder

FOLDER = os.environ.get("CHATGLM_TEST_BACKENDS", "")
"""A folder of backend modules with Vulkan, as packaging/backends.py makes it. Read now: the tests' home hides it."""
pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        not FOLDER, reason="no build with Vulkan at hand: CHATGLM_TEST_BACKENDS names its folder (CONTRIBUTING.md)"
    ),
]
QUESTION, ANSWER = "中国的首都是哪里？", "中国的首都是北京。"
BEGINNINGS = [ANSWER[:count] for count in range(1, len(ANSWER) + 1)]
"""A software card writes two tokens per second."""
SHADERS = Path(tempfile.gettempdir(), "chatglm-test-shaders")
"""Compiled once: each test has a home of its own, and so would have a cache of its own."""
VULKAN = {"LLAMA_CPP_LIB_PATH": FOLDER, "GGML_VK_VISIBLE_DEVICES": "0", "MESA_SHADER_CACHE_DIR": str(SHADERS)}
LAYERS = 5
"""Of the tiny model, as llama.cpp counts."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A software card takes its time."""
    monkeypatch.setattr("tests.inference.conftest.BOUND", 300.0)
    monkeypatch.setattr("tests.recorder.PATIENCE_S", 300.0)


@pytest.fixture
def card(start: Start) -> Driver:
    return start("llama", environment=VULKAN, cancel_grace=60.0)


def test_the_worker_uses_the_folder_and_lists_the_card(card: Driver) -> None:
    hello = card.engine.hello
    assert hello is not None
    kinds = [device.kind for device in hello.devices]
    assert kinds.count("cpu") == 1
    assert "gpu" in kinds or "igpu" in kinds


@pytest.mark.parametrize("layers", [-1, 2, 0, 99])
def test_the_answer_is_the_same_wherever_the_layers_are(card: Driver, layers: int) -> None:
    loaded = card.load(gpu_layers=layers).loaded()
    expected = {
        -1: (LAYERS, Placement.ALL),
        99: (LAYERS, Placement.ALL),
        2: (2, Placement.SET),
        0: (0, Placement.SET),
    }
    assert (loaded.gpu_layers, loaded.placement) == expected[layers]
    assert (loaded.graphics_bytes > 0) is (loaded.gpu_layers > 0)
    assert ("llvmpipe" in loaded.device) is (loaded.gpu_layers > 0)
    assert loaded.notice is None
    answer = card.ask(QUESTION, max_tokens=3)
    answer.done()
    assert answer.text in BEGINNINGS


def test_a_card_of_which_safe_mode_wants_nothing(card: Driver) -> None:
    loaded = card.load(mode=EngineMode.CPU).loaded()
    assert (loaded.gpu_layers, loaded.placement, loaded.graphics_bytes) == (0, Placement.SAFE_MODE, 0)


def test_a_worker_without_cards_takes_any_number_of_layers_to_the_processor(start: Start) -> None:
    driver = start("llama", environment={**VULKAN, **WITHOUT_CARDS})
    hello = driver.engine.hello
    assert hello is not None
    assert ([device.kind for device in hello.devices], hello.notice) == (["cpu"], "engine.no_cards")
    loaded = driver.load(gpu_layers=99).loaded()
    assert (loaded.gpu_layers, loaded.placement, loaded.graphics_bytes) == (0, Placement.NO_CARD, 0)
    answer = driver.ask(QUESTION)
    answer.done()
    assert answer.text == ANSWER


def test_a_cache_of_eight_bits_on_the_card(card: Driver) -> None:
    plain = card.load(context=2048).loaded()
    coarse = card.load(context=2048, how=LoadSettings(cache=CacheType.Q8_0)).loaded()
    assert coarse.kv_bytes < 0.6 * plain.kv_bytes
    answer = card.ask(QUESTION, max_tokens=3)
    answer.done()
    assert answer.text in BEGINNINGS


def test_cards_that_cannot_share_a_layer_share_layers(card: Driver) -> None:
    loaded = card.load(how=LoadSettings(split=SplitMode.ROW)).loaded()
    assert (loaded.how.split, loaded.notice) == (SplitMode.LAYER, "engine.no_row_split")
    assert loaded.gpu_layers == LAYERS


def test_one_card_by_its_number_and_one_that_was_taken_out(card: Driver) -> None:
    for number in (0, 7):
        loaded = card.load(how=LoadSettings(split=SplitMode.NONE, main_gpu=number)).loaded()
        assert (loaded.gpu_layers, loaded.how.main_gpu) == (LAYERS, 0)


@pytest.mark.skipif(not native_crash.available, reason="needs LD_PRELOAD and gcc")
@pytest.mark.parametrize(
    ("room", "layers", "notice"), [(3_000_000, 3, "engine.fewer_layers"), (0, 0, "engine.no_layers")]
)
def test_a_card_with_less_room_than_it_says(start: Start, tmp_path: Path, room: int, layers: int, notice: str) -> None:
    failing = {"FAILING_CARD": "Vulkan", "FAILING_CARD_ROOM": str(room)}
    driver = start("llama", environment={**VULKAN, **native_crash.build(tmp_path, "failing_card"), **failing})
    loaded = driver.load(context=256).loaded()
    assert (loaded.gpu_layers, loaded.placement, loaded.notice) == (layers, Placement.REFUSED, notice)
    assert (loaded.graphics_bytes > 0) is (layers > 0)
    answer = driver.ask(QUESTION, max_tokens=3)
    answer.done()
    assert answer.text in BEGINNINGS


@pytest.mark.skipif(not native_crash.available, reason="needs LD_PRELOAD and gcc")
def test_a_card_that_vanishes_in_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is answered by the processor, nobody asks again, and the card is not tried the next time."""
    failing = {"FAILING_CARD": "Vulkan", "FAILING_CARD_STEPS": "3"}  # a probe takes two
    for name, value in {**VULKAN, **native_crash.build(tmp_path, "failing_card"), **failing}.items():
        monkeypatch.setenv(name, value)
    app = Application(paths.in_home(tmp_path / "家"))
    try:
        recorder = Recorder(app.bus)
        model = app.library.import_file(TINY, copy=False).result(30).id
        app.chat.send(None, QUESTION, model=model)
        end = recorder.wait(TurnFinished)
        assert (end.reason, end.answer.text if end.answer else "") == (FinishReason.STOP, ANSWER)
        ready = recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.WRITING)
        loaded = ready.status.loaded
        assert loaded is not None
        assert (loaded.mode, loaded.placement, loaded.gpu_layers) == (EngineMode.CPU, Placement.SAFE_MODE, 0)
        assert ready.status.notice == "engine.safe_mode_cpu"
    finally:
        app.close()


@pytest.mark.parametrize("shape", ["chatglm3-6b", "glm-4-9b-0414", "glm-edge-1.5b"])
@pytest.mark.parametrize(
    "how",
    [
        LoadSettings(),
        LoadSettings(flash=FlashAttention.ON, cache=CacheType.Q8_0),
        LoadSettings(micro_batch=128),
        LoadSettings(flash=FlashAttention.OFF, micro_batch=64),
    ],
    ids=["usual", "8 bits", "small steps", "no flash attention"],
)
def test_what_is_estimated_for_a_card_is_what_is_allocated_there(
    card: Driver, tmp_path: Path, shape: str, how: LoadSettings
) -> None:
    # no single tensor may be larger than 128 MB here: this driver, unlike those of real cards, leaves it to the processor
    small = replace(few_layers(SHAPES[shape], 2), vocabulary=32_000)
    path = write_model(tmp_path / "m.gguf", small, "Q4_K_M", data=False)
    header = read_header(path)
    assert header.footprint is not None
    footprint = with_size(header.footprint, path.stat().st_size)
    for context in (2048, 8192):
        loaded = card.load(path, context=context, how=how).loaded()
        used = replace(how, flash=loaded.how.flash, micro_batch=loaded.how.micro_batch)
        found = graphics_bytes(footprint, context, loaded.gpu_layers, **placing.costs(used))
        assert loaded.gpu_layers == 3
        assert 0.9 < found / loaded.graphics_bytes < 1.15, f"{found} for {loaded.graphics_bytes} at {context}"
