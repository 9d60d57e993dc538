"""How the tokens of one answer of generation 1 are chosen: its logits are ours, the samplers llama.cpp's.

What llama.cpp's samplers know only by a vocabulary of its own, grammars and DRY, is not here.
"""

from __future__ import annotations

import array
import ctypes
import math
import secrets
from collections import Counter, deque
from collections.abc import Collection, Sequence
from typing import Any

from desktop.core.models import GenerateOptions
from desktop.inference.families import Sampling
from desktop.inference.legacy.machine import Logits

_PENALTY_WINDOW = 64
_FORBIDDEN = -100
_NEVER = 1e-8
"""Tokens so much less likely than the likeliest are dropped before anything is sorted."""
_TAU, _ETA = 5.0, 0.1
_OFF = {
    "top_k": 0, "min_p": 0.0, "typical_p": 1.0, "repeat_penalty": 1.0, "presence_penalty": 0.0,
    "frequency_penalty": 0.0, "mirostat": False,
}  # fmt: skip


class Choice:
    """Chooses the tokens of one answer. `close` frees it. `binding` is llama.cpp's low-level module."""

    def __init__(
        self, binding: Any, usual: Sampling, options: GenerateOptions, prompt: Sequence[int], marks: Collection[int]
    ) -> None:
        """`marks` are no repetition, however often they come."""
        self._native = binding
        self._marks = marks

        def wanted(name: str) -> Any:
            value = getattr(options, name)
            return getattr(usual, name, _OFF.get(name)) if value is None else value

        self._temperature = float(wanted("temperature"))
        exact = self._temperature <= 0 and options.repeat_penalty is None
        self._repeat = 1.0 if exact else float(wanted("repeat_penalty")) or 1.0
        self._presence, self._frequency = float(wanted("presence_penalty")), float(wanted("frequency_penalty"))
        self._bias = [(entry.token, entry.bias) for entry in options.logit_bias]
        self._counting = self._repeat != 1 or self._presence != 0 or self._frequency != 0
        self._recent: deque[int] = deque(maxlen=_PENALTY_WINDOW)
        for token in prompt[-_PENALTY_WINDOW:]:
            self._note(token)
        seed = secrets.randbits(31) if options.seed is None else options.seed & 0x7FFFFFFF
        self._chain = binding.llama_sampler_chain_init(binding.llama_sampler_chain_default_params())
        for link in self._links(wanted, seed):
            binding.llama_sampler_chain_add(self._chain, link)  # owns it from here on
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

    def _links(self, wanted: Any, seed: int) -> list[Any]:
        native = self._native
        if self._temperature <= 0:
            return [native.llama_sampler_init_greedy()]
        temperature = native.llama_sampler_init_temp(self._temperature)
        links = [native.llama_sampler_init_min_p(max(_NEVER ** max(1.0, self._temperature), 1e-37), 1)]
        if wanted("mirostat"):
            return [*links, temperature, native.llama_sampler_init_mirostat_v2(seed, _TAU, _ETA)]
        if (top_k := int(wanted("top_k"))) > 0:
            links = [native.llama_sampler_init_top_k(top_k)]
        if 0 < (typical := float(wanted("typical_p"))) < 1:
            links.append(native.llama_sampler_init_typical(typical, 1))
        if (top_p := float(wanted("top_p"))) < 1:
            links.append(native.llama_sampler_init_top_p(top_p, 1))
        if (min_p := float(wanted("min_p"))) > 0:
            links.append(native.llama_sampler_init_min_p(min_p, 1))
        return [*links, temperature, native.llama_sampler_init_dist(seed)]

    def _prepare(self, count: int) -> None:
        """A table of llama_token_data: id, logit, probability; only the logits change from token to token."""
        rows = array.array("i", bytes(12 * count))
        rows[0::3] = array.array("i", range(count))
        self._template = rows.tobytes()
        self._table = (ctypes.c_byte * len(self._template))()

    def _adjust(self, logits: Logits) -> None:
        for token, bias in self._bias:
            if 0 <= token < len(logits):
                logits[token] = -math.inf if bias <= _FORBIDDEN else logits[token] + bias
        if not self._counting:
            return
        for token, count in Counter(self._recent).items():
            logit = logits[token]
            logit = logit * self._repeat if logit <= 0 else logit / self._repeat
            logits[token] = logit - count * self._frequency - self._presence

    def _note(self, token: int) -> None:
        if self._counting and token not in self._marks:
            self._recent.append(token)

    def _noted(self, token: int) -> int:
        self._note(token)
        return token
