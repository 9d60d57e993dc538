"""What the composer tells of somebody who types, and its switch for thoughts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.ui.chat.composer import MUCH, Composer
from tests.ui.chat.conftest import compose


@pytest.fixture
def told(composer: Composer) -> list[str]:
    heard: list[str] = []
    composer.paused.connect(heard.append)
    return heard


def paste(composer: Composer, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    composer.editor.insertFromMimeData(data)


def test_a_pause_is_told_once_and_not_every_letter(composer: Composer, told: list[str], qtbot: QtBot) -> None:
    QTest.keyClicks(composer.editor, "Hello there ")
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["Hello there"]
    QTest.keyClicks(composer.editor, " ")  # nothing anybody would send differently
    qtbot.waitUntil(lambda: not composer._pause.isActive())
    assert told == ["Hello there"]
    QTest.keyClicks(composer.editor, "you")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[-1] == "Hello there  you"


def test_an_empty_composer_is_told_at_once(composer: Composer, told: list[str], qtbot: QtBot) -> None:
    QTest.keyClicks(composer.editor, "Hi")
    qtbot.waitUntil(lambda: told == ["Hi"])
    composer.editor.clear()
    assert told == ["Hi", ""]


def test_who_types_and_deletes_before_a_pause_tells_nothing(composer: Composer, told: list[str]) -> None:
    QTest.keyClicks(composer.editor, "Hi")
    composer.editor.clear()
    assert told == []
    assert not composer._pause.isActive()


@pytest.mark.parametrize("length", [MUCH, MUCH + 1])
def test_a_large_paste_is_a_pause(composer: Composer, told: list[str], length: int) -> None:
    paste(composer, "字" * length)
    assert told == (["字" * length] if length > MUCH else [])


def test_half_a_composition_is_no_text(composer: Composer, told: list[str], qtbot: QtBot) -> None:
    QTest.keyClicks(composer.editor, "a")
    compose(composer, "ni h")
    composer._pause.timeout.emit()
    assert told == []
    compose(composer, "", "你好")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["a你好"]


def test_a_composition_given_up_does_not_hold_the_text_back(composer: Composer, told: list[str], qtbot: QtBot) -> None:
    QTest.keyClicks(composer.editor, "a")
    compose(composer, "ni h")
    composer._pause.stop()
    compose(composer, "")
    qtbot.waitUntil(lambda: told == ["a"])


def test_what_is_sent_is_not_told_again(composer: Composer, told: list[str], qtbot: QtBot) -> None:
    QTest.keyClicks(composer.editor, "Hi")
    QTest.keyClick(composer.editor, Qt.Key.Key_Return)
    assert not composer._pause.isActive()
    composer.accepted()
    assert composer.text() == ""
    assert told == [""]  # what was read may go


def test_a_draft_that_is_opened_is_not_typed_but_may_be_asked_for(
    composer: Composer, told: list[str], qtbot: QtBot
) -> None:
    composer.set_text("A draft")
    assert not composer._pause.isActive()
    composer.pause_again()
    qtbot.waitUntil(lambda: told == ["A draft"])


def test_the_switch_is_there_where_there_is_a_choice(composer: Composer, qtbot: QtBot) -> None:
    assert not composer.think.isVisible()
    heard: list[bool] = []
    composer.thinking_changed.connect(heard.append)
    for on in (True, False):
        composer.set_thinking(on)
        assert composer.think.isVisible()
        assert composer.think.isChecked() is on
    assert heard == []  # shown, not chosen
    assert composer.think.accessibleDescription() == "The model answers at once"
    QTest.mouseClick(composer.think, Qt.MouseButton.LeftButton)
    assert heard == [True]
    assert composer.think.toolTip() == "The model thinks before it answers: slower, often better"
    composer.take_focus()
    QTest.keyClick(composer.editor, Qt.Key.Key_Tab)
    qtbot.waitUntil(composer.think.hasFocus)
    QTest.keyClick(composer.think, Qt.Key.Key_Space)
    assert heard == [True, False]
    composer.set_thinking(None)
    assert not composer.think.isVisible()


def test_what_is_typed_is_weighed(composer: Composer) -> None:
    composer.gauge.set_context(1000)
    composer.gauge.set_conversation(100, 3.0)
    composer.editor.setPlainText("你好" * 5)
    assert composer.gauge.tokens == 110
    composer.set_text("")
    assert composer.gauge.tokens == 100
