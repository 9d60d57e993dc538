"""sentencepiece's two tokenizers, as its library computes them, to the last bit of its single-precision sums.

Only generation 1 needs this at run time: llama.cpp has tokenizers for every other model, but none that replaces characters
by a compiled table and has a token for each unknown byte.
"""

from __future__ import annotations

import heapq
import struct
from collections.abc import Collection, Iterator

from desktop.inference.legacy.proto import BYTE, CONTROL, NORMAL, UNIGRAM, UNKNOWN, UNUSED, USER_DEFINED, Piece, Proto

SPACE = "▁"
_UNKNOWN_PENALTY = 10.0
_SINGLE = struct.Struct("f")
_SMALLEST = 2.0**-126
"""Of single-precision numbers; the library's highest score is never below it."""


class Sentences:
    """A tokenizer. Pieces whose text is in `never` are not found in texts, as if they were control tokens."""

    def __init__(self, proto: Proto, never: Collection[str] = ()) -> None:
        self._proto = proto
        self._normalizer = Normalizer(proto)
        self._kinds = [piece.kind for piece in proto.pieces]
        self._scores = [piece.score for piece in proto.pieces]
        self.unknown = self._kinds.index(UNKNOWN)
        self._bytes = {
            int(piece.text[3:5], 16): token for token, piece in enumerate(proto.pieces) if piece.kind == BYTE
        }
        self._tokens = {
            piece.text: token
            for token, piece in enumerate(proto.pieces)
            if piece.kind in (NORMAL, USER_DEFINED, UNUSED) and piece.text not in never
        }
        self._longest: dict[str, int] = {}
        for text in self._tokens:
            self._longest[text[0]] = max(self._longest.get(text[0], 0), len(text))
        usual = [piece.score for piece in proto.pieces if piece.kind == NORMAL]
        self._least, self._most = min(usual), max(_SMALLEST, *usual)
        marked = [piece.text for piece in proto.pieces if piece.kind == USER_DEFINED and piece.text not in never]
        self._marks = sorted(marked, key=len, reverse=True)

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, which must be proper Unicode."""
        normal = self._normalizer.normalize(text, self._marks)
        parts = self._best_path(normal) if self._proto.model == UNIGRAM else self._merged(normal)
        return list(self._with_bytes(parts))

    def _with_bytes(self, parts: list[tuple[int, str]]) -> Iterator[int]:
        """Unknown stretches become bytes, or one unknown token."""
        before = -1
        for token, text in parts:
            if token != self.unknown:
                yield token
            elif self._bytes and self._proto.byte_fallback:
                yield from (self._bytes[byte] for byte in text.encode("utf-8"))
            elif before != self.unknown:
                yield token
            before = token

    def _best_path(self, text: str) -> list[tuple[int, str]]:
        """The most likely pieces (Viterbi). Sums are rounded as single-precision ones are, candidates are not."""
        size = len(text)
        score = [0.0] * (size + 1)
        start = [-1] * (size + 1)
        best = [-1] * (size + 1)
        unknown_score = _single(self._least - _UNKNOWN_PENALTY)
        tokens, longest, kinds, scores = self._tokens, self._longest, self._kinds, self._scores
        for at in range(size):
            here = score[at]
            single = False
            for end in range(at + 1, min(size, at + longest.get(text[at], 0)) + 1):
                token = tokens.get(text[at:end])
                if token is None or kinds[token] == UNUSED:
                    continue
                if kinds[token] == USER_DEFINED:  # a bonus that makes it win always
                    candidate = _single(len(text[at:end].encode()) * self._most) - 0.1 + here
                else:
                    candidate = scores[token] + here
                if start[end] < 0 or candidate > score[end]:
                    score[end], start[end], best[end] = _single(candidate), at, token
                single = single or end == at + 1
            if not single:
                candidate = _single(unknown_score + here)
                if start[at + 1] < 0 or candidate > score[at + 1]:
                    score[at + 1], start[at + 1], best[at + 1] = candidate, at, self.unknown
        found: list[tuple[int, str]] = []
        while size > 0:
            found.append((best[size], text[start[size] : size]))
            size = start[size]
        return found[::-1]

    def _merged(self, text: str) -> list[tuple[int, str]]:
        """Characters, merged pair by pair, the best first (BPE)."""
        parts, frozen = self._split(text)
        after = [index + 1 for index in range(len(parts))]
        before = [index - 1 for index in range(len(parts))]
        waiting: list[tuple[float, int, int, int]] = []
        origin: dict[str, tuple[str, str]] = {}

        def consider(left: int, right: int) -> None:
            if left < 0 or right >= len(parts) or frozen[left] or frozen[right]:
                return
            joined = parts[left] + parts[right]
            if (token := self._tokens.get(joined)) is not None:
                heapq.heappush(waiting, (-self._scores[token], left, right, len(joined)))
                if self._kinds[token] == UNUSED:
                    origin[joined] = (parts[left], parts[right])

        for index in range(1, len(parts)):
            consider(index - 1, index)
        while waiting:
            _, left, right, length = heapq.heappop(waiting)
            if not parts[left] or not parts[right] or len(parts[left]) + len(parts[right]) != length:
                continue  # one of them was merged meanwhile
            parts[left] += parts[right]
            parts[right] = ""
            after[left] = after[right]
            if after[right] < len(parts):
                before[after[right]] = left
            consider(before[left], left)
            consider(left, after[left])
        return [found for part in parts if part for found in self._known(part, origin)]

    def _split(self, text: str) -> tuple[list[str], list[bool]]:
        parts: list[str] = []
        frozen: list[bool] = []
        at = 0
        while at < len(text):
            mark = next((mark for mark in self._marks if text.startswith(mark, at)), "")
            parts.append(mark or text[at])
            frozen.append(bool(mark))
            at += len(parts[-1])
        return parts, frozen

    def _known(self, part: str, origin: dict[str, tuple[str, str]]) -> Iterator[tuple[int, str]]:
        token = self._tokens.get(part, self.unknown)
        if token != self.unknown and self._kinds[token] == UNUSED and part in origin:
            for half in origin[part]:
                yield from self._known(half, origin)
        else:
            yield token, part


class Normalizer:
    """Replaces characters by the model's compiled table, and blanks by "▁"."""

    def __init__(self, proto: Proto) -> None:
        self._proto = proto
        self._units: tuple[int, ...] = ()
        self._texts = b""
        if len(proto.charsmap) > 4:
            (size,) = struct.unpack_from("<I", proto.charsmap)
            size = min(size, len(proto.charsmap) - 4) // 4 * 4
            self._units = struct.unpack_from(f"<{size // 4}I", proto.charsmap, 4)
            self._texts = proto.charsmap[4 + size :]
        self._seen: dict[str, str] = {}

    def normalize(self, text: str, marks: Collection[str]) -> str:
        """The text as the pieces have it; `marks` stay as they are."""
        parts = list(self._parts(text, marks))
        blank = SPACE if self._proto.escape else " "
        if self._proto.trim:
            parts = list(_without_extra_blanks(parts))
        normal = "".join(parts).replace(" ", blank)
        if self._proto.trim:
            normal = normal.rstrip(blank)
        if not text or (self._proto.trim and not normal):
            return ""
        if self._proto.dummy_prefix:
            normal = normal + blank if self._proto.whitespace_suffix else blank + normal
        return normal

    def _parts(self, text: str, marks: Collection[str]) -> Iterator[str]:
        """The replacement of each stretch."""
        data = text.encode("utf-8")
        encoded = [mark.encode("utf-8") for mark in marks]
        at = 0
        while at < len(data):
            mark = next((mark for mark in encoded if data.startswith(mark, at)), None)
            if mark is not None:
                yield mark.decode("utf-8")
                at += len(mark)
                continue
            length, place = self._longest_match(data, at)
            if length:
                end = self._texts.find(b"\0", place)
                yield self._texts[place : end if end >= 0 else len(self._texts)].decode("utf-8", "replace")
            else:
                length = _width(data[at])
                yield data[at : at + length].decode("utf-8", "replace")
            at += length

    def _longest_match(self, data: bytes, at: int) -> tuple[int, int]:
        """Walk the table's double array: bytes that are replaced, and where their replacement is; 0 for none."""
        units = self._units
        if not units:
            return 0, 0
        found = (0, 0)
        node = _offset(units[0])
        for index in range(at, len(data)):
            node ^= data[index]
            if node >= len(units):
                break
            unit = units[node]
            if unit & 0x800000FF != data[index]:
                break
            node ^= _offset(unit)
            if unit >> 8 & 1 and node < len(units):
                found = index + 1 - at, units[node] & 0x7FFFFFFF
        return found


def text_of(piece: Piece) -> bytes:
    """What a piece says, without regard to its place: a control or unknown one nothing."""
    if piece.kind in (CONTROL, UNKNOWN):
        return b""
    if piece.kind == BYTE:
        return bytes((int(piece.text[3:5], 16),))
    return piece.text.replace(SPACE, " ").encode("utf-8")


def _without_extra_blanks(parts: list[str]) -> Iterator[str]:
    """No blank at the beginning of a part if the one before ended with one, and none at the very beginning."""
    blank = True
    for part in parts:
        kept = part.lstrip(" ") if blank else part
        if kept:
            yield kept
            blank = kept.endswith(" ")


def _width(first: int) -> int:
    """Bytes of a character of UTF-8 that begins so."""
    return 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _offset(unit: int) -> int:
    return unit >> 10 << ((unit & 0x200) >> 6)


def _single(number: float) -> float:
    """Rounded to single precision."""
    return float(_SINGLE.unpack(_SINGLE.pack(number))[0])
