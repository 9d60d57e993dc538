from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.chat.composer import MOST_LINES, Composer
from tests.ui.chat.conftest import compose


class Listener:
    """What the composer said, in order."""

    def __init__(self, composer: Composer) -> None:
        self.sent: list[str] = []
        self.drafts: list[str] = []
        self.stops = 0
        composer.submitted.connect(self.sent.append)
        composer.draft_changed.connect(self.drafts.append)
        composer.stopped.connect(self._on_stop)

    def _on_stop(self) -> None:
        self.stops += 1


@pytest.fixture
def heard(composer: Composer) -> Listener:
    return Listener(composer)


def press(composer: Composer, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(composer.editor, key, modifier)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends(composer: Composer, heard: Listener, key: Qt.Key) -> None:
    QTest.keyClicks(composer.editor, "hello")
    press(composer, key)
    assert heard.sent == ["hello"]


def test_the_text_stays_until_it_is_accepted(composer: Composer, heard: Listener) -> None:
    QTest.keyClicks(composer.editor, "hello")
    press(composer, Qt.Key.Key_Return)
    assert composer.text() == "hello"
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == ["hello"], "a second Enter must not send it again"
    QTest.keyClicks(composer.editor, " more")
    composer.accepted()
    assert composer.text() == " more"


def test_what_could_not_be_stored_can_be_sent_again(composer: Composer, heard: Listener) -> None:
    QTest.keyClicks(composer.editor, "hello")
    press(composer, Qt.Key.Key_Return)
    composer.set_state(busy=True, can_send=True)
    composer.set_state(busy=False, can_send=True)
    assert composer.text() == "hello"
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == ["hello", "hello"]


def test_accepted_takes_out_text_beyond_the_basic_plane(composer: Composer, heard: Listener) -> None:
    composer.set_text("𠮷野家🍚")
    press(composer, Qt.Key.Key_Return)
    composer.accepted()
    assert composer.text() == ""
    assert heard.sent == ["𠮷野家🍚"]


def test_undo_brings_back_what_was_sent(composer: Composer, heard: Listener) -> None:
    QTest.keyClicks(composer.editor, "hello")
    press(composer, Qt.Key.Key_Return)
    composer.accepted()
    composer.editor.undo()
    assert composer.text() == "hello"


def test_shift_enter_breaks_the_line(composer: Composer, heard: Listener) -> None:
    QTest.keyClicks(composer.editor, "a")
    press(composer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(composer.editor, "b")
    assert composer.text() == "a\nb"
    assert heard.sent == []


@pytest.mark.parametrize("preedit", ["ni hao", "你", "にほ", "ニホン", "nihon", "ㄋㄧ"])
def test_enter_during_a_composition_never_sends(composer: Composer, heard: Listener, preedit: str) -> None:
    QTest.keyClicks(composer.editor, "x")
    compose(composer, preedit)
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == []
    assert composer.text() == "x", "nor does it break the line"
    compose(composer, "", commit="你好")
    assert composer.text() == "x你好"
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == ["x你好"]


def test_enter_finishes_a_korean_syllable_and_sends_once(composer: Composer, heard: Listener) -> None:
    compose(composer, "", commit="안녕하세")
    compose(composer, "요")
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == ["안녕하세요"]
    assert composer.editor.preedit == ""
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == ["안녕하세요"]
    composer.accepted()
    assert composer.text() == ""


def test_shift_enter_after_a_korean_syllable_breaks_the_line_after_it(composer: Composer, heard: Listener) -> None:
    compose(composer, "요")
    press(composer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert composer.text() == "요\n"
    assert heard.sent == []


def test_nothing_but_blanks_is_not_sent(composer: Composer, heard: Listener) -> None:
    composer.set_text(" \n\u3000 ")
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == []
    assert not composer.button.isEnabled()


def test_blanks_around_are_not_sent_but_leave_with_it(composer: Composer, heard: Listener) -> None:
    composer.set_text("  hello \n")
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == ["hello"]
    composer.accepted()
    assert composer.text() == ""


def test_the_button_stops_while_an_answer_runs(composer: Composer, heard: Listener) -> None:
    composer.set_text("next")
    composer.set_state(busy=True, can_send=True)
    assert composer.button.accessibleName() == "Stop"
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == []
    assert composer.text() == "next"
    QTest.mouseClick(composer.button, Qt.MouseButton.LeftButton)
    assert heard.stops == 1
    composer.set_state(busy=False, can_send=True)
    assert composer.button.accessibleName() == "Send"
    QTest.mouseClick(composer.button, Qt.MouseButton.LeftButton)
    assert heard.sent == ["next"]


def test_what_may_not_be_sent_is_not(composer: Composer, heard: Listener) -> None:
    composer.set_text("hello")
    composer.set_state(busy=False, can_send=False, hint="No model")
    press(composer, Qt.Key.Key_Return)
    assert heard.sent == []
    assert not composer.button.isEnabled()


def test_drafts_are_told_and_set_ones_are_not(composer: Composer, heard: Listener) -> None:
    composer.set_text("stored")
    assert heard.drafts == []
    QTest.keyClicks(composer.editor, "!")
    assert heard.drafts == ["stored!"]


def test_pasted_text_is_plain(composer: Composer) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold\r\nline")
    composer.editor.insertFromMimeData(data)
    assert composer.text() == "bold\nline"
    picture = QMimeData()
    picture.setUrls([QUrl.fromLocalFile("/tmp/x.png")])
    picture.setImageData(1)
    picture.removeFormat("text/uri-list")
    composer.editor.insertFromMimeData(picture)
    assert composer.text() == "bold\nline"


def test_it_grows_with_the_text_up_to_eight_lines(composer: Composer, qtbot: QtBot) -> None:
    heights = []
    for lines in (1, 2, 5, MOST_LINES, 40):
        composer.set_text("\n".join(["行"] * lines))
        QApplication.processEvents()
        heights.append(composer.editor.height())
    one, two, five, eight, forty = heights
    assert one < two < five < eight
    assert forty <= eight * 1.25
    composer.set_text("")
    QApplication.processEvents()
    assert composer.editor.height() <= one


def test_the_first_line_stays_in_sight_while_it_grows(composer: Composer, qtbot: QtBot) -> None:
    for _ in range(4):
        QTest.keyClicks(composer.editor, "word")
        press(composer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: composer.editor.verticalScrollBar().value() == 0)
    assert composer.editor.firstVisibleBlock().blockNumber() == 0


def test_everything_has_a_name(composer: Composer) -> None:
    assert composer.editor.accessibleName()
    assert composer.button.accessibleName()
