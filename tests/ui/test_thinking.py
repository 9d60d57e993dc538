"""The switch for thoughts in the window, and reading while somebody types, on the echo worker."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop import i18n
from desktop.app import Application
from desktop.ui.chat.answer import Answer
from desktop.ui.main_window import MainWindow
from tests.ui.conftest import Open, Start, add_model, ready


def ask(window: MainWindow, qtbot: QtBot, text: str) -> Answer:
    window.chat.composer.set_text(text)
    QTest.keyClick(window.chat.composer.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.owner._turn is None and not window.chat.transcript.busy)
    item = window.chat.transcript.items[-1]
    assert isinstance(item, Answer)
    return item


def test_thoughts_are_switched_for_one_conversation(app: Application, open_window: Open, qtbot: QtBot) -> None:
    add_model(app, "thinks")
    window = open_window(app)
    ready(app, qtbot)
    think = window.chat.composer.think
    qtbot.waitUntil(think.isVisible)
    assert think.isChecked()
    think.click()  # before the first question, when there is nothing to keep it with
    assert ask(window, qtbot, "!think hm").thought is None
    first = window.owner.conversation
    window.new_conversation()
    assert think.isChecked()
    answer = ask(window, qtbot, "!think hm")
    assert answer.thought is not None
    assert answer.thought.words.startswith("Thought for")
    window.open_conversation(first)
    assert not think.isChecked()
    think.click()
    assert ask(window, qtbot, "!think hm").thought is not None
    assert first is not None
    assert app.conversations.get(first).thinking is True


def test_a_choice_before_the_first_question_survives_another_language(
    app: Application, open_window: Open, qtbot: QtBot
) -> None:
    add_model(app, "thinks")
    window = open_window(app)
    ready(app, qtbot)
    qtbot.waitUntil(window.chat.composer.think.isVisible)
    window.chat.composer.think.click()
    i18n.set_language("ko")
    window.rebuild()
    assert not window.chat.composer.think.isChecked()
    assert ask(window, qtbot, "!think hm").thought is None


def test_a_choice_survives_a_restart(start: Start, open_window: Open, qtbot: QtBot) -> None:
    app = start()
    add_model(app, "thinks")
    window = open_window(app)
    ready(app, qtbot)
    ask(window, qtbot, "hello")
    window.chat.composer.think.click()
    window.remember()
    app.close()
    again = start()
    second = open_window(again)
    ready(again, qtbot)
    qtbot.waitUntil(second.chat.composer.think.isVisible)
    assert not second.chat.composer.think.isChecked()


def test_a_model_that_leaves_no_choice_shows_no_switch(app: Application, open_window: Open, qtbot: QtBot) -> None:
    add_model(app, "plain")
    window = open_window(app)
    ready(app, qtbot)
    qtbot.waitUntil(window.chat.composer.gauge.isVisible)
    assert not window.chat.composer.think.isVisible()
