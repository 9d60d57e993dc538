"""How many threads to use, and how many layers a graphics card holds. Pure but for asking the system for its cores."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import psutil

from desktop.core.models import Device

_GPU_RESERVE = 600_000_000
"""Bytes of graphics memory left to the screen and to llama.cpp's own buffers."""


def physical_cores() -> int:
    """Cores this process may use; hyper-threads slow llama.cpp down."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, cores)


def layers_that_fit(devices: Sequence[Device], size: int, layers: int, cache: int) -> int:
    """How many of `layers` (plus the output layer) fit into free graphics memory.

    `size` and `cache` are the bytes of all weights and of the whole KV cache. Cards that do not tell their memory are
    trusted with everything.
    """
    graphics = [device for device in devices if device.kind in ("gpu", "igpu")]
    if not graphics:
        return 0
    if any(device.memory_free <= 0 for device in graphics):
        return layers + 1
    room = sum(device.memory_free * 92 // 100 - _GPU_RESERVE for device in graphics)
    return max(0, min(layers + 1, room * (layers + 1) // max(1, size + cache)))


def model_size(path: Path) -> int:
    """Bytes of a model file, or of all parts of a split one. Raises OSError."""
    if match := re.fullmatch(r"(.*-)00001-of-(\d{5})\.gguf", path.name):
        parts = [path.with_name(f"{match[1]}{n:05d}-of-{match[2]}.gguf") for n in range(1, int(match[2]) + 1)]
        return sum(part.stat().st_size for part in parts if part.exists())
    return path.stat().st_size
