"""How the tokens of one answer of generation 1 are chosen: its logits are ours, the samplers llama.cpp's.

What llama.cpp's samplers know only by a vocabulary of its own, grammars and DRY, is not here.
"""

from __future__ import annotations

import array
import ctypes
import math
from collections import Counter, deque
from collections.abc import Collection, Sequence
from typing import Any

from desktop.core.models import GenerateOptions
from desktop.inference.families import Sampling
from desktop.inference.legacy.machine import Logits
from desktop.inference.sampling import FORBIDDEN, PENALTY_WINDOW, chain, penalise, tuning


class Choice:
    """Chooses the tokens of one answer. `close` frees it. `binding` is llama.cpp's low-level module."""

    def __init__(
        self, binding: Any, usual: Sampling, options: GenerateOptions, prompt: Sequence[int], marks: Collection[int]
    ) -> None:
        """`marks` are no repetition, however often they come."""
        self._native = binding
        self._marks = marks
        self._values = tuning(usual, options)
        self._bias = [(entry.token, entry.bias) for entry in options.logit_bias]
        self._recent: deque[int] = deque(maxlen=PENALTY_WINDOW)
        for token in prompt[-PENALTY_WINDOW:]:
            self._note(token)
        self._chain = chain(binding, self._values, options.seed)
        self._template = b""
        self._table: Any = None

    def choose(self, logits: Logits) -> int:
        """The next token; the logits are changed."""
        self._adjust(logits)
        if self._table is None:
            self._prepare(len(logits))
        ctypes.memmove(self._table, self._template, len(self._template))
        memoryview(self._table).cast("B").cast("f")[1::3] = memoryview(logits)
        found = self._native.llama_token_data_array(
            data=ctypes.cast(self._table, ctypes.POINTER(self._native.llama_token_data)),
            size=len(logits),
            selected=-1,
            sorted=False,
        )
        self._native.llama_sampler_apply(self._chain, ctypes.byref(found))
        token = int(found.data[found.selected].id)
        self._native.llama_sampler_accept(self._chain, token)
        return self._noted(token)

    def close(self) -> None:
        """Free everything."""
        chain, self._chain = self._chain, None
        if chain is not None:
            self._native.llama_sampler_free(chain)

    def _prepare(self, count: int) -> None:
        """A table of llama_token_data: id, logit, probability; only the logits change from token to token."""
        rows = array.array("i", bytes(12 * count))
        rows[0::3] = array.array("i", range(count))
        self._template = rows.tobytes()
        self._table = (ctypes.c_byte * len(self._template))()

    def _adjust(self, logits: Logits) -> None:
        for token, bias in self._bias:
            if 0 <= token < len(logits):
                logits[token] = -math.inf if bias <= FORBIDDEN else logits[token] + bias
        if self._values.counts:
            penalise(logits, Counter(self._recent), self._values)

    def _note(self, token: int) -> None:
        if self._values.counts and token not in self._marks:
            self._recent.append(token)

    def _noted(self, token: int) -> int:
        self._note(token)
        return token
