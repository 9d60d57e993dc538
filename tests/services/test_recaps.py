"""Summaries of what fell out of a conversation, by the real engine with the tiny model and a small context."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.app import Application
from desktop.core import history
from desktop.core.errors import PromptTooLong
from desktop.core.events import EngineChanged, PromptBuilt, RecapChanged, TextArrived, TurnFinished
from desktop.core.history import Recap
from desktop.core.models import (
    ConversationId,
    EngineState,
    EngineStatus,
    FinishReason,
    GenerateOptions,
    LoadedModel,
    Message,
    MessageId,
    MessageState,
    Overflow,
    PromptMessage,
    Role,
    Timings,
    TurnId,
    Usage,
)
from desktop.core.ports import Done, Failed
from desktop.services.recaps import RecapService, _part, _prompt, _words
from desktop.storage.conversations import ConversationStore
from tests.recorder import Recorder
from tests.services.conftest import Start

Wait = Callable[..., None]
CONTEXT = 256
GREEDY = GenerateOptions(temperature=0.0, max_tokens=24)
QUESTIONS = ("My name is Zoe. I like apples.", "What colour is the sky today, and why is it so?", "How many days?")


@pytest.fixture
def full(start: Start) -> Application:
    """The real engine with a context that is soon full, which is to be summarised."""
    app = start("llama")
    for name, value in (("context", CONTEXT), ("threads", 1), ("overflow", "summarise")):
        app.settings.set(name, value)
    app.library.import_file(app.test_model, copy=False).result(30)
    return app


class Talk:
    """Asks, and waits."""

    def __init__(self, app: Application, wait_until: Wait) -> None:
        self.app = app
        self.recorder = Recorder(app.bus)
        self._wait_until = wait_until
        self.conversation: ConversationId | None = None

    def ask(self, text: str, **options: object) -> TurnFinished:
        turn = self.app.chat.send(self.conversation, text, options=replace(GREEDY, **options))  # type: ignore[arg-type]
        end = self.recorder.wait(TurnFinished, lambda event: event.turn == turn)
        self.conversation = end.conversation
        return end

    def until_left_out(self) -> TurnFinished:
        """Ask until messages fall out."""
        for number in range(20):
            end = self.ask(QUESTIONS[number % 3])
            if end.usage is not None and end.usage.left_out:
                return end
        raise AssertionError("the context is too large")

    def settled(self) -> Recap | None:
        """The summary of this path, once nothing more is to be done."""

        def done() -> bool:
            recap = self.recap()
            path = self.path
            covers = history.covered(path, recap) if recap is not None else 0
            return covers >= len(history.left_out(path)) and not self.app.recaps.writing(self.id)

        self._wait_until(done, timeout=30, what="a summary of all that was left out")
        return self.recap()

    def recap(self) -> Recap | None:
        return self.app.conversations.recap(self.id, self.path)

    @property
    def id(self) -> ConversationId:
        assert self.conversation is not None
        return self.conversation

    @property
    def path(self) -> tuple[Message, ...]:
        return self.app.conversations.messages(self.id)


def test_what_fell_out_is_summarised_and_the_summary_used(full: Application, wait_until: Wait) -> None:
    talk = Talk(full, wait_until)
    first = talk.until_left_out()
    assert first.usage is not None
    recap = talk.settled()
    assert recap is not None
    assert recap.text
    assert recap.model == "chatglm3-tiny"
    gone = history.left_out(talk.path)
    assert [message.id for message in gone][-1] == recap.until
    assert [event.writing for event in talk.recorder.of(RecapChanged)][-2:] == [True, False]
    used = full.recaps.of(talk.id, talk.path)
    assert used is not None
    assert (used.covers, used.text.endswith(recap.text)) == (len(gone), True)
    before = full.recaps.of(talk.id, talk.path[:1])
    assert before is None  # it means nothing on a path that ends before it
    second = talk.ask("Hello")
    assert second.usage is not None
    assert second.usage.left_out >= len(gone)
    built = talk.recorder.of(PromptBuilt)[-1]
    assert (built.tokens, built.left_out) == (second.usage.prompt_tokens, second.usage.left_out)


def test_a_summary_stays_as_it_is_so_that_it_need_not_be_read_again(full: Application, wait_until: Wait) -> None:
    full.settings.set("context", 2 * CONTEXT)
    talk = Talk(full, wait_until)
    talk.until_left_out()
    recap = talk.settled()
    first = talk.ask("Hi", max_tokens=4)
    assert first.usage is not None
    assert talk.settled() == recap  # nothing more fell out: the next question finds all of it read
    second = talk.ask("Hi", max_tokens=4)
    assert second.usage is not None
    assert second.usage.left_out == first.usage.left_out
    assert second.usage.cached_tokens >= first.usage.prompt_tokens - 2


def test_summaries_survive_a_restart_and_leave_with_their_messages(
    full: Application, start: Start, wait_until: Wait
) -> None:
    talk = Talk(full, wait_until)
    talk.until_left_out()
    recap = talk.settled()
    assert recap is not None
    full.close()
    again = start("llama")
    path = again.conversations.messages(talk.id)
    assert again.conversations.recap(talk.id, path) == recap
    with again._database.transaction() as db:
        db.execute("DELETE FROM conversation")
        assert db.execute("SELECT count(*) FROM recap").fetchone()[0] == 0


def test_a_question_ends_the_summary_and_it_is_written_later(full: Application, wait_until: Wait) -> None:
    talk = Talk(full, wait_until)
    talk.until_left_out()
    talk.settled()
    # a long text to summarise, so that there is something to be ended
    talk.ask(QUESTIONS[1] * 2, max_tokens=48)
    position = talk.recorder.position
    for number in range(4):
        talk.ask(QUESTIONS[number % 3], max_tokens=40)
        ended = [type(event) for event in talk.recorder.events[position:] if isinstance(event, TurnFinished)]
        assert len(ended) == number + 1  # no question waited for a summary to fail
    assert talk.settled() is not None
    began = [event.writing for event in talk.recorder.of(RecapChanged)]
    assert began.count(True) == began.count(False)


@pytest.mark.parametrize("policy", [Overflow.DROP, Overflow.STOP])
def test_other_policies_write_no_summary(full: Application, wait_until: Wait, policy: Overflow) -> None:
    full.settings.set("overflow", policy)
    talk = Talk(full, wait_until)
    error = None
    for number in range(12):
        end = talk.ask(QUESTIONS[number % 3])
        error = error or end.error
    assert error == ("engine.conversation_full" if policy is Overflow.STOP else None)
    full.writer.submit(lambda: None).result(10)
    assert talk.recorder.of(RecapChanged) == []
    assert talk.recap() is None


def test_a_stopped_conversation_keeps_the_question_and_goes_on_when_told_so(
    full: Application, wait_until: Wait
) -> None:
    full.settings.set("overflow", "stop")
    talk = Talk(full, wait_until)
    while (end := talk.ask(QUESTIONS[1])).error is None:
        assert end.usage is not None
        assert end.usage.left_out == 0
    assert end.error == "engine.conversation_full"
    assert end.answer is not None
    assert end.answer.state is MessageState.INTERRUPTED
    assert end.error_data["context"] == CONTEXT
    assert talk.path[-2].text == QUESTIONS[1]
    turn = full.chat.regenerate(talk.id, options=replace(GREEDY, overflow=Overflow.DROP))
    again = talk.recorder.wait(TurnFinished, lambda event: event.turn == turn)
    assert again.error is None
    assert again.usage is not None
    assert again.usage.left_out > 0
    assert again.answer is not None
    assert again.answer.parent == end.answer.parent


def test_a_summary_is_not_begun_while_an_answer_is_written(full: Application, wait_until: Wait) -> None:
    talk = Talk(full, wait_until)
    talk.until_left_out()
    talk.settled()
    position = talk.recorder.position
    turn = full.chat.send(talk.conversation, "Tell me a long story.", options=replace(GREEDY, max_tokens=60))
    talk.recorder.wait(TextArrived, lambda event: event.turn == turn)
    other = full.chat.send(None, "Hello", options=GREEDY)
    talk.recorder.wait(TurnFinished, lambda event: event.turn == other)
    events = talk.recorder.events[position:]
    last = max(index for index, event in enumerate(events) if isinstance(event, TurnFinished))
    assert not [event for event in events[:last] if isinstance(event, RecapChanged)]


def test_anybodys_request_ends_a_summary(full: Application, wait_until: Wait) -> None:
    """Also one that ChatService does not know of, such as a program's."""
    talk = Talk(full, wait_until)
    talk.until_left_out()
    talk.recorder.wait(RecapChanged, lambda event: event.writing)
    replies: list[object] = []
    full.engine.generate(
        TurnId(1_000_000), None, (PromptMessage(Role.USER, "Hello"),), GREEDY, replies.append, client="program"
    )
    wait_until(lambda: any(isinstance(reply, Done) for reply in replies), timeout=30)
    assert talk.settled() is not None  # and it comes after all


