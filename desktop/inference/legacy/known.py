"""A tiny model of generation 1 whose answer is known, computed before anybody's own: ctypes would not notice if a function of the
library had changed, and a wrong answer looks like a right one.
"""

from __future__ import annotations

import math
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from desktop.inference.legacy.ggml import Ggml
from desktop.inference.legacy.ggml_file import ALIGNMENT, F32, Config, expected_tensors, read_file
from desktop.inference.legacy.machine import Machine

CONFIG = Config(
    generation=1, version=2, kind=F32, vocabulary=64, hidden=32, heads=2, kv_heads=2, layers=2, ffn=64, epsilon=1e-5,
    theta=10_000.0, context=64, eos=2,
)  # fmt: skip
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
        path.write_bytes(b"".join(content()))
        machine = Machine(ggml, read_file(path), CONFIG.context, 1, 0)
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


def content() -> Iterator[bytes]:
    """The bytes of the model's file."""
    head = b"ggml" + struct.pack("<ii", 1, 2)
    head += struct.pack(
        "<7ififiii", F32, CONFIG.vocabulary, CONFIG.hidden, CONFIG.heads, CONFIG.kv_heads, CONFIG.layers, CONFIG.ffn,
        CONFIG.epsilon, 0, CONFIG.theta, CONFIG.context, CONFIG.eos, 3,
    )  # fmt: skip
    head += struct.pack("<i", 1) + b"\0"  # no vocabulary: it reads numbers
    yield head
    position = len(head)
    for name, values in numbers().items():
        shape, _ = expected_tensors(CONFIG)[name]
        entry = struct.pack("<i", len(name)) + name.encode()
        entry += struct.pack(f"<{2 + len(shape)}i", len(shape), *shape, F32)
        entry += bytes(-(position + len(entry)) % ALIGNMENT)
        data = struct.pack(f"<{len(values)}f", *values)
        yield entry + data
        position += len(entry) + len(data)


def numbers() -> dict[str, list[float]]:
    """The weights: anything will do that lets every part of the computation matter."""
    state = 20_230_314
    found: dict[str, list[float]] = {}
    for name, (shape, _) in expected_tensors(CONFIG).items():
        middle, spread = 0.0, 0.2
        if len(shape) == 1:
            middle = 1.0 if "norm.weight" in name else 0.0
        else:
            spread = 1.7 if "embeddings" in name else 1.2 / math.sqrt(shape[1])
            spread *= 24.0 if "attention.dense" in name or "4h_to_h" in name else 1.0
        values = found[name] = []
        for _ in range(math.prod(shape)):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            value = middle + (state / (1 << 30) - 1.0) * spread
            values.append(struct.unpack("<f", struct.pack("<f", value))[0])
    return found
