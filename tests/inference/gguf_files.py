"""Small GGUF files of every kind, good and bad, for tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Value = str | int | float | bool | Sequence[str] | Sequence[int] | Sequence[float]


@dataclass(frozen=True)
class Tensor:
    """By default one row of 32 numbers in Q8_0: 34 bytes."""

    name: str = "token_embd.weight"
    dimensions: tuple[int, ...] = (32,)
    type: int = 8
    offset: int = 0


GOOD: dict[str, Value] = {
    "general.architecture": "chatglm",
    "general.name": "A model",
    "general.file_type": 15,
    "chatglm.context_length": 8192,
    "chatglm.block_count": 28,
    "chatglm.embedding_length": 4096,
    "chatglm.attention.head_count": 32,
    "chatglm.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["<unk>", "a", "[gMASK]", "sop", "<|user|>", "<|assistant|>"],
}


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(key: str, what: Value) -> bytes:
    head = text(key)
    if isinstance(what, bool):
        return head + struct.pack("<I?", 7, what)
    if isinstance(what, int):
        return head + (struct.pack("<II", 4, what) if 0 <= what < 1 << 32 else struct.pack("<Iq", 11, what))
    if isinstance(what, float):
        return head + struct.pack("<If", 6, what)
    if isinstance(what, str):
        return head + struct.pack("<I", 8) + text(what)
    if what and isinstance(what[0], int):
        return head + struct.pack(f"<IIQ{len(what)}i", 9, 5, len(what), *what)
    if what and isinstance(what[0], float):
        return head + struct.pack(f"<IIQ{len(what)}f", 9, 6, len(what), *what)
    return head + struct.pack("<IIQ", 9, 8, len(what)) + b"".join(text(str(item)) for item in what)


def header(values: Mapping[str, Value], tensors: Sequence[Tensor] = (Tensor(),), *, version: int = 3) -> bytes:
    data = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(values))
    data += b"".join(value(key, what) for key, what in values.items())
    for tensor in tensors:
        data += text(tensor.name) + struct.pack("<I", len(tensor.dimensions))
        data += struct.pack(f"<{len(tensor.dimensions)}Q", *tensor.dimensions)
        data += struct.pack("<IQ", tensor.type, tensor.offset)
    return data + b"\0" * (-len(data) % 32)


def write(path: Path, changes: Mapping[str, Value | None] | None = None, *, data: bytes = b"\0" * 64) -> Path:
    """A good file with some values changed (None removes one)."""
    values = {key: what for key, what in {**GOOD, **(changes or {})}.items() if what is not None}
    path.write_bytes(header(values) + data)
    return path
