"""The local server against the engine below it, and against llama-server on the same file, in turn, in one run.

    python -m tests.benchmarks.bench_server [--model FILE] [--rounds N] [--answer TOKENS] [--threads N] [--llama-server PROGRAM]
        [--undisturbed]

Measured from the client, over HTTP: time to the first text and tokens per second of a stream; the second turn of a conversation;
two clients at once. White space in front of an answer is no text. PROGRAM is built by `python -m tests.benchmarks.llama_server`. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import queue
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from desktop import paths
from desktop.app import Application
from desktop.core.models import EngineMode, EngineState, GenerateOptions, PromptMessage, Role
from desktop.core.ports import Done, Failed, GenerateReply, TextPiece
from desktop.server.policy import Binding
from desktop.server.service import LocalServer
from tests.benchmarks.engines import undisturbed

TINY = Path(__file__).resolve().parent.parent.parent / "resources" / "chatglm3-tiny.gguf"
MOST_LATER_MS = 10.0
LEAST_RATE = 0.98
QUESTIONS = ("Tell me a long story.", "讲一个长故事。", "Compare tea and coffee in a table.", "用表格比较茶和咖啡。")
BEGINNINGS = ("Tell me a long story about", "Write a long text on", "Please compare in a table", "Explain", "Describe")
OBJECTS = (
    "a river",
    "the moon",
    "my cat",
    "two cities",
    "tea and coffee",
    "a small house",
    "green apples",
    "music",
    "seven stones",
)
ENDS = ("please.", "in detail.", "and give reasons.", "for a child.", "once more.")
SLOTS = 16
"""More questions than either of the two keeps."""
PATIENCE_S = 600.0

Message = dict[str, str]


@dataclass(frozen=True)
class Shot:
    """One answer: seconds to its first text and to its end, and its tokens."""

    first: float
    whole: float
    tokens: int
    text: str
    begun: float = 0.0
    ended: float = 0.0
    """By the clock all programs of a computer share."""

    @property
    def rate(self) -> float:
        """Tokens per second after the first text."""
        return (self.tokens - 1) / (self.whole - self.first)


def client_of(address: str) -> httpx.Client:
    """A connection for each request: one that is kept may be closed by the server while the other one is measured."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=address, timeout=PATIENCE_S, trust_env=False, limits=limits)


class Clients:
    """Two programs that ask over HTTP, so that what they do with an answer holds up nobody but themselves."""

    def __init__(self, pool: ProcessPoolExecutor, address: str) -> None:
        self._pool = pool
        self._address = address

    def ask(self, messages: Sequence[Message], most: int) -> Shot:
        """Ask for a stream and wait for its end."""
        return self._pool.submit(_ask, self._address, messages, most).result(PATIENCE_S)

    def together(self, questions: Sequence[str], most: int) -> float:
        """Tokens per second of all questions asked at once."""
        spoken = [[{"role": "user", "content": question}] for question in questions]
        asked = [self._pool.submit(_ask, self._address, messages, most) for messages in spoken]
        shots = [future.result(PATIENCE_S) for future in asked]
        span = max(shot.ended for shot in shots) - min(shot.begun for shot in shots)
        return sum(shot.tokens for shot in shots) / span


_ask_client: dict[str, httpx.Client] = {}
"""In the programs that ask: a client for each server."""


def _ask(address: str, messages: Sequence[Message], most: int) -> Shot:
    if address not in _ask_client:
        _ask_client[address] = client_of(address)
    return stream(_ask_client[address], messages, most)


def stream(client: httpx.Client, messages: Sequence[Message], most: int) -> Shot:
    """Ask over HTTP."""
    body = {
        "messages": list(messages),
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": most,
        "cache_prompt": True,
    }
    begun, first, tokens, text = time.perf_counter(), 0.0, 0, ""
    with client.stream("POST", "/v1/chat/completions", json=body) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            if not line.startswith("data: {"):
                continue
            chunk: dict[str, Any] = json.loads(line[6:])
            if (usage := chunk.get("usage")) is not None:
                tokens = usage["completion_tokens"]
            for choice in chunk["choices"]:
                if piece := choice["delta"].get("content"):
                    text += piece
                    if not first and text.strip():
                        first = time.perf_counter() - begun
    ended = time.perf_counter()
    return Shot(first, ended - begun, tokens, text.strip(), begun, ended)


def direct(app: Application, messages: Sequence[Message], most: int) -> Shot:
    """Ask the engine itself, in this process."""
    replies: queue.SimpleQueue[tuple[float, GenerateReply]] = queue.SimpleQueue()
    spoken = [PromptMessage(Role(message["role"]), message["content"]) for message in messages]
    options = GenerateOptions(temperature=0.0, max_tokens=most)
    begun = time.perf_counter()
    app.engine.generate(
        app.chat.new_turn(), None, spoken, options, lambda reply: replies.put((time.perf_counter() - begun, reply))
    )
    first, text = 0.0, ""
    while True:
        at, reply = replies.get(timeout=PATIENCE_S)
        match reply:
            case TextPiece(piece, _):
                first = first or at
                text += piece
            case Done(_, usage, _):
                return Shot(first, at, usage.completion_tokens, text)
            case Failed(error):
                raise SystemExit(f"no answer: {error}")


@contextmanager
def ours(model: Path, threads: int, home: Path) -> Iterator[tuple[Application, str]]:
    """Our server with the model loaded."""
    with ExitStack() as stack:
        app = Application(paths.in_home(home))
        stack.callback(app.close)
        app.settings.set("threads", threads)
        app.settings.set("context", 2048)
        server = LocalServer(app)
        stack.callback(server.close)
        app.engine.load(app.library.import_file(model, copy=False).result(PATIENCE_S).id)
        pause = threading.Event()  # never set
        while app.engine.status.state is not EngineState.READY:
            pause.wait(0.05)
        status = server.start(Binding("127.0.0.1", 0)).result(30)
        yield app, status.address


