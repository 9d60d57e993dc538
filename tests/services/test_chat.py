"""Turns on the echo worker: stored as they come, whatever happens to the worker."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from desktop.app import Application
from desktop.core.events import (
    ConversationCreated,
    EngineChanged,
    PromptBuilt,
    TextArrived,
    TurnFinished,
    TurnStarted,
)
from desktop.core.models import (
    ConversationId,
    EngineState,
    FinishReason,
    GenerateOptions,
    MessageState,
    ModelId,
    Role,
    TurnId,
)
from desktop.services.chat import prompt_of
from tests.recorder import Recorder
from tests.services.conftest import Start, add_model


def finished(recorder: Recorder, turn: TurnId) -> TurnFinished:
    return recorder.wait(TurnFinished, lambda event: event.turn == turn)


def test_a_question_is_answered_and_stored(app: Application, recorder: Recorder) -> None:
    turn = app.chat.send(None, "one two three")
    end = finished(recorder, turn)
    kinds = [type(event) for event in recorder.events if not isinstance(event, EngineChanged)]
    assert kinds[:2] == [ConversationCreated, TurnStarted]
    assert "".join(event.text for event in recorder.of(TextArrived)) == "one two three"
    assert end.answer is not None
    assert (end.reason, end.answer.text, end.answer.state) == (
        FinishReason.STOP,
        "one two three",
        MessageState.COMPLETE,
    )
    assert end.usage is not None
    assert end.usage.completion_tokens == 3
    (summary,) = app.conversations.page(0, 9)
    assert (summary.title, summary.messages, summary.model) == ("one two three", 2, "plain")
    assert app.chat.active(summary.id) is None


def test_the_engine_gets_the_history_without_thoughts(app: Application, recorder: Recorder) -> None:
    first = finished(recorder, app.chat.send(None, "!think hm hm", system="be brief"))
    assert first.answer is not None
    assert first.answer.thought == "hm hm"
    conversation = first.answer.conversation
    second = finished(recorder, app.chat.send(conversation, "!history"))
    assert second.answer is not None
    assert second.answer.text == "4 messages: suau"
    prompt = prompt_of(app.conversations.get(conversation), app.conversations.messages(conversation))
    assert [(m.role, m.text) for m in prompt][:3] == [
        (Role.SYSTEM, "be brief"),
        (Role.USER, "!think hm hm"),
        (Role.ASSISTANT, "hm hm"),
    ]


def test_stop_keeps_what_was_written(app: Application, recorder: Recorder) -> None:
    turn = app.chat.send(None, "!slow 20 " + "word " * 500)
    recorder.wait(TextArrived)
    app.chat.stop(turn)
    end = finished(recorder, turn)
    assert end.answer is not None
    assert end.answer.state is MessageState.STOPPED
    assert end.answer.text.startswith("word")
    assert len(end.answer.text.split()) < 500


def test_stop_at_once_also_stops(app: Application, recorder: Recorder) -> None:
    turn = app.chat.send(None, "!slow 50 " + "word " * 500)
    app.chat.stop(turn)
    assert finished(recorder, turn).reason is FinishReason.STOPPED


def test_a_second_question_waits_for_its_turn(app: Application, recorder: Recorder) -> None:
    slow = app.chat.send(None, "!slow 30 a b c d")
    quick = app.chat.send(None, "quick")
    assert finished(recorder, quick).reason is FinishReason.STOP
    ends = [event.turn for event in recorder.of(TurnFinished)]
    assert ends == [slow, quick]


def test_partial_text_is_on_the_disk_within_half_a_second(app: Application, recorder: Recorder) -> None:
    turn = app.chat.send(None, "!slow 100 " + "word " * 200)
    started = recorder.wait(TurnStarted)

    def stored() -> str:
        with sqlite3.connect(f"file:{app.paths.database}?mode=ro", uri=True) as db:
            row = db.execute("SELECT text FROM message WHERE id = ?", (started.answer.id,)).fetchone()
        db.close()
        return str(row[0])

    # the tenth piece comes ≥ 0.5 s after the first (100 ms apart): by then the first must have been written
    recorder.wait(TextArrived, lambda event: len(recorder.of(TextArrived)) >= 10)
    assert stored().startswith("word")
    app.chat.stop(turn)
    finished(recorder, turn)


@pytest.mark.parametrize("order", ["!crash SIGSEGV", "!crash SIGKILL", "!crash 3", "!garbage"])
def test_a_dying_worker_leaves_the_text_and_answers_the_next_question(
    app: Application, recorder: Recorder, order: str
) -> None:
    end = finished(recorder, app.chat.send(None, order))
    assert end.answer is not None
    assert (end.reason, end.answer.state) == (FinishReason.INTERRUPTED, MessageState.INTERRUPTED)
    assert end.error == "engine.crashed"
    assert end.answer.error == "engine.crashed"
    if "crash" in order:
        assert end.answer.text == "about to crash"
    again = finished(recorder, app.chat.send(end.answer.conversation, "still there"))
    assert again.reason is FinishReason.STOP
    assert app.engine.status.state is EngineState.READY


def test_answering_again_keeps_the_question(app: Application, recorder: Recorder) -> None:
    first = finished(recorder, app.chat.send(None, "!crash 3")).answer
    assert first is not None
    turn = app.chat.regenerate(first.conversation)
    second = finished(recorder, turn).answer
    assert second is not None
    assert second.parent == first.parent
    assert second.id != first.id
    assert [m.role for m in app.conversations.messages(first.conversation)] == [Role.USER, Role.ASSISTANT]


def test_without_a_model_the_question_is_kept_and_the_reason_told(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    end = finished(recorder, app.chat.send(None, "hello"))
    assert end.error == "engine.no_model"
    assert end.answer is not None
    assert app.conversations.messages(end.answer.conversation)[0].text == "hello"


def test_a_conversation_that_is_gone_takes_nothing_away(app: Application, recorder: Recorder) -> None:
    end = finished(recorder, app.chat.send(ConversationId(77), "hello"))
    assert (end.answer, end.error) == (None, "request.conversation")


def test_a_temporary_turn_leaves_no_trace(app: Application, recorder: Recorder) -> None:
    end = finished(recorder, app.chat.send(None, "secret words", temporary=True))
    assert end.answer is not None
    assert end.answer.text == "secret words"
    app.close()
    for file in app.paths.data.rglob("*"):
        if file.is_file():
            assert b"secret words" not in file.read_bytes()


def test_a_full_disk_keeps_the_answer_in_memory_until_there_is_room(app: Application, recorder: Recorder) -> None:
    turn = app.chat.send(None, "!slow 2 " + "word " * 40_000, options=GenerateOptions(max_tokens=40_000))
    started = recorder.wait(TurnStarted)
    limit(app, full=True)
    app.chat.stop(turn) if recorder.wait(TextArrived, lambda e: len(recorder.of(TextArrived)) > 200) else None
    end = finished(recorder, turn)
    assert end.answer is not None
    text = end.answer.text
    limit(app, full=False)
    app.close()  # what waits for the disk is written before the end
    with sqlite3.connect(app.paths.database) as db:
        row = db.execute("SELECT text, state FROM message WHERE id = ?", (started.answer.id,)).fetchone()
    db.close()
    assert row == (text, "stopped")


def limit(app: Application, *, full: bool) -> None:
    """Let the writer's connection meet SQLITE_FULL, as a full disk does."""

    def set_limit() -> None:
        db = app._database.connection
        pages = db.execute("PRAGMA page_count").fetchone()[0] if full else 1_073_741_823
        db.execute(f"PRAGMA max_page_count={pages}")

    app.writer.submit(set_limit).result(10)