def test_closing_in_the_middle_of_a_summary_ends_it(full: Application, wait_until: Wait) -> None:
    talk = Talk(full, wait_until)
    talk.until_left_out()
    talk.recorder.wait(RecapChanged, lambda event: event.writing)
    full.close()
    writing = [event.writing for event in talk.recorder.of(RecapChanged)]
    assert writing.count(True) == writing.count(False)


def test_an_unloaded_model_is_not_loaded_for_a_summary(full: Application, wait_until: Wait) -> None:
    talk = Talk(full, wait_until)
    full.settings.set("overflow", "drop")
    talk.until_left_out()
    full.settings.set("overflow", "summarise")
    full.engine.unload()
    talk.recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.NONE, 0)
    position = talk.recorder.position
    full.recaps.give_way()
    full.writer.submit(full.recaps.resume, talk.conversation).result(10)
    full.writer.submit(lambda: None).result(10)
    assert not [event for event in talk.recorder.events[position:] if isinstance(event, RecapChanged)]


def test_a_summary_is_introduced_in_the_language_of_what_it_covers(app: Application, wait_until: Wait) -> None:
    talk = Talk(app, wait_until)
    talk.ask("Hello, how are you today?")
    store = ConversationStore(app._database)
    app.writer.submit(store.put_recap, Recap(talk.path[-1].id, "They said hello.", None, 0)).result(10)
    before = app.recaps.of(talk.id, talk.path)
    for _ in range(3):
        talk.ask("안녕하세요, 오늘 날씨 어때요? 내일은 비가 올까요?")
    assert before is not None
    assert before.text.startswith("Summary of the earlier conversation")
    assert app.recaps.of(talk.id, talk.path) == before  # or the engine would have to read all of it again