@contextmanager
def theirs(program: Path, model: Path, threads: int, repack: bool) -> Iterator[str]:
    """llama-server with the same model, threads, context, number of answers at a time and form of the weights."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = ["-m", str(model), "--port", str(port), "-t", str(threads), "-c", "2048", "-np", "4", "--kv-unified"]
    words += [] if repack else ["--no-repack"]
    template = ["--no-jinja", "--chat-template", "chatglm3"] if "glm3" in model.name else []
    process = subprocess.Popen([str(program), *words, *template], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        with client_of(address) as client:
            pause = threading.Event()  # never set
            for _ in range(600):
                try:
                    if client.get("/health").status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                pause.wait(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def turns(question: str, answer: str) -> list[Message]:
    """The second turn of a conversation."""
    return [
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer},
        {"role": "user", "content": "Tell me more."},
    ]


def said(name: str, ours: float, theirs: float, unit: str, right: bool) -> bool:
    """Print a line and pass on whether it is right."""
    print(f"{name:42} {ours:9.2f} {theirs:9.2f} {unit:9} {'' if right else 'MISSED'}")
    return right


def against_engine(app: Application, clients: Clients, rounds: int, most: int) -> bool:
    """What HTTP costs: first text, and tokens per second."""
    later, rates = [], []
    for number in range(rounds):
        messages = [{"role": "user", "content": QUESTIONS[number % len(QUESTIONS)]}]
        direct(app, messages, 4)  # both find the question read already
        if number % 2:
            below, above = direct(app, messages, most), clients.ask(messages, most)
        else:
            above, below = clients.ask(messages, most), direct(app, messages, most)
        if below.text.strip() != above.text.strip():
            raise SystemExit("the two answers differ")
        later.append((above.first - below.first) * 1000)
        rates.append(above.rate / below.rate)
    ok = said("first text later than the engine's", median(later), MOST_LATER_MS, "ms", median(later) <= MOST_LATER_MS)
    return said("tokens/s, share of the engine's", median(rates), LEAST_RATE, "", median(rates) >= LEAST_RATE) and ok


def new_questions(app: Application, count: int, most: int, *, tiny: bool) -> list[str]:
    """Such as nobody has asked. The tiny model ends many answers sooner than after `most` tokens, which llama-server does
    not notice: those are left out, and what we have asked is pushed out of the cache by asking more than needed."""
    asked = (f"{begin} {word} {end}" for begin in BEGINNINGS for word in OBJECTS for end in ENDS)
    if not tiny:
        return [next(asked) for _ in range(count)]
    found: list[str] = []
    while len(found) < count + SLOTS:
        question = next(asked)
        if direct(app, [{"role": "user", "content": question}], most).tokens == most:
            found.append(question)
    return found[:count]


def against_llama(mine: Clients, other: Clients, questions: Sequence[str], rounds: int, most: int) -> bool:
    """First text, tokens per second, the second turn, two clients: medians, in turn."""
    found: dict[str, tuple[list[float], list[float]]] = {
        name: ([], [])
        for name in ("first text, ms", "tokens/s", "second turn's first text, ms", "two clients, tokens/s")
    }
    texts: tuple[list[str], list[str]] = ([], [])
    for number in range(rounds):
        question, *pair = questions[3 * number : 3 * number + 3]
        for side, client in enumerate((mine, other) if number % 2 else (other, mine)):
            into = side if number % 2 else 1 - side
            one = client.ask([{"role": "user", "content": question}], most)
            two = client.ask(turns(question, one.text), most)
            texts[into].append(one.text)
            found["first text, ms"][into].append(one.first * 1000)
            found["tokens/s"][into].append(one.rate)
            found["second turn's first text, ms"][into].append(two.first * 1000)
            found["two clients, tokens/s"][into].append(client.together(pair, most))
    print(f"{sum(map(str.__eq__, *texts))} of {rounds} answers are the same on both sides")
    ok = True
    for name, (us, them) in found.items():
        better = median(us) <= median(them) if name.endswith("ms") else median(us) >= median(them)
        ok = said(f"{name} (ours, llama-server's)", median(us), median(them), "", better) and ok
    return ok


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="measure the local server")
    parser.add_argument("--model", type=Path, default=TINY)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--answer", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--llama-server", type=Path)
    parser.add_argument("--undisturbed", action="store_true", help="go before all other programs")
    arguments = parser.parse_args()
    if arguments.undisturbed:
        undisturbed()
    model = arguments.model.absolute()
    with ExitStack() as stack:
        pool = stack.enter_context(ProcessPoolExecutor(2, multiprocessing.get_context("spawn")))
        home = stack.enter_context(tempfile.TemporaryDirectory())
        app, address = stack.enter_context(ours(model, arguments.threads, Path(home)))
        clients = Clients(pool, address)
        ok = against_engine(app, clients, arguments.rounds, arguments.answer)
        if arguments.llama_server is not None:
            repack = app.engine.status.mode is EngineMode.FULL
            count = 3 * arguments.rounds
            questions = new_questions(app, count, arguments.answer, tiny=model.name == TINY.name)
            program = arguments.llama_server.absolute()
            others = Clients(pool, stack.enter_context(theirs(program, model, arguments.threads, repack)))
            for each in (clients, others):
                each.together(["Hello", "Hi"], 4)  # every program has asked everybody once
            ok = against_llama(clients, others, questions, arguments.rounds, arguments.answer) and ok
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
