"""Whose turn it is: pure, and through the service."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading

import pytest

from desktop.app import Application
from desktop.core.errors import EngineBusy
from desktop.core.events import EngineChanged, TurnFinished
from desktop.core.models import (
    ConversationId,
    EngineState,
    FinishReason,
    GenerateOptions,
    ModelId,
    PromptMessage,
    Role,
    TurnId,
)
from desktop.core.ports import Done, Failed, GenerateReply, TextPiece
from desktop.inference.client import EngineClient
from desktop.services.asking import STOPPED, WHEN_IDLE, Queue, Request
from tests.inference.conftest import wait_idle
from tests.recorder import Recorder
from tests.services.conftest import Start

BOUND = 30.0
PLAIN = ModelId("plain")


def request(turn: int, client: str = "", text: str = "hello") -> Request:
    message = PromptMessage(Role.USER, text)
    return Request(TurnId(turn), None, [message], GenerateOptions(), lambda reply: None, client)


def served(queue: Queue) -> list[int]:
    turns = []
    while (following := queue.next()) is not None:
        queue.remove(following, served=True)
        turns.append(int(following.turn))
    return turns


def test_clients_take_turns() -> None:
    queue = Queue()
    for turn in range(5):
        queue.put(request(turn, "script"))
    queue.put(request(10))
    queue.put(request(11))
    queue.put(request(20, "other"))
    assert len(queue) == 8
    assert served(queue) == [0, 10, 20, 1, 11, 2, 3, 4]
    assert len(queue) == 0


def test_a_newcomer_does_not_wait_for_a_long_queue() -> None:
    queue = Queue()
    for turn in range(9):
        queue.put(request(turn, "script"))
    for _ in range(3):
        following = queue.next()
        assert following is not None
        queue.remove(following, served=True)
    queue.put(request(100))
    following = queue.next()
    assert following is not None
    assert following.turn == 100


def test_what_is_asked_again_comes_first() -> None:
    queue = Queue()
    queue.put(request(1))
    again = [request(7, "a"), request(8, "b")]
    queue.put_first(again)
    assert again[0] in queue
    assert queue.find(TurnId(8)) is again[1]
    assert served(queue) == [7, 8, 1]


def test_nobody_is_lost_and_each_client_keeps_its_order() -> None:
    source = random.Random(1)
    for _ in range(300):
        queue = Queue()
        expected: dict[str, list[int]] = {}
        seen: list[tuple[str, int]] = []
        for turn in range(source.randrange(1, 30)):
            name = source.choice("abc")
            queue.put(request(turn, name))
            expected.setdefault(name, []).append(turn)
            if source.random() < 0.3 and (following := queue.next()) is not None:
                queue.remove(following, served=True)
                seen.append((following.client, int(following.turn)))
            if source.random() < 0.1 and (gone := queue.find(TurnId(source.randrange(30)))) is not None:
                queue.remove(gone, served=False)
                expected[gone.client].remove(int(gone.turn))
        while (following := queue.next()) is not None:
            queue.remove(following, served=True)
            seen.append((following.client, int(following.turn)))
        for name, turns in expected.items():
            assert [turn for client, turn in seen if client == name] == turns


def test_the_first_end_counts() -> None:
    ends: list[GenerateReply] = []
    one = Request(TurnId(1), None, [], GenerateOptions(), ends.append)
    one.end(STOPPED)
    one.end(Failed(EngineBusy(waiting=1)))
    assert ends == [STOPPED]


# --- through the service


class Asked:
    """A request to the service, and what became of it."""

    def __init__(
        self, app: Application, turn: int, text: str, client: str = "", order: list[int] | None = None
    ) -> None:
        self.turn = TurnId(turn)
        self.text = ""
        self.end: Done | Failed | None = None
        self._order = order
        self._ended, self._began = threading.Event(), threading.Event()
        message = PromptMessage(Role.USER, text)
        options = GenerateOptions(temperature=100.0, top_p=1.0, top_k=0, seed=1, max_tokens=400)
        app.engine.generate(self.turn, PLAIN, [message], options, self._take, client=client)

    def _take(self, reply: GenerateReply) -> None:
        if isinstance(reply, TextPiece):
            self.text += reply.text
            self._began.set()
        elif isinstance(reply, Done | Failed):
            assert self.end is None, "two ends"
            self.end = reply
            if self._order is not None:
                self._order.append(int(self.turn))
            self._ended.set()

    def began(self) -> Asked:
        assert self._began.wait(BOUND)
        return self

    def done(self) -> Done:
        assert self._ended.wait(BOUND)
        assert isinstance(self.end, Done), self.end
        return self.end

    def failed(self) -> Failed:
        assert self._ended.wait(BOUND)
        assert isinstance(self.end, Failed), self.end
        return self.end


def test_a_long_queue_of_one_client_holds_nobody_up(app: Application) -> None:
    order: list[int] = []
    first = Asked(app, 0, "!slow 40 a b c d e f g h", "script", order).began()
    script = [Asked(app, turn, "x", "script", order) for turn in range(1, 9)]
    window = [Asked(app, turn, "x", "", order) for turn in (100, 101)]
    for one in (first, *script, *window):
        one.done()
    assert order == [0, 100, 1, 101, 2, 3, 4, 5, 6, 7, 8]


def test_too_many_are_told_so_at_once(app: Application) -> None:
    first = Asked(app, 0, "!slow 20 " + "word " * 500).began()
    waiting = [Asked(app, turn, "x") for turn in range(1, 33)]
    error = Asked(app, 99, "x").failed().error
    assert isinstance(error, EngineBusy)
    assert error.data == {"waiting": 32}
    assert all(one.end is None for one in waiting)
    app.engine.cancel(waiting[5].turn)
    assert waiting[5].done() == STOPPED
    after = Asked(app, 100, "x")
    app.engine.cancel(first.turn)
    assert first.done().reason is FinishReason.STOPPED
    assert after.done().reason is FinishReason.STOP


def test_a_program_does_not_keep_the_person_out(app: Application) -> None:
    first = Asked(app, 0, "!slow 20 " + "word " * 500, "script").began()
    for turn in range(1, 33):
        Asked(app, turn, "x", "script")
    assert isinstance(Asked(app, 98, "x", "script").failed().error, EngineBusy)
    own = Asked(app, 99, "x")
    app.engine.cancel(first.turn)
    assert own.done().reason is FinishReason.STOP


def test_what_is_for_idle_times_waits_for_nobody(app: Application, recorder: Recorder) -> None:
    assert Asked(app, 1, "x", WHEN_IDLE).done() == STOPPED, "a model was loaded for it"
    first = Asked(app, 2, "!slow 20 " + "word " * 500, "script").began()
    assert Asked(app, 3, "x", WHEN_IDLE).done() == STOPPED
    app.engine.cancel(first.turn)
    assert first.done().reason is FinishReason.STOPPED
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    app.engine.cancel(TurnId(2))
    assert Asked(app, 4, "x", WHEN_IDLE).done().reason is FinishReason.STOP


def test_when_it_ends_everybody_is_told(start: Start, app: Application) -> None:
    running = Asked(app, 0, "!slow 20 " + "word " * 500).began()
    waiting = [Asked(app, turn, "x") for turn in range(1, 4)]
    app.engine.close()
    assert running.done().reason is FinishReason.STOPPED
    assert running.text.startswith("word")
    assert [one.done().reason for one in waiting] == [FinishReason.STOPPED] * 3


def worker(app: Application) -> int:
    engine = app.engine._engine
    assert isinstance(engine, EngineClient)
    assert engine._session is not None
    return engine._session.pid


@pytest.fixture
def real(start: Start) -> Application:
    """On llama.cpp, with the tiny model loaded."""
    app = start("llama")
    recorder = Recorder(app.bus)
    path = app.paths.data.parent / "files" / "plain.gguf"
    path.parent.mkdir()
    path.write_bytes(app.test_model.read_bytes())
    model = app.library.import_file(path, copy=False).result(30).id
    assert model == PLAIN
    app.engine.load(model)
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    return app


@pytest.mark.model
def test_several_answers_are_written_at_once_and_shown(real: Application) -> None:
    recorder = Recorder(real.bus)
    four = [Asked(real, turn, "Tell me a long story.", f"client {turn}") for turn in range(4)]
    for one in four:
        assert one.done().usage.completion_tokens == 400
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    shown = [event.status for event in recorder.of(EngineChanged)]
    assert {status.answers for status in shown} == {0, 1, 2, 3, 4}
    assert all((status.answers > 0) == (status.state is not EngineState.READY) for status in shown)


@pytest.mark.model
def test_one_of_two_is_stopped(real: Application) -> None:
    first, second = (Asked(real, turn, "Hello", f"client {turn}") for turn in range(2))
    real.engine.cancel(second.began().turn)
    assert second.done().reason is FinishReason.STOPPED
    assert first.done().usage.completion_tokens == 400


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_crash_under_several_keeps_their_words(real: Application) -> None:
    recorder = Recorder(real.bus)
    writing = [Asked(real, turn, "Hello", f"client {turn}") for turn in range(2)]
    for one in writing:
        one.began()
    os.kill(worker(real), signal.SIGKILL)
    for one in writing:
        if isinstance(one.end, Done):
            continue
        assert one.failed().error.code == "engine.crashed"
        assert one.text
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.CRASHED)
    assert Asked(real, 50, "Hello").done().usage.completion_tokens == 400


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_whoever_had_no_word_yet_does_not_suffer_for_another(real: Application) -> None:
    """The worker is frozen; the first answer is cancelled, which kills it; the second had not begun and is asked again."""
    first = Asked(real, 0, "Hello").began()
    os.kill(worker(real), signal.SIGSTOP)
    second = Asked(real, 1, "Hello", "script")
    real.engine.cancel(first.turn)
    assert first.done().reason is FinishReason.STOPPED
    assert first.text
    assert second.done().usage.completion_tokens == 400


# --- what is read ahead


@pytest.mark.model
def test_what_is_typed_is_read_before_it_is_sent(real: Application) -> None:
    recorder = Recorder(real.bus)
    options = GenerateOptions(temperature=0.0, max_tokens=30)
    fox = "Once upon a time a small fox lived at the edge of a quiet forest. " * 5
    real.chat.send(None, "我叫王小明。", options=options)
    ended = recorder.wait(TurnFinished)
    assert ended.usage is not None
    for typed in ("Once", fox[:90], fox):
        real.chat.read_ahead(ended.conversation, typed, options=options)
    real.writer.submit(lambda: None).result(BOUND)
    wait_idle(worker(real))
    position = recorder.position
    real.chat.send(ended.conversation, fox, options=options)
    usage = recorder.wait(TurnFinished, after=position).usage
    assert usage is not None
    assert usage.cached_tokens >= usage.prompt_tokens - 3
    assert usage.prompt_tokens > ended.usage.prompt_tokens + 80


@pytest.mark.model
def test_it_knows_the_system_prompt_of_a_new_conversation(real: Application) -> None:
    recorder = Recorder(real.bus)
    real.model_options.set(PLAIN, {"system_prompt": "You are Emma, a helpful assistant."}).result(BOUND)
    real.chat.read_ahead(None, "Who are you, and what can you do for me today?")
    real.writer.submit(lambda: None).result(BOUND)
    wait_idle(worker(real))
    real.chat.send(None, "Who are you, and what can you do for me today?")
    usage = recorder.wait(TurnFinished).usage
    assert usage is not None
    assert usage.cached_tokens >= usage.prompt_tokens - 3
    assert usage.prompt_tokens > 25


def test_it_loads_no_model_and_a_vanished_conversation_hurts_nobody(app: Application, recorder: Recorder) -> None:
    app.chat.read_ahead(None, "hello")
    app.chat.read_ahead(ConversationId(99), "hello")
    app.chat.read_ahead(None, "")
    app.writer.submit(lambda: None).result(BOUND)
    assert app.engine.status.state is EngineState.NONE
    assert not recorder.of(EngineChanged)
    app.engine.load(PLAIN)
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    app.chat.read_ahead(ConversationId(99), "hello")
    app.chat.read_ahead(None, "hello", model=ModelId("another"))
    app.writer.submit(lambda: None).result(BOUND)
    app.chat.send(None, "hello")
    assert recorder.wait(TurnFinished).reason is FinishReason.STOP
