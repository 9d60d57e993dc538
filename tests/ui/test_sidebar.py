from __future__ import annotations

import sqlite3

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.events import TurnFinished
from desktop.core.models import ConversationId
from desktop.paths import Paths
from desktop.ui.bridge import Bridge
from desktop.ui.conversation_list import STEP, ItemRole
from desktop.ui.sidebar import Sidebar
from tests.ui.conftest import Start, add_model, ask


def shown(sidebar: Sidebar, qtbot: QtBot) -> Sidebar:
    qtbot.addWidget(sidebar)
    sidebar.resize(272, 600)
    sidebar.show()
    sidebar.activateWindow()
    qtbot.waitExposed(sidebar)
    return sidebar


def titles(sidebar: Sidebar) -> list[str]:
    model = sidebar.view.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return [str(index.data()) for index in rows if not index.data(ItemRole.IS_HEADING)]


def test_new_conversations_appear_and_search_finds_words_of_answers(
    app: Application, bridge: Bridge, qtbot: QtBot
) -> None:
    add_model(app)
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    assert sidebar.empty.isVisible()
    ask(app, qtbot, "北京和上海两座城市有什么不同？")
    ask(app, qtbot, "A letter to my landlord")
    qtbot.waitUntil(lambda: len(titles(sidebar)) == 2)
    assert not sidebar.empty.isVisible()

    QTest.keyClicks(sidebar.search, "landlord")
    qtbot.waitUntil(lambda: titles(sidebar) == ["A letter to my landlord"])
    QTest.keyClick(sidebar.search, Qt.Key.Key_Escape)
    assert len(titles(sidebar)) == 2
    assert sidebar.search.text() == ""

    sidebar.search.setText("no such word")
    qtbot.waitUntil(lambda: sidebar.empty.isVisible())
    assert sidebar.empty.text() == "Nothing found"
    sidebar.search.clear()
    assert not sidebar.empty.isVisible()
    assert len(titles(sidebar)) == 2


def test_enter_in_the_search_field_opens_the_first_result(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    add_model(app)
    first = ask(app, qtbot, "the first one")
    ask(app, qtbot, "another")
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    sidebar.focus_search()
    QTest.keyClicks(sidebar.search, "first")
    qtbot.waitUntil(lambda: titles(sidebar) == ["the first one"])
    with qtbot.waitSignal(sidebar.conversation_chosen) as chosen:
        QTest.keyClick(sidebar.search, Qt.Key.Key_Return)
    assert chosen.args == [first]


def test_keys_open_rename_and_delete(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    add_model(app)
    id = ask(app, qtbot, "one")
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    sidebar.view.setFocus()
    sidebar.view.setCurrentIndex(sidebar.list_model.index_of(id))
    with qtbot.waitSignal(sidebar.conversation_chosen) as chosen:
        QTest.keyClick(sidebar.view, Qt.Key.Key_Return)
    assert chosen.args == [id]

    QTest.keyClick(sidebar.view, Qt.Key.Key_F2)
    editor = sidebar.focusWidget()
    assert editor is not None
    assert editor is not sidebar.view
    QTest.keyClicks(editor, "renamed")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.conversations.get(id).title == "renamed")
    assert titles(sidebar) == ["renamed"]

    sidebar.view.setFocus()
    with qtbot.waitSignal(sidebar.delete_requested) as deleted:
        QTest.keyClick(sidebar.view, Qt.Key.Key_Delete)
    assert deleted.args == [id]


def test_escape_leaves_a_title_as_it_was(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    add_model(app)
    id = ask(app, qtbot, "one")
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    sidebar.rename(id)
    editor = sidebar.focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, "never")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert titles(sidebar) == ["one"]
    assert app.conversations.get(id).title == "one"


def test_a_running_conversation_has_its_dot_while_it_runs(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    add_model(app)
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    turn = app.chat.send(None, "!slow 50 " + "word " * 200)

    def dots() -> list[object]:
        model = sidebar.list_model
        return [model.index(row).data(ItemRole.IS_RUNNING) for row in range(model.rowCount())]

    qtbot.waitUntil(lambda: True in dots(), timeout=10_000)
    app.chat.stop(turn)
    qtbot.waitUntil(lambda: True not in dots(), timeout=10_000)


def test_a_deleted_one_goes_and_a_restored_one_comes_back(app: Application, bridge: Bridge, qtbot: QtBot) -> None:
    add_model(app)
    id = ask(app, qtbot, "one")
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    app.conversations.delete(id)
    qtbot.waitUntil(lambda: titles(sidebar) == [])
    assert sidebar.empty.isVisible()
    app.conversations.restore(id)
    qtbot.waitUntil(lambda: titles(sidebar) == ["one"])


def test_ten_thousand_are_not_read_at_start_and_all_can_be_reached(place: Paths, start: Start, qtbot: QtBot) -> None:
    start().close()  # makes the schema
    with sqlite3.connect(place.database) as db:
        db.executemany(
            "INSERT INTO conversation (title, created, updated) VALUES (?, 0, ?)",
            [(f"c{number}", number * 60_000) for number in range(10_000)],
        )
    db.close()
    app = start()
    bridge = Bridge(app.bus)
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    assert len(titles(sidebar)) < 3 * STEP
    bar = sidebar.view.verticalScrollBar()

    def at_the_end() -> bool:
        bar.setValue(bar.maximum())
        return not sidebar.list_model.canFetchMore()

    qtbot.waitUntil(at_the_end, timeout=20_000)
    assert titles(sidebar) == [f"c{number}" for number in range(9_999, -1, -1)]
    oldest = sidebar.list_model.index_of(ConversationId(1))
    assert oldest.isValid()
    bridge.close()


def test_a_title_being_typed_survives_an_answer_that_moves_its_row(
    app: Application, bridge: Bridge, qtbot: QtBot
) -> None:
    add_model(app)
    id = ask(app, qtbot, "one")
    ask(app, qtbot, "two")
    sidebar = shown(Sidebar(app.conversations, bridge), qtbot)
    sidebar.rename(id)
    editor = sidebar.focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, "half")
    finished: list[TurnFinished] = []
    bridge.on(TurnFinished, finished.append)
    ask(app, qtbot, "again", id)
    qtbot.waitUntil(lambda: len(finished) == 1)
    QTest.keyClicks(editor, " and half")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: titles(sidebar) == ["half and half", "two"])
    assert app.conversations.get(id).title == "half and half"
