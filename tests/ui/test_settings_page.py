from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop import i18n
from desktop.app import Application
from desktop.core.events import SettingChanged
from desktop.server.service import LocalServer
from desktop.storage.settings import SETTINGS, Settings
from desktop.ui.bridge import Bridge
from desktop.ui.settings.fields import Field
from desktop.ui.settings.page import SettingsPage
from desktop.ui.widgets import Combo, Spin


def shown(app: Application, bridge: Bridge, qtbot: QtBot) -> SettingsPage:
    page = SettingsPage(app, bridge, LocalServer(app))
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    page.activateWindow()
    qtbot.waitExposed(page)
    return page


def test_every_setting_has_its_field_with_a_name_and_its_value(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    app.settings.set("font_size", 19)
    page = shown(app, bridge, qtbot)
    assert set(page.fields) == {setting.name for setting in SETTINGS}
    assert all(field.control.accessibleName() for field in page.fields.values())
    size = page.fields["font_size"].control
    assert isinstance(size, Spin)
    assert size.value() == 19
    context = page.fields["context"].control
    assert isinstance(context, Spin)
    assert context.text() == "Automatic"


def test_a_change_is_stored_at_once_and_told(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    told: list[str] = []
    bridge.on(SettingChanged, lambda event: told.append(event.name))
    theme = page.fields["theme"].control
    assert isinstance(theme, Combo)
    theme.setFocus()
    QTest.keyClick(theme, Qt.Key.Key_End)
    theme.activated.emit(theme.currentIndex())
    qtbot.waitUntil(lambda: told == ["theme"])
    assert Settings(app.paths.settings).get("theme") == "dark"


def test_a_bad_address_is_said_next_to_the_field_and_not_stored(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    field = page.fields["endpoint"]
    assert isinstance(field.control, QLineEdit)
    field.control.setFocus()
    QTest.keyClicks(field.control, "hf-mirror.com")
    QTest.keyClick(field.control, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: field.message.isVisible())
    assert "http://" in field.message.text()
    assert app.settings.get("endpoint") == ""
    assert field.control.text() == "hf-mirror.com"

    field.control.clear()
    QTest.keyClicks(field.control, "https://hf-mirror.com/")
    assert not field.message.isVisible()
    QTest.keyClick(field.control, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.settings.get("endpoint") == "https://hf-mirror.com")
    qtbot.waitUntil(lambda: field.control.text() == "https://hf-mirror.com")  # type: ignore[attr-defined]


def test_the_wheel_over_a_field_without_focus_changes_nothing(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    page.fields["endpoint"].control.setFocus()
    size = page.fields["font_size"].control
    assert isinstance(size, Spin)
    for control in (size, page.fields["language"].control):
        at = QPointF(control.rect().center())
        event = QWheelEvent(
            at,
            QPointF(control.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, event)
    assert size.value() == 15
    assert app.settings.get("language") == "system"


def test_a_change_from_elsewhere_is_shown(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    app.settings.set("threads", 3)
    app.bus.publish(SettingChanged("threads"))
    threads = page.fields["threads"].control
    assert isinstance(threads, Spin)
    qtbot.waitUntil(lambda: threads.value() == 3)


def test_about_says_where_the_data_lie(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    texts = [label.text() for label in page.findChildren(type(page.title))]
    assert str(app.paths.data) in texts
    assert any("network" in text for text in texts)


def test_rare_settings_are_folded_until_asked_for(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    fold, field = page.folds["Engine"], page.fields["flash_attention"]
    assert not field.isVisible()
    assert page.fields["context"].isVisible()
    fold.setFocus()
    QTest.keyClick(fold, Qt.Key.Key_Space)
    assert field.isVisible()
    QTest.keyClick(fold, Qt.Key.Key_Return)
    assert not field.isVisible()
    page.focus("memory_lock")
    assert page.fields["memory_lock"].isVisible()
    qtbot.waitUntil(lambda: page.viewport().rect().contains(_in(page, page.fields["memory_lock"])))


def _in(page: SettingsPage, field: Field) -> QPoint:
    return field.mapTo(page.viewport(), field.rect().center())


def test_what_concerns_several_cards_is_shown_where_there_are_several(
    app: Application, bridge: Bridge, qtbot: QtBot
) -> None:
    page = shown(app, bridge, qtbot)
    page.folds["Engine"].setChecked(True)
    assert not page.fields["split_mode"].isVisible()
    app.engine.devices().result(30)  # the echo worker has none
    page.show_cards(1)
    assert not page.fields["main_gpu"].isVisible()
    page.show_cards(2)
    assert page.fields["main_gpu"].isVisible()
    assert page.fields["split_mode"].isVisible()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_choice_fits_into_its_field(app: Application, bridge: Bridge, qtbot: QtBot, language: str) -> None:
    i18n.set_language(language)
    page = shown(app, bridge, qtbot)
    combos = [field.control for field in page.fields.values() if isinstance(field.control, Combo)]
    assert len(combos) > 4
    for combo in combos:
        for number in range(combo.count()):
            assert combo.fontMetrics().horizontalAdvance(combo.itemText(number)) <= combo.text_room(), combo.itemText(
                number
            )


def test_home_and_end_scroll(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    page.setFocus()
    bar = page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    QTest.keyClick(page, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    QTest.keyClick(page, Qt.Key.Key_Home)
    assert bar.value() == 0


def test_what_became_of_the_server_s_switch_stands_below_it(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    page = shown(app, bridge, qtbot)
    switch, port = page.fields["server_enabled"], page.fields["server_port"]
    assert switch.y() < page.server.y() < port.y()


def test_figures_say_what_they_count(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    app.settings.set("idle_unload", 5)
    page = shown(app, bridge, qtbot)
    idle, limit = page.fields["idle_unload"].control, page.fields["rate_limit"].control
    assert isinstance(idle, Spin)
    assert isinstance(limit, Spin)
    assert idle.text() == "5 min"
    assert limit.text() == "None"
