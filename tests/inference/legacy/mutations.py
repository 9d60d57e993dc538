"""Files with something wrong: bytes flipped, cut off, doubled, lengths huge, shapes swapped."""

from __future__ import annotations

import random
import struct


def mutated(data: bytes, source: random.Random) -> bytes:
    """One variation; the beginning and the headers of tensors are hit as often as the many numbers."""
    broken = bytearray(data)
    for _ in range(1 + source.randrange(3)):
        at = min(_place(data, source), len(broken) - 8)
        match source.randrange(6):
            case 0:
                broken[at] ^= 1 << source.randrange(8)
            case 1:
                broken[at : at + 4] = source.randbytes(4)
            case 2:
                huge = source.choice((0, -1, 1, 0x7FFFFFFF, -0x80000000, 1 << 20, 4096, 3))
                broken[at : at + 4] = struct.pack("<i", huge)
            case 3:
                broken[at : at + 8] = broken[at + 4 : at + 8] + broken[at : at + 4]
            case 4:
                del broken[source.randrange(len(broken)) :]
            case _:
                begin = source.randrange(len(broken) or 1)
                broken[begin:begin] = broken[begin : begin + source.randrange(64)]
        if len(broken) < 100:
            break
    return bytes(broken)


def _place(data: bytes, source: random.Random) -> int:
    kind = source.randrange(3)
    if kind == 0:
        return source.randrange(68)
    if kind == 1:  # near a tensor's header
        begin = data.find(b"transformer.", source.randrange(len(data)))
        if begin > 8:
            return begin - 8 + source.randrange(80)
    return source.randrange(len(data) - 8)
