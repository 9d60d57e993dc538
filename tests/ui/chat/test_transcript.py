from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from desktop.core.models import FinishReason, Message, MessageId, MessageState, Role, Timings
from desktop.messages import Action
from desktop.ui import theme
from desktop.ui.chat.answer import Answer
from desktop.ui.chat.message import PAD
from desktop.ui.chat.question import FOLDED, Question
from desktop.ui.chat.transcript import FIRST, TranscriptView

Say = Callable[..., Message]
PARAGRAPH = (
    "北京和上海有什么不同？ **A paragraph** with `code` that is long enough to be wrapped at least once here.\n\n"
)


def settle(view: TranscriptView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view.busy, timeout=20_000)
    QApplication.processEvents()


def conversation(say: Say, count: int, text: str = PARAGRAPH * 3) -> list[Message]:
    return [
        say(n, Role.USER if n % 2 else Role.ASSISTANT, f"question {n}" if n % 2 else f"answer {n}\n\n{text}")
        for n in range(1, count + 1)
    ]


def bar(view: TranscriptView) -> QScrollBar:
    return view.scroll_bar


def answer(view: TranscriptView, index: int = -1) -> Answer:
    item = view.items[index]
    assert isinstance(item, Answer)
    return item


def wheel(view: TranscriptView, steps: int) -> None:
    """Over the middle of the view, as a mouse does it: up is positive."""
    QTest.wheelEvent(view.windowHandle(), QPointF(view.rect().center()), QPoint(0, 120 * steps))
    QApplication.processEvents()


def test_it_opens_at_the_end_and_adds_earlier_messages_on_the_way_up(
    transcript: TranscriptView, qtbot: QtBot, say: Say
) -> None:
    transcript.show_messages(conversation(say, 200))
    settle(transcript, qtbot)
    assert len(transcript.items) == FIRST
    assert transcript.items[-1].message.id == 200
    assert bar(transcript).value() == bar(transcript).maximum()
    bar(transcript).setValue(0)
    first = transcript.items[0]
    where = first.mapTo(transcript, QPoint(0, 0)).y()
    qtbot.waitUntil(lambda: len(transcript.items) > FIRST and not transcript.busy, timeout=20_000)
    assert first.mapTo(transcript, QPoint(0, 0)).y() == where, "what is read stays where it is"
    numbers = [item.message.id for item in transcript.items]
    assert numbers == sorted(numbers)


def test_messages_lie_below_each_other(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 20))
    settle(transcript, qtbot)
    for above, below in zip(transcript.items, transcript.items[1:], strict=False):
        assert above.y() + above.height() <= below.y()
    for item in transcript.items:
        if isinstance(item, Answer):
            assert item.view.text_height() <= item.view.height()


def test_the_end_stays_in_sight_while_text_arrives(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 4))
    transcript.append(say(5, Role.USER, "next"))
    transcript.append(say(6, Role.ASSISTANT, "", state=MessageState.RUNNING))
    for count in range(1, 11):
        transcript.add_text(MessageId(6), PARAGRAPH, "")
        settle(transcript, qtbot)
        assert answer(transcript).view.toPlainText().count("A paragraph") == count
        assert bar(transcript).value() == bar(transcript).maximum()


def test_scrolling_up_detaches_at_once_and_nothing_jumps(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10))
    running = say(11, Role.ASSISTANT, "", state=MessageState.RUNNING)
    transcript.append(running)
    settle(transcript, qtbot)
    wheel(transcript, 1)
    assert not transcript.following
    here = bar(transcript).value()
    text = PARAGRAPH * 10
    before = bar(transcript).maximum()
    transcript.add_text(MessageId(11), text, "")
    qtbot.waitUntil(lambda: bar(transcript).maximum() > before and not transcript.busy)
    assert bar(transcript).value() == here
    transcript.finish(replace(running, text=text, state=MessageState.COMPLETE))
    settle(transcript, qtbot)
    assert bar(transcript).value() == here, "nor at the end of the answer"


@pytest.mark.parametrize("height", [420, 700])
def test_the_end_stays_in_sight_in_another_height(
    transcript: TranscriptView, qtbot: QtBot, say: Say, height: int
) -> None:
    """The composer grows with what is typed and shrinks when it is sent: nobody has scrolled."""
    transcript.show_messages(conversation(say, 8))
    settle(transcript, qtbot)
    transcript.resize(800, height)
    QApplication.processEvents()
    assert transcript.following
    assert bar(transcript).value() == bar(transcript).maximum()


def test_the_way_back_to_the_end(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10))
    settle(transcript, qtbot)
    assert not transcript.end_button.isVisible()
    wheel(transcript, 5)
    qtbot.waitUntil(transcript.end_button.isVisible)
    QTest.mouseClick(transcript.end_button, Qt.MouseButton.LeftButton)
    assert transcript.following
    assert bar(transcript).value() == bar(transcript).maximum()
    assert not transcript.end_button.isVisible()


