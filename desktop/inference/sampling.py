"""How the tokens of one answer are chosen: what was asked for, else what the family likes.

The order is llama.cpp's own (common/sampling.cpp): bias, penalties, DRY, top-k, typical, top-p, min-p, temperature, choice. What
concerns a few tokens only (bias, penalties) is written into the logits where they lie; llama.cpp's samplers for it walk over the
whole vocabulary, 0.4 ms of it with 150,000 tokens.
"""

from __future__ import annotations

import ctypes
import math
import secrets
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from desktop.core.models import GenerateOptions, LogitBias
from desktop.core.value import dataclass
from desktop.inference.constraint import Constraint
from desktop.inference.families import Sampling
from desktop.inference.vocabulary import Vocabulary

PENALTY_WINDOW = 64
"""Tokens a repetition is looked for in: the last ones of prompt and answer together, as in llama-server. Models that are given a
text to work on otherwise copy it word for word. Unlike there, role marks do not count: they are no repetition, and a penalty on the
mark that ends an answer makes it ramble on."""
FORBIDDEN = -100
"""A bias of this or less forbids the token; the number is OpenAI's."""
_NEVER = 1e-8
"""Tokens so much less likely than the likeliest one are dropped before anything is sorted. The 150,000 of the largest vocabulary would
together not reach 0.2 % of it, and the samplers after it take a tenth of the time."""
_DRY_BASE, _DRY_LENGTH, _DRY_WINDOW = 1.75, 2, 1024
"""The authors' base and allowed length; repetitions are looked for in so many last tokens."""
_DRY_BREAKERS = ("\n", ":", '"', "*")
"""A repetition ends here, and after role marks: lists and headings begin alike for good reason."""
_TAU, _ETA = 5.0, 0.1
"""Mirostat's usual surprise in bits, and how fast it is approached."""


@dataclass(frozen=True)
class Tuning:
    """What holds for one answer. Off: `top_k`, `min_p`, `dry_multiplier`, the two penalties 0; `top_p`, `typical_p`, `repeat_penalty` 1."""

    temperature: float
    top_p: float
    top_k: int
    min_p: float
    typical_p: float
    repeat_penalty: float
    presence_penalty: float
    frequency_penalty: float
    dry_multiplier: float
    mirostat: bool

    @property
    def counts(self) -> bool:
        """Whether it matters what was said before."""
        return self.repeat_penalty != 1 or self.presence_penalty != 0 or self.frequency_penalty != 0


def tuning(usual: Sampling, options: GenerateOptions) -> Tuning:
    """What was asked for, completed by what is usual."""
    values = {name: getattr(options, name) for name in Tuning.__annotations__}
    merged = {name: getattr(usual, name) if value is None else value for name, value in values.items()}
    if merged["temperature"] <= 0 and options.repeat_penalty is None:
        merged["repeat_penalty"] = 1.0  # somebody wants exactly what the model thinks: only an explicit penalty counts
    merged["repeat_penalty"] = merged["repeat_penalty"] or 1.0
    return Tuning(**merged)


def chain(native: Any, values: Tuning, seed: int | None, first: Sequence[Any] = ()) -> Any:
    """llama.cpp's chain of samplers, after those that come `first`; whoever takes it owns it and them."""
    links = [*first, *_choosing(native, values, secrets.randbits(31) if seed is None else seed & 0x7FFFFFFF)]
    made = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
    for link in links:
        native.llama_sampler_chain_add(made, link)  # owns it from here on
    return made


def _choosing(native: Any, values: Tuning, seed: int) -> list[Any]:
    """The samplers that choose, from top-k to the choice."""
    if values.temperature <= 0:
        return [native.llama_sampler_init_greedy()]
    temperature = native.llama_sampler_init_temp(values.temperature)
    # a high temperature lifts the unlikely ones
    links = [native.llama_sampler_init_min_p(max(_NEVER ** max(1.0, values.temperature), 1e-37), 1)]
    if values.mirostat:
        return [*links, temperature, native.llama_sampler_init_mirostat_v2(seed, _TAU, _ETA)]
    if values.top_k > 0:
        links = [native.llama_sampler_init_top_k(values.top_k)]
    if 0 < values.typical_p < 1:
        links.append(native.llama_sampler_init_typical(values.typical_p, 1))
    if values.top_p < 1:
        links.append(native.llama_sampler_init_top_p(values.top_p, 1))
    if values.min_p > 0:
        links.append(native.llama_sampler_init_min_p(values.min_p, 1))
    return [*links, temperature, native.llama_sampler_init_dist(seed)]


def penalise(logits: Any, counts: Mapping[int, int], values: Tuning) -> None:
    """Make tokens that were said so often less likely."""
    repeat, presence, frequency = values.repeat_penalty, values.presence_penalty, values.frequency_penalty
    for token, count in counts.items():
        logit = logits[token]
        logit = logit * repeat if logit <= 0 else logit / repeat
        logits[token] = logit - count * frequency - presence


