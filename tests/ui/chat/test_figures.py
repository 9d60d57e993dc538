"""What an answer cost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.models import Message, Role, Timings, Usage
from desktop.ui.chat.answer import Answer
from desktop.ui.chat.figures import Figures, FiguresCard, rows, sentence
from desktop.ui.chat.transcript import TranscriptView

Say = Callable[..., Message]


def answered(say: Say, **more: object) -> Message:
    values: dict[str, object] = {"usage": Usage(1492, 1480, 96), "timings": Timings(412.0, 8.14), **more}
    return say(2, Role.ASSISTANT, "An answer.", **values)


def test_all_of_it_is_said_in_one_line(say: Say) -> None:
    assert sentence(answered(say)) == "12 tokens read, 1,480 reused · 96 written · first after 0.4 s · 8.1 per second"
    left = answered(say, usage=Usage(1492, 0, 96, 4), timings=Timings(0.0, 0.0))
    assert sentence(left) == "1,492 tokens read, 0 reused · 96 written · 4 messages left out"
    one = answered(say, usage=Usage(1492, 1491, 96, 1), timings=Timings(0.0, 0.0))  # as after "Answer again"
    assert sentence(one) == "1 token read, 1,491 reused · 96 written · 1 message left out"
    assert ("Left out", "1 message") in rows(one)
    assert sentence(say(1, Role.USER, "A question")) == ""
    assert sentence(answered(say, usage=Usage())) == ""
    assert rows(answered(say, usage=None)) == []


def test_the_card_has_the_same_as_names_and_values(say: Say) -> None:
    message = answered(say, usage=Usage(1492, 1480, 96, 4), thought_ms=12_345)
    assert rows(message) == [
        ("Read", "12 tokens"),
        ("Reused", "1,480 tokens"),
        ("Written", "96 tokens"),
        ("Left out", "4 messages"),
        ("Thought for", "12.3 s"),
        ("First word after", "0.4 s"),
        ("Speed", "8.1 tokens/s"),
    ]


def figures(transcript: TranscriptView, qtbot: QtBot, message: Message, say: Say) -> Figures | None:
    transcript.show_messages([say(1, Role.USER, "A question"), message])
    qtbot.waitUntil(lambda: not transcript.busy)
    item = transcript.items[-1]
    item.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: item.actions_shown is not None)
    assert item.actions_shown is not None
    return item.actions_shown.figures


def test_the_keyboard_opens_and_closes_it(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    found = figures(transcript, qtbot, answered(say), say)
    assert found is not None
    assert found.toolTip() == sentence(answered(say))
    assert found.accessibleDescription() == found.toolTip()
    assert found.text().endswith("· 8.1 tokens/s")
    actions = transcript.items[-1].actions_shown
    assert actions is not None
    assert actions.again is not None
    actions.again.setFocus()
    QTest.keyClick(actions.again, Qt.Key.Key_Tab)
    qtbot.waitUntil(found.hasFocus)
    QTest.keyClick(found, Qt.Key.Key_Return)
    card = found.card
    assert isinstance(card, FiguresCard)
    qtbot.waitUntil(card.isVisible)
    assert card.accessibleName() == sentence(answered(say))
    QTest.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: found.card is None)


def test_an_answer_of_unknown_cost_tells_the_time_alone(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    assert figures(transcript, qtbot, answered(say, usage=None, timings=None), say) is None


def test_how_long_it_thought_is_known_after_reopening(transcript: TranscriptView, qtbot: QtBot, say: Say) -> None:
    transcript.show_messages([say(1, Role.USER, "?"), answered(say, thought="hm", thought_ms=12_345)])
    qtbot.waitUntil(lambda: not transcript.busy)
    QApplication.processEvents()
    item = transcript.items[-1]
    assert isinstance(item, Answer)
    assert item.thought is not None
    assert item.thought.words == "Thought for 12 s"
