"""What tests of the chat page share: the look, and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.models import ConversationId, Message, MessageId, MessageState, Role
from desktop.ui import theme
from desktop.ui.chat.composer import Composer
from desktop.ui.chat.page import ChatPage
from desktop.ui.chat.transcript import TranscriptView

Say = Callable[..., Message]


@pytest.fixture
def look(qapp: QApplication) -> Iterator[theme.Theme]:
    yield theme.apply(qapp, theme.Scheme.LIGHT)
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def say() -> Say:
    """`say(number, role, text, …)`: a message of one conversation."""

    def make(number: int, role: Role, text: str, **more: object) -> Message:
        values: dict[str, object] = {"thought": "", "state": MessageState.COMPLETE, "created": 0, **more}
        return Message(MessageId(number), ConversationId(1), None, role, text, **values)  # type: ignore[arg-type]

    return make


@pytest.fixture
def transcript(qtbot: QtBot, look: theme.Theme) -> TranscriptView:
    view = TranscriptView()
    qtbot.addWidget(view)
    view.resize(800, 500)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def page(qtbot: QtBot, look: theme.Theme) -> ChatPage:
    made = ChatPage()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def composer(qtbot: QtBot, look: theme.Theme) -> Composer:
    made = Composer()
    qtbot.addWidget(made)
    made.resize(600, 100)
    made.show()
    qtbot.waitExposed(made)
    made.take_focus()
    return made


def compose(composer: Composer, preedit: str, commit: str = "") -> None:
    """As an input method does it."""
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(composer.editor, event)
