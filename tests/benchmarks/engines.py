"""What the benchmarks of the engine share: an engine to ask, clocks in its replies, and ratios of medians taken in turn."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    turn: TurnId = field(default=TurnId(0))
    begun: float = 0.0
    """`time.perf_counter()` of the request."""
    came: threading.Event = field(default_factory=threading.Event)
    progressed: threading.Event = field(default_factory=threading.Event)
    failed: Failed | None = None

    def wait(self) -> Answer:
        """For its end."""
        if not self.came.wait(_PATIENCE_S) or self.failed is not None:
            raise SystemExit(f"no answer: {self.failed}")
        return self

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

    def forget(self, conversation: int) -> None:
        """Nothing of it stays in the cache, where what is computed for one conversation also passes over all others."""
        self._engine.forget(conversation)

    def ask(self, texts: Sequence[str], system: str = "", **options: Any) -> Answer:
        """Questions and answers in turn, the last one a question; waits for the end of the answer."""
        return self.begin(texts, system, **options).wait()

    def begin(self, texts: Sequence[str], system: str = "", **options: Any) -> Answer:
        """As `ask`, but returns at once."""
        self._turns += 1
        answer = Answer(turn=TurnId(self._turns), begun=time.perf_counter())

        def sink(reply: object, /) -> None:
            now = time.perf_counter() - answer.begun
            match reply:
                case PromptRead(tokens, reused, _):
                    answer.tokens, answer.reused = tokens, reused
                case PromptProgress():
                    answer.read_at = now
                    answer.progressed.set()
                case TextPiece(text, thought):
                    answer.first_at = answer.first_at or now
                    answer.text += text + thought
                case Done(_, usage, _):
                    answer.said, answer.done_at = usage.completion_tokens, now
                    answer.came.set()
                case Failed():
                    answer.failed = reply
                    answer.came.set()

        self._engine.generate(answer.turn, _messages(texts, system), GenerateOptions(**options), sink)
        return answer

    def cancel(self, answer: Answer) -> None:
        """End it early."""
        self._engine.cancel(answer.turn)

    def read_ahead(self, texts: Sequence[str], **options: Any) -> None:
        """The last one is a question that is being typed."""
        self._engine.read_ahead(_messages(texts), GenerateOptions(**options))


def _messages(texts: Sequence[str], system: str = "") -> list[PromptMessage]:
    roles = (Role.USER, Role.ASSISTANT)
    spoken = [PromptMessage(roles[index % 2], text) for index, text in enumerate(texts)]
    return [PromptMessage(Role.SYSTEM, system), *spoken] if system else spoken


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


def undisturbed() -> None:
    """Before anything is started: have this program and what it starts go before all others, where the system lets us.

    On a computer that others use, the numbers say otherwise who is better at being given the processor: a program that waits
    for another thread after each token is given it sooner than one that just computes. Only for what is over within a second:
    from whoever goes first for longer, Linux takes a twentieth of the time for the others, at a stretch.
    """
    if sys.platform == "linux":
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        except PermissionError:
            print("no right to go before others: the numbers include their load", file=sys.stderr)


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
