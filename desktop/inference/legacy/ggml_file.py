"""chatglm.cpp's files, read in bounded time and memory and checked whole before anything native sees them.

Layout (little-endian): "ggml", i32 generation (1, 2, 3), i32 version of the header, the configuration, i32 length and bytes of
a sentencepiece model, then tensors to the end of the file: i32 length and bytes of the name, i32 number of dimensions, the
dimensions (outer first), i32 type, padding to 16 bytes of the file, the data.

Version 2 (2024): 7 i32, f32 epsilon, i32 virtual tokens, f32 theta, 3 i32. Version 1 (July 2023): 11 i32, for generations
2 and 3 one more. Tensors are exactly those of the generation, each of the shape the configuration asks for: ggml would end the
process where they are not.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from desktop.core.errors import (
    CorruptModel,
    FileMissing,
    FileTruncated,
    FileUnreadable,
    LegacyModel,
    NotAModel,
)
from desktop.core.value import dataclass

MAGIC = b"ggml"

F32, F16 = 0, 1
BLOCKS = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34)}
"""ggml's type → (numbers in a block, bytes of a block)."""
TYPE_NAMES = {0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0"}

ALIGNMENT = 16
_MAX_PROTO = 64 << 20
_MAX_NAME = 256
_MAX_LAYERS = 512
_MAX_WIDTH = 1 << 16
_MAX_VOCABULARY = 1 << 20
_MAX_CONTEXT = 1 << 22

_V1 = struct.Struct("<11i")
_V2 = struct.Struct("<7ififiii")
_INT = struct.Struct("<i")


@dataclass(frozen=True)
class Config:
    """What the header says. `ffn` is the width of the hidden layer of the MLP, `context` in tokens."""

    generation: int
    version: int
    kind: int
    """ggml's type of the matrices."""
    vocabulary: int
    hidden: int
    heads: int
    kv_heads: int
    layers: int
    ffn: int
    epsilon: float
    theta: float
    context: int
    eos: int

    @property
    def head(self) -> int:
        """Width of one head."""
        return self.hidden // self.heads

    @property
    def qkv(self) -> int:
        """Rows of the fused matrix of queries, keys and values."""
        return self.hidden + 2 * self.kv_heads * self.head


@dataclass(frozen=True)
class Tensor:
    """Where one tensor lies. `shape` is outer first; `offset` and `size` are bytes of the file."""

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int
    size: int


@dataclass(frozen=True)
class LegacyFile:
    """A file that was checked. `proto` is the sentencepiece model's place: first byte and length."""

    path: Path
    size: int
    config: Config
    proto: tuple[int, int]
    tensors: dict[str, Tensor]

    def read_proto(self) -> bytes:
        """The sentencepiece model. Raises FileUnreadable, FileTruncated (it changed since)."""
        start, length = self.proto
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                data = file.read(length)
        except OSError as error:
            raise FileUnreadable(path=str(self.path), reason=error.strerror or str(error)) from error
        if len(data) != length:
            raise FileTruncated(path=str(self.path), size=start + len(data), expected=start + length)
        return data


def is_legacy(path: Path) -> bool:
    """Whether a file begins like one of chatglm.cpp's; False also for what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == MAGIC
    except (OSError, ValueError):
        return False


def read_file(path: Path) -> LegacyFile:
    """Read and check everything but the numbers themselves. Raises a ModelFileError that says what is wrong.

    LegacyModel: one of chatglm.cpp's files that cannot be used (another model, a fine-tuned prefix, the layout of June 2023).
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _read(_Reader(file, size, name), path)
    except (FileNotFoundError, ValueError):  # ValueError: a NUL in the name
        raise FileMissing(path=name) from None
    except OSError as error:
        raise FileUnreadable(path=name, reason=error.strerror or str(error)) from error


def read_config(data: bytes, name: str) -> Config:
    """The configuration in the first bytes of a file, 64 of which are always enough; `name` stands for its path in errors."""
    if data[:4] != MAGIC:
        raise NotAModel(path=name)
    if len(data) < 12:
        raise FileTruncated(path=name, size=len(data), expected=64)
    generation, version = struct.unpack_from("<ii", data, 4)
    if generation not in (1, 2, 3) or version not in (1, 2):
        raise LegacyModel(path=name)
    need = 12 + _config_bytes(generation, version)
    if len(data) < need:
        raise FileTruncated(path=name, size=len(data), expected=need)
    config = _config_v1(data, generation) if version == 1 else _config_v2(data, generation, name)
    _check(config, name)
    return config


def expected_tensors(config: Config) -> dict[str, tuple[tuple[int, ...], int]]:
    """The names, shapes (outer first) and types of exactly the tensors a file of this configuration has."""
    return dict(_first(config) if config.generation == 1 else _later(config))


class _Reader:
    """Reads forward; every length is checked before anything is read."""

    def __init__(self, file: BinaryIO, size: int, name: str) -> None:
        self._file = file
        self.size = size
        self.name = name
        self.position = 0

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > self.size:
            raise FileTruncated(path=self.name, size=self.size, expected=end)
        data = self._file.read(count)
        if len(data) != count:  # it shrinks while we read
            raise FileTruncated(path=self.name, size=self.position + len(data), expected=end)
        self.position = end
        return data

    def number(self) -> int:
        (value,) = _INT.unpack(self.take(4))
        return int(value)

    def skip_to(self, position: int) -> None:
        if position > self.size:
            raise FileTruncated(path=self.name, size=self.size, expected=position)
        self._file.seek(position)
        self.position = position

    def corrupt(self, reason: str) -> CorruptModel:
        return CorruptModel(path=self.name, reason=reason)


def _read(reader: _Reader, path: Path) -> LegacyFile:
    start = reader.take(min(64, reader.size))
    config = read_config(start, reader.name)
    reader.skip_to(12 + _config_bytes(config.generation, config.version))
    length = reader.number()
    if not 0 < length <= _MAX_PROTO:
        raise reader.corrupt(f"a vocabulary of {length} bytes")
    proto = (reader.position, length)
    reader.skip_to(reader.position + length)
    tensors = _read_tensors(reader, config)
    return LegacyFile(path, reader.size, config, proto, tensors)


def _read_tensors(reader: _Reader, config: Config) -> dict[str, Tensor]:
    wanted = expected_tensors(config)
    found: dict[str, Tensor] = {}
    while reader.position < reader.size:
        tensor = _read_tensor(reader)
        if tensor.name == "past_key_values":  # a prefix that was trained for one task
            raise LegacyModel(path=reader.name)
        if tensor.name in found or tensor.name not in wanted:
            raise reader.corrupt(f"the tensor {tensor.name}")
        if (tensor.shape, tensor.kind) != wanted[tensor.name]:
            raise reader.corrupt(f"the shape of {tensor.name}")
        found[tensor.name] = tensor
    if missing := next((name for name in wanted if name not in found), None):
        if found and list(found) == list(wanted)[: len(found)]:  # it ends between two tensors
            raise FileTruncated(path=reader.name, size=reader.size, expected=reader.size + _bytes(*wanted[missing]))
        raise reader.corrupt(f"no tensor {missing}")
    return found


def _read_tensor(reader: _Reader) -> Tensor:
    length = reader.number()
    if not 0 < length <= _MAX_NAME:
        raise reader.corrupt(f"a name of {length} bytes")
    name = reader.take(length).decode("utf-8", "replace")
    dimensions = reader.number()
    if not 1 <= dimensions <= 4:
        raise reader.corrupt(f"{name[:60]} with {dimensions} dimensions")
    shape = struct.unpack(f"<{dimensions}i", reader.take(4 * dimensions))
    kind = reader.number()
    if any(size <= 0 for size in shape) or kind not in BLOCKS or shape[-1] % BLOCKS[kind][0]:
        raise reader.corrupt(f"the shape of {name[:60]}")
    offset = -(-reader.position // ALIGNMENT) * ALIGNMENT
    size = _bytes(shape, kind)
    reader.skip_to(offset + size)
    return Tensor(name, shape, kind, offset, size)


def _bytes(shape: tuple[int, ...], kind: int) -> int:
    block, width = BLOCKS[kind]
    return math.prod(shape) // block * width


def _config_bytes(generation: int, version: int) -> int:
    return _V2.size if version == 2 else _V1.size + (4 if generation > 1 else 0)


def _config_v1(data: bytes, generation: int) -> Config:
    kind, vocabulary, hidden, heads, layers, ffn, context, _, eos, _, _ = _V1.unpack_from(data, 12)
    kv_heads = heads if generation == 1 else _INT.unpack_from(data, 12 + _V1.size)[0]
    return Config(
        generation, 1, kind, vocabulary, hidden, heads, kv_heads, layers, ffn, 1e-5, 10_000.0, context, eos
    )  # fmt: skip


def _config_v2(data: bytes, generation: int, name: str) -> Config:
    kind, vocabulary, hidden, heads, kv_heads, layers, ffn, epsilon, virtual, theta, context, eos, _ = _V2.unpack_from(
        data, 12
    )
    if virtual > 0:
        raise LegacyModel(path=name)
    if generation == 1:
        epsilon, theta = 1e-5, 10_000.0  # what every file of it was made with, and what chatglm.cpp computes with
    return Config(
        generation, 2, kind, vocabulary, hidden, heads, kv_heads, layers, ffn, epsilon, theta, context, eos
    )  # fmt: skip


def _check(config: Config, name: str) -> None:
    """The limits within which the sizes of everything can be computed and ggml has no objections."""
    block = BLOCKS[config.kind][0] if config.kind in BLOCKS else 0
    sound = (
        block
        and 16 <= config.vocabulary <= _MAX_VOCABULARY
        and 1 <= config.layers <= _MAX_LAYERS
        and 8 <= config.hidden <= _MAX_WIDTH
        and 8 <= config.ffn <= 4 * _MAX_WIDTH
        and config.hidden % block == config.ffn % block == 0
        and 1 <= config.heads <= config.hidden
        and config.hidden % config.heads == 0
        and 1 <= config.kv_heads <= config.heads
        and config.heads % config.kv_heads == 0
        and config.head % 8 == 0
        and (config.generation > 1 or config.kv_heads == config.heads)
        and 16 <= config.context <= _MAX_CONTEXT
        and 0.0 < config.epsilon < 1.0
        and 1.0 <= config.theta < 1e12
    )
    if not sound:
        raise CorruptModel(path=name, reason="its configuration makes no sense")


def _first(config: Config) -> Iterator[tuple[str, tuple[tuple[int, ...], int]]]:
    hidden, kind = config.hidden, config.kind
    yield "transformer.word_embeddings.weight", ((config.vocabulary, hidden), kind)
    for layer in range(config.layers):
        at = f"transformer.layers.{layer}."
        for norm in ("input_layernorm", "post_attention_layernorm"):
            yield f"{at}{norm}.weight", ((hidden,), F32)
            yield f"{at}{norm}.bias", ((hidden,), F32)
        for name, rows, width in (
            ("attention.query_key_value", config.qkv, hidden),
            ("attention.dense", hidden, hidden),
            ("mlp.dense_h_to_4h", config.ffn, hidden),
            ("mlp.dense_4h_to_h", hidden, config.ffn),
        ):
            yield f"{at}{name}.weight", ((rows, width), kind)
            yield f"{at}{name}.bias", ((rows,), F32)
    yield "transformer.final_layernorm.weight", ((hidden,), F32)
    yield "transformer.final_layernorm.bias", ((hidden,), F32)


def _later(config: Config) -> Iterator[tuple[str, tuple[tuple[int, ...], int]]]:
    hidden, kind = config.hidden, config.kind
    yield "transformer.embedding.word_embeddings.weight", ((config.vocabulary, hidden), kind)
    for layer in range(config.layers):
        at = f"transformer.encoder.layers.{layer}."
        yield f"{at}input_layernorm.weight", ((hidden,), F32)
        yield f"{at}self_attention.query_key_value.weight", ((config.qkv, hidden), kind)
        yield f"{at}self_attention.query_key_value.bias", ((config.qkv,), F32)
        yield f"{at}self_attention.dense.weight", ((hidden, hidden), kind)
        yield f"{at}post_attention_layernorm.weight", ((hidden,), F32)
        yield f"{at}mlp.dense_h_to_4h.weight", ((2 * config.ffn, hidden), kind)
        yield f"{at}mlp.dense_4h_to_h.weight", ((hidden, config.ffn), kind)
    yield "transformer.encoder.final_layernorm.weight", ((hidden,), F32)
    yield "transformer.output_layer.weight", ((config.vocabulary, hidden), kind)
