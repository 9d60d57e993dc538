"""How full the context is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from desktop.core.models import EngineState, EngineStatus, LoadedModel, ModelId
from desktop.ui import theme
from desktop.ui.chat.gauge import Gauge
from desktop.ui.chat.page import ChatPage


@pytest.fixture
def gauge(qtbot: QtBot, look: theme.Theme) -> Gauge:
    made = Gauge()
    qtbot.addWidget(made)
    return made


def test_without_a_model_there_is_nothing_to_show(gauge: Gauge) -> None:
    gauge.set_conversation(100, 4.0)
    assert gauge.isHidden()
    gauge.set_context(1000)
    assert not gauge.isHidden()


def test_what_is_known_is_told_exactly_and_what_is_typed_about(gauge: Gauge) -> None:
    gauge.set_context(8192)
    assert gauge.toolTip() == "The model sees 8,192 tokens at a time"
    gauge.set_conversation(3400, 4.0)
    assert gauge.toolTip() == "Context 42 % full: 3,400 of 8,192 tokens"
    gauge.set_typed(400)
    assert gauge.tokens == 3500
    assert gauge.toolTip() == "Context about 43 % full: 3,500 of 8,192 tokens"
    assert gauge.accessibleName() == gauge.toolTip()
    gauge.set_typed(0)
    gauge.set_conversation(0, 2.0)
    gauge.set_typed(400)
    assert gauge.toolTip() == "Context about 2 % full: 200 of 8,192 tokens"


def test_it_is_never_more_than_full(gauge: Gauge) -> None:
    gauge.set_context(100)
    gauge.set_typed(100_000)
    assert gauge.fraction == 1.0


def ground(gauge: Gauge, token: str) -> bool:
    """Whether some point of it is painted in a colour."""
    image = gauge.grab().toImage()
    wanted = theme.current().color(token).rgb()
    return any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_nearly_full_is_seen(gauge: Gauge) -> None:
    gauge.set_context(1000)
    gauge.set_conversation(500, 4.0)
    assert ground(gauge, "soft")
    assert not ground(gauge, "warning")
    gauge.set_conversation(900, 4.0)
    assert ground(gauge, "warning")


def test_the_keyboard_reaches_it_and_is_told(page: ChatPage, qtbot: QtBot) -> None:
    loaded = LoadedModel("chatglm3", "chatglm", "GLM", 8192, 28, 0, "CPU", 8, 1)
    page.set_engine(EngineStatus(EngineState.READY, ModelId("glm"), "GLM", loaded=loaded))
    page.composer.take_focus()
    qtbot.waitUntil(page.composer.editor.hasFocus)
    QTest.keyClick(page.composer.editor, Qt.Key.Key_Tab)
    qtbot.waitUntil(page.composer.gauge.hasFocus)
    qtbot.waitUntil(QToolTip.isVisible)
    assert QToolTip.text() == "The model sees 8,192 tokens at a time"
    QTest.keyClick(page.composer.gauge, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: not page.composer.gauge.hasFocus())
