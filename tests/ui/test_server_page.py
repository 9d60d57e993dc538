from __future__ import annotations

import socket
from contextlib import closing

import httpx
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.events import RequestAnswered, SettingChanged
from desktop.server.snippets import KINDS, snippet
from desktop.server.sockets import free_port
from desktop.ui.main_window import MainWindow
from desktop.ui.pages import PageName
from tests.ui.conftest import Open, add_model


def a_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = free_port("127.0.0.1", taken.getsockname()[1] % 30000 + 20000)
    assert port is not None
    return port


def change(app: Application, name: str, value: object) -> None:
    app.settings.set(name, value)
    app.bus.publish(SettingChanged(name))


@pytest.fixture
def window(app: Application, open_window: Open) -> MainWindow:
    add_model(app)
    app.settings.set("server_port", a_port())
    return open_window(app)


@pytest.fixture
def running(app: Application, window: MainWindow, qtbot: QtBot) -> MainWindow:
    change(app, "server_enabled", True)
    qtbot.waitUntil(lambda: window.chat.header.server.isVisible(), timeout=30_000)
    return window


def test_a_switch_starts_and_ends_it(app: Application, running: MainWindow, qtbot: QtBot) -> None:
    address = running.server.status.address
    assert running.chat.header.server.text() == address.removeprefix("http://")
    running.chat.header.server.click()
    assert running.page is PageName.SERVER
    page = running.pages.server
    assert address in page.state.state.text()
    assert address in page.snippets.code.text()
    with httpx.Client(base_url=address, trust_env=False) as client:
        assert client.post("/", json={"prompt": "hello"}).json()["response"] == "hello"
    page.state.button.click()
    qtbot.waitUntil(lambda: not running.server.status.running, timeout=30_000)
    qtbot.waitUntil(lambda: not running.chat.header.server.isVisibleTo(running.chat), timeout=30_000)
    assert not app.settings.flag("server_enabled")


def test_it_starts_with_the_program(app: Application, open_window: Open, qtbot: QtBot) -> None:
    app.settings.set("server_port", a_port())
    app.settings.set("server_enabled", True)
    window = open_window(app)
    qtbot.waitUntil(lambda: window.server.status.running, timeout=30_000)


