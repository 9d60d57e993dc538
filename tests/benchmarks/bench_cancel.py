"""How long a cancellation takes while a long prompt is read.

    python -m tests.benchmarks.bench_cancel [--model FILE] [--threads N] [--rounds N] [--tokens N]

From the call to the final reply, at moments spread over the reading. Ends with 1 when the median is over the goal.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from pathlib import Path
from statistics import median

from desktop.core.models import LoadOptions
from tests.benchmarks.engines import TINY, engine, words

GOAL_MS = 200.0


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure what a cancellation takes")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--within", type=float, default=10.0, help="seconds of reading before a cancellation, at most")
    arguments = parser.parse_args()
    source = random.Random(1)
    taken = []
    with engine() as asker:
        asker.load(
            LoadOptions(arguments.model.absolute(), threads=arguments.threads, context=arguments.tokens * 3 // 2)
        )
        sample = asker.ask([words(200, 0)], max_tokens=1)
        text = int(arguments.tokens / sample.tokens * 200)
        whole = arguments.tokens / sample.reading
        for number in range(arguments.rounds):
            answer = asker.begin([words(text, number + 2)], max_tokens=1)
            threading.Event().wait(source.random() * min(0.8 * whole, arguments.within))
            begun = time.perf_counter()
            asker.cancel(answer)
            answer.wait()
            if not answer.said:
                taken.append((time.perf_counter() - begun) * 1000)
    worst = max(taken)
    met = median(taken) <= GOAL_MS
    print(
        f"cancellations: {len(taken)}, median {median(taken):.0f} ms, longest {worst:.0f} ms (goal ≤ {GOAL_MS:.0f}), "
        f"of about {whole:.1f} s of reading{'' if met else '   MISSED'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
