"""chatglm.cpp's files of every generation, header and type, with random weights: small ones, and of the real shapes.

python tests/legacy_factory.py chatglm-6b Q4_0 FILE [--layers N] writes a real one with random numbers.
"""

from __future__ import annotations

import argparse
import lzma
import math
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "inference" / "legacy" / "data"

F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 = 0, 1, 2, 3, 6, 7, 8
TYPES = {"F32": F32, "F16": F16, "Q4_0": Q4_0, "Q4_1": Q4_1, "Q5_0": Q5_0, "Q5_1": Q5_1, "Q8_0": Q8_0}
BLOCKS = {F32: (1, 4), F16: (1, 2), Q4_0: (32, 18), Q4_1: (32, 20), Q5_0: (32, 22), Q5_1: (32, 24), Q8_0: (32, 34)}
_POOL = 1 << 18
"""Numbers that are drawn; larger tensors repeat them from another place each."""


@dataclass(frozen=True)
class Shape:
    """A configuration. `vocabulary` 0 = as many as the proto has tokens, rounded up."""

    generation: int
    hidden: int = 128
    heads: int = 4
    kv_heads: int = 4
    layers: int = 3
    ffn: int = 256
    vocabulary: int = 0
    context: int = 512


SMALL = {
    1: Shape(1, ffn=512),
    2: Shape(2, kv_heads=2),
    3: Shape(3, kv_heads=2),
}
REAL = {
    "chatglm-6b": Shape(1, 4096, 32, 32, 28, 16384, 130528, 2048),
    "chatglm2-6b": Shape(2, 4096, 32, 2, 28, 13696, 65024, 32768),
    "chatglm3-6b": Shape(3, 4096, 32, 2, 28, 13696, 65024, 8192),
}


@cache
def proto(name: str) -> bytes:
    """A sentencepiece model of the test data: "first", "first_bpe" or "later"."""
    return lzma.decompress((DATA / f"{name}.model.xz").read_bytes())


def proto_of(generation: int) -> bytes:
    """The one that suits a generation."""
    return proto("first" if generation == 1 else "later")


def write(
    path: Path, shape: Shape, kind: str = "F32", version: int = 2, *, seed: int = 1, vocabulary: bytes | None = None
) -> Path:
    """Write a whole file; the same arguments give the same bytes everywhere."""
    vocabulary = vocabulary if vocabulary is not None else proto_of(shape.generation)
    shape = replace(shape, vocabulary=shape.vocabulary or _rows(shape.generation, vocabulary))
    with path.open("wb") as file:
        file.write(head(shape, TYPES[kind], version, vocabulary))
        for number, (name, dimensions, type) in enumerate(tensors(shape, TYPES[kind])):
            file.write(tensor_head(name, dimensions, type))
            file.write(bytes(-file.tell() % 16))
            for part in _numbers(name, dimensions, type, seed * 1000 + number):
                file.write(part)
    return path


def head(shape: Shape, kind: int, version: int, vocabulary: bytes) -> bytes:
    """All before the tensors."""
    data = b"ggml" + struct.pack("<ii", shape.generation, version)
    eos = 130005 if shape.vocabulary > 130005 else 2
    if version == 1:
        data += struct.pack(
            "<11i", kind, shape.vocabulary, shape.hidden, shape.heads, shape.layers, shape.ffn, shape.context, 1, eos, 3, 0
        )  # fmt: skip
        data += struct.pack("<i", shape.kv_heads) if shape.generation > 1 else b""
    else:
        data += struct.pack(
            "<7ififiii", kind, shape.vocabulary, shape.hidden, shape.heads, shape.kv_heads, shape.layers, shape.ffn, 1e-5,
            0, 10000.0, shape.context, eos, 3,
        )  # fmt: skip
    return data + struct.pack("<i", len(vocabulary)) + vocabulary


def tensor_head(name: str, dimensions: tuple[int, ...], kind: int) -> bytes:
    """What stands before the padding and the data of a tensor."""
    return (
        struct.pack("<i", len(name))
        + name.encode()
        + struct.pack(f"<{2 + len(dimensions)}i", len(dimensions), *dimensions, kind)
    )


