"""A small file with a few layers of a model's own shape, for measuring: the weights are a hole in the file, read as zeros.

Multiplying zeros takes as long as multiplying anything else, and such a file costs no disk and nothing to write.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktop.inference.architectures import BLOCKS

VOCABULARY = 512
"""Tokens of the extract: enough for a vocabulary of bytes, few enough that the layers are what takes the time."""
MOST_LAYERS = 3
ENOUGH = 400_000_000
"""Bytes that no cache of a processor holds: more layers would tell nothing more."""
_MOST_BYTES = 1 << 62
_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of GGUF's scalar types."""
_U32, _F32, _I32, _TEXT, _ARRAY = 4, 6, 5, 8, 9
_BLOCK = re.compile(r"blk\.(\d+)\.(.*)")


class Unsuitable(Exception):
    """No extract can be made of this file."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One row of a file's list of tensors. `kind` is ggml's number."""

    name: str
    shape: tuple[int, ...]
    kind: int

    @property
    def size(self) -> int:
        """Bytes."""
        block, width = BLOCKS[self.kind]
        rows = 1
        for length in self.shape[1:]:
            rows *= length
        return self.shape[0] // block * width * rows


def write_extract(model: Path, target: Path, most: int) -> Path:
    """Write a file with a few layers of `model`, at most `most` bytes. Raises Unsuitable, OSError.

    The header must have been judged before (`gguf.read_header`).
    """
    with model.open("rb") as file:
        try:
            values, tensors = _read(file)
        except (struct.error, UnicodeDecodeError, KeyError) as error:
            raise Unsuitable(str(error)) from error
    architecture = _text_of(values, "general.architecture")
    chosen = _choose(values, tensors, architecture, most)
    kept = list(_renumbered(tensors, chosen))
    if any(tensor.kind not in BLOCKS for tensor in kept):
        raise Unsuitable("a type of weights that is not known")
    head = _head(values, architecture, chosen, kept)
    size = len(head) + sum(_aligned(tensor.size) for tensor in kept)
    if size > _MOST_BYTES:
        raise Unsuitable("larger than a file can be")
    with target.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return target


def _choose(
    values: dict[str, tuple[int, bytes]], tensors: Sequence[Tensor], architecture: str, most: int
) -> tuple[int, ...]:
    """Whole layers from the middle, where they are of the usual kind."""
    sizes: dict[int, int] = {}
    parts: dict[int, int] = {}
    for tensor in tensors:
        if (match := _BLOCK.fullmatch(tensor.name)) and tensor.kind in BLOCKS:
            number = int(match[1])
            sizes[number] = sizes.get(number, 0) + tensor.size
            parts[number] = parts.get(number, 0) + 1
    dense, extra = (_number_of(values, f"{architecture}.{key}") for key in (_DENSE, _EXTRA))
    last = _number_of(values, f"{architecture}.block_count") - extra
    usual = [number for number in sorted(sizes) if dense <= number < last]
    if not usual:
        raise Unsuitable("no layers")
    full = max(parts[number] for number in usual)  # a part of a split model may begin in the middle of a layer
    usual = [number for number in usual if parts[number] == full]
    count = min(MOST_LAYERS, len(usual))
    while count > 1 and sum(sizes[number] for number in _spread(usual, count)) > min(most, ENOUGH):
        count -= 1
    chosen = _spread(usual, count)
    if sum(sizes[number] for number in chosen) > most:
        raise Unsuitable("one layer is too large")
    return chosen


_DENSE, _EXTRA = "leading_dense_block_count", "nextn_predict_layers"


