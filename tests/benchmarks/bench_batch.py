"""What llama.cpp alone gains from a step for several conversations: the most that `bench_parallel` can show on a machine.

    python -m tests.benchmarks.bench_batch [--model FILE] [--threads N] [--rounds N] [--held TOKENS]

Nothing but llama_decode, over one, two and four sequences in turn, each with so many tokens held before. No goal: it is not our code.
"""

from __future__ import annotations

import argparse
import ctypes
import time
from pathlib import Path
from statistics import median
from typing import Any

import llama_cpp.llama_cpp as native

from tests.benchmarks.engines import TINY

MOST = 4
STEPS = 24


class Steps:
    """One context with a unified cache, as the engine has it."""

    def __init__(self, model: Any, threads: int, context: int) -> None:
        params = native.llama_context_default_params()
        params.n_ctx, params.n_seq_max, params.kv_unified = context, MOST, True
        params.n_threads = params.n_threads_batch = threads
        self._context = native.llama_init_from_model(model, params)
        self._size = native.llama_vocab_n_tokens(native.llama_model_get_vocab(model))
        self._batch = native.llama_batch_init(MOST, 0, 1)

    def seconds(self, sequences: int, held: int) -> float:
        """Of one step that writes a token in each of so many sequences."""
        native.llama_memory_clear(native.llama_get_memory(self._context), True)
        for position in range(held):
            self._step(sequences, position)
        taken = []
        for position in range(held, held + STEPS):
            begun = time.perf_counter()
            self._step(sequences, position)
            taken.append(time.perf_counter() - begun)
        return median(taken)

    def _step(self, sequences: int, position: int) -> None:
        batch = self._batch
        batch.n_tokens = sequences
        for row in range(sequences):
            batch.token[row] = (position * 7919 + row * 31) % self._size
            batch.pos[row], batch.n_seq_id[row], batch.seq_id[row][0], batch.logits[row] = position, 1, row, 1
        if native.llama_decode(self._context, batch):
            raise SystemExit("llama_decode failed")
        native.llama_synchronize(self._context)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure what llama.cpp gains from a step for several conversations")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--held", type=int, default=32)
    arguments = parser.parse_args()
    silent = native.llama_log_callback(lambda *_: None)
    native.llama_log_set(silent, ctypes.c_void_p())
    native.llama_backend_init()
    params = native.llama_model_default_params()
    params.n_gpu_layers = 0
    model = native.llama_model_load_from_file(str(arguments.model).encode(), params)
    steps = Steps(model, arguments.threads, MOST * (arguments.held + STEPS) + 256)
    found: dict[int, list[float]] = {1: [], 2: [], 4: []}
    for _ in range(arguments.rounds):
        for sequences, seconds in found.items():
            seconds.append(steps.seconds(sequences, arguments.held))
    one = median(found[1])
    for sequences, seconds in found.items():
        step = median(seconds)
        print(f"{sequences}: {step * 1000:.4g} ms a step, {sequences * one / step:.3f} times the tokens of one")


if __name__ == "__main__":
    main()
