"""What choosing a token costs: writing with each way of sampling against taking the likeliest token, in turn.

    python -m tests.benchmarks.bench_sampling --model FILE [--threads N] [--rounds N] [--tokens N]

The goal is for models of real size (a vocabulary of 65,000 tokens and more, a token in some milliseconds): with the tiny model the cost in
microseconds is all there is to see. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median
from typing import Any

from desktop.core.models import LoadOptions, LogitBias
from tests.benchmarks.engines import TINY, engine, report

GOAL = 0.97
QUESTION = ["讲一个长故事。"]
GREEDY: dict[str, Any] = {"temperature": 0.0}
WAYS: dict[str, dict[str, Any]] = {
    "the family's": {},
    "repeat penalty, greedy": {"temperature": 0.0, "repeat_penalty": 1.1},
    "all penalties": {"presence_penalty": 0.5, "frequency_penalty": 0.5, "repeat_penalty": 1.1},
    "typical": {"typical_p": 0.9},
    "mirostat 2": {"mirostat": True},
    "DRY": {"dry_multiplier": 0.8},
    "bias, stop texts": {"stop": ("never said", "nor this"), "logit_bias": (LogitBias(5, -1.0), LogitBias(6, -100))},
    "any JSON": {"json_schema": '{"type": "array", "minItems": 5000}'},
}


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure what choosing a token costs")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=64)
    arguments = parser.parse_args()
    real = arguments.model.stat().st_size > 100_000_000
    met = []
    with engine() as asker:
        asker.load(LoadOptions(arguments.model.absolute(), threads=arguments.threads))

        def rate(way: dict[str, Any]) -> float:
            answer = asker.ask(QUESTION, max_tokens=arguments.tokens, lookup=False, seed=7, **way)
            return answer.said / (answer.done_at - answer.read_at)

        rate(GREEDY)
        for name, way in WAYS.items():
            rate(way)
            rates: tuple[list[float], list[float]] = ([], [])
            for _ in range(arguments.rounds):
                rates[0].append(rate(way))
                rates[1].append(rate(GREEDY))
            extra = (1 / median(rates[0]) - 1 / median(rates[1])) * 1e6
            met.append(
                report(f"{name} ({extra:+.0f} µs a token)", *rates, GOAL if real else 0.0, "tokens/s", least=True)
            )
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