class Reluctant:
    """In place of the engine: has never room for a text with this word, and writes nothing else either."""

    def __init__(self, word: str) -> None:
        self._word = word
        self.asked: list[str] = []
        self.status = EngineStatus(EngineState.READY, loaded=LoadedModel("", "", "", 4096, 1, 0, "", 1, 1))

    def generate(self, _: TurnId, model: None, prompt: list[PromptMessage], *rest: object, **client: str) -> None:
        sink = rest[1]
        assert callable(sink)
        self.asked.append(prompt[0].text)
        sink(Failed(PromptTooLong()) if self._word in prompt[0].text else Done(FinishReason.STOP, Usage(), Timings()))


def test_what_is_too_long_in_one_conversation_shortens_nothing_in_another(app: Application, wait_until: Wait) -> None:
    store, engine = ConversationStore(app._database), Reluctant("huge")
    recaps = RecapService(store, engine, app.writer, app.bus, lambda: 0)  # type: ignore[arg-type]

    def left_out(text: str) -> None:
        """Summarise a conversation without its first turn."""
        conversation: ConversationId | None = None
        for gone in (0, 2):
            begun, _, answer = store.begin_turn(conversation, text, title="", system=None, model=None, owner="", now=0)
            conversation = begun.id
            usage = Usage(1000, 0, 10, gone)
            store.finish_turn(answer.id, text, "", MessageState.COMPLETE, FinishReason.STOP, usage=usage, now=0)
        recaps.give_way()
        recaps.resume(conversation)

    app.writer.submit(left_out, "huge " * 300).result(10)
    wait_until(lambda: app.writer.submit(lambda: recaps._work is None and not recaps._pending).result(10))
    assert len(engine.asked) > 3  # it was tried with less and less, and given up
    app.writer.submit(left_out, "small " * 100).result(10)
    wait_until(lambda: "small" in engine.asked[-1])
    assert "small " * 99 in engine.asked[-1]


# -- the request itself


def said(*texts: str) -> list[Message]:
    roles = (Role.USER, Role.ASSISTANT)
    return [
        Message(MessageId(n + 1), ConversationId(1), None, roles[n % 2], text, "", MessageState.COMPLETE, 0)
        for n, text in enumerate(texts)
    ]


def test_as_many_whole_turns_as_there_is_room_for() -> None:
    messages = said("a" * 100, "b" * 100, "c" * 100, "d" * 100, "e" * 100, "f" * 100)
    assert [len(_part(messages, most)) for most in (10, 250, 400, 599, 600)] == [2, 2, 4, 4, 6]
    assert _part(messages[:2], 10) == tuple(messages[:2])


def test_the_request_is_in_the_language_of_the_conversation() -> None:
    for text, task in (
        ("你好，今天天气怎么样？", "请用中文"),
        ("안녕하세요, 오늘 날씨 어때요?", "한국어로"),
        ("Hello there", "Summarise"),
    ):
        (asked,) = _prompt(said(text, "ok"), None, 4000)
        assert isinstance(asked, PromptMessage)
        assert task in asked.text
        assert text in asked.text
    assert _words(["日本語で話してください。お願いします。"]) is _words(["Hello"])


def test_an_earlier_summary_is_part_of_the_request_and_long_messages_are_shortened() -> None:
    (asked,) = _prompt(said("x" * 5000, "the end"), Recap(MessageId(1), "they met", None, 0), 1000)
    assert "they met" in asked.text
    assert "the end" in asked.text
    assert "x … x" in asked.text
    assert len(asked.text) < 1500