def tensors(shape: Shape, kind: int) -> Iterator[tuple[str, tuple[int, ...], int]]:
    """Names, shapes (outer first) and types, in the order chatglm.cpp writes them."""
    width, qkv = shape.hidden, shape.hidden + 2 * shape.kv_heads * (shape.hidden // shape.heads)
    if shape.generation == 1:
        yield "transformer.word_embeddings.weight", (shape.vocabulary, width), kind
        for n in range(shape.layers):
            at = f"transformer.layers.{n}."
            yield f"{at}input_layernorm.weight", (width,), F32
            yield f"{at}input_layernorm.bias", (width,), F32
            yield f"{at}attention.query_key_value.weight", (qkv, width), kind
            yield f"{at}attention.query_key_value.bias", (qkv,), F32
            yield f"{at}attention.dense.weight", (width, width), kind
            yield f"{at}attention.dense.bias", (width,), F32
            yield f"{at}post_attention_layernorm.weight", (width,), F32
            yield f"{at}post_attention_layernorm.bias", (width,), F32
            yield f"{at}mlp.dense_h_to_4h.weight", (shape.ffn, width), kind
            yield f"{at}mlp.dense_h_to_4h.bias", (shape.ffn,), F32
            yield f"{at}mlp.dense_4h_to_h.weight", (width, shape.ffn), kind
            yield f"{at}mlp.dense_4h_to_h.bias", (width,), F32
        yield "transformer.final_layernorm.weight", (width,), F32
        yield "transformer.final_layernorm.bias", (width,), F32
        return
    yield "transformer.embedding.word_embeddings.weight", (shape.vocabulary, width), kind
    for n in range(shape.layers):
        at = f"transformer.encoder.layers.{n}."
        yield f"{at}input_layernorm.weight", (width,), F32
        yield f"{at}self_attention.query_key_value.weight", (qkv, width), kind
        yield f"{at}self_attention.query_key_value.bias", (qkv,), F32
        yield f"{at}self_attention.dense.weight", (width, width), kind
        yield f"{at}post_attention_layernorm.weight", (width,), F32
        yield f"{at}mlp.dense_h_to_4h.weight", (2 * shape.ffn, width), kind
        yield f"{at}mlp.dense_4h_to_h.weight", (width, shape.ffn), kind
    yield "transformer.encoder.final_layernorm.weight", (width,), F32
    yield "transformer.output_layer.weight", (shape.vocabulary, width), kind


def _rows(generation: int, vocabulary: bytes) -> int:
    from desktop.inference.legacy.proto import read_proto  # the factory's command line knows its shapes

    marks = {1: 0, 2: 5, 3: 9}[generation]
    return -(-(len(read_proto(vocabulary).pieces) + marks) // 32) * 32


def _numbers(name: str, dimensions: tuple[int, ...], kind: int, seed: int) -> Iterator[bytes]:
    """About a megabyte at a time."""
    source = random.Random(seed)
    if len(dimensions) == 1:
        middle, spread = (1.0, 0.2) if "norm.weight" in name else (0.0, 0.1)
        count = dimensions[0]
        yield struct.pack(f"<{count}f", *(middle + source.uniform(-spread, spread) for _ in range(count)))
        return
    spread = 1.0 if "embedding" in name else 0.7 / math.sqrt(dimensions[1])
    if name.startswith("transformer.layers") and ("attention.dense" in name or "4h_to_h" in name):
        spread *= 24.0  # generation 1 multiplies its residual by 7.5: else the layers would not matter
    block, width = BLOCKS[kind]
    left = math.prod(dimensions) // block
    pool = _pool(kind, spread, seed if left * block <= _POOL else 0, min(left, _POOL // block))
    place = source.randrange(len(pool) // width) * width
    while left * width:
        part = pool[place : place + left * width]
        yield part
        left -= len(part) // width
        place = 0


@cache
def _pool(kind: int, spread: float, seed: int, blocks: int) -> bytes:
    """Blocks of numbers around 0 that reach about `spread` times 1.7."""
    source = random.Random(seed * 31 + kind)
    if kind == F32:
        return struct.pack(f"<{blocks}f", *(source.uniform(-1.7, 1.7) * spread for _ in range(blocks)))
    if kind == F16:
        return struct.pack(f"<{blocks}e", *(source.uniform(-1.7, 1.7) * spread for _ in range(blocks)))
    width = BLOCKS[kind][1]
    steps = {Q4_0: 16, Q4_1: 16, Q5_0: 32, Q5_1: 32, Q8_0: 256}[kind]
    data = bytearray(source.randbytes(blocks * width))
    for at in range(0, len(data), width):
        step = 2 * 1.7 * spread / steps * source.uniform(0.5, 1.5)
        struct.pack_into("<e", data, at, step)
        if kind in (Q4_1, Q5_1):
            struct.pack_into("<e", data, at + 2, -step * (steps - 1) / 2)
    return bytes(data)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="write a chatglm.cpp file of a real shape with random weights")
    parser.add_argument("shape", choices=REAL)
    parser.add_argument("kind", choices=TYPES)
    parser.add_argument("path", type=Path)
    parser.add_argument("--layers", type=int)
    arguments = parser.parse_args()
    shape = REAL[arguments.shape]
    shape = replace(shape, layers=arguments.layers) if arguments.layers else shape
    write(arguments.path, shape, arguments.kind)


if __name__ == "__main__":
    main()
