"""The computation of generation 1, as ggml operations: https://arxiv.org/abs/2210.02414, section 2, as ChatGLM-6B has it.

LayerNorm with bias; queries, keys and values in one matrix, interleaved head by head; two rotary positions, one for each half
of a head; every token of the prompt sees every other but the last, which is seen by itself and by what follows; the residual
is the *normalised* input times alpha. A prompt goes through in pieces of some hundred tokens, layer by layer: within a layer
first the keys and values of all pieces, then their attention.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from desktop.core.value import dataclass
from desktop.inference.legacy.ggml import ROPE_NEOX, TYPE_F16, TYPE_I32, Ggml
from desktop.inference.legacy.ggml_file import Config

ALPHA = math.sqrt(2 * 28)
"""Strength of the residual: of the number of layers the original has, whatever a file has."""
NODES_PER_LAYER = 64
"""Operations and views of one piece in one layer, at most."""


@dataclass(frozen=True)
class Piece:
    """Some consecutive tokens of a prompt: the tensors to be filled before computing."""

    first: int
    count: int
    tokens: int
    rows: int
    """Where in the cache their keys and values go."""
    positions: int
    blocks: int
    mask: int


@dataclass(frozen=True)
class Graph:
    """What to compute, and what comes out."""

    context: int
    graph: int
    pieces: tuple[Piece, ...]
    span: int
    """Rows of the cache it looks at."""
    logits: int
    check: int
    """Sum of the logits: no finite number if one of them is none."""
    nodes: int


@dataclass(frozen=True)
class _Waiting:
    """A piece whose keys and values are stored: what it still needs of the layer's first half."""

    normal: int
    query: int
    piece: Piece


class Weights:
    """The file's tensors by name, and the cache: a matrix of keys and one of values for each layer, a row for each token."""

    def __init__(self, tensors: dict[str, int], keys: list[int], values: list[int]) -> None:
        self.tensors = tensors
        self.keys = keys
        self.values = values

    def of(self, layer: int) -> Callable[[str], int]:
        """Finds tensors of a layer."""
        return lambda name: self.tensors[f"transformer.layers.{layer}.{name}"]


