from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from desktop.core import placing
from desktop.core.loading import CacheType, FlashAttention, LoadSettings, Placement, SplitMode
from desktop.core.memory import graphics_bytes
from desktop.core.models import Device, EngineMode, LoadOptions, ModelHeader
from desktop.inference import plan, settings
from tests.core.test_memory import SIX_B

GB = 1_000_000_000
SIZE = SIX_B.weights
HEADER = ModelHeader("chatglm", "m", "chatglm3", "Q4_K_M", 8192, 28, 6 * GB, 65_024, footprint=SIX_B)
CPU = Device("CPU", "A processor", "cpu", 16 * GB, 8 * GB)
LARGE = Device("CUDA0", "RTX 4060", "gpu", 8 * GB, 7 * GB)
SMALL = replace(LARGE, name="CUDA1", memory_free=3 * GB)
OPTIONS = LoadOptions(Path("m.gguf"))


def first(*cards: Device, options: LoadOptions = OPTIONS, header: ModelHeader = HEADER, **how: object) -> plan.Plan:
    wanted = replace(options, how=replace(options.how, **how))  # type: ignore[arg-type]
    return plan.first(wanted, header, SIZE, (CPU, *cards))


def test_all_that_fit_and_why_no_more() -> None:
    assert (first().gpu_layers, first().placement) == (0, Placement.NO_CARD)
    whole = first(LARGE)
    assert (whole.gpu_layers, whole.placement) == (29, Placement.ALL)
    part = first(SMALL)
    assert 0 < part.gpu_layers < 29
    assert part.placement is Placement.MEMORY
    assert part.needed == graphics_bytes(SIX_B, 8192, 29)
    assert part.free == SMALL.memory_free
    full = first(replace(LARGE, memory_free=300_000_000))
    assert (full.gpu_layers, full.placement, full.free) == (0, Placement.MEMORY, 300_000_000)


def test_what_the_user_and_safe_mode_want() -> None:
    assert first(LARGE, options=replace(OPTIONS, gpu_layers=10)).gpu_layers == 10
    assert first(LARGE, options=replace(OPTIONS, gpu_layers=10)).placement is Placement.SET
    none = first(LARGE, options=replace(OPTIONS, gpu_layers=0))
    assert (none.gpu_layers, none.placement) == (0, Placement.SET)
    assert first(LARGE, options=replace(OPTIONS, gpu_layers=99)).placement is Placement.ALL
    safe = first(LARGE, options=replace(OPTIONS, mode=EngineMode.CPU))
    assert (safe.gpu_layers, safe.placement) == (0, Placement.SAFE_MODE)


def test_a_coarser_cache_and_smaller_steps_leave_room_for_more_layers() -> None:
    tight = replace(LARGE, memory_free=4 * GB)
    options = replace(OPTIONS, context=8192)
    usual = first(tight, options=options).gpu_layers
    assert first(tight, options=options, cache=CacheType.Q8_0).gpu_layers > usual
    assert first(tight, options=options, micro_batch=128).gpu_layers > usual
    assert first(tight, options=options, flash=FlashAttention.OFF).gpu_layers < usual


def test_one_card_of_several() -> None:
    assert first(SMALL, LARGE).placement is Placement.ALL
    assert first(SMALL, LARGE, split=SplitMode.NONE, main_gpu=1).placement is Placement.ALL
    assert first(SMALL, LARGE, split=SplitMode.NONE).placement is Placement.MEMORY
    gone = first(LARGE, split=SplitMode.NONE, main_gpu=3)
    assert (gone.how.main_gpu, gone.placement) == (0, Placement.ALL)


def test_fewer_layers_once_and_then_the_processor() -> None:
    devices = (CPU, LARGE)
    begun = first(LARGE)
    fewer = plan.after(begun, "out of memory", OPTIONS, HEADER, SIZE, devices)
    assert fewer is not None
    assert (fewer.gpu_layers, fewer.placement, fewer.notice) == (19, Placement.REFUSED, "engine.fewer_layers")
    last = plan.after(fewer, "out of memory", OPTIONS, HEADER, SIZE, devices)
    assert last is not None
    assert (last.gpu_layers, last.placement, last.notice) == (0, Placement.REFUSED, "engine.no_layers")
    assert last.needed == begun.needed
    assert plan.after(last, "out of memory", OPTIONS, HEADER, SIZE, devices) is None


