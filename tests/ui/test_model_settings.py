"""The dialog of one model's own settings, and the other questions about a model."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.library import ModelOptions
from desktop.core.models import ModelId
from desktop.storage.modeloptions import OPTIONS
from desktop.ui.main_window import MainWindow
from desktop.ui.models.model_settings import ModelSettings
from desktop.ui.models.page import Part
from desktop.ui.pages import PageName
from desktop.ui.widgets import Combo, Dialog, Spin
from tests.ui.conftest import Open, add_model, ready

PLAIN = ModelId("plain")


@pytest.fixture
def window(app: Application, open_window: Open, qtbot: QtBot) -> MainWindow:
    add_model(app)
    made = open_window(app)
    ready(app, qtbot)
    made.show_page(PageName.MODELS)
    made.pages.models.show_part(Part.INSTALLED)
    return made


def opened(window: MainWindow) -> ModelSettings:
    window.pages.models.cards[PLAIN].settings.click()
    (dialog,) = [
        dialog for dialog in window.findChildren(ModelSettings) if dialog.isVisible()
    ]  # others may be on their way out
    return dialog


def gone(window: MainWindow) -> bool:
    return not [dialog for dialog in window.findChildren(Dialog) if dialog.isVisible()]


def test_every_option_has_a_named_control_and_inherits(app: Application, window: MainWindow) -> None:
    dialog = opened(window)
    assert set(dialog.form.rows) == {option.name for option in OPTIONS}
    assert all(row.control.accessibleName() and row.switch.accessibleName() for row in dialog.form.rows.values())
    assert all(value is None for value in dialog.form.values.values())
    dialog.button("save").click()
    assert app.model_options.get(PLAIN) == ModelOptions()


def test_what_is_switched_on_is_stored(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window)
    rows = dialog.form.rows
    rows["max_tokens"].switch.click()
    spin = rows["max_tokens"].control
    assert isinstance(spin, Spin)
    assert spin.isVisible()
    assert spin.hasFocus()
    spin.setValue(64)
    rows["system_prompt"].switch.click()
    edit = rows["system_prompt"].control
    assert isinstance(edit, QPlainTextEdit)
    edit.setPlainText("你是一位诗人。")
    dialog.button("save").click()
    qtbot.waitUntil(lambda: gone(window), timeout=5_000)
    assert app.model_options.get(PLAIN) == ModelOptions(max_tokens=64, system_prompt="你是一位诗人。")
    again = opened(window)
    assert again.form.values["max_tokens"] == 64
    again.form.rows["max_tokens"].switch.click()
    again.button("save").click()
    qtbot.waitUntil(lambda: app.model_options.get(PLAIN).max_tokens is None, timeout=5_000)


def test_a_value_that_cannot_be_is_said_and_nothing_is_lost(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window)
    row = dialog.form.rows["system_prompt"]
    row.switch.click()
    assert isinstance(row.control, QPlainTextEdit)
    row.control.setPlainText("x" * 100_001)
    dialog.button("save").click()
    qtbot.waitUntil(row.error.isVisible, timeout=5_000)
    assert dialog.isVisible()
    assert app.model_options.get(PLAIN) == ModelOptions()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert gone(window)


def test_the_memory_follows_the_context(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window)
    qtbot.waitUntil(lambda: dialog.fit.estimate is not None, timeout=10_000)
    first = dialog.fit.estimate
    assert first is not None
    row = dialog.form.rows["context"]
    row.switch.click()
    assert isinstance(row.control, Spin)
    row.control.setValue(256)
    qtbot.waitUntil(lambda: dialog.fit.estimate is not None and dialog.fit.estimate.context == 256, timeout=10_000)
    assert dialog.fit.estimate is not None
    assert dialog.fit.estimate.kv < first.kv


def test_an_engine_setting_of_the_loaded_model_offers_to_load_it_again(
    app: Application, window: MainWindow, qtbot: QtBot
) -> None:
    dialog = opened(window)
    row = dialog.form.rows["context"]
    row.switch.click()
    assert isinstance(row.control, Spin)
    row.control.setValue(512)
    dialog.button("save").click()
    qtbot.waitUntil(lambda: "loaded again" in (window.toasts.text or ""), timeout=5_000)
    window.pages.models.installed._load_again(PLAIN)
    ready(app, qtbot)


def test_tab_stays_inside(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window)
    for _ in range(2 * len(OPTIONS) + 6):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert dialog.isAncestorOf(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)


def test_a_model_gets_another_name(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    card = window.pages.models.cards[PLAIN]
    card.rename_requested.emit("plain")
    dialog = window.findChild(Dialog)
    assert dialog is not None
    edit = dialog.findChild(QLineEdit)
    assert edit is not None
    assert edit.hasFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    assert not dialog.button("rename").isEnabled()
    QTest.keyClicks(edit, "GLM for letters")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.models.cards[PLAIN].name.text() == "GLM for letters", timeout=5_000)
    assert app.library.get(PLAIN).name == "GLM for letters"


def test_removing_says_what_becomes_of_the_room(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    file = app.paths.data.parent / "own.gguf"
    file.write_bytes(app.test_model.read_bytes())
    own = app.library.import_file(file, copy=True).result(20)
    qtbot.waitUntil(lambda: own.id in window.pages.models.cards, timeout=5_000)
    window.pages.models.cards[own.id].remove_requested.emit(own.id)
    (dialog,) = [dialog for dialog in window.findChildren(Dialog) if dialog.isVisible()]
    assert "MB" in dialog.accessibleDescription()
    dialog.button("remove").click()
    qtbot.waitUntil(lambda: own.id not in window.pages.models.cards, timeout=10_000)
    qtbot.waitUntil(lambda: "free" in (window.toasts.text or ""), timeout=5_000)
    assert not own.path.exists()


def test_rare_options_are_folded_until_one_is_set(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window)
    (fold,) = dialog.form.folds.values()
    rows = dialog.form.rows
    assert not fold.isChecked()
    assert not rows["stop"].isVisible()
    assert rows["temperature"].isVisible()
    fold.click()
    assert rows["stop"].isVisible()
    rows["stop"].switch.click()
    stop = rows["stop"].control
    assert isinstance(stop, QPlainTextEdit)
    stop.setPlainText("END\n\\n")
    rows["mirostat"].switch.click()
    mirostat = rows["mirostat"].control
    assert isinstance(mirostat, Combo)
    assert mirostat.value == "off"  # as the family has it
    mirostat.set_value("on")
    rows["thinking"].switch.click()
    thinking = rows["thinking"].control
    assert isinstance(thinking, Combo)
    thinking.set_value("off")
    dialog.button("save").click()
    qtbot.waitUntil(lambda: gone(window), timeout=5_000)
    assert app.model_options.get(PLAIN) == ModelOptions(stop="END\n\\n", mirostat=True, thinking=False)
    again = opened(window)
    assert again.form.rows["stop"].isVisible()
    assert again.form.values["mirostat"] is True


def test_a_wrong_value_in_a_fold_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window)
    (fold,) = dialog.form.folds.values()
    fold.click()
    row = dialog.form.rows["stop"]
    row.switch.click()
    assert isinstance(row.control, QPlainTextEdit)
    row.control.setPlainText("x" * 2001)
    fold.click()
    assert not row.isVisible()
    dialog.button("save").click()
    qtbot.waitUntil(row.error.isVisible, timeout=5_000)
    assert fold.isChecked()
