from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.core.models import Message, Role
from desktop.ui.chat.code_bar import CodeBar
from desktop.ui.chat.transcript import TranscriptView
from desktop.ui.chat.view import MessageView
from desktop.ui.widgets import IconButton

Show = Callable[[str], MessageView]


@pytest.fixture
def show(transcript: TranscriptView, qtbot: QtBot, say: Callable[..., Message]) -> Show:
    """Show one answer and give its view."""

    def shown(text: str) -> MessageView:
        transcript.show_messages([say(2, Role.ASSISTANT, text)])
        qtbot.waitUntil(lambda: not transcript.busy)
        return transcript.items[0].view

    return shown


def where(view: MessageView, word: str) -> QPoint:
    """The middle of a word on the page."""
    cursor = view.document().find(word)
    right = view.cursorRect(cursor).center()
    cursor.setPosition(cursor.selectionStart())
    return (right + view.cursorRect(cursor).center()) / 2


def test_each_code_block_has_its_language_and_copies_its_code(show: Show) -> None:
    view = show("```python\nx = 1\n\ny = 2\n```\n\ntext\n\n```\nplain\n```")
    bars = view.findChildren(CodeBar)
    assert len(bars) == 2
    copied = []
    for bar in bars:
        button = bar.findChild(IconButton)
        assert button is not None
        assert button.accessibleName() == "Copy code"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        copied.append(QGuiApplication.clipboard().text())
    assert copied == ["x = 1\n\ny = 2", "plain"]
    assert bars[0].geometry().bottom() < bars[1].geometry().top()


def test_a_link_shows_where_it_leads_and_opens_on_a_click(show: Show, qtbot: QtBot) -> None:
    view = show("see [there](https://there.example/x) or not")
    QTest.mouseMove(view.viewport(), where(view, "there"))
    qtbot.waitUntil(lambda: view.viewport().toolTip() == "https://there.example/x")
    opened: list[str] = []
    view.link_opened.disconnect()
    view.link_opened.connect(opened.append)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where(view, "there"))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where(view, "not"))
    assert opened == ["https://there.example/x"]


def test_the_menu_offers_what_there_is(show: Show) -> None:
    view = show("**words**")
    assert [action.text() for action in view.menu("").actions() if action.text()] == [
        "Copy message",
        "Select all\tCtrl+A",
    ]
    view.selectAll()
    texts = [action.text() for action in view.menu("https://a.example").actions() if action.text()]
    assert texts == ["Copy\tCtrl+C", "Copy message", "Open link", "Copy link", "Select all\tCtrl+A"]
    view.menu("").actions()[1].trigger()
    assert QGuiApplication.clipboard().text() == "**words**"


def test_the_grounds_lie_below_their_letters(show: Show) -> None:
    view = show("a `code` b\n\n> quote\n\n- item\n\n---\n\n```\nblock\n```")
    image = view.grab().toImage()
    scale = image.devicePixelRatio()
    beside = where(view, "block") + QPoint(200, 0)
    above = where(view, "quote") + QPoint(200, 0)
    seen = image.pixelColor(int(beside.x() * scale), int(beside.y() * scale))
    page = image.pixelColor(int(above.x() * scale), int(above.y() * scale))
    assert seen != page
