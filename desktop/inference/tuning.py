"""How fast a model's layers run here, with the weights repacked and without, and with how many threads. Over llama.cpp's
binding, which is given and not imported; in a process of its own, which may be ended at any moment.

What counts is the time of an ordinary question with its answer. Both forms are measured in turn, so that a machine that is
busy for a moment is busy for both, and the best times count: noise only ever adds.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.core.loading import Measured
from desktop.inference.cache import native_path

READ, WRITTEN = 300, 200
"""Tokens of an ordinary question and of its answer. Much of a question is read ahead while it is typed."""
_SECONDS = 1.5
"""How long the two forms are compared, and how long the numbers of threads."""
_STEP = 0.1
"""Seconds one step of reading should take at most."""
_LONGEST = 256
"""Tokens of such a step."""
_WRITES = 6
"""Single tokens after each step of reading."""
_BUSY = 0.7
"""Share of the processors' time we must get: threads that wait for each other spin, so on an idle machine it is nearly all."""
_WORTH = 1.03
"""A form or a number that is not so much better than the usual one is not taken: the next measurement might say otherwise."""


@dataclass(slots=True)
class Times:
    """The best seconds per token so far."""

    reading: float = float("inf")
    writing: float = float("inf")

    @property
    def all(self) -> float:
        """Of an ordinary question with its answer."""
        return READ * self.reading + WRITTEN * self.writing


class Refused(Exception):
    """llama.cpp does not load the extract."""


class Busy(Exception):
    """Other programs use the processor: what is measured now means little."""


class Runner:
    """An extract, loaded in one form. Tokens are only decoded: nothing is sampled from zeros."""

    def __init__(self, binding: Any, path: Path, repack: bool, threads: int) -> None:
        self._native = binding
        params = binding.llama_model_default_params()
        params.n_gpu_layers, params.use_extra_bufts = 0, repack
        nobody = (ctypes.c_void_p * 1)(None)
        params.devices = ctypes.cast(nobody, ctypes.c_void_p)
        self._model = binding.llama_model_load_from_file(native_path(path), params)
        if not self._model:
            raise Refused
        wanted = binding.llama_context_default_params()
        wanted.n_ctx, wanted.n_batch, wanted.n_ubatch = 2 * _LONGEST, _LONGEST, _LONGEST
        wanted.n_threads = wanted.n_threads_batch = threads
        wanted.no_perf = True
        self._context = binding.llama_init_from_model(self._model, wanted)
        if not self._context:
            binding.llama_model_free(self._model)
            raise Refused
        self._memory = binding.llama_get_memory(self._context)

    def close(self) -> None:
        """Free it."""
        self._native.llama_free(self._context)
        self._native.llama_model_free(self._model)

    def threads(self, count: int) -> None:
        """Use so many from now on."""
        self._native.llama_set_n_threads(self._context, count, count)

    def forget(self) -> None:
        """Begin again with an empty context."""
        self._native.llama_memory_clear(self._memory, True)

    def decode(self, count: int) -> float:
        """Read `count` tokens; the seconds that took."""
        tokens = (ctypes.c_int32 * count)(*(300 + index % 200 for index in range(count)))
        begun = time.perf_counter()
        if self._native.llama_decode(self._context, self._native.llama_batch_get_one(tokens, count)):
            raise Refused
        self._native.llama_synchronize(self._context)
        return time.perf_counter() - begun


def measure(binding: Any, path: Path, *, may_repack: bool, cores: int, processors: int) -> Measured:
    """The best way to run the extract at `path`. Raises Refused, Busy. `cores` is the usual number of threads.

    With `may_repack` False the weights stay as they are, and only the threads are measured.
    """
    with _loaded(binding, path, [True, False] if may_repack else [False], cores) as runners:
        usual = next(iter(runners))
        step = _step(runners[usual])
        forms = _compare({form: (runners[form], cores) for form in runners}, step)
        form = False if may_repack and forms[True].all > _WORTH * forms[False].all else usual
        counts = {count: (runners[form], count) for count in candidates(cores, processors)}
        found = _compare(counts, step) if len(counts) > 1 else {cores: forms[form]}
    if len(found) > 1:
        found[cores] = Times(
            min(found[cores].reading, forms[form].reading), min(found[cores].writing, forms[form].writing)
        )
    reading = _best(found, cores, lambda times: times.reading)
    writing = _best(found, cores, lambda times: times.writing)
    before, now = forms[usual], Times(found[reading].reading, found[writing].writing)
    return Measured(
        repack=form,
        threads=writing,
        reading_threads=reading,
        reading=round(before.reading / now.reading, 3),
        writing=round(before.writing / now.writing, 3),
        gain=round(before.all / now.all, 3),
    )


def candidates(cores: int, processors: int) -> list[int]:
    """Numbers of threads worth trying: the cores first; fewer, where some are slow or memory is what counts; more, where two
    threads of a core help."""
    counts = [cores, *(cores * part // 4 for part in (3, 2) if cores >= 4)]
    return [*dict.fromkeys(counts), *([processors] if processors > cores else [])]


def _best(found: dict[int, Times], usual: int, of: Callable[[Times], float]) -> int:
    best = min(found, key=lambda count: of(found[count]))
    return best if of(found[usual]) > _WORTH * of(found[best]) else usual


def _compare(ways: dict[Any, tuple[Runner, int]], step: int) -> dict[Any, Times]:
    """In turn until the time is over, each at least twice; the first time of each is for warming up."""
    found = {way: Times() for way in ways}
    begun, used = time.monotonic(), time.process_time()
    rounds, wanted = 0, 0.0
    while rounds < 3 or time.monotonic() - begun < _SECONDS:
        if rounds and time.process_time() - used < _BUSY * wanted:
            raise Busy
        for way, (runner, threads) in ways.items():
            since = time.monotonic()
            runner.threads(threads)
            runner.forget()
            runner.decode(1)  # the threads are started anew when their number changes
            reading = runner.decode(step) / step
            writing = min(runner.decode(1) for _ in range(_WRITES))
            wanted += threads * (time.monotonic() - since)
            if rounds:
                times = found[way]
                times.reading, times.writing = min(times.reading, reading), min(times.writing, writing)
        rounds += 1
        if rounds >= 12:
            break
    return found


def _step(runner: Runner) -> int:
    """Tokens that are read in about `_STEP` seconds."""
    count = 32
    runner.decode(count)
    runner.forget()
    seconds = runner.decode(count)
    return max(16, min(_LONGEST, int(count * _STEP / max(seconds, 1e-6)) // 16 * 16))


@contextmanager
def _loaded(binding: Any, path: Path, forms: Sequence[bool], threads: int) -> Iterator[dict[bool, Runner]]:
    runners: dict[bool, Runner] = {}
    try:
        for form in forms:
            runners[form] = Runner(binding, path, form, threads)
        yield runners
    finally:
        for runner in runners.values():
            runner.close()
