"""Looks for model files below a folder, in bounded time: people name whole disks, and links make circles."""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

DEPTH = 8
"""Folders below the first one."""
ENTRIES = 50_000
"""Names looked at, in all."""
FILES = 1_000
"""Model files."""
SECONDS = 30.0

_LATER_PART = re.compile(r".+-(?!00001)\d{5}-of-\d{5}\.gguf", re.IGNORECASE)
_NO_MODEL = re.compile(r"mmproj|imatrix", re.IGNORECASE)


def gguf_files(root: Path, stopped: Callable[[], bool] = lambda: False) -> list[Path]:
    """The GGUF files below `root`, nearest first, of split models the first part. Links are followed, each folder once.

    What cannot be read is passed over; a root that cannot be read has no files.
    """
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    deadline = time.monotonic() + SECONDS
    looked = 0
    queue = deque([(root, 0)])
    while queue and looked < ENTRIES and len(found) < FILES and time.monotonic() < deadline and not stopped():
        folder, depth = queue.popleft()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                names = []
                for entry in entries:
                    looked += 1
                    if looked > ENTRIES:
                        break
                    names.append(entry)
        except (OSError, ValueError):
            continue
        for entry in sorted(names, key=lambda one: one.name):
            try:
                if is_candidate(entry.name) and entry.is_file():
                    found.append(folder / entry.name)
                elif entry.is_dir() and depth < DEPTH and not entry.name.startswith((".", "$")):
                    queue.append((folder / entry.name, depth + 1))
            except OSError:
                continue
    return found[:FILES]


def is_candidate(name: str) -> bool:
    """Whether a file of this name may be a chat model."""
    return name.lower().endswith(".gguf") and not _LATER_PART.fullmatch(name) and not _NO_MODEL.search(name)
