"""How many threads to use, and how large a model is on the disk."""

from __future__ import annotations

import os
import re
from pathlib import Path

import psutil


def physical_cores() -> int:
    """Cores this process may use; hyper-threads slow llama.cpp down."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, cores)


def processors() -> int:
    """Threads that can run at once: more than the cores where each runs two."""
    count = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        count = min(count, len(os.sched_getaffinity(0)))
    return max(1, count)


def model_size(path: Path) -> int:
    """Bytes of a model file, or of all parts of a split one. Raises OSError."""
    parts = model_parts(path)
    return path.stat().st_size if len(parts) == 1 else sum(part.stat().st_size for part in parts if part.exists())


def model_parts(path: Path) -> list[Path]:
    """The files of a model: one, or all parts of a split one."""
    if match := re.fullmatch(r"(.*-)00001-of-(\d{5})\.gguf", path.name):
        return [path.with_name(f"{match[1]}{n:05d}-of-{match[2]}.gguf") for n in range(1, int(match[2]) + 1)]
    return [path]
