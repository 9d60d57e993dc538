"""Two answers at once against one alone: tokens per second of all together.

    python -m tests.benchmarks.bench_parallel [--model FILE] [--threads N] [--rounds N] [--answer TOKENS]

Ends with 1 when the goal is missed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.core.models import LoadOptions
from tests.benchmarks.engines import TINY, Answer, Asker, engine, report

GOAL = 1.5
QUESTIONS = (
    "Tell me a long story.",
    "Write a poem.",
    "Tell me a story about a fox.",
    "Tell me a long story about a fox.",
)
"""The tiny model's answers to them have 162 tokens: while the others are written none of them ends."""


def rate(answers: list[Answer]) -> float:
    """Tokens per second, from the moment the first one has read all until the last one has ended, all of the same length."""
    if len({answer.said for answer in answers}) > 1:
        raise SystemExit(f"answers of {[answer.said for answer in answers]} tokens: their ends would be measured")
    begun = min(answer.begun + answer.read_at for answer in answers)
    ended = max(answer.begun + answer.done_at for answer in answers)
    return sum(answer.said for answer in answers) / (ended - begun)


def together(asker: Asker, count: int, most: int) -> float:
    """Ask so many questions at once."""
    answers = [asker.begin([q], temperature=0.0, max_tokens=most, lookup=False) for q in QUESTIONS[:count]]
    return rate([answer.wait() for answer in answers])


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure what answering side by side gains")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as the program takes")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--answer", type=int, default=150)
    arguments = parser.parse_args()
    rates: dict[int, list[float]] = {1: [], 2: [], 4: []}
    with engine() as asker:
        asker.load(LoadOptions(arguments.model.absolute(), threads=arguments.threads, context=2048))
        together(asker, 4, arguments.answer)  # from here on the questions are read already
        for _ in range(arguments.rounds):
            for count, found in rates.items():
                found.append(together(asker, count, arguments.answer))
    report("four", rates[4], rates[1], GOAL, "tokens/s", least=True)
    return 0 if report("two", rates[2], rates[1], GOAL, "tokens/s", least=True) else 1


if __name__ == "__main__":
    raise SystemExit(main())