def test_restart_finds_the_conversation_and_its_history(start: Start) -> None:
    app = start()
    add_model(app, "plain")
    first = finished(Recorder(app.bus), app.chat.send(None, "我叫王小明。")).answer
    assert first is not None
    app.close()
    again = start()
    end = finished(Recorder(again.bus), again.chat.send(first.conversation, "!history"))
    assert end.answer is not None
    assert end.answer.text == "3 messages: uau"


def test_closing_in_the_middle_keeps_the_text(start: Start) -> None:
    app = start()
    add_model(app, "plain")
    recorder = Recorder(app.bus)
    app.chat.send(None, "!slow 20 " + "word " * 500)
    answer = recorder.wait(TurnStarted).answer
    recorder.wait(TextArrived)
    app.close()
    kept = start().conversations.messages(answer.conversation)[-1]
    assert kept.state is MessageState.STOPPED
    assert kept.text.startswith("word")


def test_drafts_survive_and_leave_when_sent(start: Start) -> None:
    app = start()
    add_model(app, "plain")
    app.conversations.save_draft(None, "半句")
    app.conversations.save_draft(None, "半句话")
    app.close()
    again = start()
    assert again.conversations.draft_of_new() == "半句话"
    finished(Recorder(again.bus), again.chat.send(None, "半句话"))
    assert again.conversations.draft_of_new() == ""


