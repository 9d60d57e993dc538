from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.models import CatalogEntry, DownloadState, EngineState
from desktop.ui.main_window import MainWindow
from desktop.ui.models.welcome import Stage
from desktop.ui.pages import PageName
from desktop.ui.widgets import Text
from tests.hubserver import Fault, HubServer
from tests.ui.conftest import Open, Start, add_model


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """A hub that has the tiny model under the names of every recommended build."""
    with HubServer() as server:
        yield server


def stock(hub: HubServer, app: Application) -> None:
    data = app.test_model.read_bytes()
    for entry in app.library.catalog():
        for file in entry.files:
            hub.add(entry.repository, file.file, data, commit=entry.revision)
    app.settings.set("endpoint", hub.url)


def offered(window: MainWindow, qtbot: QtBot) -> CatalogEntry:
    qtbot.waitUntil(lambda: window.pages.welcome.stage is Stage.OFFER, timeout=10_000)
    assert window.pages.welcome.entry is not None
    return window.pages.welcome.entry


def words(window: MainWindow) -> str:
    return "\n".join(text.text() for text in window.pages.welcome.findChildren(Text) if text.isVisible())


def test_the_first_page_knows_this_machine_and_proposes_a_build(
    app: Application, open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(app)
    assert window.page is PageName.WELCOME
    entry = offered(window, qtbot)
    assert entry == app.library.recommended(app.library.machine())
    qtbot.waitUntil(lambda: entry.name in words(window))
    text = words(window)
    assert entry.quantization in text
    assert "127.0.0.1:9" in text  # where it would come from: HF_ENDPOINT of the tests
    assert "memory" in window.pages.welcome.machine_line.text()
    button = window.pages.welcome.download_button
    assert button is not None
    qtbot.waitUntil(button.hasFocus)


def test_from_the_first_page_to_the_first_question(
    app: Application, hub: HubServer, open_window: Open, qtbot: QtBot
) -> None:
    stock(hub, app)
    hold = Fault(hold=100_000)
    hub.faults.append(hold)
    window = open_window(app)
    entry = offered(window, qtbot)
    button = window.pages.welcome.download_button
    assert button is not None
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.pages.welcome.stage is Stage.DOWNLOAD, timeout=10_000)
    view = window.pages.welcome.download_view
    assert view is not None
    assert hold.reached.wait(10)
    qtbot.waitUntil(lambda: view.download.state is DownloadState.RUNNING, timeout=10_000)
    assert view.name.text() == entry.name
    assert "of" in view.facts.text()
    hold.release.set()

    qtbot.waitUntil(lambda: window.page is PageName.CHAT, timeout=30_000)
    assert app.engine.status.state is EngineState.READY
    assert window.chat.composer.editor.hasFocus()
    assert [model.id for model in app.library.models()] == [entry.id]


def test_a_download_can_be_paused_and_goes_on_after_a_restart(
    start: Start, hub: HubServer, open_window: Open, qtbot: QtBot
) -> None:
    app = start()
    stock(hub, app)
    hold = Fault(hold=1_000_000)
    hub.faults.append(hold)
    window = open_window(app)
    offered(window, qtbot)
    button = window.pages.welcome.download_button
    assert button is not None
    button.click()
    assert hold.reached.wait(10)
    qtbot.waitUntil(lambda: window.pages.welcome.download_view is not None)
    view = window.pages.welcome.download_view
    assert view is not None
    pausing = view
    qtbot.waitUntil(lambda: pausing.download.state is DownloadState.RUNNING, timeout=10_000)
    assert pausing.main.text() == "Pause"
    pausing.main.click()
    qtbot.waitUntil(lambda: pausing.main.text() == "Resume", timeout=10_000)
    hold.release.set()
    window.close()
    app.close()
    sent = hub.bytes_sent()

    again = start()
    window = open_window(again)
    qtbot.waitUntil(lambda: window.pages.welcome.stage is Stage.DOWNLOAD, timeout=10_000)
    view = window.pages.welcome.download_view
    assert view is not None
    assert view.main.text() == "Resume"
    assert view.progress.value is not None
    assert view.progress.value > 0.1
    view.main.click()
    qtbot.waitUntil(lambda: window.page is PageName.CHAT, timeout=30_000)
    size = again.test_model.stat().st_size
    assert hub.bytes_sent() - sent < size


def test_cancel_brings_the_offer_back(app: Application, hub: HubServer, open_window: Open, qtbot: QtBot) -> None:
    stock(hub, app)
    hold = Fault(hold=100_000)
    hub.faults.append(hold)
    window = open_window(app)
    offered(window, qtbot)
    button = window.pages.welcome.download_button
    assert button is not None
    button.click()
    assert hold.reached.wait(10)
    qtbot.waitUntil(lambda: window.pages.welcome.download_view is not None)
    view = window.pages.welcome.download_view
    assert view is not None
    view.cancel.click()
    hold.release.set()
    offered(window, qtbot)
    qtbot.waitUntil(lambda: app.downloads.list() == ())


def test_an_unreachable_hub_is_said_with_a_way_to_the_settings(
    app: Application, open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(app)
    offered(window, qtbot)
    button = window.pages.welcome.download_button
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: window.pages.welcome.download_view is not None, timeout=10_000)
    view = window.pages.welcome.download_view
    assert view is not None
    qtbot.waitUntil(lambda: view.error.isVisible(), timeout=30_000)
    assert "cannot be reached" in view.error.text()
    assert view.main.text() == "Try again"
    view.help.click()
    assert window.page is PageName.SETTINGS
    assert window.pages.settings.fields["endpoint"].control.hasFocus()


def test_a_model_that_cannot_be_loaded_is_said(app: Application, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(app)
    offered(window, qtbot)
    add_model(app, "fail-load")
    qtbot.waitUntil(lambda: "could not be loaded" in words(window), timeout=20_000)
    assert window.page is PageName.WELCOME


def test_choose_another_leads_to_the_models(app: Application, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(app)
    offered(window, qtbot)
    window.pages.welcome.others_button.click()
    assert window.page is PageName.MODELS
    assert len(window.pages.models.builds) == len(app.library.catalog())
