"""The tiny model of generation 1 that `known` computes with, as a file of its own: whole, and made of numbers out of a hat."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path

from desktop.inference.legacy.ggml_file import ALIGNMENT, F32, Config, expected_tensors

CONFIG = Config(
    generation=1, version=2, kind=F32, vocabulary=64, hidden=32, heads=2, kv_heads=2, layers=2, ffn=64, epsilon=1e-5,
    theta=10_000.0, context=64, eos=2,
)  # fmt: skip


def write(path: Path) -> None:
    """Write the model. Raises OSError."""
    path.write_bytes(b"".join(content()))


def content() -> Iterator[bytes]:
    """The bytes of the model's file."""
    head = b"ggml" + struct.pack("<ii", 1, 2)
    head += struct.pack(
        "<7ififiii", F32, CONFIG.vocabulary, CONFIG.hidden, CONFIG.heads, CONFIG.kv_heads, CONFIG.layers, CONFIG.ffn,
        CONFIG.epsilon, 0, CONFIG.theta, CONFIG.context, CONFIG.eos, 3,
    )  # fmt: skip
    vocabulary = _vocabulary()
    head += struct.pack("<i", len(vocabulary)) + vocabulary
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


def _vocabulary() -> bytes:
    """A sentencepiece model of a few letters and the marks: enough to be loaded like any other."""
    texts = ["<unk>", "[gMASK]", "<sop>", "<eop>", "▁", *"abcdefghijklmnopqrstuvwxyz0123456789.,"]
    data = b""
    for token, text in enumerate(texts):
        name = text.encode()
        piece = b"\x0a" + bytes((len(name),)) + name + b"\x15" + struct.pack("<f", -float(token))
        piece += b"\x18" + bytes((2 if token == 0 else 3 if token < 4 else 1,))
        data += b"\x0a" + bytes((len(piece),)) + piece
    return data


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
