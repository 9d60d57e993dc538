from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.footprint import Footprint, with_size
from desktop.core.loading import CacheType
from desktop.core.memory import (
    Correction,
    Verdict,
    compute_bytes,
    estimate,
    flash_works,
    kv_bytes,
    layers_that_fit,
)
from desktop.core.models import Device, Machine

GB = 1_000_000_000
SIX_B = Footprint(
    blocks=(130_000_000,) * 28,
    input=150_000_000,
    output=220_000_000,
    tied=False,
    keys=(256,) * 28,
    values=(256,) * 28,
    embedding=4096,
    feed_forward=13_696,
    heads=32,
    vocabulary=65_024,
)
CPU = Device("CPU", "A processor", "cpu", 16 * GB, 8 * GB)


def machine(free: float, *cards: Device) -> Machine:
    return Machine(64 * GB, int(free * GB), 500 * GB, "cpu", 4, (CPU, *cards))


def card(free: float, kind: str = "gpu", name: str = "CUDA0") -> Device:
    return Device(name, "A card", kind, 48 * GB, int(free * GB))


def test_the_parts_add_up() -> None:
    found = estimate(SIX_B, 8192, machine(16))
    assert found.weights == 28 * 130_000_000 + 370_000_000
    assert found.kv == 8192 * 28 * 1024
    assert found.compute == 512 * 4 * (65_024 + 3 * 4096)
    assert found.total == found.weights + found.kv + found.compute + found.overhead == found.memory == found.needed
    assert (found.graphics, found.layers, found.gpu_layers, found.verdict) == (0, 28, 0, Verdict.CPU)


def test_the_context_is_rounded_up_as_llama_does() -> None:
    assert kv_bytes(SIX_B, 1) == kv_bytes(SIX_B, 256) == 256 * 28 * 1024
    assert kv_bytes(SIX_B, 257) == kv_bytes(SIX_B, 512)


def test_an_8_bit_cache_is_half_as_large_and_a_bit() -> None:
    assert kv_bytes(SIX_B, 8192, CacheType.Q8_0) == kv_bytes(SIX_B, 8192) * 34 // 64


def test_layers_may_differ() -> None:
    mixed = replace(SIX_B, keys=(256,) * 14 + (0,) * 14, values=(256,) * 14 + (0,) * 14)
    assert kv_bytes(mixed, 1024) * 2 == kv_bytes(SIX_B, 1024)


def test_a_long_context_needs_more_room_to_work_and_without_flash_much_more() -> None:
    assert compute_bytes(SIX_B, 131_072) > compute_bytes(SIX_B, 8192)
    table = 512 * 4 * 32 * 32_768
    assert compute_bytes(SIX_B, 32_768, flash=False) > table
    assert compute_bytes(SIX_B, 32_768) < table


@pytest.mark.parametrize(
    ("free", "cards", "verdict", "gpu_layers"),
    [
        (16, (), Verdict.CPU, 0),
        (4, (), Verdict.SLOW, 0),
        (16, (card(8),), Verdict.GPU, 28),
        (1, (card(8),), Verdict.GPU, 28),
        (16, (card(3),), Verdict.PARTLY, 15),
        (1, (card(3),), Verdict.SLOW, 15),
        (16, (card(0.6),), Verdict.CPU, 0),
        (16, (card(8, "igpu"),), Verdict.GPU, 28),
        (4, (card(8, "igpu"),), Verdict.SLOW, 28),  # what it takes, it takes from the processor's memory
        (4, (card(8, name="Metal"),), Verdict.SLOW, 28),
        (16, (card(0),), Verdict.GPU, 28),  # a card that does not tell is trusted
    ],
)
def test_verdicts(free: float, cards: tuple[Device, ...], verdict: Verdict, gpu_layers: int) -> None:
    found = estimate(SIX_B, 8192, machine(free, *cards))
    assert (found.verdict, found.gpu_layers) == (verdict, gpu_layers)
    assert found.memory + found.graphics == found.total
    assert (found.graphics > 0) == (gpu_layers > 0)


def test_the_user_may_choose_the_layers() -> None:
    found = estimate(SIX_B, 8192, machine(16, card(8)), gpu_layers=10)
    assert (found.verdict, found.gpu_layers) == (Verdict.PARTLY, 9)
    assert estimate(SIX_B, 8192, machine(16, card(8)), gpu_layers=0).graphics == 0
    assert estimate(SIX_B, 8192, machine(16), gpu_layers=10).gpu_layers == 0


def test_a_longer_context_leaves_room_for_fewer_layers() -> None:
    counts = [layers_that_fit(SIX_B, context, [card(4)]) for context in (2048, 32_768, 131_072)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] > 0


def test_two_cards_share_and_a_real_one_goes_before_a_built_in_one() -> None:
    one, two = (layers_that_fit(SIX_B, 8192, [card(2)] * count) for count in (1, 2))
    assert 0 < one < two
    assert layers_that_fit(SIX_B, 8192, [card(2), card(48, "igpu")]) == one
    assert layers_that_fit(SIX_B, 8192, [CPU]) == 0


def test_the_output_of_tied_embeddings_is_copied_to_the_card() -> None:
    tied = replace(SIX_B, tied=True, output=0)
    on_card = estimate(tied, 8192, machine(16, card(8)))
    assert on_card.weights == tied.weights + tied.input
    assert estimate(tied, 8192, machine(16)).weights == tied.weights


def test_what_a_load_taught_corrects() -> None:
    plain, learnt = (estimate(SIX_B, 8192, machine(16), correction=c) for c in (None, Correction(1.0, 1.0, 1.5)))
    assert (plain.learnt, learnt.learnt) == (False, True)
    assert learnt.compute == round(plain.compute * 1.5)
    assert learnt.total > plain.total


def test_where_flash_attention_goes_wrong() -> None:
    vulkan = card(8, name="Vulkan0")
    assert not flash_works("glm-4.7-flash", [CPU, vulkan])
    assert flash_works("glm-4.7-flash", [CPU, card(8)])
    assert flash_works("glm-4", [vulkan])


def test_another_quantization_of_the_same_model() -> None:
    half = with_size(SIX_B, SIX_B.weights // 2)
    assert abs(half.weights - SIX_B.weights // 2) < 30
    assert (half.keys, half.vocabulary) == (SIX_B.keys, SIX_B.vocabulary)
    assert with_size(SIX_B, SIX_B.weights + 8_000_000) == SIX_B  # the header itself takes some megabytes


def test_the_rest_of_a_split_model_is_shared_out() -> None:
    first = replace(SIX_B, blocks=(130_000_000,) * 10 + (0,) * 18)
    whole = with_size(first, SIX_B.weights)
    assert whole.blocks == SIX_B.blocks
    nothing = with_size(replace(SIX_B, blocks=(0,) * 28, input=0, output=0), 2800)
    assert nothing.blocks == (100,) * 28


def test_nothing_is_known() -> None:
    nothing = replace(SIX_B, blocks=(), keys=(), values=(), input=0, output=0)
    assert with_size(nothing, GB) == nothing
    assert with_size(SIX_B, 0) == SIX_B
    zeros = replace(SIX_B, blocks=(0,) * 28, input=0, output=0)
    assert with_size(zeros, 0) == zeros
    assert estimate(nothing, 8192, machine(16)).verdict is Verdict.CPU
