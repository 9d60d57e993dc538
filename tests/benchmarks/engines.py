"""What the benchmarks of the engine share: an engine to ask, clocks in its replies, and ratios of medians taken in turn."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from desktop.core.errors import EngineError
from desktop.core.models import GenerateOptions, LoadedModel, LoadOptions, PromptMessage, Role, TurnId
from desktop.core.ports import Done, Failed, Loaded, PromptProgress, PromptRead, TextPiece
from desktop.inference.client import EngineClient, worker_command

ROOT = Path(__file__).resolve().parent.parent.parent
TINY = ROOT / "resources" / "chatglm3-tiny.gguf"
_PATIENCE_S = 600.0


@dataclass
class Answer:
    """One answer with the times, in seconds since the request, at which its parts reached us."""

    text: str = ""
    tokens: int = 0
    reused: int = 0
    said: int = 0
    read_at: float = 0.0
    """All of the prompt was read."""
    first_at: float = 0.0
    """The first text came."""
    done_at: float = 0.0

    @property
    def reading(self) -> float:
        """Tokens per second."""
        return (self.tokens - self.reused) / self.read_at

    @property
    def writing(self) -> float:
        """Tokens per second after the first."""
        return (self.said - 1) / (self.done_at - self.first_at)


class Asker:
    """An engine with a model, asked one thing after another."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._turns = 0

    def load(self, options: LoadOptions) -> LoadedModel:
        """Load and wait."""
        replies: list[Loaded | Failed] = []
        came = threading.Event()

        def sink(reply: object, /) -> None:
            if isinstance(reply, Loaded | Failed):
                replies.append(reply)
                came.set()

        self._engine.load(options, sink, probe=False)
        if not came.wait(_PATIENCE_S) or isinstance(reply := replies[0], Failed):
            raise SystemExit(f"loading failed: {replies}")
        return reply.model

    def ask(self, texts: Sequence[str], system: str = "", **options: Any) -> Answer:
        """Questions and answers in turn, the last one a question; waits for the end of the answer."""
        roles = (Role.USER, Role.ASSISTANT)
        messages = [PromptMessage(Role.SYSTEM, system)] if system else []
        messages += [PromptMessage(roles[index % 2], text) for index, text in enumerate(texts)]
        answer, came = Answer(), threading.Event()
        failed: list[Failed] = []
        self._turns += 1
        begun = time.perf_counter()

        def sink(reply: object, /) -> None:
            now = time.perf_counter() - begun
            match reply:
                case PromptRead(tokens, reused, _):
                    answer.tokens, answer.reused = tokens, reused
                case PromptProgress():
                    answer.read_at = now
                case TextPiece(text, thought):
                    answer.first_at = answer.first_at or now
                    answer.text += text + thought
                case Done(_, usage, _):
                    answer.said, answer.done_at = usage.completion_tokens, now
                    came.set()
                case Failed():
                    failed.append(reply)
                    came.set()

        self._engine.generate(TurnId(self._turns), messages, GenerateOptions(**options), sink)
        if not came.wait(_PATIENCE_S) or failed:
            raise SystemExit(f"no answer: {failed}")
        return answer


@contextmanager
def engine() -> Iterator[Asker]:
    """A worker of its own."""

    def on_exit(error: EngineError, /) -> None:
        print(f"the worker died: {error}", file=sys.stderr)

    client = EngineClient(worker_command(), on_exit=on_exit)
    client.start()
    try:
        yield Asker(client)
    finally:
        client.stop()


def words(count: int, seed: int) -> str:
    """A text of about `count` words that nobody has read before."""
    source = random.Random(seed)
    return " ".join("".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=3)) for _ in range(count))


def report(what: str, ours: Sequence[float], theirs: Sequence[float], goal: float, unit: str, *, least: bool) -> bool:
    """Print the ratio of medians and whether it meets the goal: at least it, or at most."""
    ratio = median(ours) / median(theirs)
    met = ratio >= goal if least else ratio <= goal
    sign = "≥" if least else "≤"
    print(
        f"{what}: {median(ours):.4g} against {median(theirs):.4g} {unit}, ratio {ratio:.3f} (goal {sign} {goal})"
        f"{'' if met else '   MISSED'}",
        flush=True,
    )
    return met