def test_a_question_brings_the_reader_to_the_end(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10))
    settle(transcript, qtbot)
    wheel(transcript, 5)
    transcript.append(say(11, Role.USER, "next"))
    assert bar(transcript).value() == bar(transcript).maximum()


def test_thoughts_are_folded_and_timed(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages([say(1, Role.USER, "?")])
    transcript.append(say(2, Role.ASSISTANT, "", state=MessageState.RUNNING))
    transcript.add_text(MessageId(2), "", "let me see")
    item = answer(transcript)
    assert item.thought is not None
    assert item.thought.words == "Thinking…"
    transcript.add_text(MessageId(2), "42", "")
    assert item.thought.words == "Thought for 1 s"
    settle(transcript, qtbot)
    folded = item.height()
    item.thought.toggle()
    settle(transcript, qtbot)
    assert item.height() > folded
    item.thought.toggle()
    settle(transcript, qtbot)
    assert item.height() == folded


def test_reading_is_said_while_nothing_has_arrived(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.append(say(1, Role.USER, "?"))
    transcript.append(say(2, Role.ASSISTANT, "", state=MessageState.RUNNING))
    transcript.set_reading(MessageId(2), 0.43)
    assert answer(transcript).waiting_words == "Reading the question… 43 %"
    transcript.add_text(MessageId(2), "a", "")
    assert answer(transcript).waiting_words == ""


@pytest.mark.parametrize(
    ("state", "more", "words", "action"),
    [
        (MessageState.COMPLETE, {}, "", None),
        (MessageState.STOPPED, {}, "Stopped", None),
        (MessageState.INTERRUPTED, {}, "The answer was interrupted. What was written so far is kept.", Action.RETRY),
        (MessageState.INTERRUPTED, {"error": "engine.hung"}, "The engine did not answer and was restarted. "
         "What was written so far is kept.", Action.RETRY),
        (MessageState.COMPLETE, {"finish_reason": FinishReason.LENGTH}, "The answer reached its longest length.", None),
    ],
)  # fmt: skip
def test_how_an_answer_ended_is_said(
    transcript: TranscriptView,
    qtbot: QtBot,
    say: Say,
    state: MessageState,
    more: dict[str, object],
    words: str,
    action: Action | None,
) -> None:
    transcript.append(say(1, Role.USER, "?"))
    running = say(2, Role.ASSISTANT, "", state=MessageState.RUNNING)
    transcript.append(running)
    transcript.add_text(MessageId(2), "half", "")
    transcript.finish(replace(running, text="half", state=state, **more))  # type: ignore[arg-type]
    settle(transcript, qtbot)
    note = answer(transcript).note
    assert (note.text.text() if note is not None else "") == words
    if action is None:
        assert note is None or note.button is None
    else:
        assert note is not None
        assert note.button is not None
        with qtbot.waitSignal(transcript.action_requested) as asked:
            QTest.mouseClick(note.button, Qt.MouseButton.LeftButton)
        assert asked.args == [action, 2]


def test_the_sentence_of_an_error_gets_its_data(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    running = say(2, Role.ASSISTANT, "x", state=MessageState.RUNNING)
    transcript.append(running)
    done = replace(running, state=MessageState.INTERRUPTED, error="engine.crashed")
    transcript.finish(done, {"signal": "SIGSEGV"})
    note = answer(transcript).note
    assert note is not None
    assert "SIGSEGV" in note.text.text()


def test_a_final_text_other_than_what_arrived_takes_its_place(
    transcript: TranscriptView, qtbot: QtBot, say: Say
) -> None:
    running = say(2, Role.ASSISTANT, "", state=MessageState.RUNNING)
    transcript.append(running)
    transcript.add_text(MessageId(2), "what arriv", "")
    settle(transcript, qtbot)
    transcript.finish(replace(running, text="what was **stored**", state=MessageState.COMPLETE))
    settle(transcript, qtbot)
    assert answer(transcript).view.toPlainText() == "what was stored"


def test_actions_appear_on_hover_and_only_the_last_answer_is_answered_again(
    transcript: TranscriptView, qtbot: QtBot, say: Say
) -> None:
    messages = [say(n, Role.ASSISTANT if n % 2 == 0 else Role.USER, f"**text** {n}") for n in range(1, 5)]
    messages[-1] = replace(messages[-1], timings=Timings(300, 12.34))
    transcript.show_messages(messages)
    settle(transcript, qtbot)
    for item in transcript.items:
        QApplication.sendEvent(item, QEvent(QEvent.Type.Leave))  # the pointer may lie anywhere
        assert item.actions_shown is None
        QApplication.sendEvent(item, QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1)))
        shown = item.actions_shown
        assert shown is not None
        assert (shown.again is not None) == (item is transcript.items[-1])
        QTest.mouseClick(shown.copy, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == item.message.text
        QApplication.sendEvent(item, QEvent(QEvent.Type.Leave))
        assert item.actions_shown is None
    last = transcript.items[-1]
    last.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: last.actions_shown is not None)
    shown = last.actions_shown
    assert shown is not None
    assert shown.again is not None
    with qtbot.waitSignal(transcript.regenerate_requested) as asked:
        QTest.mouseClick(shown.again, Qt.MouseButton.LeftButton)
    assert asked.args == [4]


def test_keys_copy_and_scroll(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10))
    settle(transcript, qtbot)
    last = transcript.items[-1]
    last.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(last, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == last.message.text
    QTest.keyClick(last, Qt.Key.Key_PageUp)
    assert bar(transcript).value() < bar(transcript).maximum()
    assert not transcript.following
    here = bar(transcript).value()
    last.view.setFocus()
    QTest.keyClick(last.view, Qt.Key.Key_PageDown)
    assert bar(transcript).value() > here


def test_selected_text_is_copied_over_blocks_with_its_bullets(
    transcript: TranscriptView, qtbot: QtBot, say: Say
) -> None:
    transcript.show_messages([say(2, Role.ASSISTANT, "# 标题\n\n- 一\n- 二\n\n1. `x`\n\nline\nbreak")])
    settle(transcript, qtbot)
    view = answer(transcript).view
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text() == "标题\n- 一\n- 二\n1. x\nline\nbreak"


def test_the_user_s_words_stay_as_they_are(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    text = "**not bold** <b>\n\n  indented $x$"
    transcript.show_messages([say(1, Role.USER, text)])
    settle(transcript, qtbot)
    item = transcript.items[0]
    assert isinstance(item, Question)
    assert item.view.toPlainText() == text
    column = item.width() - 2 * PAD
    assert item.bubble.width() <= column * 0.8
    assert item.bubble.right() == pytest.approx(PAD + column)


def test_a_long_question_is_folded(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    text = "一二三四五六七八九十\n" * 9_000
    began = time.perf_counter()
    transcript.show_messages([say(1, Role.USER, text)])
    assert time.perf_counter() - began < 1.0
    settle(transcript, qtbot)
    item = transcript.items[0]
    assert isinstance(item, Question)
    assert len(item.view.toPlainText()) == FOLDED
    item.unfold()
    settle(transcript, qtbot)
    assert item.view.toPlainText() == text
    assert item.view.height() >= item.view.text_height()


def test_a_long_answer_is_written_piece_by_piece(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    text = PARAGRAPH * 1_000
    transcript.show_messages([say(2, Role.ASSISTANT, text)])
    assert transcript.busy, "it is not written at once"
    settle(transcript, qtbot)
    assert answer(transcript).view.toPlainText().count("A paragraph") == 1_000
    assert bar(transcript).value() == bar(transcript).maximum()


def test_a_new_theme_writes_everything_again(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 6))
    settle(transcript, qtbot)
    before = [item.view.toPlainText() for item in transcript.items]
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    look = theme.apply(app, theme.Scheme.DARK, 20)
    settle(transcript, qtbot)
    assert [item.view.toPlainText() for item in transcript.items] == before
    letters = answer(transcript).view.document().begin().begin().fragment().charFormat()
    assert letters.foreground().color() == look.color("text")
    assert letters.font().pixelSize() == 20


def test_clear_and_show_tell_whether_there_is_anything(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    told: list[bool] = []
    transcript.empty_changed.connect(told.append)
    transcript.append(say(1, Role.USER, "?"))
    transcript.clear()
    transcript.show_messages(conversation(say, 3))
    transcript.show_messages([])
    assert told == [False, True, False, True]
    assert transcript.empty


def test_text_for_another_conversation_changes_nothing(transcript: TranscriptView, say: Say) -> None:
    transcript.append(say(1, Role.USER, "?"))
    transcript.add_text(MessageId(99), "x", "")
    transcript.finish(say(99, Role.ASSISTANT, "x"))
    assert [item.text for item in transcript.items] == ["?"]


def test_every_message_has_a_name(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 4))
    settle(transcript, qtbot)
    for item in transcript.items:
        assert item.accessibleName().startswith(("You: question", "Answer: answer"))
        assert item.view.accessibleName() in ("You", "Answer")


def test_only_the_last_answer_offers_to_try_again(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    broken = replace(say(2, Role.ASSISTANT, "half"), state=MessageState.INTERRUPTED, error="engine.crashed")
    transcript.show_messages([say(1, Role.USER, "q"), broken])
    settle(transcript, qtbot)
    note = answer(transcript).note
    assert note is not None
    assert note.button is not None
    assert note.button.isVisible()
    transcript.append(say(3, Role.USER, "another"))
    settle(transcript, qtbot)
    assert not note.button.isVisible()
    assert note.text.isVisible()