class Builder:
    """Builds graphs for one model."""

    def __init__(self, ggml: Ggml, config: Config, weights: Weights) -> None:
        self._g: Any = ggml
        self._config = config
        self._weights = weights
        self._context = 0
        self._graph = 0

    def build(self, counts: list[int], span: int) -> Graph:
        """For pieces of so many tokens one after another; `span` rows of the cache are looked at. The caller frees `context`."""
        nodes = size_of(self._config.layers, len(counts))
        self._context = self._g.context(nodes, nodes)
        self._graph = self._g.new_graph_custom(self._context, nodes, False)
        firsts = [sum(counts[:number]) for number in range(len(counts))]
        pieces = [self._piece(first, count, span) for first, count in zip(firsts, counts, strict=True)]
        words = self._weights.tensors["transformer.word_embeddings.weight"]
        states = [self._g.get_rows(self._context, words, piece.tokens) for piece in pieces]
        for layer in range(self._config.layers):
            states = self._layer(layer, states, pieces, span)
        last = self._view_of_last(states[-1], pieces[-1].count)
        last = self._normal(last, "transformer.final_layernorm")
        logits = self._g.mul_mat(self._context, words, last)
        check = self._g.sum(self._context, logits)
        for result in (logits, check):
            self._g.set_output(result)
            self._g.build_forward_expand(self._graph, result)
        count = self._g.graph_n_nodes(self._graph)
        return Graph(self._context, self._graph, tuple(pieces), span, logits, check, count)

    def _piece(self, first: int, count: int, span: int) -> Piece:
        def vector() -> int:
            return self._input(TYPE_I32, count)

        return Piece(first, count, vector(), vector(), vector(), vector(), self._input(TYPE_F16, span, count))

    def _input(self, kind: int, *sizes: int) -> int:
        tensor = int(self._g.tensor(self._context, kind, *sizes))
        self._g.set_input(tensor)
        return tensor

    def _layer(self, layer: int, states: list[int], pieces: list[Piece], span: int) -> list[int]:
        waiting = [self._store(layer, state, piece) for state, piece in zip(states, pieces, strict=True)]
        if layer == self._config.layers - 1:  # nobody asks what the others would say
            waiting = waiting[-1:]
        return [self._attend(layer, one, span) for one in waiting]

    def _store(self, layer: int, state: int, piece: Piece) -> _Waiting:
        """Normalise, compute queries, keys and values, put the latter two into the cache."""
        g, context, config, of = self._g, self._context, self._config, self._weights.of(layer)
        normal = self._normal(state, f"transformer.layers.{layer}.input_layernorm")
        mixed = self._linear(normal, of, "attention.query_key_value")
        query, key = (self._rotated(mixed, number, piece) for number in (0, 1))
        value = g.cont_2d(context, self._part(mixed, 2, piece.count), config.hidden, piece.count)
        key = g.reshape_2d(context, key, config.hidden, piece.count)
        for cache, rows in ((self._weights.keys[layer], key), (self._weights.values[layer], value)):
            g.build_forward_expand(self._graph, g.set_rows(context, cache, rows, piece.rows))
        g.build_forward_expand(self._graph, query)
        return _Waiting(normal, query, piece)

    def _attend(self, layer: int, waiting: _Waiting, span: int) -> int:
        g, context, config, of = self._g, self._context, self._config, self._weights.of(layer)
        keys, values = (self._view_of_cache(cache[layer], span) for cache in (self._weights.keys, self._weights.values))
        query = g.permute(context, waiting.query, 0, 2, 1, 3)
        scale = 1.0 / math.sqrt(config.head)
        seen = g.flash_attn_ext(context, query, keys, values, waiting.piece.mask, scale, 0.0, 0.0)
        seen = g.reshape_2d(context, seen, config.hidden, waiting.piece.count)
        state = self._residual(waiting.normal, self._linear(seen, of, "attention.dense"))
        normal = self._normal(state, f"transformer.layers.{layer}.post_attention_layernorm")
        inner = g.gelu(context, self._linear(normal, of, "mlp.dense_h_to_4h"))
        state = self._residual(normal, self._linear(inner, of, "mlp.dense_4h_to_h"))
        g.build_forward_expand(self._graph, state)
        return int(state)

    def _normal(self, state: int, name: str) -> int:
        g, context, tensors = self._g, self._context, self._weights.tensors
        state = g.mul(context, g.norm(context, state, self._config.epsilon), tensors[f"{name}.weight"])
        return int(g.add(context, state, tensors[f"{name}.bias"]))

    def _linear(self, state: int, of: Callable[[str], int], name: str) -> int:
        state = self._g.mul_mat(self._context, of(f"{name}.weight"), state)
        return int(self._g.add(self._context, state, of(f"{name}.bias")))

    def _residual(self, normal: int, change: int) -> int:
        return int(self._g.add(self._context, self._g.scale(self._context, normal, ALPHA), change))

    def _part(self, mixed: int, number: int, count: int, width: int = 0, begin: int = 0) -> int:
        """Queries, keys or values of all heads: [width of a head, heads, tokens]; of each head only `width` from `begin`."""
        config = self._config
        row, head = 3 * config.hidden * 4, 3 * config.head * 4
        offset = (number * config.head + begin) * 4
        view = self._g.view_3d(
            self._context, mixed, width or config.head, config.heads, count, head, row, offset
        )  # fmt: skip
        return int(view)

    def _rotated(self, mixed: int, number: int, piece: Piece) -> int:
        """Queries or keys, the first half of each head turned by the position, the second by the place in the answer."""
        g, context, half = self._g, self._context, self._config.head // 2
        turned = [
            g.rope_ext(
                context, self._part(mixed, number, piece.count, half, begin), positions, None,
                half, ROPE_NEOX, 0, self._config.theta, 1.0, 0.0, 1.0, 0.0, 0.0,
            )
            for begin, positions in ((0, piece.positions), (half, piece.blocks))
        ]  # fmt: skip
        return int(g.concat(context, *turned, 0))

    def _view_of_cache(self, cache: int, span: int) -> int:
        """[width of a head, rows, heads]."""
        config = self._config
        return int(
            self._g.view_3d(
                self._context, cache, config.head, span, config.heads, config.hidden * 2, config.head * 2, 0
            )
        )

    def _view_of_last(self, state: int, count: int) -> int:
        width = self._config.hidden
        return int(self._g.view_2d(self._context, state, width, 1, width * 4, (count - 1) * width * 4))


def size_of(layers: int, pieces: int) -> int:
    """Nodes a graph may have."""
    return NODES_PER_LAYER * layers * pieces + 16 * pieces + 64