def test_one_click_takes_the_next_free_port(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    with closing(socket.create_server(("127.0.0.1", app.settings.number("server_port")))):
        change(app, "server_enabled", True)
        window.show_page(PageName.SETTINGS)
        row = window.pages.settings.server
        qtbot.waitUntil(lambda: row.button.isVisible(), timeout=30_000)
        assert row.state.property("role") == "danger"
        row.button.click()
        qtbot.waitUntil(lambda: window.server.status.running, timeout=30_000)
    assert window.server.status.port == app.settings.number("server_port")
    qtbot.waitUntil(lambda: not row.button.isVisible(), timeout=30_000)


def test_the_key_is_copied_and_not_shown(running: MainWindow, qtbot: QtBot) -> None:
    running.show_page(PageName.SERVER)
    page = running.pages.server
    page.key.renew.click()
    qtbot.waitUntil(lambda: page.key.copy.isVisible(), timeout=30_000)
    page.key.copy.click()
    key = QGuiApplication.clipboard().text()
    assert len(key) >= 32
    page.snippets.copy.click()
    assert key in QGuiApplication.clipboard().text()
    assert key not in page.snippets.code.text()
    qtbot.waitUntil(lambda: running.server.status.running, timeout=30_000)
    address = running.server.status.address
    with httpx.Client(base_url=address, trust_env=False) as client:
        assert client.get("/v1/models").status_code == 401
        assert client.get("/v1/models", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    page.key.remove.click()
    qtbot.waitUntil(lambda: not page.key.copy.isVisible(), timeout=30_000)
    with httpx.Client(base_url=running.server.status.address, trust_env=False) as client:
        assert client.get("/v1/models").status_code == 200


def test_the_log_shows_texts_only_when_wanted(app: Application, running: MainWindow, qtbot: QtBot) -> None:
    running.show_page(PageName.SERVER)
    log = running.pages.server.log
    with httpx.Client(base_url=running.server.status.address, trust_env=False) as client:
        client.post("/", json={"prompt": "a secret"})
        app.settings.set("server_log_texts", True)
        client.post("/", json={"prompt": "no secret"})
        client.post("/v1/chat/completions", json={"messages": []})
    qtbot.waitUntil(lambda: len(log.rows) == 3, timeout=30_000)
    shown = " ".join(text for row in log.rows for text in words(row))
    assert "no secret" in shown
    assert "a secret" not in shown.replace("no secret", "")
    assert "3" in log.figures.text()
    assert "33 %" in log.figures.text()
    log.clear.click()
    assert not log.rows
    assert not running.server.journal.records()


def words(row: object) -> list[str]:
    assert isinstance(row, QWidget)
    return [label.text() for label in row.findChildren(QLabel)]


@pytest.mark.parametrize("kind", [value for value, _ in KINDS])
def test_examples_are_code(kind: str) -> None:
    for key in ("", "a-key_1"):
        text = snippet(kind, "http://127.0.0.1:8000", key)
        assert "127.0.0.1:8000" in text
        assert (key in text) if key else "Authorization" not in text
        if kind != "curl":
            compile(text, "example", "exec")


def test_a_taken_port_is_seen_from_the_conversation(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    port = app.settings.number("server_port")
    with closing(socket.create_server(("127.0.0.1", port))):
        change(app, "server_enabled", True)
        qtbot.waitUntil(lambda: window.chat.header.server.isVisible(), timeout=30_000)
        assert str(port) in window.chat.header.server.toolTip()
        window.chat.header.server.click()
        assert window.page is PageName.SERVER
        assert window.sidebar.settings.isChecked(), "where one can go back to"
        assert str(port) in window.pages.server.state.state.text()


def test_examples_name_the_port_before_the_server_runs(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    window.show_page(PageName.SERVER)
    code = window.pages.server.snippets.code
    assert f":{app.settings.number('server_port')}/" in code.text()
    change(app, "server_port", 12345)
    qtbot.waitUntil(lambda: ":12345/" in code.text())


def test_the_first_key_is_made_and_later_ones_are_new(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page(PageName.SERVER)
    key = window.pages.server.key
    assert key.renew.text() == "Make a key"
    key.renew.click()
    qtbot.waitUntil(lambda: key.copy.isVisible(), timeout=30_000)
    assert key.renew.text() == "New key"
    key.remove.click()
    qtbot.waitUntil(lambda: not key.copy.isVisible(), timeout=30_000)
    assert key.renew.text() == "Make a key"


def test_refusals_are_logged_in_words(running: MainWindow, qtbot: QtBot) -> None:
    running.show_page(PageName.SERVER)
    log = running.pages.server.log
    with httpx.Client(base_url=running.server.status.address, trust_env=False) as client:
        client.get("/v1/models")
        client.post("/v1/chat/completions", content=b"{")
        client.get("/v1/models", headers={"Origin": "http://elsewhere.example"})
    qtbot.waitUntil(lambda: len(log.rows) == 3, timeout=30_000)
    newest, broken, oldest = log.rows
    assert "web page" in newest.figures.text()
    assert "not JSON" in broken.figures.text()
    assert newest.when.width() == broken.when.width() == oldest.when.width()
    assert not oldest.line.isVisibleTo(oldest)
    assert newest.line.isVisibleTo(newest)


def test_a_log_that_nobody_looks_at_catches_up_when_it_is_shown(
    app: Application, running: MainWindow, qtbot: QtBot
) -> None:
    """Rows of requests cost the window time that it has better uses for while programs ask a lot."""
    log = running.pages.server.log
    heard: list[RequestAnswered] = []
    app.bus.subscribe(RequestAnswered, heard.append)
    with httpx.Client(base_url=running.server.status.address, trust_env=False) as client:
        for _ in range(3):
            client.get("/v1/models")
    qtbot.waitUntil(lambda: len(heard) == 3, timeout=30_000)
    QGuiApplication.processEvents()
    assert not log.rows
    running.show_page(PageName.SERVER)
    assert len(log.rows) == 3
    assert log.figures.text() == "3 requests, none failed"
    log.clear.click()
    with httpx.Client(base_url=running.server.status.address, trust_env=False) as client:
        client.get("/nowhere")
    qtbot.waitUntil(lambda: log.figures.text() == "1 request, 1 failed (100 %)", timeout=30_000)


def test_a_server_that_could_not_start_is_tried_again(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    """And not switched off by the button that offers to start it."""
    file = app.paths.config / "server-key.json"
    file.write_text("{}", encoding="utf-8")
    change(app, "server_enabled", True)
    window.show_page(PageName.SERVER)
    button = window.pages.server.state.button
    qtbot.waitUntil(lambda: button.text() == "Try again", timeout=30_000)
    assert window.server.status.error == "disk.denied"
    file.unlink()
    button.click()
    qtbot.waitUntil(lambda: window.server.status.running, timeout=30_000)
    assert app.settings.flag("server_enabled")
    qtbot.waitUntil(lambda: button.text() == "Switch off", timeout=30_000)