def test_how_long_it_thought_is_kept(start: Start) -> None:
    app = start()
    add_model(app, "plain")
    recorder = Recorder(app.bus)
    thought = finished(recorder, app.chat.send(None, "!think hm hm")).answer
    plain = finished(recorder, app.chat.send(None, "one two")).answer
    assert thought is not None
    assert plain is not None
    assert thought.thought_ms is not None
    assert 0 <= thought.thought_ms < 60_000
    assert plain.thought_ms is None
    app.close()
    kept = start().conversations.messages(thought.conversation)[-1]
    assert kept.thought_ms == thought.thought_ms


def test_whether_it_thinks_first_is_a_choice_of_the_conversation(app: Application, recorder: Recorder) -> None:
    first = finished(recorder, app.chat.send(None, "!think hm", thinking=False)).answer
    assert first is not None
    assert first.thought == ""
    assert app.conversations.get(first.conversation).thinking is False
    again = finished(recorder, app.chat.regenerate(first.conversation)).answer
    assert again is not None
    assert again.thought == ""
    app.conversations.set_thinking(first.conversation, True).result(10)
    third = finished(recorder, app.chat.send(first.conversation, "!think hm")).answer
    assert third is not None
    assert third.thought == "hm"
    # who asks for one answer without a thought gets it, and changes nothing
    fourth = app.chat.send(first.conversation, "!think hm", options=GenerateOptions(thinking=False))
    answer = finished(recorder, fourth).answer
    assert answer is not None
    assert answer.thought == ""
    assert app.conversations.get(first.conversation).thinking is True


def test_a_conversation_nobody_chose_for_thinks(app: Application, recorder: Recorder) -> None:
    answer = finished(recorder, app.chat.send(None, "!think hm")).answer
    assert answer is not None
    assert answer.thought == "hm"
    assert app.conversations.get(answer.conversation).thinking is None


def test_what_will_be_read_is_told_before_it_is(app: Application, recorder: Recorder) -> None:
    turn = app.chat.send(None, "one two three")
    finished(recorder, turn)
    (built,) = recorder.of(PromptBuilt)
    assert (built.turn, built.tokens, built.reused, built.left_out) == (turn, 3, 0, 0)
    kinds = [type(event) for event in recorder.events]
    assert kinds.index(TurnStarted) < kinds.index(PromptBuilt) < kinds.index(TextArrived)


def test_an_answer_is_of_the_model_that_gave_it(app: Application, recorder: Recorder) -> None:
    """Another one is loaded while its end is stored."""
    other = add_model(app, "other")
    turn = app.chat.send(None, "!slow 20 " + "word " * 500, model=ModelId("plain"))
    recorder.wait(TextArrived)
    released = threading.Event()
    app.writer.post(released.wait, 30)
    app.engine.load(other)
    recorder.wait(EngineChanged, lambda event: event.status.model == other)
    released.set()
    end = finished(recorder, turn)
    assert end.answer is not None
    assert end.answer.model == "plain"
