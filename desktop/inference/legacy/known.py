"""A tiny model of generation 1 whose answer is known, computed before anybody's own: ctypes would not notice if a function of the
library had changed, and a wrong answer looks like a right one.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from desktop.inference.legacy import content
from desktop.inference.legacy.ggml import Ggml
from desktop.inference.legacy.ggml_file import read_file
from desktop.inference.legacy.machine import Machine

PROMPT = (5, 40, 17, 3, 59, 22, 22, 8, 31, 60, 61)
THEN = (12, 33, 7)
"""Tokens that follow the prompt, one after another."""
EXPECTED = (
    (-10.457, 3.888, -3.453, 10.005, -7.012, -0.236),
    (-3.871, -3.433, 0.767, 7.832, 1.056, -5.242),
    (-6.846, -1.073, -3.364, 7.972, -4.369, -1.931),
    (-3.12, -7.833, 2.425, 4.667, -0.998, -2.372),
)
"""Some logits after the prompt and after each of `THEN`, computed in double precision by tests/inference/legacy/reference.py."""
WHERE = (0, 9, 21, 38, 50, 63)
"""Whose logits those are."""
_TOLERANCE = 0.02
"""Of their standard deviation: the cache holds half precision."""


def check(ggml: Ggml) -> str:
    """What is wrong with the library; empty if nothing is. Raises Refused, Aborted, OSError, MemoryError."""
    with tempfile.TemporaryDirectory(prefix="chatglm-") as folder:
        path = Path(folder) / "known.bin"
        content.write(path)
        machine = Machine(ggml, read_file(path), content.CONFIG.context, 1, 0)
        try:
            rows = [list(machine.read(PROMPT)[0])]
            rows += [list(machine.write(token)) for token in THEN]
        finally:
            machine.close()
    for row, expected in zip(rows, EXPECTED, strict=True):
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((value - mean) ** 2 for value in row) / len(row))
        worst = max(abs(row[at] - value) for at, value in zip(WHERE, expected, strict=True))
        if not worst <= _TOLERANCE * spread:
            return "it computes something else than it should"
    return ""
