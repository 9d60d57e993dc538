"""Where a model is put and how, decided before it is loaded; and what is tried next when a machine does not take that. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.core import memory, placing
from desktop.core.footprint import Footprint, with_size
from desktop.core.loading import CacheType, LoadSettings, Placement, SplitMode
from desktop.core.models import Device, EngineMode, LoadOptions, ModelHeader
from desktop.core.value import dataclass
from desktop.inference import gguf


@dataclass(frozen=True)
class Plan:
    """One way to load a model."""

    gpu_layers: int
    """As llama.cpp counts: with the output as one more."""
    how: LoadSettings
    placement: Placement
    needed: int = 0
    """Bytes of graphics memory all layers would take …"""
    free: int = 0
    """… and what is free; 0 = there is no card, or it does not tell."""
    notice: str | None = None
    """Code of what did not go as planned."""


def first(options: LoadOptions, header: ModelHeader, size: int, devices: Sequence[Device]) -> Plan:
    """What should work. `size` is that of the whole model in bytes."""
    how = options.how
    if how.main_gpu >= max(1, len(memory.graphics(devices))):
        how = replace(how, main_gpu=0)  # the card was taken out
    cards = placing.cards(how, devices)
    if options.mode is EngineMode.CPU or not cards:
        placement = Placement.SAFE_MODE if cards else Placement.NO_CARD
        return _on_processor(how, header, placement)
    settled = placing.settled(how, header.family, cards)
    free = sum(card.memory_free for card in cards)
    if header.footprint is None:
        most, needed, fitting = header.layers + 1, 0, header.layers + 1
    else:
        footprint = with_size(header.footprint, size)
        most = len(footprint.blocks) + 1
        context = gguf.usable_context(header, options.context)
        needed = _bytes(footprint, context, most, settled)
        fitting = _fitting(footprint, context, cards, settled)
    skipped = header.footprint.skipped if header.footprint is not None else 0
    whole = most + skipped
    if 0 <= options.gpu_layers < whole:
        if not options.gpu_layers:
            return replace(_on_processor(how, header, Placement.SET), needed=needed, free=free)
        return Plan(options.gpu_layers, settled, Placement.SET, needed, free)
    if options.gpu_layers >= whole or fitting >= most:
        return Plan(whole, settled, Placement.ALL, needed, free)
    if not fitting:
        return replace(_on_processor(how, header, Placement.MEMORY), needed=needed, free=free)
    return Plan(fitting + skipped, settled, Placement.MEMORY, needed, free)


def after(
    failed: Plan, reason: str, options: LoadOptions, header: ModelHeader, size: int, devices: Sequence[Device]
) -> Plan | None:
    """What to try when `failed` did not work for this `reason` (llama.cpp's words); None when there is nothing left.

    `devices` as they are now: another program may have taken memory meanwhile.
    """
    how = failed.how
    if how.cache is not CacheType.F16 and "cache type" in reason:
        return replace(failed, how=replace(how, cache=CacheType.F16), notice="engine.plain_cache")
    if how.split is SplitMode.ROW and "split buffer" in reason:
        return replace(failed, how=replace(how, split=SplitMode.LAYER), notice="engine.no_row_split")
    if not failed.gpu_layers:
        return None
    if failed.placement is not Placement.REFUSED:
        now = first(replace(options, gpu_layers=-1), header, size, devices).gpu_layers
        if fewer := min(now, failed.gpu_layers * 2 // 3):
            return replace(failed, gpu_layers=fewer, placement=Placement.REFUSED, notice="engine.fewer_layers")
    plan = _on_processor(options.how, header, Placement.REFUSED)
    return replace(plan, needed=failed.needed, free=failed.free, notice="engine.no_layers")


def _on_processor(how: LoadSettings, header: ModelHeader, placement: Placement) -> Plan:
    return Plan(0, placing.settled(how, header.family, ()), placement)


def _bytes(footprint: Footprint, context: int, layers: int, how: LoadSettings) -> int:
    return memory.graphics_bytes(footprint, context, layers, **placing.costs(how))


def _fitting(footprint: Footprint, context: int, cards: Sequence[Device], how: LoadSettings) -> int:
    return memory.layers_that_fit(footprint, context, cards, **placing.costs(how))
