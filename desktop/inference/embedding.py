"""Texts as vectors: the mean of what the model makes of a text's tokens, of length 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from desktop.core.errors import EngineUnavailable, PromptTooLong
from desktop.inference.backend import Job

LONGEST = 2048
"""Tokens of a text: all of them are read in one step, as their mean is taken there."""
_LEAST = 32
_MEAN = 1
"""llama.cpp's LLAMA_POOLING_TYPE_MEAN."""

Vector = tuple[float, ...]


class Embedder:
    """A context of its own beside the conversations', made for one request. `binding` is llama.cpp's."""

    def __init__(self, binding: Any, model: Any, threads: int, graphics: bool, job: Job) -> None:
        self._native = binding
        self._model = model
        self._threads = threads
        self._graphics = graphics
        self._job = job
        self._on_abort = binding.ggml_abort_callback(self._asked)

    def vectors(self, texts: Sequence[Sequence[int]]) -> list[Vector]:
        """One vector for each text (as tokens), as far as nobody cancels. Raises PromptTooLong, EngineUnavailable."""
        longest = max(map(len, texts), default=0)
        most = min(LONGEST, int(self._native.llama_model_n_ctx_train(self._model)) or LONGEST)
        if longest > most:
            raise PromptTooLong(tokens=longest, context=most)
        context = self._create(max(_LEAST, longest))
        found: list[Vector] = []
        try:
            for tokens in texts:
                if self._job.cancelled or (vector := self._vector(context, tokens)) is None:
                    break
                found.append(vector)
        finally:
            self._native.llama_free(context)
        return found

    def _create(self, size: int) -> Any:
        params = self._native.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = size
        params.n_seq_max = 1
        params.n_threads = params.n_threads_batch = self._threads
        params.embeddings = True
        params.pooling_type = _MEAN
        params.flash_attn_type = 0
        params.offload_kqv = params.op_offload = self._graphics
        params.abort_callback = self._on_abort
        params.no_perf = True
        context = self._native.llama_init_from_model(self._model, params)
        if not context:
            raise EngineUnavailable(reason="llama.cpp makes no vectors with this model")
        return context

    def _vector(self, context: Any, tokens: Sequence[int]) -> Vector | None:
        native = self._native
        native.llama_memory_clear(native.llama_get_memory(context), True)
        array = (native.llama_token * len(tokens))(*tokens)
        if native.llama_decode(context, native.llama_batch_get_one(array, len(tokens))) != 0:
            if self._job.cancelled:
                return None
            raise EngineUnavailable(reason="llama.cpp could not read the text")
        values = native.llama_get_embeddings_seq(context, 0)
        if not values:
            raise EngineUnavailable(reason="llama.cpp makes no vectors with this model")
        raw = values[: int(native.llama_model_n_embd(self._model))]
        length = math.sqrt(math.fsum(value * value for value in raw))
        if not math.isfinite(length) or length <= 0:
            raise EngineUnavailable(reason="llama.cpp makes no vectors with this model")
        return tuple(value / length for value in raw)

    def _asked(self, _: object) -> bool:
        """Between two operations of llama.cpp: a sign of life, and whether to stop."""
        self._job.alive()
        return self._job.cancelled