def _spread(numbers: Sequence[int], count: int) -> tuple[int, ...]:
    """`count` of them, evenly: quantizers give some layers finer types than others."""
    return tuple(numbers[(2 * index + 1) * len(numbers) // (2 * count)] for index in range(count))


def _renumbered(tensors: Sequence[Tensor], chosen: Sequence[int]) -> Iterator[Tensor]:
    words = {tensor.shape[-1] for tensor in tensors if tensor.name in ("token_embd.weight", "output.weight")}
    for tensor in tensors:
        if (match := _BLOCK.fullmatch(tensor.name)) is None:
            shape = tensor.shape
            if shape[-1] in words and len(shape) > 1:
                shape = (*shape[:-1], VOCABULARY)
            yield Tensor(tensor.name, shape, tensor.kind)
        elif int(match[1]) in chosen:
            yield Tensor(f"blk.{chosen.index(int(match[1]))}.{match[2]}", tensor.shape, tensor.kind)


def _head(
    values: dict[str, tuple[int, bytes]], architecture: str, chosen: Sequence[int], tensors: Sequence[Tensor]
) -> bytes:
    count = len(chosen)
    layers = _number_of(values, f"{architecture}.block_count")
    kept = {key: value for key, value in values.items() if key.startswith(f"{architecture}.")}
    for key, (kind, data) in list(kept.items()):
        if kind == _ARRAY and (cut := _cut(data, layers, chosen)) is not None:
            kept[key] = (kind, cut)
    for key, number in (("block_count", count), (_DENSE, 0), (_EXTRA, 0), ("vocab_size", VOCABULARY)):
        if (name := f"{architecture}.{key}") in kept:
            kept[name] = (_U32, struct.pack("<I", number))
    kept["general.architecture"] = values["general.architecture"]
    kept |= _vocabulary()
    data = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(kept))
    for key, (kind, value) in kept.items():
        data += _text(key) + struct.pack("<I", kind) + value
    offset = 0
    for tensor in tensors:
        data += _text(tensor.name) + struct.pack("<I", len(tensor.shape))
        data += struct.pack(f"<{len(tensor.shape)}QIQ", *tensor.shape, tensor.kind, offset)
        offset += _aligned(tensor.size)
    return data + b"\0" * (-len(data) % 32)


def _cut(data: bytes, layers: int, chosen: Sequence[int]) -> bytes | None:
    """An array with one number per layer, for the chosen ones; None if it is another."""
    item, count = struct.unpack_from("<IQ", data)
    if count != layers or item not in _WIDTHS:
        return None
    width = _WIDTHS[item]
    body = b"".join(data[12 + width * number : 12 + width * (number + 1)] for number in chosen)
    return struct.pack("<IQ", item, len(chosen)) + body


def _vocabulary() -> dict[str, tuple[int, bytes]]:
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{n:02X}>" for n in range(256))]
    tokens += [f"▁t{n}" for n in range(VOCABULARY - len(tokens))]
    kinds = [2, 3, 3, *[6] * 256]
    kinds += [1] * (VOCABULARY - len(kinds))

    def array(item: int, body: bytes) -> tuple[int, bytes]:
        return _ARRAY, struct.pack("<IQ", item, VOCABULARY) + body

    return {
        "tokenizer.ggml.model": (_TEXT, _text("llama")),
        "tokenizer.ggml.tokens": array(_TEXT, b"".join(map(_text, tokens))),
        "tokenizer.ggml.scores": array(_F32, struct.pack(f"<{VOCABULARY}f", *(-float(n) for n in range(VOCABULARY)))),
        "tokenizer.ggml.token_type": array(_I32, struct.pack(f"<{VOCABULARY}i", *kinds)),
    }


def _read(file: BinaryIO) -> tuple[dict[str, tuple[int, bytes]], list[Tensor]]:
    """The values as they stand in the file (type, bytes), without the vocabulary, and the tensors."""

    def unpack(code: str) -> tuple[int, ...]:
        return struct.unpack("<" + code, file.read(struct.calcsize("<" + code)))

    def text() -> str:
        (length,) = unpack("Q")
        return file.read(length).decode("utf-8")

    _, _, tensors, count = unpack("4sIQQ")
    values: dict[str, tuple[int, bytes]] = {}
    for _ in range(count):
        key = text()
        (kind,) = unpack("I")
        value = _value(file, kind)
        if not key.startswith("tokenizer."):
            values[key] = (kind, value)
    found = []
    for _ in range(tensors):
        name = text()
        (dimensions,) = unpack("I")
        *shape, type_, _ = unpack(f"{dimensions}QIQ")
        found.append(Tensor(name, tuple(shape), type_))
    return values, found


def _value(file: BinaryIO, kind: int) -> bytes:
    """The bytes of one value."""
    if kind == _TEXT:
        length = file.read(8)
        return length + file.read(struct.unpack("<Q", length)[0])
    if kind != _ARRAY:
        return file.read(_WIDTHS[kind])
    head = file.read(12)
    item, count = struct.unpack("<IQ", head)
    if item in _WIDTHS:
        return head + file.read(_WIDTHS[item] * count)
    return head + b"".join(_value(file, item) for _ in range(count))


def _text_of(values: dict[str, tuple[int, bytes]], key: str) -> str:
    return values[key][1][8:].decode("utf-8")


def _number_of(values: dict[str, tuple[int, bytes]], key: str) -> int:
    """A whole number of any width; 0 if it is not there."""
    kind, data = values.get(key, (_U32, b"\0" * 4))
    return int.from_bytes(data, "little") if kind != _ARRAY else 0


def _text(text: str) -> bytes:
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def _aligned(size: int) -> int:
    return -(-size // 32) * 32
