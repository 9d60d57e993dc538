"""Will it fit? The memory a model takes for its weights, its context and its work, and whether this machine has it. Pure.

What llama.cpp allocates: the weights as they lie in the file; a cache of keys and values, as wide as the layers' heads,
for a context rounded up to a multiple of 256 tokens; one buffer for intermediate results, as large as the largest moment of reading a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from desktop.core.footprint import Footprint
from desktop.core.loading import CacheType
from desktop.core.models import Device, Machine
from desktop.core.value import dataclass

BATCH = 512
"""Tokens that are read in one step, and computed at once, where nothing else is set."""
_PADDING = 256
_PROCESS = 50_000_000
"""Bytes of the worker process itself."""
_PER_TOKEN = 450
"""Bytes the worker keeps for each token of the vocabulary."""
_CARD_SHARE = 92
"""Percent of a card's free memory to count on: others use it too."""
_CARD_RESERVE = 300_000_000
"""Bytes of graphics memory left to the screen and to the driver's own needs, on each card."""


class Verdict(StrEnum):
    """Whether a model fits the memory that is free now."""

    GPU = "gpu"
    """Wholly on the graphics card."""
    PARTLY = "partly"
    """Some layers on the graphics card, the others in memory."""
    CPU = "cpu"
    """In memory; there is no graphics card, or it has no room for even one layer."""
    SLOW = "slow"
    """Not in memory: the system will read the weights from the disk again and again."""


@dataclass(frozen=True)
class Correction:
    """What a load of the same model has taught: real bytes over estimated ones."""

    weights: float = 1.0
    kv: float = 1.0
    compute: float = 1.0


