"""What the layers of a model take of memory, from the values and the tensors its header lists."""

from __future__ import annotations

import re
from typing import Protocol

from desktop.core.footprint import Footprint

MOST = 1024
"""Layers. The deepest models have about 130; more is nonsense."""
PER_LAYER = (".attention.head_count", ".attention.head_count_kv", ".feed_forward_length", ".expert_feed_forward_length")
"""Ends of keys that hold one value, or one for each layer."""
_BLOCK = re.compile(r"blk\.(\d{1,4})\.")


class Weights:
    """Bytes of the tensors, added up where they belong."""

    def __init__(self) -> None:
        self.blocks: dict[int, int] = {}
        self.input = 0
        self.output = 0
        self.has_output = False

    def add(self, name: str, size: int) -> None:
        """One tensor."""
        if match := _BLOCK.match(name):
            number = int(match[1])
            self.blocks[number] = self.blocks.get(number, 0) + size
        elif name.startswith(("token_embd", "token_types", "position_embd", "per_layer_token_embd")):
            self.input += size
        else:
            self.output += size
            self.has_output = self.has_output or name == "output.weight"


class Values(Protocol):
    """The values of a header."""

    def number(self, key: str) -> int:
        """A whole number, 0 if it is not there."""
        ...

    def per_layer(self, key: str, count: int) -> tuple[int, ...]:
        """As `number`, for each of `count` layers."""
        ...


def footprint(values: Values, architecture: str, weights: Weights, vocabulary: int) -> Footprint:
    """The layers as llama.cpp loads them; no blocks if the header does not say how many there are."""

    def of(key: str) -> int:
        return max(0, values.number(f"{architecture}.{key}"))

    total = of("block_count")
    # the last ones predict a token more at once; llama.cpp loads them only when asked to
    count = max(0, min(total - of("nextn_predict_layers"), MOST))
    heads = values.per_layer(f"{architecture}.attention.head_count", count)
    keys, widths = _cache(values, architecture, count, heads)
    return Footprint(
        blocks=tuple(weights.blocks.get(number, 0) for number in range(count)),
        input=weights.input,
        output=weights.output,
        tied=not weights.has_output,
        keys=keys,
        values=widths,
        embedding=of("embedding_length"),
        feed_forward=_feed_forward(values, architecture, count),
        heads=max(heads, default=0),
        vocabulary=vocabulary,
        skipped=max(0, min(total, MOST) - count),
        unused=sum(size for number, size in weights.blocks.items() if number >= count),
    )


def _cache(
    values: Values, architecture: str, count: int, heads: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Widths of keys and values in each layer."""

    def of(key: str) -> int:
        return max(0, values.number(f"{architecture}.attention.{key}"))

    if (rank := of("kv_lora_rank")) and (of("key_length_mla") or not of("key_length")):
        # compressed attention: one row for all heads, which the values are made from too
        rope = max(0, values.number(f"{architecture}.rope.dimension_count"))
        return (of("key_length") or rank + rope,) * count, (0,) * count
    widest = max(heads, default=0)
    usual = max(0, values.number(f"{architecture}.embedding_length")) // widest if widest else 0
    shared = values.per_layer(f"{architecture}.attention.head_count_kv", count)
    if not any(shared):  # not said: every head has its own
        shared = heads
    key, value = of("key_length") or usual, of("value_length") or usual
    return tuple(max(0, n) * key for n in shared), tuple(max(0, n) * value for n in shared)


def _feed_forward(values: Values, architecture: str, count: int) -> int:
    dense = max(values.per_layer(f"{architecture}.feed_forward_length", count), default=0)
    expert = max(values.per_layer(f"{architecture}.expert_feed_forward_length", count), default=0)
    return max(dense, expert * max(1, values.number(f"{architecture}.expert_used_count")), 0)
