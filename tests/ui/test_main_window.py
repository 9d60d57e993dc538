from __future__ import annotations

import sqlite3
import threading
from itertools import groupby
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop import i18n, messages
from desktop.app import Application
from desktop.core.errors import DiskFull
from desktop.core.events import EngineChanged, Noticed
from desktop.core.models import ConversationId, EngineState, MessageState
from desktop.messages import Action
from desktop.ui import window_state
from desktop.ui.main_window import MINIMUM, MainWindow
from desktop.ui.pages import PageName
from desktop.ui.widgets import Button, Dialog
from tests.ui.conftest import Open, Start, add_model, ask, ready


@pytest.fixture
def window(app: Application, open_window: Open, qtbot: QtBot) -> MainWindow:
    """A window with a loaded model."""
    add_model(app)
    made = open_window(app)
    ready(app, qtbot)
    return made


def type_and_send(window: MainWindow, qtbot: QtBot, text: str) -> None:
    QTest.keyClicks(window.chat.composer.editor, text)
    QTest.keyClick(window.chat.composer.editor, Qt.Key.Key_Return)


def answered(window: MainWindow, app: Application, qtbot: QtBot) -> ConversationId:
    """Wait until the open conversation has its answer."""
    qtbot.waitUntil(lambda: window.owner.conversation is not None, timeout=10_000)
    id = window.owner.conversation
    assert id is not None
    qtbot.waitUntil(lambda: app.chat.active(id) is None, timeout=20_000)
    return id


def page(window: MainWindow) -> PageName:
    """As a call, because it changes between two looks."""
    return window.page


def title(window: MainWindow) -> str:
    return window.chat.header.title.text()


