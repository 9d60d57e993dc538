"""The chain of samplers for one answer: what was asked for, else what the family likes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from desktop.core.models import GenerateOptions
from desktop.inference.families import Sampling

_PENALTY_WINDOW = 64
"""Tokens of the answer a repetition is looked for in."""


@contextmanager
def chain(binding: Any, usual: Sampling, options: GenerateOptions, vocabulary: int) -> Iterator[Any]:
    """A sampler of llama.cpp, freed at the end. `binding` is its low-level module, `vocabulary` the number of tokens."""
    temperature = usual.temperature if options.temperature is None else options.temperature
    # at temperature 0 somebody wants exactly what the model thinks: only an explicit penalty counts then
    penalty = options.repeat_penalty or (usual.repeat_penalty if temperature > 0 else 1.0)
    links: list[Any] = []
    if penalty != 1.0:
        links.append(binding.llama_sampler_init_penalties(vocabulary, _PENALTY_WINDOW, penalty, 0.0, 0.0))
    if temperature <= 0:
        links.append(binding.llama_sampler_init_greedy())
    else:
        if top_k := usual.top_k if options.top_k is None else options.top_k:
            links.append(binding.llama_sampler_init_top_k(top_k))
        if (top_p := usual.top_p if options.top_p is None else options.top_p) < 1:
            links.append(binding.llama_sampler_init_top_p(top_p, 1))
        if min_p := usual.min_p if options.min_p is None else options.min_p:
            links.append(binding.llama_sampler_init_min_p(min_p, 1))
        links.append(binding.llama_sampler_init_temp(temperature))
        seed = secrets.randbits(31) if options.seed is None else options.seed & 0x7FFFFFFF
        links.append(binding.llama_sampler_init_dist(seed))
    sampler = binding.llama_sampler_chain_init(binding.llama_sampler_chain_default_params())
    for link in links:
        binding.llama_sampler_chain_add(sampler, link)  # owns it from here on
    try:
        yield sampler
    finally:
        binding.llama_sampler_free(sampler)
