from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui import theme
from desktop.ui.chat.empty import Suggestion
from desktop.ui.widgets import (
    Button,
    Choice,
    Combo,
    Dialog,
    Elided,
    IconButton,
    Pill,
    Spin,
    ThinProgress,
    Toasts,
    Toggle,
)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[QWidget]:
    theme.apply(qapp, theme.Scheme.LIGHT)
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    yield made
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


ASK = [Choice("no", "Cancel"), Choice("yes", "Rename", "primary")]
RISK = [Choice("no", "Cancel"), Choice("yes", "Delete", "danger")]


def opened(window: QWidget, choices: list[Choice]) -> tuple[Dialog, list[str]]:
    dialog = Dialog(window, "Title", "Text", choices)
    chosen: list[str] = []
    dialog.chosen.connect(chosen.append)
    dialog.open()
    return dialog, chosen


@pytest.mark.parametrize(("choices", "key"), [(ASK, "yes"), (RISK, "no")])
def test_enter_takes_the_safe_default(window: QWidget, choices: list[Choice], key: str) -> None:
    dialog, chosen = opened(window, choices)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert chosen == [key]


def test_esc_and_a_click_beside_the_card_say_no(window: QWidget) -> None:
    dialog, chosen = opened(window, RISK)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert chosen == [""]
    dialog, chosen = opened(window, RISK)
    QTest.mouseClick(dialog, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert chosen == [""]


def test_an_answer_comes_once(window: QWidget) -> None:
    dialog, chosen = opened(window, ASK)
    dialog.finish("yes")
    dialog.finish("no")
    assert chosen == ["yes"]


def test_focus_goes_round_inside_and_back_where_it_was(window: QWidget, qtbot: QtBot) -> None:
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    dialog, _ = opened(window, RISK)
    qtbot.waitUntil(dialog.button("no").hasFocus)
    seen = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == [dialog.button("yes"), dialog.button("no")] * 2
    dialog.finish("")
    qtbot.waitUntil(field.hasFocus)


def test_the_dialog_covers_the_window_at_any_size(window: QWidget) -> None:
    dialog, _ = opened(window, ASK)
    window.resize(800, 600)
    QApplication.processEvents()
    assert dialog.geometry() == window.rect()


def test_a_toast_offers_its_action_and_goes(window: QWidget, qtbot: QtBot) -> None:
    toasts = Toasts(window)
    undone: list[bool] = []
    toasts.show("Deleted", "Undo", lambda: undone.append(True))
    assert toasts.text == "Deleted"
    button = next(child for child in window.findChildren(QWidget) if getattr(child, "text", str)() == "Undo")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert toasts.text is None
    toasts.show("first")
    toasts.show("second", milliseconds=1)
    assert toasts.text == "second"
    qtbot.waitUntil(lambda: toasts.text is None)


def test_a_toast_leaves_the_bottom_free(window: QWidget) -> None:
    toasts = Toasts(window, lambda: 120)
    toasts.show("Deleted")
    toast = next(child for child in window.findChildren(QWidget) if child.accessibleName() == "Deleted")
    assert toast.geometry().bottom() < window.height() - 120


def test_a_choice_that_is_too_long_ends_in_dots(window: QWidget) -> None:
    combo = Combo([("a", "A choice of very many words that no field has room for")], window)
    combo.resize(120, 32)
    combo.show()
    cut = combo.grab().toImage()
    combo.setItemText(
        0, combo.fontMetrics().elidedText(combo.itemText(0), Qt.TextElideMode.ElideRight, combo.text_room())
    )
    assert "…" in combo.itemText(0)
    assert combo.grab().toImage() == cut


def test_the_switch_switches(window: QWidget, qtbot: QtBot) -> None:
    toggle = Toggle("Dark", window)
    toggle.show()
    with qtbot.waitSignal(toggle.toggled) as told:
        QTest.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert not toggle.isChecked()
    assert toggle.accessibleName() == "Dark"


def test_the_knob_follows_a_switch_that_is_set_in_silence(window: QWidget) -> None:
    toggle, other = Toggle("Dark", window), Toggle("Dark", window)
    with QSignalBlocker(toggle):
        toggle.setChecked(True)
    other.setChecked(True)
    for each in (toggle, other):
        each.show()
    assert toggle.grab().toImage() == other.grab().toImage()


def test_scrolling_over_a_control_does_not_change_it(window: QWidget) -> None:
    combo, spin = Combo([("a", "A"), ("b", "B")], window), Spin(0, 10, window)
    for control in (combo, spin):
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, event)
    assert combo.value == "a"
    assert spin.value() == 0
    combo.set_value("b")
    assert combo.value == "b"
    combo.set_value("no such value")
    assert combo.value is None


def test_progress_stays_within_its_bounds(window: QWidget) -> None:
    bar = ThinProgress(window)
    for given, shown in ((0.4, 0.4), (-1.0, 0.0), (7.0, 1.0), (None, None)):
        bar.set_value(given)
        assert bar.value == shown


def test_a_pill_tells_its_words_to_the_ear(window: QWidget) -> None:
    pill = Pill(parent=window)
    pill.set("GLM", "accent", "ready")
    assert pill.accessibleName() == "GLM, ready"
    alone = pill.sizeHint().width()
    pill.set("GLM", "accent", "ready", chevron=True)
    assert pill.sizeHint().width() > alone


def test_a_shortened_line_keeps_its_words_in_the_tooltip(window: QWidget) -> None:
    line = Elided("A very long title that does not fit into so little room", parent=window)
    line.setGeometry(0, 0, 80, 20)
    line.show()
    line.grab()
    assert line.toolTip() == line.text()
    line.setGeometry(0, 0, 600, 20)
    line.grab()
    assert line.toolTip() == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
@pytest.mark.parametrize(
    "make",
    [
        lambda parent: Button("Go", parent=parent),
        lambda parent: IconButton("copy", "Copy", parent),
        lambda parent: Pill("ready", parent=parent),
        lambda parent: Toggle("Offline", parent),
        lambda parent: Suggestion("code", "Write a program", parent),
    ],
    ids=["button", "icon", "pill", "toggle", "suggestion"],
)
def test_enter_presses_every_kind_of_button(
    window: QWidget, make: Callable[[QWidget], QAbstractButton], key: Qt.Key
) -> None:
    button = make(window)
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    button.show()
    button.setFocus()
    QTest.keyClick(button, key)
    assert len(pressed) == 1
