"""What a model's header says of the memory it takes, layer by layer. `core.memory` turns it into an estimate."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.value import dataclass


@dataclass(frozen=True)
class Footprint:
    """Sizes are bytes, widths are numbers per token of context."""

    blocks: tuple[int, ...]
    """Weights of each layer, in order; layers that llama.cpp leaves out are not here."""
    input: int
    """The embeddings of the tokens: always in the processor's memory."""
    output: int
    """What follows the last layer; on a graphics card it counts as one more layer."""
    tied: bool
    """The output uses the embeddings: a graphics card gets a copy of them."""
    keys: tuple[int, ...]
    """Width of the cached keys of each layer."""
    values: tuple[int, ...]
    """Width of the cached values of each layer; 0 with compressed attention, which keeps keys only."""
    embedding: int
    feed_forward: int
    """The widest of all layers."""
    heads: int
    """The most of all layers."""
    vocabulary: int
    skipped: int = 0
    """Layers after these that llama.cpp counts but does not load …"""
    unused: int = 0
    """… and their weights."""

    @property
    def weights(self) -> int:
        """Of all layers, the embeddings and the output."""
        return self.input + sum(self.blocks) + self.output


def with_size(footprint: Footprint, size: int) -> Footprint:
    """The same model in a file, or all files of a split model, of `size` bytes.

    For another quantization, and for split models, whose first header tells of its own part only. What a layer takes is
    shared out evenly where nothing is known of it, else in proportion.
    """
    known, size = footprint.weights, size - footprint.unused
    if size <= 0 or not footprint.blocks or (known and abs(size - known) <= known // 50):
        return footprint
    if not all(footprint.blocks) and size > known:
        empty = footprint.blocks.count(0)
        share = (size - known) // empty
        return replace(footprint, blocks=tuple(block or share for block in footprint.blocks))
    factor = size / known
    return replace(
        footprint,
        blocks=tuple(round(block * factor) for block in footprint.blocks),
        input=round(footprint.input * factor),
        output=round(footprint.output * factor),
    )
