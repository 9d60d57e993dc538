from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.models import EngineState, EngineStatus, Message, MessageState, ModelId, Role
from desktop.messages import Action
from desktop.ui.chat.page import ChatPage
from desktop.ui.widgets import Banner, Button

Say = Callable[..., Message]
GLM = ModelId("glm")


@pytest.mark.parametrize(
    ("status", "text", "detail", "progress"),
    [
        (EngineStatus(), "No model", "", None),
        (EngineStatus(model=GLM, model_name="GLM"), "GLM", "not loaded", None),
        (EngineStatus(EngineState.LOADING, GLM, "GLM", 0.43), "GLM", "loading 43 %", 0.43),
        (EngineStatus(EngineState.READY, GLM, "GLM"), "GLM", "ready", None),
        (EngineStatus(EngineState.READING, GLM, "GLM", 0.5), "GLM", "reading 50 %", 0.5),
        (EngineStatus(EngineState.WRITING, GLM, "GLM"), "GLM", "writing", None),
        (EngineStatus(EngineState.CRASHED, GLM, "GLM"), "GLM", "stopped unexpectedly", None),
    ],
)
def test_the_pill_tells_what_the_engine_does(
    page: ChatPage, status: EngineStatus, text: str, detail: str, progress: float | None
) -> None:
    page.set_engine(status)
    pill = page.header.pill
    assert (pill.text(), pill.detail, pill.progress) == (text, detail, progress)
    assert pill.accessibleName() == (f"{text}, {detail}" if detail else text)
    with_button = status.state in (EngineState.LOADING, EngineState.CRASHED)
    assert page.header.button.isVisible() == with_button


def test_clicks_in_the_header_are_told(page: ChatPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.model_clicked):
        QTest.mouseClick(page.header.pill, Qt.MouseButton.LeftButton)
    page.set_engine(EngineStatus(EngineState.LOADING, GLM, "GLM", 0.1))
    with qtbot.waitSignal(page.load_cancelled):
        QTest.mouseClick(page.header.button, Qt.MouseButton.LeftButton)
    page.set_engine(EngineStatus(EngineState.CRASHED, GLM, "GLM"))
    with qtbot.waitSignal(page.retry_requested):
        QTest.mouseClick(page.header.button, Qt.MouseButton.LeftButton)


def test_safe_mode_is_said_once_and_can_be_waved_away(page: ChatPage) -> None:
    safe = EngineStatus(EngineState.READY, GLM, "GLM", notice="engine.safe_mode")
    page.set_engine(safe)
    assert "safe mode" in page.note
    banner = page.findChild(Banner)
    assert banner is not None
    banner.closed.emit()
    assert page.note == ""
    page.set_engine(EngineStatus(EngineState.WRITING, GLM, "GLM", notice="engine.safe_mode"))
    assert page.note == ""
    page.set_engine(EngineStatus(EngineState.READY, GLM, "GLM", notice="engine.safe_mode_cpu"))
    assert "processor only" in page.note
    page.set_engine(EngineStatus(EngineState.READY, GLM, "GLM"))
    assert page.note == ""


def test_an_error_that_was_waved_away_is_said_when_it_happens_again(page: ChatPage) -> None:
    failed = EngineStatus(model=GLM, model_name="GLM", error="model.empty", error_data={"path": "/x/m.gguf"})
    page.set_engine(failed)
    banner = page.findChild(Banner)
    assert banner is not None
    banner.closed.emit()
    page.set_engine(failed)
    assert page.note == "", "nothing happened since"
    page.set_engine(EngineStatus(EngineState.LOADING, GLM, "GLM"))
    page.set_engine(failed)
    assert "is empty" in page.note


@pytest.mark.parametrize(("signal", "words"), [("SIGSEGV", "(SIGSEGV)"), ("SIGKILL", "memory runs out")])
def test_what_a_signal_means_is_said_where_people_can_help_it(page: ChatPage, signal: str, words: str) -> None:
    crashed = EngineStatus(EngineState.CRASHED, GLM, "GLM", error="engine.crashed", error_data={"signal": signal})
    page.set_engine(crashed)
    assert words in page.note
    assert "SIGKILL" not in page.note


@pytest.mark.parametrize(
    ("error", "signal"),
    [("engine.crashed", "retry_requested"), ("model.empty", "action_requested"), ("engine.no_model", "model_clicked")],
)
def test_what_can_be_done_about_an_error_is_told(page: ChatPage, qtbot: QtBot, error: str, signal: str) -> None:
    page.set_engine(EngineStatus(model=GLM, model_name="GLM", error=error, error_data={"path": "/x/m.gguf"}))
    assert page.note
    banner = page.findChild(Banner)
    assert banner is not None
    assert banner.button is not None
    with qtbot.waitSignal(getattr(page, signal)) as told:
        QTest.mouseClick(banner.button, Qt.MouseButton.LeftButton)
    if signal == "action_requested":
        assert told.args == [Action.DOWNLOAD_AGAIN, None]


