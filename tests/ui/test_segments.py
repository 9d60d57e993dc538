from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.ui.widgets import Segments


def test_arrow_keys_choose_and_tab_reaches_the_chosen_one(qtbot: QtBot) -> None:
    segments = Segments("Show", [("a", "Here"), ("b", "There"), ("c", "Far")])
    qtbot.addWidget(segments)
    segments.show()
    segments.activateWindow()
    qtbot.waitUntil(segments.isActiveWindow, timeout=5_000)
    told: list[str] = []
    segments.chosen.connect(told.append)
    segments.button("a").setFocus()
    qtbot.waitUntil(segments.button("a").hasFocus, timeout=5_000)
    QTest.keyClick(segments.button("a"), Qt.Key.Key_Right)
    assert (segments.value, told) == ("b", ["b"])
    assert segments.button("b").hasFocus()
    segments.set_value("c")
    assert (segments.value, told) == ("c", ["b"])
    assert segments.button("c").accessibleName() == "Show: Far"
    segments.button("a").click()
    segments.button("a").click()
    assert told == ["b", "a"]
