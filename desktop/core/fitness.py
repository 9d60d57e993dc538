"""Which builds suit a machine: pure rules, so that the same answer comes everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.footprint import Footprint, with_size
from desktop.core.memory import estimate
from desktop.core.models import CatalogEntry, Fit, Machine

DISK_MARGIN = 256_000_000
"""Bytes to leave free on the disk: a full one hurts more than a missing model."""
_NOMINAL = 0.9
"""A "16 GB" machine reports less: firmware and graphics take their part first."""
_CONTEXT = 8192
"""Tokens of a conversation of ordinary length."""
_WORKING = 600_000_000
"""Bytes besides the weights where the layers are not known: a context of that length, compute buffers, the program."""


def fit(entry: CatalogEntry, machine: Machine, footprint: Footprint | None = None) -> Fit:
    """Whether the build suits the machine as it is now. Memory first: a disk can be cleared, memory not.

    `footprint` tells of its layers; without it only whole models on a card are recognized.
    """
    if footprint is not None:
        found = estimate(with_size(footprint, entry.size), min(_CONTEXT, entry.context or _CONTEXT), machine)
        needed, carded = (
            found.needed,
            found.needed < found.total,
        )  # what shares the processor's memory relieves it of nothing
    else:
        needed = entry.size + entry.size // 20 + _WORKING
        carded = any(device.kind == "gpu" and device.memory_free >= needed for device in machine.devices)
        needed = 0 if carded else needed
    # what is left beside a card is bytes, not a recommendation: the system needs its tenth too
    enough = needed <= machine.memory_total * _NOMINAL if carded else _has_memory(entry.memory, machine)
    if not enough:
        return Fit.TOO_LARGE
    if not _has_disk(entry, machine):
        return Fit.NO_DISK
    return Fit.GOOD if needed <= machine.memory_available else Fit.TIGHT


def recommended(entries: Sequence[CatalogEntry], machine: Machine) -> CatalogEntry:
    """The build to propose to a newcomer: by the memory the machine has, not by what happens to be free. At least one entry."""
    proposed = [entry for entry in entries if entry.proposed_from is not None]
    proposed.sort(key=lambda entry: entry.proposed_from or 0, reverse=True)
    for entry in proposed:
        if _has_memory(entry.proposed_from or 0, machine) and _has_disk(entry, machine):
            return entry
    runnable = [entry for entry in entries if _has_memory(entry.memory, machine)]
    # too little memory or disk for any of them: the smallest is the likeliest to work once there is room
    return min(runnable or entries, key=lambda entry: entry.size)


def _has_memory(needed: int, machine: Machine) -> bool:
    return machine.memory_total >= needed * _NOMINAL


def _has_disk(entry: CatalogEntry, machine: Machine) -> bool:
    return machine.disk_free >= entry.size + DISK_MARGIN
