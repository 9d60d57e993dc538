"""What a model file says of itself, read in bounded time and memory without llama.cpp: hostile and broken files end here.

Layout (GGUF versions 2 and 3, little-endian): magic, version, number of tensors, number of values; the values (key, type,
value), the tensors (name, dimensions, type, offset), padding, the data.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from desktop.core.errors import (
    CorruptModel,
    FileEmpty,
    FileMissing,
    FileTruncated,
    FileUnreadable,
    ModelFileError,
    NotAChatModel,
    NotAModel,
    UnknownArchitecture,
)
from desktop.core.models import ModelHeader
from desktop.inference import families, layers
from desktop.inference.architectures import BLOCKS, CHAT, NOT_CHAT, QUANTIZATIONS
from desktop.inference.legacy import header as legacy
from desktop.inference.legacy.ggml_file import MAGIC as LEGACY_MAGIC

_MAX_VALUES = 4096
"""Real files have less than a hundred. With the limits of keys and texts this bounds what is kept to some 20 MB."""
_MAX_KEY = 1024
_MAX_TENSORS = 262_144
_MAX_STRING = 64 * 1024 * 1024
_MAX_HEADER = 512 * 1024 * 1024
_MAX_ITEMS = 8_000_000
"""Array items of all values together. The largest vocabularies with their merges have about 1,500,000."""
_MAX_NUMBER = (1 << 31) - 1
_KEPT_STRING = 4096
"""Longer texts (templates) are skipped; nothing we look for is longer."""

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9

Value = str | int | float | bool


@dataclass(slots=True)
class _Raw:
    """What was found in the file before it is understood."""

    values: dict[str, Value] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """Lengths of arrays."""
    first: dict[str, Value] = field(default_factory=dict)
    """First items of arrays of numbers (some architectures have one value per layer)."""
    lists: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Whole arrays of whole numbers: the few of `layers.PER_LAYER`."""
    tokens: set[str] = field(default_factory=set)
    """Those of families.LANDMARKS that are in the vocabulary."""
    parameters: int = 0
    tensors: int = 0
    weights: layers.Weights = field(default_factory=layers.Weights)

    def text(self, key: str) -> str:
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """A count; what cannot be one becomes the nearest that can."""
        value = self.values.get(key, self.first.get(key, 0))
        return max(0, min(value, _MAX_NUMBER)) if isinstance(value, int) and not isinstance(value, bool) else 0

    def per_layer(self, key: str, count: int) -> tuple[int, ...]:
        """One value for each layer: as the file has them, or the same for all."""
        listed = self.lists.get(key, ())
        if not listed:
            return (self.number(key),) * count
        return tuple(max(0, min(value, _MAX_NUMBER)) for value in (listed + (0,) * count)[:count])


def read_header(path: Path) -> ModelHeader:
    """Read and judge the header. Raises a ModelFileError that says what is wrong with the file."""
    name = str(path)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if file.read(4) != LEGACY_MAGIC:
                file.seek(0)
                return read_from(file, size, name)
        return legacy.read_header(path)
    except (FileNotFoundError, ValueError):  # ValueError: a NUL in the name
        raise FileMissing(path=name) from None
    except OSError as error:
        raise FileUnreadable(path=name, reason=error.strerror or str(error)) from error


def usable_context(header: ModelHeader, wanted: int) -> int:
    """Tokens of context a model gets when `wanted` are asked for (0 = the family's default)."""
    family = families.FAMILIES.get(header.family)
    usual = family.context if family else families.OTHER_CONTEXT
    return min(wanted or usual, header.context or wanted or usual)


def read_from(source: Source, size: int, name: str) -> ModelHeader:
    """As `read_header`, from the beginning of anything that can be read; `name` stands for its path in errors."""
    reader = _Reader(source, size, name)
    if size > 4 and reader.peek(4) == LEGACY_MAGIC:
        return legacy.read_beginning(reader.take(min(64, size)), name)
    return _understand(name, _parse(reader))


class Source(Protocol):
    """What a header is read from."""

    def read(self, count: int, /) -> bytes:
        """The next `count` bytes; fewer only at the end."""
        ...

    def seek(self, position: int, /) -> object:
        """Go forward to this byte."""
        ...


