"""Writing with guesses from the conversation against writing without them, in turn.

    python -m tests.benchmarks.bench_lookup [--model FILE] [--threads N] [--rounds N] [--undisturbed]

Once where the answer repeats the question (the tiny model's "Repeat: …", and a story told twice), once where it does not: there it may
cost next to nothing. Ends with 1 when a goal is missed or an answer is another one than without guesses.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from desktop.core.models import LoadOptions
from tests.benchmarks.engines import TINY, Answer, engine, report, undisturbed

REPEATS, ELSE = 1.5, 0.97
WORDS = "apple river stone cloud paper green seven window music candle orange bridge silver garden winter summer pencil"
STORY = "讲一个长故事。"
NEW = ("Tell me a long story.", "北京和上海两座城市有什么不同？", "Compare tea and coffee in a table.")


def questions(number: int) -> list[str]:
    """What the tiny model copies."""
    source = random.Random(number)
    return ["Repeat: " + " ".join(source.sample(WORDS.split(), 17))]


def rate(answers: list[Answer]) -> float:
    """Tokens per second from the moment everything was read, over all answers."""
    return sum(answer.said for answer in answers) / sum(answer.done_at - answer.read_at for answer in answers)


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure what guessing gains")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as the program takes")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--undisturbed", action="store_true", help="go before all other programs")
    arguments = parser.parse_args()
    threads = arguments.threads
    if arguments.undisturbed:
        undisturbed()
        threads = threads or 1  # whoever takes all processors and goes first leaves none to us
    rates: dict[str, tuple[list[float], list[float]]] = {}
    same = True
    with engine() as asker:
        asker.load(LoadOptions(arguments.model.absolute(), threads=threads))
        told = asker.ask([STORY], temperature=0.0, max_tokens=200).text
        for number in range(arguments.rounds):
            kinds = {
                "repeats the question": questions(number),
                "tells the story again": [STORY, told, STORY],
                "something new": [NEW[number % len(NEW)]],
            }
            for kind, texts in kinds.items():
                both = [asker.ask(texts, max_tokens=200, lookup=lookup, temperature=0.0) for lookup in (True, False)]
                same &= both[0].text == both[1].text
                for list_of, answer in zip(rates.setdefault(kind, ([], [])), both, strict=True):
                    list_of.append(rate([answer]))
    met = [
        report(kind, *both, ELSE if "new" in kind else REPEATS, "tokens/s", least=True) for kind, both in rates.items()
    ]
    print("the answers are the same" if same else "the answers are NOT the same")
    return 0 if all(met) and same else 1


if __name__ == "__main__":
    raise SystemExit(main())
