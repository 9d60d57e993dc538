"""Gives back the pages of a mapped model file that were read once and are not needed any more."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_DONTNEED = 4
"""Linux's MADV_DONTNEED: of a file's mapping, the pages go, and come back from the system's cache when they are touched."""


def give_back(file: Path) -> int:
    """Take the pages of `file` out of this process; the bytes that were mapped. Elsewhere than on Linux, 0: other systems take
    clean pages by themselves when they need memory."""
    if sys.platform != "linux":
        return 0
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes, madvise.restype = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int), ctypes.c_int
    wanted, given = os.fsencode(file.resolve()), 0
    try:
        lines = Path("/proc/self/maps").read_bytes().splitlines()
    except OSError:
        return 0
    for line in lines:
        place, _, _, _, _, *name = line.split(b" ", 5)
        if name and name[0].strip() == wanted:
            begin, end = (int(part, 16) for part in place.split(b"-"))
            if madvise(begin, end - begin, _DONTNEED) == 0:  # fails for locked pages, which are to stay
                given += end - begin
    return given