class Samplers:
    """Makes samplers for one loaded model, and keeps what is slow to make. `binding` is llama.cpp's low-level module."""

    def __init__(self, binding: Any, vocabulary: Vocabulary, usual: Sampling, ends: Collection[int]) -> None:
        """`ends` are tokens that end an answer, besides those of which the file says so."""
        self._native = binding
        self._vocabulary = vocabulary
        self._usual = usual
        self._ends = frozenset(ends)
        self._dry: dict[float, Any] = {}
        """By strength: finding the breakers in a large vocabulary takes some tenths of a second."""

    def start(self, options: GenerateOptions, prompt: Sequence[int]) -> Sampler:
        """For one answer to this prompt. Raises BadGrammar."""
        values = tuning(self._usual, options)
        constraint = Constraint.of(options, self._native, self._vocabulary, self._ends)
        repetitions = [self._dry_link(values.dry_multiplier)] if values.dry_multiplier > 0 else []
        links = chain(self._native, values, options.seed, repetitions)
        bias = [entry for entry in options.logit_bias if 0 <= entry.token < self._vocabulary.size]
        sampler = Sampler(self._native, links, values, bias, constraint, self._ends)
        for token in prompt[-max(_DRY_WINDOW, PENALTY_WINDOW) :]:
            sampler.accept(token)
        return sampler

    def close(self) -> None:
        """Free what is kept."""
        while self._dry:
            self._native.llama_sampler_free(self._dry.popitem()[1])

    def _dry_link(self, strength: float) -> Any:
        made = self._dry.get(strength)
        if made is None:
            if len(self._dry) >= 4:
                self.close()
            texts = (*_DRY_BREAKERS, *(self._vocabulary.name(token) for token in sorted(self._ends)))
            breakers = (ctypes.c_char_p * len(texts))(*(text.encode() for text in texts))
            made = self._dry[strength] = self._native.llama_sampler_init_dry(
                self._vocabulary.native, strength, _DRY_BASE, _DRY_LENGTH, _DRY_WINDOW, breakers, len(texts)
            )
        return self._native.llama_sampler_clone(made)


class Sampler:
    """Chooses the tokens of one answer. `close` frees it."""

    def __init__(
        self,
        binding: Any,
        chain: Any,
        values: Tuning,
        bias: Sequence[LogitBias],
        constraint: Constraint | None,
        marks: Collection[int],
    ) -> None:
        self._native = binding
        self._chain = chain
        self._values = values
        self._bias = [(b.token, -math.inf if b.bias <= FORBIDDEN else b.bias) for b in bias]
        self._recent: deque[int] = deque(maxlen=PENALTY_WINDOW)
        self._counts: Counter[int] = Counter()
        self._counting = values.counts
        self._dry = values.dry_multiplier > 0
        self._marks = marks
        self._constraint = constraint
        self.constrained = constraint is not None
        """Whether the grammar holds now; off while the model thinks."""

    @property
    def has_grammar(self) -> bool:
        """Whether the answer must follow a grammar."""
        return self._constraint is not None

    def sample(self, context: Any, row: int) -> int:
        """Choose from row `row` of the logits, which are changed: once for each row. Raises BadGrammar if the grammar is too slow."""
        free = self._constraint is None or not self.constrained
        if self._bias or self._counts or (self._constraint is not None and free):
            self._adjust(self._native.llama_get_logits_ith(context, row))
        if self._constraint is None or free:
            token = int(self._native.llama_sampler_sample(self._chain, context, row))  # tells the chain, too
            if self._counting:
                self._count(token)
            return token
        token = self._constraint.choose(self._chain, self._native.llama_get_logits_ith(context, row))
        self.accept(token)
        return token

    def accept(self, token: int) -> None:
        """This was said, whoever chose it."""
        if self._dry:
            self._native.llama_sampler_accept(self._chain, token)
        if self._counting:
            self._count(token)

    def close(self) -> None:
        """Free everything."""
        if self._constraint is not None:
            self._constraint.close()
        if self._chain is not None:
            self._native.llama_sampler_free(self._chain)
            self._chain = None

    def _count(self, token: int) -> None:
        if token in self._marks:
            return
        if len(self._recent) == PENALTY_WINDOW:
            oldest = self._recent[0]
            if self._counts[oldest] == 1:
                del self._counts[oldest]
            else:
                self._counts[oldest] -= 1
        self._recent.append(token)
        self._counts[token] += 1

    def _adjust(self, logits: Any) -> None:
        for token, bias in self._bias:
            logits[token] += bias
        if self._constraint is not None and not self.constrained:
            for token in self._constraint.ends:  # an answer is owed after the thought
                logits[token] = -math.inf
        penalise(logits, self._counts, self._values)
