"""What is typed into the window is read by the real engine before it is sent."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.models import EngineState, Usage
from desktop.ui.chat.answer import Answer
from desktop.ui.main_window import MainWindow
from tests.ui.conftest import Begin, Open

LONG = "The sky is blue and the sun is warm, the grass is green and the snow is cold. " * 4


def paste(window: MainWindow, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    window.chat.composer.editor.insertFromMimeData(data)


def send(window: MainWindow, qtbot: QtBot) -> Usage:
    QTest.keyClick(window.chat.composer.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.owner._turn is None and bool(window.chat.transcript.items), timeout=30_000)
    item = window.chat.transcript.items[-1]
    assert isinstance(item, Answer)
    assert item.message.usage is not None
    return item.message.usage


def passed_on(app: Application) -> None:
    """Wait until the worker knows what was typed."""
    app.writer.submit(lambda: None).result(10)
    app.engine.devices().result(30)


def known(app: Application, window: MainWindow, qtbot: QtBot, text: str, attempts: int) -> float:
    """Which part of a pasted question was read before Enter; the engine gets longer with each attempt."""
    part = 0.0
    for attempt in range(attempts):
        window.new_conversation()
        paste(window, f"{attempt + 1}. {text}")
        passed_on(app)
        threading.Event().wait(0.02 * 2**attempt)
        usage = send(window, qtbot)
        part = usage.cached_tokens / usage.prompt_tokens
        if part > 0.9:
            break
    return part


@pytest.fixture
def window(begin: Begin, open_window: Open, qtbot: QtBot) -> MainWindow:
    app = begin()
    opened = open_window(app)
    qtbot.waitUntil(lambda: app.engine.status.state is EngineState.READY, timeout=30_000)
    return opened


def test_a_pasted_question_is_read_before_it_is_sent(window: MainWindow, qtbot: QtBot) -> None:
    assert known(window._app, window, qtbot, LONG, 7) > 0.9


def test_switched_off_nothing_is_read_before(window: MainWindow, qtbot: QtBot) -> None:
    window._app.settings.set("read_ahead", False)
    assert known(window._app, window, qtbot, LONG, 4) < 0.5


def test_what_is_typed_while_an_answer_is_written_is_read_behind_it(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(window.chat.composer.editor, "Tell me a long story.")
    QTest.keyClick(window.chat.composer.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.chat.composer.text() == "", timeout=30_000)
    paste(window, LONG)  # the answer may be running still: then it is told again when that is there
    qtbot.waitUntil(lambda: window._app.reading._reading, timeout=30_000)
    assert window.owner._turn is None


def test_switching_conversations_forgets_what_was_typed(window: MainWindow, qtbot: QtBot) -> None:
    app = window._app
    paste(window, LONG)
    passed_on(app)
    assert app.reading._reading
    window.new_conversation()
    passed_on(app)
    assert not app.reading._reading