class _Reader:
    """Reads forward through the file in large steps; every length is checked before anything is done with it."""

    def __init__(self, file: Source, size: int, name: str) -> None:
        self._file = file
        self._base = 0
        self._data = b""
        self._at = 0
        self._items = 0
        self.size = size
        self.name = name

    @property
    def position(self) -> int:
        return self._base + self._at

    def corrupt(self, reason: str) -> CorruptModel:
        return CorruptModel(path=self.name, reason=reason)

    def need(self, count: int) -> None:
        """Have `count` more bytes at hand."""
        if len(self._data) - self._at >= count:
            return
        end = self._end(count)
        rest = self._data[self._at :]
        self._base += self._at
        self._at = 0
        self._data = rest + self._file.read(max(count - len(rest), 1 << 20))
        if len(self._data) < count:  # it shrinks while we read
            raise FileTruncated(path=self.name, size=self._base + len(self._data), expected=end)

    def _end(self, count: int) -> int:
        """Where the next `count` bytes end, if that is within the file and within reason."""
        end = self.position + count
        if end > self.size:
            raise FileTruncated(path=self.name, size=self.size, expected=end)
        if end > _MAX_HEADER:
            raise self.corrupt("the header does not end")
        return end

    def peek(self, count: int) -> bytes:
        self.need(count)
        return self._data[self._at : self._at + count]

    def take(self, count: int) -> bytes:
        self.need(count)
        self._at += count
        return self._data[self._at - count : self._at]

    def skip(self, count: int) -> None:
        if count <= len(self._data) - self._at:
            self._at += count
            return
        end = self._end(count)
        self._base, self._at, self._data = end, 0, b""
        self._file.seek(end)

    def number(self, code: str) -> int:
        (value,) = struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))
        return int(value)

    def length(self, limit: int, what: str) -> int:
        value = self.number("Q")
        if value > limit:
            raise self.corrupt(f"{what} of {value}")
        return value

    def text(self, limit: int, what: str) -> str:
        return self.take(self.length(limit, what)).decode("utf-8", "replace")

    def count_items(self, count: int) -> None:
        self._items += count
        if self._items > _MAX_ITEMS:
            raise self.corrupt("too many items")

    def strings(self, count: int, wanted: frozenset[bytes]) -> set[str]:
        """Skip `count` texts; those that are `wanted`. The one hot loop here: 150,000 tokens, 320,000 merges."""
        found: set[str] = set()
        longest = max(map(len, wanted), default=0)
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if len(self._data) - self._at < 8:
                self.need(8)
            (length,) = unpack(self._data, self._at)
            if length > _MAX_STRING:
                raise self.corrupt(f"a text of {length}")
            self._at += 8
            if length <= longest:
                self.need(length)
                token = self._data[self._at : self._at + length]
                if token in wanted:
                    found.add(token.decode("utf-8"))
                self._at += length
            else:
                self.skip(length)
        return found


def _parse(reader: _Reader) -> _Raw:
    if reader.size == 0:
        raise FileEmpty(path=reader.name)
    magic = reader.take(min(4, reader.size))
    if magic != b"GGUF":
        raise NotAModel(path=reader.name)
    version = reader.number("I")
    if version not in (2, 3):
        raise reader.corrupt(f"version {version}" if version < 1 << 16 else "big-endian")
    tensors = reader.length(_MAX_TENSORS, "a number of tensors")
    values = reader.length(_MAX_VALUES, "a number of values")
    raw = _Raw(tensors=tensors)
    for _ in range(values):
        _parse_value(reader, raw)
    _parse_tensors(reader, raw)
    return raw


def _parse_value(reader: _Reader, raw: _Raw) -> None:
    key = reader.text(_MAX_KEY, "a key")
    if key in raw.values or key in raw.counts:
        raise reader.corrupt(f"{key} twice")
    kind = reader.number("I")
    if kind == _ARRAY:
        item, count = reader.number("I"), reader.length(_MAX_ITEMS, "an array")
        reader.count_items(count)
        raw.counts[key] = count
        if item == _STRING:
            wanted = _LANDMARKS if key == "tokenizer.ggml.tokens" else frozenset()
            raw.tokens |= reader.strings(count, wanted)
        elif item in _SCALARS:
            width = struct.calcsize("<" + _SCALARS[item])
            if key.endswith(layers.PER_LAYER) and count <= layers.MOST and len(raw.lists) < len(layers.PER_LAYER):
                numbers = [_scalar(reader, item) for _ in range(count)]
                raw.lists[key] = tuple(int(number) if isinstance(number, int) else 0 for number in numbers)
                raw.first[key] = raw.lists[key][0] if count else 0
            elif count:
                raw.first[key] = _scalar(reader, item)
                reader.skip(width * (count - 1))
        else:
            raise reader.corrupt(f"an array of type {item}")
    elif kind == _STRING:
        length = reader.length(_MAX_STRING, "a text")
        if length <= _KEPT_STRING:
            raw.values[key] = reader.take(length).decode("utf-8", "replace")
        else:
            reader.skip(length)
            raw.values[key] = ""
    elif kind in _SCALARS:
        raw.values[key] = _scalar(reader, kind)
    else:
        raise reader.corrupt(f"{key} of type {kind}")