def test_memory_that_another_program_took_meanwhile_counts() -> None:
    now = (CPU, replace(LARGE, memory_free=1_600_000_000))
    fewer = plan.after(first(LARGE), "out of memory", OPTIONS, HEADER, SIZE, now)
    assert fewer is not None
    assert 0 < fewer.gpu_layers < 19
    none = plan.after(first(LARGE), "", OPTIONS, HEADER, SIZE, (CPU, replace(LARGE, memory_free=1)))
    assert none is not None
    assert (none.gpu_layers, none.notice) == (0, "engine.no_layers")


def test_a_cache_that_a_model_cannot_have_and_cards_that_cannot_share() -> None:
    coarse = first(LARGE, cache=CacheType.Q8_0)
    plain = plan.after(
        coarse, "K cache type q8_0 with block size 32 does not divide 100", OPTIONS, HEADER, SIZE, (CPU,)
    )
    assert plain is not None
    assert (plain.how.cache, plain.gpu_layers, plain.notice) == (CacheType.F16, 29, "engine.plain_cache")
    rows = first(LARGE, split=SplitMode.ROW)
    shared = plan.after(rows, "device CUDA0 does not support split buffers", OPTIONS, HEADER, SIZE, (CPU,))
    assert shared is not None
    assert (shared.how.split, shared.gpu_layers, shared.notice) == (SplitMode.LAYER, 29, "engine.no_row_split")


@pytest.mark.parametrize(
    ("how", "family", "devices", "flash", "cache"),
    [
        (LoadSettings(), "glm-4", (), FlashAttention.AUTO, CacheType.F16),
        (LoadSettings(cache=CacheType.Q8_0), "glm-4", (), FlashAttention.AUTO, CacheType.Q8_0),
        (
            LoadSettings(cache=CacheType.Q8_0, flash=FlashAttention.OFF),
            "glm-4",
            (),
            FlashAttention.OFF,
            CacheType.F16,
        ),
        (LoadSettings(cache=CacheType.Q8_0), "glm-4.7-flash", (), FlashAttention.AUTO, CacheType.F16),
        (LoadSettings(), "glm-4.7-flash", (replace(LARGE, name="Vulkan0"),), FlashAttention.OFF, CacheType.F16),
        (
            LoadSettings(flash=FlashAttention.ON),
            "glm-4.7-flash",
            (replace(LARGE, name="Vulkan0"),),
            FlashAttention.ON,
            CacheType.F16,
        ),
    ],
)
def test_what_automatic_comes_to(
    how: LoadSettings, family: str, devices: tuple[Device, ...], flash: FlashAttention, cache: CacheType
) -> None:
    found = placing.settled(how, family, devices)
    assert (found.flash, found.cache, found.batch, found.micro_batch) == (flash, cache, 512, 512)


def test_a_step_of_reading_is_never_smaller_than_what_is_computed_at_once() -> None:
    found = placing.settled(LoadSettings(batch=256, micro_batch=1024), "glm-4", ())
    assert (found.batch, found.micro_batch) == (1024, 1024)


def test_the_fields_of_llama_cpp() -> None:
    how = LoadSettings(
        flash=FlashAttention.ON,
        cache=CacheType.Q8_0,
        batch=1024,
        micro_batch=256,
        mapped=False,
        locked=True,
        repack=False,
        reading_threads=6,
    )
    chosen = plan.Plan(7, how, Placement.SET)
    model = SimpleNamespace()
    settings.model(model, OPTIONS, chosen)
    assert vars(model) == {
        "n_gpu_layers": 7, "use_extra_bufts": False, "load_mode": 2, "split_mode": 1, "main_gpu": 0,
    }  # fmt: skip
    context = SimpleNamespace(n_ctx=512)
    settings.context(context, chosen, threads=4)
    assert vars(context) == {
        "n_ctx": 512, "n_batch": 512, "n_ubatch": 256, "n_threads": 4, "n_threads_batch": 6, "flash_attn_type": 1,
        "type_k": 8, "type_v": 8, "offload_kqv": True, "op_offload": True,
    }  # fmt: skip


def test_safer_modes_never_repack() -> None:
    for mode, repacks in ((EngineMode.FULL, True), (EngineMode.NO_REPACK, False), (EngineMode.CPU, False)):
        model = SimpleNamespace()
        settings.model(model, replace(OPTIONS, mode=mode), first())
        assert model.use_extra_bufts is repacks
