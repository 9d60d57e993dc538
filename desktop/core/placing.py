"""What the settings of a load come to on a machine, for the worker that loads and for those who estimate. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

from desktop.core import memory
from desktop.core.footprint import Footprint
from desktop.core.loading import CacheType, FlashAttention, LoadSettings, SplitMode
from desktop.core.models import Device, Machine

_LEAST_BATCH = 64
"""Tokens of a step: so many must fit for a guess to be checked in one; with fewer than eight llama.cpp dies."""
_KEEPS_F16 = frozenset({"glm-4.7-flash"})
"""Families whose answers suffer from a coarser cache."""


def settled(how: LoadSettings, family: str, devices: Sequence[Device]) -> LoadSettings:
    """The settings with nothing automatic left but what only llama.cpp knows. `devices` are those the model will use: none or
    only processors when no layer goes to a card."""
    flash = how.flash
    if flash is FlashAttention.AUTO and not memory.flash_works(family, devices):
        flash = FlashAttention.OFF
    cache = CacheType.F16 if family in _KEEPS_F16 or flash is FlashAttention.OFF else how.cache
    micro = how.micro_batch or memory.BATCH
    batch = max(how.batch or memory.BATCH, micro, _LEAST_BATCH)
    return replace(how, flash=flash, cache=cache, micro_batch=micro, batch=batch)


def cards(how: LoadSettings, devices: Sequence[Device]) -> list[Device]:
    """The graphics cards a load uses, as llama.cpp numbers them."""
    found = memory.graphics(devices)
    if how.split is SplitMode.NONE and found:
        return [found[how.main_gpu if how.main_gpu < len(found) else 0]]
    return found


def visible(how: LoadSettings, devices: Sequence[Device]) -> tuple[Device, ...]:
    """All devices without the cards that are not used."""
    used = cards(how, devices)
    return tuple(device for device in devices if device.kind not in ("gpu", "igpu") or device in used)


def expected(
    footprint: Footprint,
    context: int,
    machine: Machine,
    family: str,
    how: LoadSettings,
    *,
    gpu_layers: int = -1,
    correction: memory.Correction | None = None,
) -> memory.MemoryEstimate:
    """What a load with these settings takes; as `memory.estimate`."""
    seen = visible(how, machine.devices)
    chosen = settled(how, family, seen if gpu_layers else ())
    machine = replace(machine, devices=seen)
    return memory.estimate(footprint, context, machine, gpu_layers=gpu_layers, **costs(chosen), correction=correction)


class Costs(TypedDict):
    """What of the settings counts for memory, as `core.memory` takes it."""

    cache: CacheType
    flash: bool
    batch: int


def costs(how: LoadSettings) -> Costs:
    """Of settled settings. Flash attention that llama.cpp decides on counts as on: it nearly always is."""
    return Costs(cache=how.cache, flash=how.flash is not FlashAttention.OFF, batch=how.micro_batch or memory.BATCH)