_LANDMARKS = frozenset(token.encode() for token in families.LANDMARKS)


def _scalar(reader: _Reader, kind: int) -> Value:
    code = "<" + _SCALARS[kind]
    value: Value
    (value,) = struct.unpack(code, reader.take(struct.calcsize(code)))
    return value


def _parse_tensors(reader: _Reader, raw: _Raw) -> None:
    """Add up the parameters, and see that the file holds the data the tensors point to."""
    end = 0
    for _ in range(raw.tensors):
        name = reader.text(1024, "a tensor's name")
        dimensions = reader.number("I")
        if not 0 < dimensions <= 4:
            raise reader.corrupt(f"{name} with {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= reader.number("Q")
        kind, offset = reader.number("I"), reader.number("Q")
        if elements >= 1 << 62 or offset >= 1 << 62:
            raise reader.corrupt(f"the size of {name}")
        raw.parameters += elements
        block, width = BLOCKS.get(kind, (0, 0))
        size = -(-elements // block) * width if block else 0
        raw.weights.add(name, size)
        end = max(end, offset + size)
    alignment = raw.number("general.alignment") or 32
    if alignment > 1 << 20 or alignment & (alignment - 1):
        raise reader.corrupt(f"an alignment of {alignment}")
    begin = -(-reader.position // alignment) * alignment
    if raw.tensors and begin + end > reader.size:
        raise FileTruncated(path=reader.name, size=reader.size, expected=begin + end)


def _understand(name: str, raw: _Raw) -> ModelHeader:
    architecture = raw.text("general.architecture")
    if (kind := _not_chat(raw, architecture)) is not None:
        raise NotAChatModel(path=name, kind=kind)
    if not architecture:
        raise CorruptModel(path=name, reason="no architecture")
    if architecture not in CHAT:
        raise UnknownArchitecture(path=name, architecture=architecture)
    vocabulary = raw.counts.get("tokenizer.ggml.tokens", 0)
    title = raw.text("general.name") or raw.text("general.basename") or Path(name).stem
    # quantizers write any name: whatever may tell the generation is looked at
    known_as = " ".join((title, raw.text("general.basename"), Path(name).stem))
    family = families.detect(architecture, known_as, vocabulary, raw.tokens)
    declared = raw.number(f"{architecture}.context_length")
    found = layers.footprint(raw, architecture, raw.weights, vocabulary)
    return ModelHeader(
        architecture=architecture,
        name=title,
        family=family.id if family else families.OTHER,
        quantization=QUANTIZATIONS.get(raw.number("general.file_type"), "")
        if "general.file_type" in raw.values
        else "",
        context=families.real_context(family, declared),
        layers=raw.number(f"{architecture}.block_count"),
        parameters=raw.parameters,
        vocabulary=vocabulary,
        kv_per_token=2 * (sum(found.keys) + sum(found.values)),
        footprint=found if found.blocks and found.embedding else None,
    )


def _not_chat(raw: _Raw, architecture: str) -> str | None:
    """What the file is instead of a model to chat with, or None. "part 2 of 3" for a later part of a split model."""
    kind = raw.text("general.type")
    if kind in ("adapter", "imatrix", "mmproj"):
        return "projector" if kind == "mmproj" else kind
    if architecture in NOT_CHAT:
        return NOT_CHAT[architecture]
    if part := raw.number("split.no"):
        return f"part {part + 1} of {raw.number('split.count')}"
    if kind == "vocab" or (architecture and not raw.tensors and raw.number("split.count") < 2):
        return "vocabulary"
    return None


__all__ = ["ModelFileError", "Source", "read_from", "read_header", "usable_context"]
