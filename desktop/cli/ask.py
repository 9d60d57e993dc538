"""`ask`: one turn, streamed to stdout and stored like the window's."""

from __future__ import annotations

import argparse
import queue
import sys

from desktop.app import Application
from desktop.cli.output import Commands, Progress, application, leaf, put, say
from desktop.core.events import EngineChanged, Event, TextArrived, TurnFinished
from desktop.core.models import (
    ConversationId,
    EngineState,
    FinishReason,
    GenerateOptions,
    ModelId,
    Timings,
    TurnId,
    Usage,
)
from desktop.i18n import tr
from desktop.messages import sentence
from desktop.paths import Paths


def add(commands: Commands) -> None:
    """Add the command."""
    ask = leaf(commands, "ask", "ask one question; the answer streams to stdout", _ask)
    ask.add_argument("text", metavar="TEXT", help="the question; - reads it from stdin")
    ask.add_argument("--model", metavar="ID", help="default: the last used")
    ask.add_argument("--system", metavar="TEXT", help="system message")
    where = ask.add_mutually_exclusive_group()
    where.add_argument("--new", action="store_true", help="in a new conversation (default)")
    where.add_argument("--conversation", type=int, metavar="ID", help="go on in this conversation")
    where.add_argument("--temporary", action="store_true", help="do not store anything")
    ask.add_argument("--temperature", type=_between(0, 5), metavar="T")
    ask.add_argument("--top-p", type=_between(0, 1), metavar="P")
    ask.add_argument("--seed", type=int, metavar="N")
    ask.add_argument("--max-tokens", type=int, metavar="N")
    ask.add_argument("--no-thinking", action="store_true", help="answer without thinking first, if the model can")


def _between(low: float, high: float):  # type: ignore[no-untyped-def]  # argparse wants a plain callable
    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be between {low} and {high}")
        return value

    return number


def _ask(arguments: argparse.Namespace, place: Paths) -> int:
    text = sys.stdin.read().strip() if arguments.text == "-" else arguments.text
    if not text.strip():
        say(tr("The question is empty."))
        return 2
    options = GenerateOptions(
        temperature=arguments.temperature,
        top_p=arguments.top_p,
        seed=arguments.seed,
        max_tokens=arguments.max_tokens,
        thinking=not arguments.no_thinking,
    )
    with application(place) as app:
        model = app.library.get(ModelId(arguments.model)).id if arguments.model else None
        conversation = ConversationId(arguments.conversation) if arguments.conversation is not None else None
        if conversation is not None:
            app.conversations.get(conversation)
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        for kind in (TextArrived, TurnFinished, EngineChanged):
            app.bus.subscribe(kind, events.put)
        turn = app.chat.send(
            conversation,
            text,
            model=model,
            system=arguments.system,
            options=options,
            temporary=arguments.temporary,
            typed=False,
        )
        try:
            finished = _follow(events, turn, arguments)
        except KeyboardInterrupt:
            finished = _stop(app, events, turn, arguments)
            _report(finished, arguments)
            return 130
    return _report(finished, arguments)


def _next(events: queue.SimpleQueue[Event]) -> Event:
    while True:
        try:
            return events.get(timeout=0.5)  # bounded, so that signals are noticed on every system
        except queue.Empty:
            continue


def _follow(events: queue.SimpleQueue[Event], turn: TurnId, arguments: argparse.Namespace) -> TurnFinished:
    loading = Progress(tr("Loading the model"), json=arguments.json)
    noticed = False
    thinking = False
    while True:
        match _next(events):
            case TextArrived(turn=arrived, text=piece, thought=thought) if arrived == turn and not arguments.json:
                if thought:
                    thinking = True
                    sys.stderr.write(thought)
                    sys.stderr.flush()
                if piece:
                    if thinking:
                        say("")
                        thinking = False
                    sys.stdout.write(piece)
                    sys.stdout.flush()
            case EngineChanged(status):
                if status.state is EngineState.LOADING:
                    loading.percent(status.progress)
                else:
                    loading.end()
                if status.notice and not noticed:
                    noticed = True
                    say(sentence(status.notice, {}))
            case TurnFinished() as finished if finished.turn == turn:
                return finished
            case _:
                pass


def _stop(
    app: Application, events: queue.SimpleQueue[Event], turn: TurnId, arguments: argparse.Namespace
) -> TurnFinished:
    """Interrupted: the answer keeps what it has."""
    app.chat.stop(turn)
    return _follow(events, turn, arguments)


def _report(finished: TurnFinished, arguments: argparse.Namespace) -> int:
    answer = finished.answer
    if arguments.json and answer is not None:
        usage, timings = finished.usage or Usage(), finished.timings or Timings()
        put(
            {
                "conversation": answer.conversation if answer.conversation > 0 else None,
                "message": answer.id if answer.id > 0 else None,
                "text": answer.text,
                "thought": answer.thought,
                "finish_reason": str(finished.reason),
                "usage": {
                    "prompt_tokens": usage.prompt_tokens,
                    "cached_tokens": usage.cached_tokens,
                    "completion_tokens": usage.completion_tokens,
                    "left_out": usage.left_out,
                },
                "timings": {
                    "first_token_ms": round(timings.first_token_ms, 1),
                    "tokens_per_second": round(timings.tokens_per_second, 2),
                },
                "error": finished.error,
            }
        )
    elif answer is not None and answer.text:
        print(flush=True)
    if finished.error is not None:
        say(sentence(finished.error, finished.error_data))
        return 3
    return 3 if finished.reason is FinishReason.INTERRUPTED else 0
