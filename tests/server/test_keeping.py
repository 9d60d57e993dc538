"""Conversations of the API, stored when the user wants that."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from desktop.core.events import ConversationChanged, ConversationCreated
from desktop.core.models import MessageState, Role
from desktop.storage.database import Database
from tests.recorder import Recorder
from tests.server.conftest import Serve, Served


def test_nothing_is_stored_unless_wanted(echo: Served) -> None:
    echo.chat("hello")
    echo.post("/", {"prompt": "hello"})
    echo.app.writer.submit(lambda: None).result(10)
    assert echo.app.conversations.count() == 0


@pytest.fixture
def keeping(serve: Serve) -> Served:
    return serve(settings={"server_keep": True})


def test_a_request_becomes_a_conversation(keeping: Served) -> None:
    recorder = Recorder(keeping.app.bus)
    spoken = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "answer"},
        {"role": "user", "content": "!think second question"},
    ]
    keeping.post("/v1/chat/completions", {"messages": spoken})
    conversation = recorder.wait(ConversationCreated).conversation
    stored = keeping.app.conversations.get(conversation)
    assert (stored.title, stored.system) == ("first", "Be kind.")
    path = keeping.app.conversations.messages(conversation)
    assert [(m.role, m.text) for m in path] == [
        (Role.USER, "first"),
        (Role.ASSISTANT, "answer"),
        (Role.USER, "!think second question"),
        (Role.ASSISTANT, "second question"),
    ]
    assert (path[-1].thought, path[-1].state, path[-1].model) == ("second question", MessageState.COMPLETE, "plain")
    assert path[-1].usage is not None


def test_a_history_that_matches_goes_on(keeping: Served, wait_until: Callable[..., None]) -> None:
    history: list[list[str]] = []
    for number, question in enumerate(("one", "two", "three")):
        history = keeping.post("/", {"prompt": question, "history": history}).json()["history"]
        wait_until(partial(_has, keeping, 2 * (number + 1)))
    assert keeping.app.conversations.count() == 1
    keeping.post("/", {"prompt": "other", "history": [["one", "another answer"]]})
    wait_until(lambda: keeping.app.conversations.count() == 2)


def _has(served: Served, messages: int) -> bool:
    return served.app.conversations.count() > 0 and served.app.conversations.page(0, 1)[0].messages == messages


def test_an_answer_that_failed_keeps_its_words(keeping: Served) -> None:
    recorder = Recorder(keeping.app.bus)
    keeping.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "!crash SIGKILL"}]})
    recorder.wait(ConversationCreated)
    answer = keeping.app.conversations.messages(keeping.app.conversations.page(0, 1)[0].id)[-1]
    assert (answer.text, answer.state, answer.error) == ("about to crash", MessageState.INTERRUPTED, "engine.crashed")


def test_an_answer_nobody_waited_for_is_kept_as_stopped(keeping: Served) -> None:
    recorder = Recorder(keeping.app.bus)
    document = {"messages": [{"role": "user", "content": "!slow 20 " + "word " * 500}], "stream": True}
    with keeping.client.stream("POST", "/v1/chat/completions", json=document) as answer:
        next(answer.iter_lines())
    recorder.wait(ConversationCreated)
    stored = keeping.app.conversations.messages(keeping.app.conversations.page(0, 1)[0].id)[-1]
    assert stored.state is MessageState.STOPPED
    assert stored.text.startswith("word")


def test_what_is_said_after_its_conversation_was_deleted_is_kept_in_another(
    keeping: Served, wait_until: Callable[..., None]
) -> None:
    history = keeping.post("/", {"prompt": "one", "history": []}).json()["history"]
    wait_until(partial(_has, keeping, 2))
    first = keeping.app.conversations.page(0, 1)[0].id
    keeping.app.conversations.delete(first).result(10)
    keeping.post("/", {"prompt": "two", "history": history})
    wait_until(partial(_has, keeping, 4))
    assert keeping.app.conversations.page(0, 1)[0].id != first


def test_what_the_user_was_writing_stays(keeping: Served) -> None:
    recorder = Recorder(keeping.app.bus)
    store, writer = keeping.app.conversation_store, keeping.app.writer
    writer.submit(store.save_draft, None, "half a sentence").result(10)
    history = keeping.post("/", {"prompt": "one", "history": []}).json()["history"]
    conversation = recorder.wait(ConversationCreated).conversation
    writer.submit(store.save_draft, conversation, "and half of another").result(10)
    keeping.post("/", {"prompt": "two", "history": history})
    recorder.wait(ConversationChanged)
    assert store.draft_of_new() == "half a sentence"
    assert store.get(conversation).draft == "and half of another"


def test_a_long_history_is_stored_at_once(keeping: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own questions wait for the same thread."""
    recorder = Recorder(keeping.app.bus)
    keeping.chat("warm up")
    recorder.wait(ConversationCreated)
    position = recorder.position
    begun: list[None] = []
    transaction = Database.transaction

    def counted(database: Database) -> AbstractContextManager[sqlite3.Connection]:
        begun.append(None)
        return transaction(database)

    monkeypatch.setattr(Database, "transaction", counted)
    history = [[f"question {number}", f"answer {number}"] for number in range(300)]
    keeping.post("/", {"prompt": "last", "history": history})
    conversation = recorder.wait(ConversationCreated, after=position).conversation
    assert len(begun) < 10
    path = keeping.app.conversations.messages(conversation)
    assert [m.text for m in path] == [side for pair in history for side in pair] + ["last", "last"]
    assert {m.state for m in path} == {MessageState.COMPLETE}
    assert keeping.app.conversations.get(conversation).title == "question 0"