def test_a_question_typed_is_answered_stored_and_listed(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    assert window.page is PageName.CHAT
    assert window.chat.composer.editor.hasFocus()
    type_and_send(window, qtbot, "What is a rainbow?")
    id = answered(window, app, qtbot)
    assert window.chat.composer.text() == ""
    messages = app.conversations.messages(id)
    assert [m.text for m in messages] == ["What is a rainbow?", "What is a rainbow?"]
    assert title(window) == "What is a rainbow?"
    assert window.sidebar.list_model.index_of(id).isValid()
    assert window.sidebar.delegate.open == id
    assert app.conversations.draft_of_new() == ""


def test_the_first_question_may_come_while_the_model_is_loading(
    app: Application, open_window: Open, qtbot: QtBot
) -> None:
    add_model(app, "slow-load")
    window = open_window(app)
    qtbot.waitUntil(lambda: app.engine.status.state is EngineState.LOADING, timeout=10_000)
    type_and_send(window, qtbot, "patience")
    id = answered(window, app, qtbot)
    assert app.conversations.messages(id)[-1].text == "patience"


def test_after_a_restart_the_open_conversation_is_there_with_its_draft(
    start: Start, open_window: Open, qtbot: QtBot
) -> None:
    app = start()
    add_model(app)
    window = open_window(app)
    ready(app, qtbot)
    type_and_send(window, qtbot, "one")
    first = answered(window, app, qtbot)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.owner.conversation is None
    type_and_send(window, qtbot, "two")
    answered(window, app, qtbot)
    window.open_conversation(first)
    QTest.keyClicks(window.chat.composer.editor, "half a thou")
    window.close()
    app.close()

    again = start()
    window = open_window(again)
    assert window.page is PageName.CHAT
    assert window.owner.conversation == first
    assert title(window) == "one"
    assert window.chat.composer.text() == "half a thou"
    ready(again, qtbot)


def test_a_draft_stays_with_its_conversation(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    id = ask(app, qtbot, "one")
    window.open_conversation(id)
    QTest.keyClicks(window.chat.composer.editor, "for one")
    window.new_conversation()
    assert window.chat.composer.text() == ""
    QTest.keyClicks(window.chat.composer.editor, "for nobody yet")
    window.open_conversation(id)
    assert window.chat.composer.text() == "for one"
    window.new_conversation()
    assert window.chat.composer.text() == "for nobody yet"


def test_escape_stops_the_answer_and_keeps_it(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    type_and_send(window, qtbot, "!slow 30 " + "word " * 100)
    qtbot.waitUntil(lambda: app.engine.status.state is EngineState.WRITING, timeout=10_000)
    QTest.keyClick(window.chat.composer.editor, Qt.Key.Key_Escape)
    id = answered(window, app, qtbot)
    answer = app.conversations.messages(id)[-1]
    assert answer.state is MessageState.STOPPED
    assert answer.text.startswith("word")


def test_leaving_a_running_answer_and_coming_back_shows_all_of_it(
    app: Application, window: MainWindow, qtbot: QtBot
) -> None:
    type_and_send(window, qtbot, "!slow 20 a b c d e f g h i j k l m n")
    qtbot.waitUntil(lambda: app.engine.status.state is EngineState.WRITING, timeout=10_000)
    id = window.owner.conversation
    assert id is not None
    window.new_conversation()
    window.open_conversation(id)
    answered(window, app, qtbot)
    qtbot.waitUntil(lambda: window.chat.transcript.items[-1].text == "a b c d e f g h i j k l m n", timeout=5_000)


def test_delete_offers_undo_and_moves_on(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    older = ask(app, qtbot, "older")
    newer = ask(app, qtbot, "newer")
    window.open_conversation(newer)
    window.delete_conversation(newer)
    qtbot.waitUntil(lambda: window.owner.conversation == older)
    assert window.toasts.text == "Conversation deleted"
    assert app.conversations.count() == 1
    undo = next(button for button in window.findChildren(Button) if button.text() == "Undo")
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.owner.conversation == newer)
    assert app.conversations.count() == 2
    qtbot.waitUntil(lambda: window.sidebar.list_model.index_of(newer).isValid())


def test_a_conversation_deleted_while_its_new_answer_begins(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    """The window hears that the answer began when there is nothing left to show."""
    older = ask(app, qtbot, "older")
    newer = ask(app, qtbot, "newer")
    window.open_conversation(newer)
    window.chat.regenerate_requested.emit(window.chat.transcript.messages[-1].id)
    window.delete_conversation(newer)
    app.writer.submit(lambda: None).result(10)
    qtbot.waitUntil(lambda: window.owner.conversation == older, timeout=10_000)
    assert [message.text for message in window.chat.transcript.messages] == ["older", "older"]


def test_f2_renames_the_open_conversation_even_when_the_list_is_folded(
    app: Application, window: MainWindow, qtbot: QtBot
) -> None:
    id = ask(app, qtbot, "one")
    window.open_conversation(id)
    window.toggle_fold()
    QTest.keyClick(window.chat.composer.editor, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, "better")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: title(window) == "better")
    assert window.page is PageName.CHAT
    assert app.conversations.get(id).title == "better"


def test_keys_lead_to_search_settings_and_back(window: MainWindow, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(window.chat.composer.editor, Qt.Key.Key_K, control)
    assert window.sidebar.search.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_Comma, control)
    assert page(window) is PageName.SETTINGS
    assert window.sidebar.settings.isChecked()
    QTest.keyClick(window, Qt.Key.Key_N, control)
    assert page(window) is PageName.CHAT
    assert not window.sidebar.settings.isChecked()
    assert window.chat.composer.editor.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_B, control)
    assert not window.sidebar.isVisible()
    assert window.rail.isVisible()


def test_a_narrow_window_folds_the_list_and_a_wide_one_shows_it_again(window: MainWindow, qtbot: QtBot) -> None:
    assert window.sidebar.isVisible()
    window.resize(*MINIMUM)
    qtbot.waitUntil(lambda: window.rail.isVisible() and not window.sidebar.isVisible())
    assert window.width() == MINIMUM[0]
    assert window.height() == MINIMUM[1]
    window.resize(1120, 760)
    qtbot.waitUntil(lambda: window.sidebar.isVisible() and not window.rail.isVisible())
    window.toggle_fold()
    window.resize(*MINIMUM)
    window.resize(1120, 760)
    qtbot.waitUntil(lambda: window.width() == 1120)
    assert not window.sidebar.isVisible()


def test_every_page_fits_the_smallest_window(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(*MINIMUM)
    for name in PageName:
        window.show_page(name)
        shown = window.pages.currentWidget()
        assert shown is not None
        assert shown.minimumSizeHint().width() <= MINIMUM[0] - window.rail.width(), name
        assert window.size().toTuple() == MINIMUM


@pytest.mark.parametrize(("language", "settings"), [("zh_CN", "设置"), ("ko", "설정")])
def test_another_language_rebuilds_the_window_in_place(
    app: Application, window: MainWindow, qtbot: QtBot, language: str, settings: str
) -> None:
    id = ask(app, qtbot, "one")
    window.open_conversation(id)
    QTest.keyClicks(window.chat.composer.editor, "typed")
    window.show_page(PageName.SETTINGS)
    window.notices.show_code("settings.corrupt", {"moved_to": "/x"})
    i18n.set_language(language)
    window.rebuild()
    assert window.notices.banners["settings.corrupt"].text == messages.sentence("settings.corrupt", {"moved_to": "/x"})
    assert window.sidebar.settings.text() == settings
    assert window.page is PageName.SETTINGS
    assert window.owner.conversation == id
    assert window.chat.composer.text() == "typed"
    qtbot.waitUntil(lambda: window.pages.settings.fields["language"].control.hasFocus())
    window.show_page(PageName.CHAT)
    window.chat.composer.set_text("")
    type_and_send(window, qtbot, "two")
    qtbot.waitUntil(lambda: len(app.conversations.messages(id)) == 4, timeout=10_000)
    qtbot.waitUntil(lambda: app.chat.active(id) is None, timeout=10_000)


def test_notices_are_banners_with_their_action(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    app.bus.publish(Noticed("settings.corrupt", {"moved_to": "/x"}))
    qtbot.waitUntil(lambda: "settings.corrupt" in window.notices.banners)
    banner = window.notices.banners["settings.corrupt"]
    assert "/x" in banner.text
    banner.closed.emit()
    assert window.notices.isHidden()


@pytest.mark.parametrize(
    ("action", "target"),
    [
        (Action.CHOOSE_MODEL, PageName.MODELS),
        (Action.NETWORK_SETTINGS, PageName.SETTINGS),
        (Action.ENGINE_SETTINGS, PageName.SETTINGS),
        (Action.FREE_SPACE, PageName.MODELS),
        (Action.NONE, PageName.CHAT),
    ],
)
def test_actions_lead_to_their_place(window: MainWindow, action: Action, target: PageName) -> None:
    window.act(action)
    assert window.page is target


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    window.dropEvent(event)


def test_a_dropped_file_is_imported_and_loaded_once(
    app: Application, open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(app)
    states: list[EngineState] = []
    app.bus.subscribe(EngineChanged, lambda event: states.append(event.status.state))
    file = tmp_path / "我的 模型.gguf"
    file.write_bytes(app.test_model.read_bytes())
    drop(window, file)
    dialog = window.findChild(Dialog)
    assert dialog is not None
    dialog.button("copy").click()
    qtbot.waitUntil(lambda: window.page is PageName.CHAT, timeout=20_000)
    model = app.library.models()[0]
    assert not model.linked
    assert model.path.is_relative_to(app.paths.models)
    assert [state for state, _ in groupby(states)] == [EngineState.LOADING, EngineState.READY]
    assert window.chat.composer.editor.hasFocus()


@pytest.mark.parametrize(("name", "content", "sentence"), [("a.gguf", b"", "is empty"), ("b.txt", b"hello", "GGUF")])
def test_a_dropped_file_that_is_no_model_is_said(
    app: Application, open_window: Open, qtbot: QtBot, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    window = open_window(app)
    file = tmp_path / name
    file.write_bytes(content)
    drop(window, file)
    dialog = window.findChild(Dialog)
    assert dialog is not None
    dialog.finish("link")
    qtbot.waitUntil(lambda: any(sentence in b.text for b in window.notices.banners.values()), timeout=10_000)
    assert app.library.models() == ()


def test_a_dialog_cancelled_imports_nothing(app: Application, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = [model.id for model in app.library.models()]
    file = tmp_path / "x.gguf"
    file.write_bytes(app.test_model.read_bytes())
    drop(window, file)
    dialog = window.findChild(Dialog)
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(Dialog) is None)
    assert [model.id for model in app.library.models()] == before


def test_place_and_open_conversation_are_remembered(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    id = ask(app, qtbot, "one")
    window.open_conversation(id)
    window.setGeometry(40, 30, 730, 500)
    window.close()
    state = window_state.read(app.paths.config / window_state.FILE)
    assert (state.width, state.height, state.conversation) == (730, 500, id)


def test_the_open_conversation_is_remembered_before_the_end(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    file = app.paths.config / window_state.FILE
    type_and_send(window, qtbot, "hello")
    id = answered(window, app, qtbot)
    qtbot.waitUntil(lambda: window_state.read(file).conversation == id, timeout=5_000)
    window.new_conversation()
    qtbot.waitUntil(lambda: window_state.read(file).conversation is None, timeout=5_000)


def test_a_window_state_that_makes_no_sense_is_no_obstacle(app: Application, open_window: Open) -> None:
    (app.paths.config / window_state.FILE).write_text('{"x": -99999, "width": 5, "conversation": 77}')
    window = open_window(app)
    assert window.owner.conversation is None
    assert window.isVisible()


def test_the_engine_crashing_leaves_the_window_alive(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    type_and_send(window, qtbot, "!crash SIGSEGV")
    id = answered(window, app, qtbot)
    answer = app.conversations.messages(id)[-1]
    assert answer.state is MessageState.INTERRUPTED
    assert answer.text
    ready(app, qtbot)
    window.chat.composer.take_focus()
    type_and_send(window, qtbot, "still there")
    qtbot.waitUntil(lambda: app.conversations.messages(id)[-1].text == "still there", timeout=20_000)


def test_all_controls_have_names(window: MainWindow) -> None:
    for name in PageName:
        window.show_page(name)
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(window):
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or text, f"{widget!r} in {widget.parentWidget()!r}"


def test_a_question_that_cannot_be_stored_is_not_lost(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    id = ask(app, qtbot, "one")
    window.open_conversation(id)
    app.conversations.delete(id).result(5)
    with sqlite3.connect(app.paths.database) as db:  # as another process with another version of the trash might
        db.execute("DELETE FROM conversation WHERE id = ?", (id,))
    db.close()
    type_and_send(window, qtbot, "precious")
    qtbot.waitUntil(lambda: "request.conversation" in window.notices.banners, timeout=10_000)
    assert "precious" in window.chat.composer.text()


@pytest.mark.parametrize(("again", "kept"), [(False, "precious and more"), (True, "precious\nand more")])
def test_what_was_typed_after_a_question_that_cannot_be_stored_is_not_lost(
    app: Application, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, again: bool, kept: str
) -> None:
    typed = threading.Event()

    def full(*_: object, **__: object) -> None:
        assert typed.wait(10)
        raise DiskFull(path="/x", needed=None, free=0)

    elsewhere = ask(app, qtbot, "one")
    monkeypatch.setattr(app.conversation_store, "begin_turn", full)
    type_and_send(window, qtbot, "precious")
    if again:
        window.new_conversation()
    QTest.keyClicks(window.chat.composer.editor, "and more" if again else " and more")
    typed.set()
    qtbot.waitUntil(lambda: "disk.full" in window.notices.banners, timeout=10_000)
    assert window.chat.composer.text() == kept
    window.open_conversation(elsewhere)
    window.new_conversation()
    assert window.chat.composer.text() == kept


def test_several_models_never_used_are_no_reason_for_the_first_page(
    app: Application, open_window: Open, qtbot: QtBot
) -> None:
    add_model(app, "one")
    add_model(app, "two")
    window = open_window(app)
    assert window.page is PageName.CHAT
    ready(app, qtbot)


def test_a_notice_that_repeats_is_one_banner(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    app.bus.publish(Noticed("disk.full", {"path": "/x", "needed": None}))
    qtbot.waitUntil(lambda: "disk.full" in window.notices.banners)
    banner = window.notices.banners["disk.full"]
    app.bus.publish(Noticed("disk.full", {"path": "/x", "needed": None}))
    app.bus.publish(Noticed("settings.corrupt", {"moved_to": "/y"}))
    qtbot.waitUntil(lambda: "settings.corrupt" in window.notices.banners)
    assert window.notices.banners["disk.full"] is banner
