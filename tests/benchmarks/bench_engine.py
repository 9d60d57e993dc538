"""Our whole path (worker → client → sink) against llama.cpp's own llama-bench: same library, file and threads, in turn.

    python -m tests.benchmarks.bench_engine --llama-bench PROGRAM [--model FILE] [--threads N] [--rounds N] [--undisturbed]

`tests/benchmarks/llama_bench.py` builds that program. Without --model the tiny model is used; a file of a real shape comes
from `python -m tests.models_factory chatglm3-6b Q4_K_M FILE`. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

from desktop.core.models import LoadOptions
from tests.benchmarks.engines import TINY, engine, report, undisturbed, words

WRITING, READING = 0.98, 0.97
STORY = "Tell me a long story."


def theirs(program: Path, model: Path, threads: int, prompt: int, answer: int) -> tuple[float, float]:
    """Tokens per second of llama-bench: (reading, writing)."""
    command = [program, "-m", model, "-t", threads, "-p", prompt, "-n", answer, "-r", 1, "-o", "json"]
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True)
    rows = {row["n_prompt"]: float(row["avg_ts"]) for row in json.loads(done.stdout)}
    return rows[prompt], rows[0]


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="compare the engine with llama-bench")
    parser.add_argument("--llama-bench", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--prompt", type=int, default=1000, help="tokens to read")
    parser.add_argument("--answer", type=int, default=128, help="tokens to write")
    parser.add_argument(
        "--beside", action="store_true", help="leave what was read in the cache, as other conversations"
    )
    parser.add_argument("--undisturbed", action="store_true", help="go before all other programs")
    arguments = parser.parse_args()
    if arguments.undisturbed:
        undisturbed()
    model, threads = arguments.model.absolute(), arguments.threads
    read: list[tuple[float, float]] = []
    written: list[tuple[float, float]] = []
    with engine() as asker:
        asker.load(LoadOptions(model, threads=threads))
        per_word = asker.ask([words(100, 0)], max_tokens=1).tokens / 100
        for number in range(arguments.rounds):
            reading, writing = theirs(arguments.llama_bench, model, threads, arguments.prompt, arguments.answer)
            question = words(int(arguments.prompt / per_word), number + 1)
            answer = asker.ask([question], max_tokens=1, conversation=number + 1)
            if not arguments.beside:
                asker.forget(number + 1)
            read.append((answer.reading, reading))
            # llama-bench samples nothing; the flat distributions of random weights would make sorting dear as no real model does
            options = {"max_tokens": arguments.answer, "temperature": 0.0, "lookup": False}
            answers = [asker.ask([f"{STORY} {number}{more}"], **options) for more in range(3)]
            counts = [max(0, answer.said - 1) for answer in answers]
            spans = [answer.done_at - answer.first_at for answer in answers]
            written.append((sum(counts) / sum(spans), writing))
    met = [
        report(what, [ours for ours, _ in pairs], [other for _, other in pairs], goal, "tokens/s", least=True)
        for what, pairs, goal in (("reading", read, READING), ("writing", written, WRITING))
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
