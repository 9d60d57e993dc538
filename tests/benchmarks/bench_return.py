"""Time to the first token of a long conversation that was read before, against reading all of it.

    python -m tests.benchmarks.bench_return [--model FILE] [--threads N] [--rounds N] [--tokens N]

Once at its next turn, once after conversations that took its room, once after the program was started again. Ends with 1
when a goal is missed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from desktop.core.models import LoadOptions
from tests.benchmarks.engines import TINY, Asker, engine, report, words

NEXT, BACK = 0.05, 0.10
LIMIT = 1 << 34


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure what coming back costs")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=1500)
    arguments = parser.parse_args()
    times: dict[str, list[float]] = {"all": [], "next": [], "switch": [], "restart": []}

    def first_token(asker: Asker, number: int, more: str = "") -> float:
        count = arguments.tokens // 6  # of words, of which one has two to four tokens
        texts = [part for half in (0, 1) for part in (words(count, number * 2 + half), "ok")]
        last = f"and now? {more}"
        return asker.ask([*texts, last], max_tokens=2, temperature=0.0, conversation=number).done_at

    with tempfile.TemporaryDirectory() as folder:
        options = LoadOptions(
            arguments.model.absolute(),
            threads=arguments.threads,
            context=arguments.tokens * 5 // 4,
            states=Path(folder),
            states_limit=LIMIT,
        )
        for number in range(1, arguments.rounds + 1):
            with engine() as asker:
                asker.load(options)
                times["all"].append(first_token(asker, number))
                times["next"].append(first_token(asker, number, "more"))
                first_token(asker, number + 1000)
                times["switch"].append(first_token(asker, number, "again"))
            with engine() as asker:
                asker.load(options)
                times["restart"].append(first_token(asker, number, "after all"))
    met = [
        report(what, [s * 1000 for s in times[what]], [s * 1000 for s in times["all"]], goal, "ms", least=False)
        for what, goal in (("next", NEXT), ("switch", BACK), ("restart", BACK))
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