@dataclass(frozen=True)
class MemoryEstimate:
    """Sizes in bytes."""

    verdict: Verdict
    context: int
    """Tokens it is for."""
    weights: int
    kv: int
    """The context's cache of keys and values."""
    compute: int
    """Intermediate results."""
    overhead: int
    """The worker process itself."""
    memory: int
    """How much of the total lies in the processor's memory …"""
    graphics: int
    """… and how much in graphics memory."""
    layers: int
    """Of the model."""
    gpu_layers: int
    """Of these on the graphics card; with all of them the output is there too."""
    memory_free: int
    graphics_free: int
    """0: there is no card, or it does not tell."""
    needed: int
    """What must be free in the processor's memory: `memory`, and `graphics` too where the card shares it."""
    learnt: bool = False
    """Corrected by what a load of this model really took."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.kv + self.compute + self.overhead


def estimate(
    footprint: Footprint,
    context: int,
    machine: Machine,
    *,
    gpu_layers: int = -1,
    cache: CacheType = CacheType.F16,
    flash: bool = True,
    batch: int = BATCH,
    correction: Correction | None = None,
) -> MemoryEstimate:
    """The memory a model takes for a conversation of `context` tokens, shared between `machine`'s processor and its cards.

    `gpu_layers` counts as llama.cpp does, with the output as one more; -1 means as many as fit. `flash` says whether attention is computed without a table of all scores.
    `batch` tokens are computed at once.
    """
    learnt = correction or Correction()
    cards = graphics(machine.devices)
    layers = len(footprint.blocks)
    on_card = layers_that_fit(footprint, context, machine.devices, cache=cache, flash=flash, batch=batch)
    if gpu_layers >= 0 and cards:
        on_card = min(gpu_layers, layers + footprint.skipped + 1)
        on_card = max(0, on_card - footprint.skipped) if on_card > 1 else on_card
    there = graphics_bytes(footprint, context, on_card, cache=cache, flash=flash, batch=batch)
    copied = footprint.input if footprint.tied and on_card else 0
    weights = round((footprint.weights + copied) * learnt.weights)
    kv = round(kv_bytes(footprint, context, cache) * learnt.kv)
    compute = round(compute_bytes(footprint, context, flash=flash, batch=batch) * learnt.compute)
    overhead = _PROCESS + _PER_TOKEN * footprint.vocabulary
    memory = max(0, weights + kv + compute + overhead - there)
    needed = memory + (there if any(map(shares_memory, cards)) else 0)
    if needed > machine.memory_available:
        verdict = Verdict.SLOW
    elif on_card > layers:
        verdict = Verdict.GPU
    else:
        verdict = Verdict.PARTLY if on_card > 1 else Verdict.CPU
    return MemoryEstimate(
        verdict=verdict,
        context=context,
        weights=weights,
        kv=kv,
        compute=compute,
        overhead=overhead,
        memory=memory,
        graphics=there,
        layers=layers,
        gpu_layers=max(0, on_card - 1),
        memory_free=machine.memory_available,
        graphics_free=sum(card.memory_free for card in cards),
        needed=needed,
        learnt=correction is not None,
    )


def kv_bytes(footprint: Footprint, context: int, cache: CacheType = CacheType.F16) -> int:
    """Bytes of the cache of all layers."""
    return sum(_kv_of_layers(footprint, context, cache))


def compute_bytes(footprint: Footprint, context: int, *, flash: bool = True, batch: int = BATCH) -> int:
    """Bytes for intermediate results: the larger of the moment the scores of all tokens are there, and of the widest layer."""
    batch = min(batch, context)
    row = 4 * batch
    rest = 3 * row * footprint.embedding
    end = row * footprint.vocabulary + rest
    cells = _padded(context)
    mask, wide = 2 * batch * cells, 3 * row * footprint.feed_forward
    if not flash:
        mask, wide = 2 * mask, max(wide, row * footprint.heads * cells)
    layer = mask + wide + rest
    return max(end, layer)


def layers_that_fit(
    footprint: Footprint,
    context: int,
    devices: Sequence[Device],
    *,
    cache: CacheType = CacheType.F16,
    flash: bool = True,
    batch: int = BATCH,
) -> int:
    """How many layers fit into free graphics memory; one more than there are means the output too. Whole layers from the last on.

    Cards that do not tell their memory are trusted with everything.
    """
    cards = graphics(devices)
    layers = len(footprint.blocks)
    if not cards:
        return 0
    if any(card.memory_free <= 0 for card in cards):
        return layers + 1
    room = sum(max(0, card.memory_free * _CARD_SHARE // 100 - _CARD_RESERVE) for card in cards)
    for count in range(layers + 1, 1, -1):  # the output alone is not worth the way there and back
        if graphics_bytes(footprint, context, count, cache=cache, flash=flash, batch=batch) <= room:
            return count
    return 0


def graphics_bytes(
    footprint: Footprint,
    context: int,
    count: int,
    *,
    cache: CacheType = CacheType.F16,
    flash: bool = True,
    batch: int = BATCH,
) -> int:
    """Bytes on the cards with the last `count` layers there, of which the very last is the output."""
    if count <= 0:
        return 0
    output = footprint.output + (footprint.input if footprint.tied else 0)
    inner = min(count - 1, len(footprint.blocks))
    kept = _kv_of_layers(footprint, context, cache)
    first = len(footprint.blocks) - inner
    work = compute_bytes(footprint, context, flash=flash, batch=batch)
    return output + sum(footprint.blocks[first:]) + sum(kept[first:]) + work


def flash_works(family: str, devices: Sequence[Device]) -> bool:
    """Whether attention can be computed without a table of all scores; for one family that goes wrong on Vulkan."""
    return family != "glm-4.7-flash" or not any(device.name.startswith("Vulkan") for device in devices)


def graphics(devices: Sequence[Device]) -> list[Device]:
    """The cards that are used: real ones if there are any, else what is built into the processor."""
    cards = [device for device in devices if device.kind == "gpu"]
    return cards or [device for device in devices if device.kind == "igpu"]


def shares_memory(card: Device) -> bool:
    """Whether what a card calls its memory is the processor's."""
    return card.kind == "igpu" or card.name.startswith(("Metal", "MTL"))


def _kv_of_layers(footprint: Footprint, context: int, cache: CacheType) -> list[int]:
    cells = _padded(context)
    return [
        cells * (cache.size(key) + cache.size(value))
        for key, value in zip(footprint.keys, footprint.values, strict=True)
    ]


def _padded(context: int) -> int:
    return -(-context // _PADDING) * _PADDING
