"""The document this project began with: its two programs, with the real classes, against the real server and engine."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from desktop.core.events import TurnFinished
from desktop.core.models import (
    ConversationId,
    EngineState,
    FinishReason,
    GenerateOptions,
    MessageState,
    PromptMessage,
    Role,
)
from desktop.core.ports import Done, Failed, GenerateReply, TextPiece
from desktop.server.policy import Patience
from tests.end_to_end.slowness import slow_library
from tests.recorder import Recorder
from tests.server.conftest import BEGINNING, QUESTION, Served, serve_app

DATA = Path(__file__).parent / "data"
PAIR = ("我将从美国到中国来旅游，出行前希望了解中国的城市", "欢迎问我任何问题。")
LIMIT_S = 180

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ExitStack() as stack:
        yield _ready(serve_app(stack, tmp_path_factory.mktemp("founding") / "家 home", "llama", ("tiny",)))


def _ready(served: Served) -> Served:
    recorder = Recorder(served.app.bus)
    served.app.engine.load(served.app.library.models()[0].id)
    recorder.wait_engine(EngineState.READY)
    return served


def program(name: str, address: str, **more: Any) -> list[str]:
    """Run one of the two programs as its user does; the answers it printed."""
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "LANGSMITH_TRACING": "false", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(DATA / name), address, json.dumps(more)],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert isinstance(answers, list)
    return answers


def window(
    served: Served, conversation: ConversationId | None, text: str, options: GenerateOptions
) -> tuple[ConversationId, str]:
    """What the window gives."""
    recorder = Recorder(served.app.bus)
    turn = served.app.chat.send(conversation, text, options=options)
    finished = recorder.wait(TurnFinished, lambda event: event.turn == turn)
    assert finished.error is None
    assert finished.answer is not None
    return finished.answer.conversation, finished.answer.text


def engine(served: Served, messages: list[PromptMessage], options: GenerateOptions) -> str:
    """What the engine gives, for a history that the window cannot have."""
    replies: queue.SimpleQueue[GenerateReply] = queue.SimpleQueue()
    served.app.engine.generate(served.app.chat.new_turn(), None, messages, options, replies.put)
    text = ""
    while not isinstance(reply := replies.get(timeout=60), Done | Failed):
        text += reply.text if isinstance(reply, TextPiece) else ""
    assert isinstance(reply, Done)
    return text.strip()


def test_the_first_program(served: Served) -> None:
    (answer,) = program("founding_chatglm3.py", served.url, model_kwargs={"seed": 7})
    assert answer.startswith(BEGINNING)
    told = [PromptMessage(Role.ASSISTANT, text) for text in PAIR]
    options = GenerateOptions(temperature=0.1, top_p=0.9, seed=7)
    assert answer == engine(served, [*told, PromptMessage(Role.USER, QUESTION)], options)


def test_the_second_program(served: Served) -> None:
    (answer,) = program("founding_chatglm.py", served.url, model_kwargs={"seed": 7})
    assert answer.startswith(BEGINNING)
    store = served.app.conversation_store
    begun, _, empty = store.begin_turn(None, PAIR[0], title="", system="", model=None, owner="test", now=1)
    store.finish_turn(empty.id, PAIR[1], "", MessageState.COMPLETE, FinishReason.STOP, now=1)
    options = GenerateOptions(temperature=0.1, top_p=0.9, seed=7)
    assert answer == window(served, begun.id, QUESTION, options)[1]


def test_with_history_over_three_turns(served: Served) -> None:
    questions = [QUESTION, "Who are you?", "你好"]
    answers = program(
        "founding_chatglm.py", served.url, with_history=True, history=[], questions=questions, model_kwargs={"seed": 3}
    )
    conversation = None
    for question, answer in zip(questions, answers, strict=True):
        options = GenerateOptions(temperature=0.1, top_p=0.9, seed=3)
        conversation, text = window(served, conversation, question, options)
        assert answer == text
        assert answer


def test_both_programs_with_a_key(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = serve_app(stack, tmp_path / "home", "echo", ("plain",), key="a key")
        address = served.url.replace("http://", "http://any:a%20key@")
        assert program("founding_chatglm.py", f"{served.url}/?api_key=a%20key") == [QUESTION]
        assert program("founding_chatglm3.py", address) == [QUESTION]


def test_an_answer_longer_than_the_clients_patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gives up after 2 s of silence (30 s, shortened like the server's intervals); the answer takes longer."""
    monkeypatch.setenv("LD_PRELOAD", slow_library(tmp_path))
    with ExitStack() as stack:
        patience = Patience(first_space=0.7, next_space=0.7)
        served = serve_app(stack, tmp_path / "home", "llama", ("tiny",), patience=patience)
        _ready(served)
        monkeypatch.delenv("LD_PRELOAD")
        (answer,) = program("founding_chatglm3.py", served.url, timeout=2, temperature=0)
        assert answer.startswith(BEGINNING)
        (record,) = served.server.journal.records()
        assert record.duration_ms > 2000, "the answer came too soon to show anything"
        assert (record.status, record.error) == (200, "")


def test_what_cannot_stream_gets_plain_json(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = serve_app(stack, tmp_path / "home", "echo", ("plain",), settings={"server_plain_stream": True})
        assert program("founding_chatglm3.py", served.url, streaming=True) == [QUESTION]
