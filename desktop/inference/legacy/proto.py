"""The few fields of a sentencepiece model that a tokenizer needs, read from its protobuf bytes in bounded time and memory."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from desktop.core.value import dataclass

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
"""Kinds of pieces; GGUF has the same numbers."""
UNIGRAM, BPE = 1, 2

_MAX_PIECES = 1 << 20
_FLOAT = struct.Struct("<f")
_DEFAULT_KIND = NORMAL


class ProtoError(ValueError):
    """The bytes are no sentencepiece model that can be used; the text says why."""


@dataclass(frozen=True)
class Piece:
    """One entry of the vocabulary. `text` has "▁" for a blank; of a byte piece it is "<0x0A>"."""

    text: str
    score: float
    kind: int


@dataclass(frozen=True)
class Proto:
    """A sentencepiece model. `charsmap` is its compiled table of replacements, empty for none."""

    pieces: tuple[Piece, ...]
    model: int
    byte_fallback: bool
    whitespace_suffix: bool
    normalizer: str
    charsmap: bytes
    dummy_prefix: bool
    trim: bool
    """Blanks in front, at the end and in a row are dropped."""
    escape: bool
    """Blanks become "▁"."""

    @property
    def plain(self) -> bool:
        """Whether texts go in as they are, but for blanks turned into "▁"."""
        return not self.charsmap and self.escape and not self.trim and not self.whitespace_suffix


def read_proto(data: bytes) -> Proto:
    """Take the model apart. Raises ProtoError."""
    try:
        return _read(memoryview(data))
    except (IndexError, struct.error, OverflowError) as error:
        raise ProtoError(f"the vocabulary is damaged: {error}") from error


def _read(data: memoryview) -> Proto:
    pieces: list[Piece] = []
    trainer: dict[int, int | memoryview] = {}
    normalizer: dict[int, int | memoryview] = {}
    for number, value in _fields(data):
        if number == 1 and isinstance(value, memoryview):
            pieces.append(_piece(value))
            if len(pieces) > _MAX_PIECES:
                raise ProtoError("the vocabulary has no end")
        elif number == 2 and isinstance(value, memoryview):
            trainer = dict(_fields(value))
        elif number == 3 and isinstance(value, memoryview):
            normalizer = dict(_fields(value))
    model = _number(trainer, 3, UNIGRAM)
    if model not in (UNIGRAM, BPE):
        raise ProtoError(f"a tokenizer of kind {model}")
    proto = Proto(
        pieces=tuple(pieces),
        model=model,
        byte_fallback=bool(_number(trainer, 35, 0)),
        whitespace_suffix=bool(_number(trainer, 24, 0)),
        normalizer=_bytes(normalizer, 1).decode("utf-8", "replace"),
        charsmap=_bytes(normalizer, 2),
        dummy_prefix=bool(_number(normalizer, 3, 1)),
        trim=bool(_number(normalizer, 4, 1)),
        escape=bool(_number(normalizer, 5, 1)),
    )
    _check(proto)
    return proto


def _check(proto: Proto) -> None:
    if len({piece.text for piece in proto.pieces}) != len(proto.pieces):
        raise ProtoError("the vocabulary has a piece twice")
    if sum(piece.kind == UNKNOWN for piece in proto.pieces) != 1:
        raise ProtoError("the vocabulary has no token for what is unknown")
    if not any(piece.kind == NORMAL for piece in proto.pieces):
        raise ProtoError("the vocabulary is empty")
    if proto.byte_fallback:
        names = {piece.text for piece in proto.pieces if piece.kind == BYTE}
        if names != {f"<0x{byte:02X}>" for byte in range(256)}:
            raise ProtoError("the vocabulary does not have every byte")


def _piece(data: memoryview) -> Piece:
    text, score, kind = "", 0.0, _DEFAULT_KIND
    for number, value in _fields(data):
        if number == 1 and isinstance(value, memoryview):
            try:
                text = bytes(value).decode("utf-8")
            except UnicodeDecodeError:
                raise ProtoError("a piece is no text") from None
        elif number == 2 and isinstance(value, int):
            (score,) = _FLOAT.unpack(value.to_bytes(4, "little"))
        elif number == 3 and isinstance(value, int):
            kind = value
    if not text or not NORMAL <= kind <= BYTE or not abs(score) < 1e30:
        raise ProtoError("a piece makes no sense")
    return Piece(text, score, kind)


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of one message: number, and an integer (also for fixed widths) or the bytes."""
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        number, form = key >> 3, key & 7
        if form == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if form == 2:
            size, at = _varint(data, at)
        elif form in (1, 5):
            size = 8 if form == 1 else 4
        else:
            raise ProtoError(f"the vocabulary has a field of form {form}")
        if size > end - at:
            raise ProtoError("the vocabulary is cut off")
        part = data[at : at + size]
        at += size
        yield number, part if form == 2 else int.from_bytes(part, "little")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = data[at]
    at += 1
    if value < 0x80:
        return value, at
    value &= 0x7F
    for shift in range(7, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ProtoError("a number without end")


def _number(fields: dict[int, int | memoryview], number: int, default: int) -> int:
    value = fields.get(number, default)
    return value if isinstance(value, int) else default


def _bytes(fields: dict[int, int | memoryview], number: int) -> bytes:
    value = fields.get(number, b"")
    return b"" if isinstance(value, int) else bytes(value)
