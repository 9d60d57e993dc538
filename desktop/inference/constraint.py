"""A grammar that an answer follows, over llama.cpp's sampler for it.

That one ends the process where it is told a token it does not expect, so nothing is told to it that it has not allowed. It is asked about
the one token that would be chosen without it, and only if that one does not fit about all of them: this is hundreds of times slower.
"""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Collection
from typing import Any

from desktop.core.errors import BadGrammar
from desktop.core.models import GenerateOptions
from desktop.inference import grammar
from desktop.inference.schema.writer import to_gbnf
from desktop.inference.vocabulary import Vocabulary

_SLOW = 0.05
"""Seconds of the processor that telling a token may take: usually some millionths. Some grammars double them with every letter, so that
it has to be noticed early: the next token may have eight."""


class Constraint:
    """One answer's grammar and how far it has come. `close` frees it."""

    def __init__(self, binding: Any, vocabulary: Vocabulary, text: str, ends: Collection[int]) -> None:
        """`text` is GBNF; `ends` are tokens that end an answer, besides those of which the file says so. Raises BadGrammar."""
        self._native = binding
        self._vocabulary = vocabulary
        self._ends = ends
        data = grammar.with_space(grammar.checked(text)).encode()
        self._sampler = binding.llama_sampler_init_grammar(vocabulary.native, data, grammar.START.encode())
        if not self._sampler:
            raise BadGrammar(reason="llama.cpp does not take it")
        self.ends = frozenset(ends) | {vocabulary.end}
        """Tokens an answer ends with."""
        self._silent = {*(token for token in vocabulary.controls if not vocabulary.ends(token)), *ends}
        self._one = (binding.llama_token_data * 1)()
        self._one_array = binding.llama_token_data_array(self._one, 1, -1, False)

    @classmethod
    def of(
        cls, options: GenerateOptions, binding: Any, vocabulary: Vocabulary, ends: Collection[int]
    ) -> Constraint | None:
        """What the options ask for; None if nothing. Raises BadGrammar."""
        text = options.grammar.strip()
        if not text and options.json_schema.strip():
            text = to_gbnf(options.json_schema)
        return cls(binding, vocabulary, text, ends) if text else None

    def choose(self, chain: Any, logits: Any) -> int:
        """The token `chain` chooses among those that fit, told to the grammar; one that ends the answer where none does."""
        token = self._choice(chain, logits, everything=False)
        if token is None or not self._fits(token):
            token = self._choice(chain, logits, everything=True)
        if token is None:
            return self._vocabulary.end  # the vocabulary cannot write what the grammar wants
        if not self._is_end(token):
            begun = time.thread_time()
            self._native.llama_sampler_accept(self._sampler, token)
            if time.thread_time() - begun > _SLOW:
                raise BadGrammar(reason="there are too many ways to read the same text")
        return token

    def close(self) -> None:
        """Free it."""
        if self._sampler:
            self._native.llama_sampler_free(self._sampler)
            self._sampler = None

    def _choice(self, chain: Any, logits: Any, everything: bool) -> int | None:
        """What the chain chooses of all tokens, or of all that fit; None if there is none."""
        candidates, array = self._vocabulary.candidates(logits)
        if everything:
            self._strike(candidates, array)
        self._native.llama_sampler_apply(chain, ctypes.byref(array))
        if array.selected < 0:
            return None
        chosen = candidates[array.selected]
        return int(chosen.id) if math.isfinite(chosen.logit) else None

    def _strike(self, candidates: Any, array: Any) -> None:
        """Forbid what does not fit. Marks have a text that grammars would match, and print nothing."""
        ending = [(token, candidates[token].logit) for token in self._ends] if self._may_end() else []
        for token in self._silent:
            candidates[token].logit = -math.inf
        self._native.llama_sampler_apply(self._sampler, ctypes.byref(array))
        for token, logit in ending:
            candidates[token].logit = logit

    def _fits(self, token: int) -> bool:
        if self._is_end(token):
            return self._may_end()
        return token not in self._silent and self._allows(token)

    def _may_end(self) -> bool:
        return self._allows(self._vocabulary.end)

    def _is_end(self, token: int) -> bool:
        return token in self._ends or self._vocabulary.ends(token)

    def _allows(self, token: int) -> bool:
        """What llama.cpp thinks of one token. Those the file calls ends stand for the end of the grammar."""
        one = self._one[0]
        one.id, one.logit, one.p = token, 1.0, 0.0
        self._one_array.size, self._one_array.selected, self._one_array.sorted = 1, -1, False
        self._native.llama_sampler_apply(self._sampler, ctypes.byref(self._one_array))
        return bool(self._one[0].logit > 0)
