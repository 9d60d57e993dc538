"""The line above which the model sees nothing any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import i18n
from desktop.core.models import Message, MessageState, Role, Usage
from desktop.ui import theme
from desktop.ui.chat.divider import Divider
from desktop.ui.chat.transcript import FIRST, TranscriptView

Say = Callable[..., Message]
LONG = "Words that fill a line or two of the transcript, so that there is something to scroll. " * 6


def settle(view: TranscriptView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view.busy, timeout=20_000)
    QApplication.processEvents()


def conversation(say: Say, count: int, left_out: int, text: str = LONG) -> list[Message]:
    messages = [say(n, Role.USER if n % 2 else Role.ASSISTANT, f"{n} {text}") for n in range(1, count)]
    return [*messages, say(count, Role.ASSISTANT, f"{count} {text}", usage=Usage(200, 100, 20, left_out))]


def shown(view: TranscriptView) -> Divider:
    assert view.divider is not None
    return view.divider


def place(view: TranscriptView) -> tuple[int, int]:
    """Numbers of the messages between which it stands."""
    line = shown(view)
    above = [item.message.id for item in view.items if item.y() + item.height_now <= line.y()]
    below = [item.message.id for item in view.items if item.y() >= line.y() + line.height_now]
    assert len(above) + len(below) == len(view.items)
    return above[-1], below[0]


def test_it_stands_where_the_last_answer_says(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10, 4))
    settle(transcript, qtbot)
    assert place(transcript) == (4, 5)
    assert shown(transcript).words == "The 4 messages above are no longer seen by the model"
    assert shown(transcript).accessibleName() == shown(transcript).words
    assert shown(transcript).recap is None


def test_nothing_left_out_no_line(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10, 0))
    settle(transcript, qtbot)
    assert transcript.divider is None
    transcript.show_messages(conversation(say, 10, 4))
    settle(transcript, qtbot)
    assert transcript.divider is not None
    transcript.show_messages([])
    assert transcript.divider is None


def test_it_moves_while_chatting_and_waits_for_no_answer(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10, 4))
    settle(transcript, qtbot)
    transcript.append(say(11, Role.USER, "more"))
    transcript.append(say(12, Role.ASSISTANT, "", state=MessageState.RUNNING))
    assert place(transcript) == (4, 5)
    transcript.set_left_out(6)  # as soon as the prompt is built
    assert place(transcript) == (6, 7)
    # an answer that was ended before anything was read says nothing about it
    transcript.finish(say(12, Role.ASSISTANT, "", state=MessageState.STOPPED, usage=Usage()))
    settle(transcript, qtbot)
    assert place(transcript) == (6, 7)
    transcript.append(say(13, Role.ASSISTANT, "", state=MessageState.RUNNING))
    transcript.finish(say(13, Role.ASSISTANT, "done", usage=Usage(50, 0, 5, 0)))
    settle(transcript, qtbot)
    assert transcript.divider is None  # a larger context sees all of it again


def test_answers_without_words_do_not_count(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    messages = conversation(say, 10, 3)
    messages[1] = say(2, Role.ASSISTANT, "", state=MessageState.INTERRUPTED, error="engine.no_model")
    transcript.show_messages(messages)
    settle(transcript, qtbot)
    assert place(transcript) == (4, 5)


def test_far_above_it_comes_with_its_messages(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, FIRST * 2, 2))
    settle(transcript, qtbot)
    assert transcript.divider is None  # not there yet
    while len(transcript.items) < FIRST * 2:
        transcript.scroll_by(-100_000)
        settle(transcript, qtbot)
    assert place(transcript) == (2, 3)


def test_it_leaves_the_reader_where_they_are(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 20, 0))
    settle(transcript, qtbot)
    transcript.scroll_by(-700)
    item = next(item for item in transcript.items if item.y() + item.height_now > transcript.scroll_bar.value())
    before = item.y() - transcript.scroll_bar.value()
    transcript.set_left_out(4)
    QApplication.processEvents()
    assert item.y() - transcript.scroll_bar.value() == before


def test_a_summary_unfolds_and_says_what_it_covers(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10, 4))
    settle(transcript, qtbot)
    low = shown(transcript).height_now
    transcript.set_recap("They met and talked.", 4, writing=False)
    recap = shown(transcript).recap
    assert recap is not None
    assert (recap.words, recap.text) == ("It sees this summary instead", "They met and talked.")
    folded = shown(transcript).height_now
    assert folded > low
    recap.toggle()
    settle(transcript, qtbot)
    assert recap.open
    assert shown(transcript).height_now > folded
    assert place(transcript) == (4, 5)
    transcript.set_left_out(6)
    assert recap.words == "It sees a summary of the first 4"
    transcript.set_recap("They met, talked and left.", 6, writing=False)
    assert (recap.words, recap.text, recap.open) == (
        "It sees this summary instead",
        "They met, talked and left.",
        True,
    )
    transcript.set_recap("", 0, writing=False)
    assert shown(transcript).recap is None


def test_a_summary_on_its_way_is_said(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages(conversation(say, 10, 4))
    settle(transcript, qtbot)
    low = shown(transcript).height_now
    transcript.set_recap("", 0, writing=True)
    assert shown(transcript).writing
    assert shown(transcript).height_now > low
    transcript.set_recap("", 0, writing=False)
    assert not shown(transcript).writing
    assert shown(transcript).height_now == low


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("width", [300, 720, 1400])
def test_the_words_fit_in_every_language(
    transcript: TranscriptView, qtbot: QtBot, say: Say, language: str, width: int
) -> None:
    i18n.set_language(language)
    transcript.resize(width, 480)
    transcript.show_messages(conversation(say, 6, 2, "x"))
    transcript.set_recap("x " * 200, 2, writing=True)
    settle(transcript, qtbot)
    line = shown(transcript)
    for child in (line._words, line._writing):
        assert child.height() >= child.heightForWidth(child.width())
        assert line.rect().contains(child.geometry())


def test_it_is_written_again_in_another_theme(
    transcript: TranscriptView, qtbot: QtBot, say: Say, qapp: QApplication
) -> None:
    transcript.show_messages(conversation(say, 6, 2))
    settle(transcript, qtbot)
    transcript.set_recap("They met.", 2, writing=False)
    recap = shown(transcript).recap
    assert recap is not None
    recap.toggle()
    settle(transcript, qtbot)
    theme.apply(qapp, theme.Scheme.DARK)
    settle(transcript, qtbot)
    assert recap._view is not None
    assert recap._view.document().toPlainText() == "They met."
