"""A model of generation 1 in memory: tokens in, logits out. Weights stay where the file is mapped, or go to a graphics card."""

from __future__ import annotations

import array
import ctypes
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TypeAlias

from desktop.core.value import dataclass
from desktop.inference.legacy import ggml as names
from desktop.inference.legacy.ggml import Ggml
from desktop.inference.legacy.ggml_file import LegacyFile
from desktop.inference.legacy.graph import Builder, Graph, Weights, size_of
from desktop.inference.legacy.mapped import Mapped

PIECE = 256
"""Tokens of a prompt that go through a layer at once: bounds memory, and how long a cancellation waits."""
_MOST_PIECES = 16
"""The library's allocator ends the process when a graph has too many."""
_ROUND, _ROUND_ON_CARD = 32, 256
"""The cache is looked at in multiples of so many rows: one graph then serves many tokens, and graphics cards want 256."""
MOST_CONTEXT = 8192
_HIDDEN, _SEEN = b"\x00\xfc", b"\x00\x00"
"""Minus infinity and zero in half precision."""


Logits: TypeAlias = "array.array[float]"
"""One number for each token of the vocabulary."""


class Refused(Exception):
    """The model cannot be loaded or does not compute; the text says why."""


class Aborted(Exception):
    """The one who is asked between two operations said stop."""


@dataclass(frozen=True)
class Sizes:
    """Bytes of memory: weights, cache, intermediate results, and how much of it lies on graphics cards."""

    weights: int
    cache: int
    work: int
    graphics: int


