"""Conversations as trees of messages, on the real SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import UnknownConversation
from desktop.core.history import Recap
from desktop.core.models import (
    ConversationId,
    FinishReason,
    Message,
    MessageId,
    MessageState,
    ModelId,
    Role,
    Timings,
    Usage,
)
from desktop.storage.conversations import ConversationStore
from desktop.storage.database import Database
from desktop.storage.migrations import MIGRATIONS, m005_recaps_and_thoughts

MODEL = ModelId("tiny")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    database = Database(tmp_path / "chats.sqlite3")
    yield ConversationStore(database)
    database.close()


def turn(
    store: ConversationStore, conversation: ConversationId | None, question: str | None, answer: str, now: int = 1
) -> tuple[ConversationId, Message]:
    found, _, empty = store.begin_turn(
        conversation, question, title=question or "", system=None, model=MODEL, owner="me", now=now
    )
    stored = store.finish_turn(empty.id, answer, "", MessageState.COMPLETE, FinishReason.STOP, now=now)
    assert stored is not None
    return found.id, stored


def test_a_conversation_grows_along_its_path(store: ConversationStore) -> None:
    conversation, first = turn(store, None, "我叫王小明。", "你好，王小明！")
    turn(store, conversation, "我叫什么名字？", "你叫王小明。", now=2)
    path = store.path(conversation)
    assert [(m.role, m.text) for m in path] == [
        (Role.USER, "我叫王小明。"),
        (Role.ASSISTANT, "你好，王小明！"),
        (Role.USER, "我叫什么名字？"),
        (Role.ASSISTANT, "你叫王小明。"),
    ]
    assert [m.parent for m in path] == [None, path[0].id, first.id, path[2].id]
    assert store.page(0, 10)[0].messages == 4
    assert store.get(conversation).model == MODEL


def test_answering_again_keeps_the_earlier_answer(store: ConversationStore) -> None:
    conversation, first = turn(store, None, "q", "one")
    _, second = turn(store, conversation, None, "two")
    assert [m.text for m in store.path(conversation)] == ["q", "two"]
    kept = store.message(first.id)
    assert kept is not None
    assert (kept.text, kept.parent) == ("one", second.parent)


def test_there_is_nothing_to_answer_again_in_an_unknown_conversation(store: ConversationStore) -> None:
    with pytest.raises(UnknownConversation):
        turn(store, ConversationId(7), None, "x")
    with pytest.raises(UnknownConversation):
        turn(store, ConversationId(7), "q", "x")
    assert store.count() == 0


def test_figures_are_kept_with_the_answer(store: ConversationStore) -> None:
    _, _, empty = store.begin_turn(None, "q", title="q", system="be brief", model=None, owner="me", now=5)
    usage, timings = Usage(10, 4, 20, 1), Timings(12.5, 30.25)
    stored = store.finish_turn(
        empty.id,
        "a",
        "hm",
        MessageState.COMPLETE,
        FinishReason.LENGTH,
        model=MODEL,
        usage=usage,
        timings=timings,
        now=6,
    )
    assert stored is not None
    assert (stored.usage, stored.timings, stored.thought, stored.model) == (usage, timings, "hm", MODEL)
    assert stored.finish_reason is FinishReason.LENGTH
    assert store.get(empty.conversation).system == "be brief"


def test_the_newest_comes_first_and_pages_are_cut(store: ConversationStore) -> None:
    for number in range(5):
        turn(store, None, f"c{number}", "a", now=number)
    assert [c.title for c in store.page(0, 2)] == ["c4", "c3"]
    assert [c.title for c in store.page(4, 2)] == ["c0"]
    turn(store, store.page(4, 1)[0].id, "again", "a", now=9)
    assert store.page(0, 1)[0].title == "c0"


def test_deleted_is_gone_from_everywhere_until_restored(store: ConversationStore) -> None:
    conversation, _ = turn(store, None, "findme", "a")
    store.delete(conversation, 3)
    assert (store.count(), store.page(0, 9), store.search("findme", 9)) == (0, (), ())
    with pytest.raises(UnknownConversation):
        store.get(conversation)
    with pytest.raises(UnknownConversation):
        store.delete(conversation, 3)
    store.restore(conversation)
    assert [m.text for m in store.path(conversation)] == ["findme", "a"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("上海", True),
        ("海", True),
        ("Shanghai", True),
        ("shanghai", True),
        ("100%", True),
        ("100x", False),
        ("a_b", False),
    ],
)
def test_search_finds_words_inside_chinese_and_takes_signs_literally(
    store: ConversationStore, text: str, found: bool
) -> None:
    turn(store, None, "title", "我在上海 Shanghai 付了100%的钱，axb")
    assert bool(store.search(text, 9)) is found


def test_a_renamed_conversation_keeps_its_title(store: ConversationStore) -> None:
    conversation, _ = turn(store, None, "first", "a")
    store.rename(conversation, "我的标题")
    turn(store, conversation, "second", "b")
    assert store.get(conversation).title == "我的标题"


def test_drafts_are_kept_and_leave_when_sent(store: ConversationStore) -> None:
    store.save_draft(None, "半句话")
    assert store.draft_of_new() == "半句话"
    conversation, _ = turn(store, None, "半句话说完", "a")
    assert store.draft_of_new() == ""
    store.save_draft(conversation, "more")
    assert store.get(conversation).draft == "more"
    turn(store, conversation, "more", "b")
    assert store.get(conversation).draft == ""


def test_orphans_become_interrupted_with_their_text_and_the_living_are_left_alone(store: ConversationStore) -> None:
    _, _, dead = store.begin_turn(None, "q", title="q", system=None, model=None, owner="dead", now=1)
    store.save_partial(dead.id, "half an ans", "")
    _, _, alive = store.begin_turn(None, "q", title="q", system=None, model=None, owner="alive", now=1)
    assert store.interrupt_orphans(lambda owner: owner == "alive") == 1
    kept, running = store.message(dead.id), store.message(alive.id)
    assert kept is not None
    assert running is not None
    assert (kept.state, kept.text) == (MessageState.INTERRUPTED, "half an ans")
    assert kept.finish_reason is FinishReason.INTERRUPTED
    assert running.state is MessageState.RUNNING


def test_a_late_partial_does_not_touch_a_finished_answer(store: ConversationStore) -> None:
    _, stored = turn(store, None, "q", "whole")
    store.save_partial(stored.id, "part", "")
    found = store.message(stored.id)
    assert found is not None
    assert found.text == "whole"


def test_summaries_are_kept_with_the_messages_they_end_at(store: ConversationStore) -> None:
    conversation, first = turn(store, None, "q", "one")
    _, second = turn(store, conversation, "r", "two")
    recaps = [Recap(first.id, "they said one", MODEL, 5), Recap(second.id, "一和二", None, 6)]
    for recap in reversed(recaps):
        store.put_recap(recap)
    assert store.recaps(conversation) == tuple(recaps)
    store.put_recap(Recap(first.id, "better", MODEL, 7))
    assert [recap.text for recap in store.recaps(conversation)] == ["better", "一和二"]
    store.put_recap(Recap(MessageId(999), "of a message that is gone", None, 8))
    assert len(store.recaps(conversation)) == 2
    other, _ = turn(store, None, "q", "one")
    assert store.recaps(other) == ()


def test_whether_it_thinks_first_is_kept_with_the_conversation(store: ConversationStore) -> None:
    conversation, _ = turn(store, None, "q", "one")
    assert store.get(conversation).thinking is None
    for thinking in (False, True):
        store.set_thinking(conversation, thinking)
        assert store.get(conversation).thinking is thinking
    with pytest.raises(UnknownConversation):
        store.set_thinking(ConversationId(99), True)
    begun, _, _ = store.begin_turn(None, "q", title="q", system=None, model=None, owner="me", now=1, thinking=False)
    assert begun.thinking is False
    store.begin_turn(begun.id, "r", title="", system=None, model=None, owner="me", now=2)
    assert store.get(begun.id).thinking is False


def test_conversations_of_the_version_before_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    before = tuple(migration for migration in MIGRATIONS if migration is not m005_recaps_and_thoughts)
    old = Database(path, before)
    with old.transaction() as db:
        db.execute("INSERT INTO conversation (id, title, created, updated) VALUES (1, 'old', 0, 0)")
        db.execute(
            """INSERT INTO message (id, conversation, role, text, thought, state, created)
                VALUES (1, 1, 'assistant', 'hello', 'hm', 'complete', 0)"""
        )
    old.close()
    database = Database(path, (*before, m005_recaps_and_thoughts))
    store = ConversationStore(database)
    assert store.get(ConversationId(1)).thinking is None
    message = store.message(MessageId(1))
    assert message is not None
    assert (message.text, message.thought, message.thought_ms) == ("hello", "hm", None)
    assert store.recaps(ConversationId(1)) == ()
    database.close()
