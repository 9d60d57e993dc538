"""The window over the real engine with a small context: what it shows of a conversation that is full, and of its figures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.models import EngineState
from desktop.messages import Action
from desktop.ui.chat.answer import Answer
from desktop.ui.main_window import MainWindow
from desktop.ui.pages import PageName
from tests.ui.conftest import Begin, Open

CONTEXT = 256
QUESTIONS = ("What colour is the sky today, and why is it so?", "How many days are in a week?", "My name is Zoe.")


class Talk:
    """Types questions into a window and waits for the answers."""

    def __init__(self, app: Application, window: MainWindow, qtbot: QtBot) -> None:
        self.app = app
        self.window = window
        self._qtbot = qtbot
        qtbot.waitUntil(lambda: app.engine.status.state is EngineState.READY, timeout=30_000)

    def ask(self, text: str) -> Answer:
        composer = self.window.chat.composer
        composer.set_text(text)
        QTest.keyClick(composer.editor, Qt.Key.Key_Return)
        return self.answered()

    def answered(self) -> Answer:
        owner = self.window.owner
        self._qtbot.waitUntil(lambda: owner._turn is None, timeout=30_000)
        self._qtbot.waitUntil(lambda: not self.window.chat.transcript.busy)
        return self.last

    def until_full(self) -> Answer:
        for number in range(20):
            answer = self.ask(QUESTIONS[number % 3])
            if self.window.chat.transcript.divider is not None or answer.message.error is not None:
                return answer
        raise AssertionError("the context is too large")

    @property
    def last(self) -> Answer:
        item = self.window.chat.transcript.items[-1]
        assert isinstance(item, Answer)
        return item

    @property
    def line(self) -> str:
        divider = self.window.chat.transcript.divider
        return divider.words if divider is not None else ""


def test_what_fell_out_is_shown_at_once_and_after_reopening(begin: Begin, open_window: Open, qtbot: QtBot) -> None:
    app = begin(CONTEXT)
    talk = Talk(app, open_window(app), qtbot)
    answer = talk.until_full()
    usage = answer.message.usage
    assert usage is not None
    assert str(usage.left_out) in talk.line
    line, conversation = talk.line, talk.window.owner.conversation
    talk.window.new_conversation()
    assert talk.line == ""
    talk.window.open_conversation(conversation)
    qtbot.waitUntil(lambda: talk.line == line)
    gauge = talk.window.chat.composer.gauge
    assert gauge.isVisible()
    assert gauge.toolTip().startswith("Context ")
    assert gauge.tokens == usage.prompt_tokens + usage.completion_tokens
    app.close()
    again = open_window(begin())
    qtbot.waitUntil(lambda: again.chat.transcript.divider is not None)
    assert again.chat.transcript.divider is not None
    assert again.chat.transcript.divider.words == line


def test_a_summary_is_written_shown_and_kept(begin: Begin, open_window: Open, qtbot: QtBot) -> None:
    app = begin(CONTEXT)
    app.settings.set("overflow", "summarise")
    talk = Talk(app, open_window(app), qtbot)
    talk.until_full()
    transcript = talk.window.chat.transcript

    def has_summary(window: MainWindow) -> bool:
        divider = window.chat.transcript.divider
        return divider is not None and divider.recap is not None and not divider.writing

    qtbot.waitUntil(lambda: has_summary(talk.window), timeout=30_000)
    assert transcript.divider is not None
    recap = transcript.divider.recap
    assert recap is not None
    words, text = recap.words, recap.text
    assert text
    app.close()
    again = open_window(begin())
    qtbot.waitUntil(lambda: has_summary(again))
    assert again.chat.transcript.divider is not None
    kept = again.chat.transcript.divider.recap
    assert kept is not None
    assert (kept.words, kept.text) == (words, text)


def stopped(begin: Begin, open_window: Open, qtbot: QtBot) -> Talk:
    """A conversation that stopped because it is full."""
    app = begin(CONTEXT)
    app.settings.set("overflow", "stop")
    talk = Talk(app, open_window(app), qtbot)
    answer = talk.until_full()
    assert answer.message.error == "engine.conversation_full"
    assert answer.note is not None
    assert list(answer.note.buttons) == [Action.DROP_OLDEST, Action.NEW_CHAT, Action.ENGINE_SETTINGS]
    assert f"sees {CONTEXT}" in answer.note.text.text()
    assert talk.line == ""
    return talk


def test_a_full_conversation_goes_on_without_its_oldest_messages(begin: Begin, open_window: Open, qtbot: QtBot) -> None:
    talk = stopped(begin, open_window, qtbot)
    count = len(talk.window.chat.transcript.messages)
    assert talk.last.note is not None
    talk.last.note.buttons[Action.DROP_OLDEST].click()
    answer = talk.answered()
    assert answer.message.error is None
    assert "no longer seen" in talk.line
    assert len(talk.window.chat.transcript.messages) == count
    assert talk.app.settings.text("overflow") == "stop"  # this time alone


def test_a_full_conversation_may_be_left_for_a_new_one(begin: Begin, open_window: Open, qtbot: QtBot) -> None:
    talk = stopped(begin, open_window, qtbot)
    question = talk.window.chat.transcript.messages[-2].text
    old = talk.window.owner.conversation
    assert talk.last.note is not None
    talk.last.note.buttons[Action.NEW_CHAT].click()
    assert talk.window.owner.conversation is None
    assert talk.window.chat.composer.text() == question
    talk.window.open_conversation(old)
    assert talk.window.chat.transcript.messages[-2].text == question
    # after reopening the figures are gone, but not the sense
    qtbot.waitUntil(lambda: not talk.window.chat.transcript.busy)
    assert talk.last.note is not None
    assert "no longer fits" in talk.last.note.text.text()
    assert "…" not in talk.last.note.text.text()
    talk.last.note.buttons[Action.ENGINE_SETTINGS].click()
    assert talk.window.page is PageName.SETTINGS


def test_a_new_chat_that_was_begun_keeps_what_was_typed_there(begin: Begin, open_window: Open, qtbot: QtBot) -> None:
    talk = stopped(begin, open_window, qtbot)
    old = talk.window.owner.conversation
    talk.window.new_conversation()
    QTest.keyClicks(talk.window.chat.composer.editor, "something else")
    talk.window.open_conversation(old)
    qtbot.waitUntil(lambda: not talk.window.chat.transcript.busy)
    assert talk.last.note is not None
    talk.last.note.buttons[Action.NEW_CHAT].click()
    assert talk.window.chat.composer.text() == "something else"
