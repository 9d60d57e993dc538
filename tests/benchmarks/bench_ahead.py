"""Time to the first token of a question that was read while it was typed, against one that was not.

    python -m tests.benchmarks.bench_ahead [--model FILE] [--threads N] [--rounds N] [--tokens N] [--pause SECONDS]

Without --pause, Enter is pressed when all of it has been read; with it, so long after the last key. Ends with 1 when the goal
is missed.
"""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from desktop.core.models import LoadOptions
from tests.benchmarks.engines import TINY, engine, report, words

GOAL = 0.15
SYSTEM = ["Hello", "Hello! What can I do for you?"]


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure what reading ahead gains")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--pause", type=float, default=0.0)
    arguments = parser.parse_args()
    after, before = [], []
    with engine() as asker:
        asker.load(LoadOptions(arguments.model.absolute(), threads=arguments.threads, context=2048))
        asker.ask(SYSTEM[:1], max_tokens=1)
        per_word = asker.ask([words(50, 0)], max_tokens=1).tokens / 50
        count = int(arguments.tokens / per_word)
        for number in range(arguments.rounds):
            cold = asker.ask([*SYSTEM, words(count, 2 * number + 1)], max_tokens=1, temperature=0.0)
            before.append(cold.done_at * 1000)
            typed = words(count, 2 * number + 2)
            asker.read_ahead([*SYSTEM, typed[: len(typed) // 2]])
            asker.read_ahead([*SYSTEM, typed])
            threading.Event().wait(arguments.pause or 2 * cold.done_at + 0.1)
            warm = asker.ask([*SYSTEM, typed], max_tokens=1, temperature=0.0)
            after.append(warm.done_at * 1000)
            print(f"{warm.reused} of {warm.tokens} tokens were read before")
    return 0 if report("first token", after, before, GOAL, "ms", least=False) else 1


if __name__ == "__main__":
    raise SystemExit(main())
