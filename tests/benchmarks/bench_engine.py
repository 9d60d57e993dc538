"""Our whole path (worker → client → sink) against llama.cpp's own llama-bench: same library, file and threads, in turn,
with both models loaded.

    python -m tests.benchmarks.bench_engine --llama-bench PROGRAM [--model FILE] [--threads N] [--rounds N] [--undisturbed]

`tests/benchmarks/llama_bench.py` builds that program. Without --model the tiny model is used; a file of a real shape comes
from `python -m tests.models_factory chatglm3-6b Q4_K_M FILE`. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

from desktop.core.models import LoadOptions
from tests.benchmarks.engines import TINY, Answer, Asker, engine, report, undisturbed, words
from tests.benchmarks.rival import Rival

WRITING, READING = 0.98, 0.97
STORY = "Tell me a long story."


class Ours:
    """Our turns. What was read or written is forgotten, unless it is to stay in the cache `beside` what comes."""

    def __init__(self, asker: Asker, beside: bool) -> None:
        self._asker = asker
        self._beside = beside
        self._number = 0
        self._per_word = self._ask(words(100, 0), max_tokens=1).tokens / 100

    def read(self, tokens: int) -> float:
        """Tokens per second of a prompt of about so many tokens."""
        return self._ask(words(int(tokens / self._per_word), self._number + 1), max_tokens=1).reading

    def write(self, tokens: int) -> float:
        """Tokens per second of an answer.

        llama-bench samples nothing; the flat distributions of random weights would make sorting dear as no real model does.
        """
        return self._ask(f"{STORY} {self._number}", max_tokens=tokens + 1, temperature=0.0, lookup=False).writing

    def _ask(self, text: str, **options: Any) -> Answer:
        self._number += 1
        answer = self._asker.ask([text], conversation=self._number, **options)
        if not self._beside:
            self._asker.forget(self._number)
        return answer


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="compare the engine with llama-bench")
    parser.add_argument("--llama-bench", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--prompt", type=int, default=1000, help="tokens to read; 0: leave it out")
    parser.add_argument("--answer", type=int, default=128, help="tokens to write; 0: leave it out")
    parser.add_argument(
        "--beside", action="store_true", help="leave what was read in the cache, as other conversations"
    )
    parser.add_argument("--undisturbed", action="store_true", help="go before all other programs")
    arguments = parser.parse_args()
    if arguments.undisturbed:
        undisturbed()
    model, rounds = arguments.model.absolute(), arguments.rounds
    met = []
    with engine() as asker:
        asker.load(LoadOptions(model, threads=arguments.threads))
        ours = Ours(asker, arguments.beside)
        for what, take, tokens, goal in (
            ("reading", ours.read, (arguments.prompt, 0), READING),
            ("writing", ours.write, (0, arguments.answer), WRITING),
        ):
            if not any(tokens):
                continue
            with Rival(arguments.llama_bench, model, arguments.threads, tokens, rounds) as rival:
                rates = []
                for _ in range(rounds):
                    rates.append(take(sum(tokens)))
                    rival.turn()
                theirs = rival.finish()
            met.append(report(what, rates, theirs, goal, "tokens/s", least=True))
            print(f"  median of the rounds' ratios {median(map(truediv, rates, theirs)):.3f}", flush=True)
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
