"""Texts as vectors: the mean of what the model makes of a text's tokens, of length 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from desktop.core.errors import EngineUnavailable, PromptTooLong
from desktop.core.models import FinishReason, Timings, Usage
from desktop.core.ports import Done, Failed, Vectors
from desktop.inference.backend import Job
from desktop.inference.watch import Flag

LONGEST = 2048
"""Tokens of a text: all of them are read in one step, as their mean is taken there."""
_LEAST = 32
_MEAN = 1
"""llama.cpp's LLAMA_POOLING_TYPE_MEAN."""

Vector = tuple[float, ...]


class Embedding:
    """One request, a text at a time, on a context of its own beside the conversations'. `binding` is llama.cpp's."""

    def __init__(
        self,
        binding: Any,
        model: Any,
        texts: Sequence[Sequence[int]],
        threads: int,
        graphics: bool,
        job: Job,
        flag: Flag,
    ) -> None:
        """`texts` as tokens; `flag` ends a step early, which is then done again. Raises PromptTooLong."""
        self._native = binding
        self._model = model
        self._texts = texts
        self._threads = threads
        self._graphics = graphics
        self._job = job
        self._flag = flag
        self._found: list[Vector] = []
        self._context: Any = None
        self._on_abort = binding.ggml_abort_callback(self._asked)
        longest = max(map(len, texts), default=0)
        most = min(LONGEST, int(binding.llama_model_n_ctx_train(model)) or LONGEST)
        if longest > most:
            raise PromptTooLong(tokens=longest, context=most)

    def step(self) -> bool:
        """Read one more text; whether the request has ended."""
        if not self._job.cancelled and len(self._found) < len(self._texts):
            try:
                vector = self._vector(self._texts[len(self._found)])
            except EngineUnavailable as error:
                self.close()
                self._job.end(Failed(error))
                return True
            if vector is not None:
                self._found.append(vector)
        whole = len(self._found) == len(self._texts)
        if not whole and not self._job.cancelled:
            return False
        self.close()
        if whole:
            self._job.send(Vectors(tuple(self._found)))
            self._job.end(Done(FinishReason.STOP, Usage(prompt_tokens=sum(map(len, self._texts))), Timings()))
        else:
            self._job.end(Done(FinishReason.STOPPED, Usage(), Timings()))
        return True

    def close(self) -> None:
        """Free the context."""
        if self._context:
            self._native.llama_free(self._context)
            self._context = None

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

    def _vector(self, tokens: Sequence[int]) -> Vector | None:
        """None if it was ended early. Raises EngineUnavailable."""
        native = self._native
        if self._context is None:
            self._context = self._create(max(_LEAST, *map(len, self._texts)))
        native.llama_memory_clear(native.llama_get_memory(self._context), True)
        array = (native.llama_token * len(tokens))(*tokens)
        if native.llama_decode(self._context, native.llama_batch_get_one(array, len(tokens))) != 0:
            if self._job.cancelled or self._flag.is_up:
                return None
            raise EngineUnavailable(reason="llama.cpp could not read the text")
        values = native.llama_get_embeddings_seq(self._context, 0)
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
        return self._flag.is_up or self._job.cancelled