def test_an_empty_conversation_offers_four_things_to_ask(page: ChatPage, qtbot: QtBot, say: Say) -> None:
    assert page.empty.isVisible()
    assert len(page.empty.suggestions) == 4
    chosen = page.empty.suggestions[1]
    with qtbot.waitSignal(page.submitted) as sent:
        QTest.mouseClick(chosen, Qt.MouseButton.LeftButton)
    assert sent.args == [chosen.text()]
    assert page.composer.text() == chosen.text(), "it stays until it is stored"
    page.transcript.append(say(1, Role.USER, chosen.text()))
    assert page.transcript.isVisible()
    assert not page.empty.isVisible()
    page.transcript.show_messages([])
    assert page.empty.isVisible()


def test_a_suggestion_without_a_model_is_kept_as_a_draft(page: ChatPage, qtbot: QtBot) -> None:
    page.composer.set_state(busy=False, can_send=False, hint="No model")
    sent: list[str] = []
    page.submitted.connect(sent.append)
    with qtbot.waitSignal(page.draft_changed):
        QTest.mouseClick(page.empty.suggestions[0], Qt.MouseButton.LeftButton)
    assert sent == []
    assert page.composer.text() == page.empty.suggestions[0].text()


@pytest.mark.parametrize("size", [(360, 400), (720, 480), (1600, 1000)])
def test_nothing_is_cut_off(page: ChatPage, size: tuple[int, int]) -> None:
    page.resize(*size)
    QApplication.processEvents()
    for suggestion in page.empty.suggestions:
        if suggestion.isVisible():
            assert page.empty.rect().contains(suggestion.geometry())
    assert page.rect().contains(page.composer.geometry())
    assert page.header.pill.geometry().right() <= page.width()


def test_letters_typed_beside_the_composer_go_into_it(page: ChatPage, qtbot: QtBot, say: Say) -> None:
    page.transcript.append(say(1, Role.USER, "?"))
    page.transcript.append(say(2, Role.ASSISTANT, "answer"))
    item = page.transcript.items[0]
    item.setFocus()
    QTest.keyClicks(item, "hi")
    assert page.composer.text() == "hi"


def test_everything_that_can_be_used_has_a_name(page: ChatPage, qtbot: QtBot, say: Say) -> None:
    page.set_engine(EngineStatus(EngineState.LOADING, GLM, "GLM", 0.1, notice="engine.safe_mode"))
    page.transcript.append(say(1, Role.USER, "?"))
    page.transcript.append(
        say(2, Role.ASSISTANT, "```c\nx\n```", thought="hm", state=MessageState.INTERRUPTED, error="engine.hung")
    )
    qtbot.waitUntil(lambda: not page.transcript.busy)
    found = [
        *page.findChildren(QAbstractButton),
        *page.findChildren(QPlainTextEdit),
        *page.findChildren(QTextEdit),
    ]
    assert len(found) > 8
    nameless = [
        widget
        for widget in found
        if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert nameless == []


def test_tab_goes_through_messages_as_they_are_read(page: ChatPage, qtbot: QtBot, say: Say) -> None:
    """Whichever was made first: a conversation is built from its end."""
    failed = say(4, Role.ASSISTANT, "", state=MessageState.INTERRUPTED, error="engine.conversation_full")
    page.set_engine(EngineStatus(EngineState.READY, GLM, "GLM"))
    page.transcript.show_messages(
        [say(1, Role.USER, "one"), say(2, Role.ASSISTANT, "two", thought="hm"), say(3, Role.USER, "three"), failed]
    )
    qtbot.waitUntil(lambda: not page.transcript.busy)
    page.composer.set_text("more")
    page.composer.set_state(busy=False, can_send=True)
    page.activateWindow()
    page.header.pill.setFocus()
    qtbot.waitUntil(page.header.pill.hasFocus)
    visited: list[QWidget] = []
    while (here := page.window().focusWidget()) is not None and here not in visited:
        visited.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    messages = [widget for widget in visited if widget in page.transcript.items]
    assert messages == list(page.transcript.items)
    buttons = [widget.text() for widget in visited if isinstance(widget, Button)]
    assert buttons == ["Leave out the oldest this time", "New chat with this question", "Engine settings"]
    assert visited.index(page.composer.editor) > visited.index(page.transcript.items[-1])
    assert visited[-1] is page.composer.button
    page.composer.take_focus()
    QTest.keyClick(page.composer.editor, Qt.Key.Key_Backtab)
    back = page.window().focusWidget()
    assert back is not None
    assert page.transcript.items[-1].isAncestorOf(back)