class Machine:
    """One model with its cache. Raises Refused, OSError, MemoryError. `close` gives everything back."""

    def __init__(
        self,
        ggml: Ggml,
        file: LegacyFile,
        context: int,
        threads: int,
        gpu_layers: int,
        asked: Callable[[], bool] = lambda: False,
    ) -> None:
        """`gpu_layers` of the last ones go to a graphics card, if there is one; `asked` is called between two operations of
        the processor while something long goes on, and says whether to stop."""
        self._g = ggml
        self._file = file
        self.config = file.config
        self.context = min(context, file.config.context, MOST_CONTEXT)
        self._round = _ROUND_ON_CARD if gpu_layers > 0 else _ROUND
        self._rows = self._rounded(self.context)
        self._piece = max(PIECE, -(-self.context // _MOST_PIECES))
        self._clean = 0
        self._stack = ExitStack()
        self._watching = False
        self._asked = asked
        self._on_abort = names.AbortCallback(self._ask)
        self._held = 0
        self._prompt = 0
        self._writing: Graph | None = None
        self._logits = array.array("f", bytes(4 * file.config.vocabulary))
        try:
            self._open_backends(threads, gpu_layers)
            self._load(gpu_layers)
            self._reserve()
        except BaseException:
            self.close()
            raise

    # --- life

    def _open_backends(self, threads: int, gpu_layers: int) -> None:
        """Graphics card, accelerators, processor, in this order of preference."""
        g = self._g
        devices = [g.backend_dev_get(number) for number in range(g.backend_dev_count())]
        kinds = [(g.backend_dev_type(device), device) for device in devices]
        graphics = [device for kind, device in kinds if kind in (names.KIND_GPU, names.KIND_IGPU)]
        wanted = graphics[:1] if gpu_layers > 0 else []
        wanted += [device for kind, device in kinds if kind == names.KIND_ACCEL]
        wanted += [device for kind, device in kinds if kind == names.KIND_CPU][:1]
        self._backends: list[int] = []
        for device in wanted:
            backend = g.backend_dev_init(device, None)
            if not backend:
                raise Refused("a device cannot be used")
            self._stack.callback(g.backend_free, backend)
            self._backends.append(backend)
            g.set_threads(device, backend, threads)
        self._graphics = self._backends[0] if gpu_layers > 0 and graphics else None
        self._processor, self._processor_device = self._backends[-1], wanted[-1]

    def _load(self, gpu_layers: int) -> None:
        g, config = self._g, self.config
        self._mapped = Mapped(self._file.path)
        self._stack.callback(self._mapped.close)
        if self._mapped.size != self._file.size:
            raise Refused("the file changed while it was read")
        on_card = max(0, config.layers - gpu_layers) if self._graphics is not None else config.layers
        near = self._context(len(self._file.tensors) + 2 * config.layers)
        far = self._context(len(self._file.tensors) + 2 * config.layers)
        mapped = g.backend_cpu_buffer_from_ptr(self._mapped.address, self._mapped.size)
        self._own(mapped)
        g.backend_buffer_set_usage(mapped, names.USAGE_WEIGHTS)
        tensors: dict[str, int] = {}
        moved: list[tuple[int, int, int]] = []
        for tensor in self._file.tensors.values():
            layer = _layer_of(tensor.name)
            card = layer is not None and layer >= on_card
            made = tensors[tensor.name] = g.tensor(far if card else near, tensor.kind, *tensor.shape[::-1])
            if g.nbytes(made) != tensor.size:
                raise Refused(f"{tensor.name} has another size than the library thinks")
            address = self._mapped.address + tensor.offset
            if card:
                moved.append((made, address, tensor.size))
            elif g.backend_tensor_alloc(mapped, made, address) != names.STATUS_SUCCESS:
                raise Refused(f"{tensor.name} cannot be used where it is")
        self._fill_card(far, moved)
        weights = sum(tensor.size for tensor in self._file.tensors.values())
        keys, values, cache, cache_far = self._caches(on_card)
        self._weights = Weights(tensors, keys, values)
        self._builder = Builder(g, config, self._weights)
        graphics = sum(size for _, _, size in moved) + cache_far
        self.sizes = Sizes(weights, cache, 0, graphics)

    def _fill_card(self, context: int, moved: list[tuple[int, int, int]]) -> None:
        if not moved or self._graphics is None:
            return
        buffer = self._g.backend_alloc_ctx_tensors(context, self._graphics)
        if not buffer:
            raise Refused("the graphics card has not enough memory")
        self._own(buffer)
        self._g.backend_buffer_set_usage(buffer, names.USAGE_WEIGHTS)
        for tensor, address, size in moved:
            self._g.backend_tensor_set(tensor, address, 0, size)

    def _caches(self, on_card: int) -> tuple[list[int], list[int], int, int]:
        """Keys and values of each layer, beside its weights; bytes in all, and on the card."""
        g, config = self._g, self.config
        near, far = self._context(2 * config.layers), self._context(2 * config.layers)
        keys, values = [], []
        for layer in range(config.layers):
            place = far if layer >= on_card else near
            keys.append(g.tensor(place, names.TYPE_F16, config.hidden, self._rows))
            values.append(g.tensor(place, names.TYPE_F16, config.hidden, self._rows))
        sizes = []
        for place, backend, used in (
            (near, self._processor, on_card > 0),
            (far, self._graphics, on_card < config.layers),
        ):
            if not used:
                sizes.append(0)
                continue
            buffer = g.backend_alloc_ctx_tensors(place, backend)
            if not buffer:
                raise Refused("there is not enough memory for the context")
            self._own(buffer)
            sizes.append(g.backend_buffer_get_size(buffer))
        return keys, values, sum(sizes), sizes[1]

    def _reserve(self) -> None:
        """Take the memory for the longest prompt now, rather than fail in the middle of a conversation."""
        g = self._g
        count = len(self._backends)
        pointers = (ctypes.c_void_p * count)(*self._backends)
        nodes = size_of(self.config.layers, _MOST_PIECES)
        sched = g.backend_sched_new(pointers, None, count, nodes, False, True)
        if not sched:
            raise Refused("the library gives no scheduler")
        self._sched = sched
        self._stack.callback(g.backend_sched_free, sched)
        self._stack.callback(self._drop_writing)
        graph = self._builder.build(_pieces(self.context, self._piece), self._rows)
        try:
            if not g.backend_sched_reserve(sched, graph.graph):
                raise Refused("there is not enough memory to compute")
        finally:
            g.free(graph.context)
        work = sum(g.backend_sched_get_buffer_size(sched, backend) for backend in self._backends)
        card = g.backend_sched_get_buffer_size(sched, self._graphics) if self._graphics is not None else 0
        self.sizes = Sizes(self.sizes.weights, self.sizes.cache, work, self.sizes.graphics + card)

    def close(self) -> None:
        """Free everything, in reverse."""
        self._stack.close()

    def _context(self, tensors: int) -> int:
        context = self._g.context(tensors)
        self._stack.callback(self._g.free, context)
        return context

    def _own(self, buffer: int) -> None:
        if not buffer:
            raise Refused("there is not enough memory")
        self._stack.callback(self._g.backend_buffer_free, buffer)

    # --- computing

    @property
    def held(self) -> int:
        """Tokens in the cache."""
        return self._held

    def read(self, prompt: Sequence[int], begun: Callable[[int], None] = lambda nodes: None) -> tuple[Logits, int]:
        """Compute a whole prompt, which replaces what is in the cache; the logits of what follows it, valid until the next
        call, and of how many nodes it took, which `begun` learns before. Raises Aborted, Refused."""
        self._held = 0
        self._drop_writing()
        span = self._rounded(len(prompt))
        self._clear(span)
        graph = self._builder.build(_pieces(len(prompt), self._piece), span)
        try:
            self._place(graph)
            self._fill(graph, prompt, 0, len(prompt))
            begun(graph.nodes)
            self._compute(graph, watched=True)
        finally:
            self._g.free(graph.context)
        self._held = self._prompt = len(prompt)
        return self._result(graph), graph.nodes

    def write(self, token: int, *, watched: bool = False) -> Logits:
        """Compute one more token; the logits of what follows it, valid until the next call. Raises Aborted, Refused."""
        span = self._rounded(self._held + 1)
        graph = self._writing
        if graph is None or graph.span != span:
            self._clear(span)
            self._drop_writing()
            graph = self._builder.build([1], span)
            self._writing = graph
            self._place(graph)
        self._fill(graph, [token], self._held, self._prompt)
        self._compute(graph, watched=watched)
        self._held += 1
        return self._result(graph)

    def rewind(self) -> None:
        """Forget everything after the prompt."""
        self._held = self._prompt

    def _rounded(self, count: int) -> int:
        return -(-count // self._round) * self._round

    def _clear(self, rows: int) -> None:
        """Have no accidental numbers in the first rows of the cache: what is hidden from attention must still be a number."""
        if rows > self._clean:
            width = 2 * self.config.hidden
            zeros = bytes((rows - self._clean) * width)
            for cache in (*self._weights.keys, *self._weights.values):
                self._g.backend_tensor_set(cache, zeros, self._clean * width, len(zeros))
            self._clean = rows

    def _drop_writing(self) -> None:
        graph, self._writing = self._writing, None
        if graph is not None:
            self._g.free(graph.context)

    def _place(self, graph: Graph) -> None:
        self._g.backend_sched_reset(self._sched)
        if not self._g.backend_sched_alloc_graph(self._sched, graph.graph):
            raise Refused("there is not enough memory to compute")

    def _compute(self, graph: Graph, *, watched: bool) -> None:
        if watched is not self._watching:
            self._watching = watched
            callback = self._on_abort if watched else names.AbortCallback()
            self._g.set_abort(self._processor_device, self._processor, callback)
        if self._g.backend_sched_graph_compute(self._sched, graph.graph) != names.STATUS_SUCCESS:
            raise Aborted

    def _fill(self, graph: Graph, tokens: Sequence[int], held: int, prompt: int) -> None:
        """Set the inputs for tokens that follow `held` others, of a conversation whose prompt has `prompt` tokens."""
        for piece in graph.pieces:
            places = range(held + piece.first, held + piece.first + piece.count)
            self._set(piece.tokens, array.array("i", tokens[piece.first : piece.first + piece.count]))
            self._set(piece.rows, array.array("i", places))
            self._set(piece.positions, array.array("i", (min(place, prompt - 2) for place in places)))
            self._set(piece.blocks, array.array("i", (max(place - (prompt - 2), 0) for place in places)))
            rows = b"".join(
                _mask(place, prompt, graph.span) for place in (places[0], places[-1])[: 1 + (len(places) > 1)]
            )
            if piece.count > 2:  # all but the last token of a prompt see the same
                width = 2 * graph.span
                rows = rows[:width] * (piece.count - 1) + rows[width:]
            self._set(piece.mask, array.array("H", rows))

    def _set(self, tensor: int, data: array.array[int]) -> None:
        address, count = data.buffer_info()
        self._g.backend_tensor_set(tensor, address, 0, count * data.itemsize)

    def _result(self, graph: Graph) -> Logits:
        check = ctypes.c_float()
        self._g.backend_tensor_get(graph.check, ctypes.byref(check), 0, 4)
        if not math.isfinite(check.value):
            self._held = self._clean = 0
            raise Refused("the model's numbers make no sense")
        address, count = self._logits.buffer_info()
        self._g.backend_tensor_get(graph.logits, address, 0, 4 * count)
        return self._logits

    def _ask(self, _: object) -> bool:
        return self._asked()


def _pieces(count: int, size: int) -> list[int]:
    return [min(size, count - at) for at in range(0, count, size)]


def _mask(place: int, prompt: int, span: int) -> bytes:
    """What the token at `place` sees: all of the prompt but its last token, and what came before it."""
    seen = max(prompt - 1, place + 1)
    return _SEEN * seen + _HIDDEN * (span - seen)


def _layer_of(name: str) -> int | None:
    parts = name.split(".")
    return int(parts[2]) if parts[1] == "layers" else None
