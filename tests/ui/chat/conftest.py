"""What tests of the chat page share: the look, and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.models import ConversationId, Message, MessageId, MessageState, Role
from desktop.ui import theme
from desktop.ui.chat.composer import Composer
from desktop.ui.chat.page import ChatPage
from desktop.ui.chat.transcript import TranscriptView

Say = Callable[..., Message]
_Shown = TypeVar("_Shown", bound=QWidget)


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


def shown(qtbot: QtBot, widget: _Shown, width: int, height: int) -> _Shown:
    """A widget on the screen."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def transcript(qtbot: QtBot, look: theme.Theme) -> TranscriptView:
    return shown(qtbot, TranscriptView(), 800, 500)


@pytest.fixture
def page(qtbot: QtBot, look: theme.Theme) -> ChatPage:
    return shown(qtbot, ChatPage(), 900, 700)


@pytest.fixture
def composer(qtbot: QtBot, look: theme.Theme) -> Composer:
    made = shown(qtbot, Composer(), 600, 100)
    made.take_focus()
    return made


def compose(composer: Composer, preedit: str, commit: str = "") -> None:
    """As an input method does it."""
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(composer.editor, event)
