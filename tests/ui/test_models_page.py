from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.models import DownloadState, EngineState, ModelId
from desktop.ui.main_window import MainWindow
from desktop.ui.models.cards import ModelCard
from desktop.ui.models.downloads import DownloadView
from desktop.ui.pages import PageName
from desktop.ui.widgets import Dialog
from tests.hubserver import Fault, HubServer
from tests.ui.conftest import Open, add_model, ready

ENTRY = "glm-edge-1.5b-q4_k_m"


@pytest.fixture
def hub(app: Application) -> Iterator[HubServer]:
    """A hub that has the tiny model under the name of one recommended build."""
    entry = next(entry for entry in app.library.catalog() if entry.id == ENTRY)
    with HubServer() as server:
        server.add(entry.repository, entry.files[0].file, app.test_model.read_bytes(), commit=entry.revision)
        app.settings.set("endpoint", server.url)
        yield server


@pytest.fixture
def window(app: Application, open_window: Open, qtbot: QtBot) -> MainWindow:
    """The models page of a window with a loaded model."""
    add_model(app)
    made = open_window(app)
    ready(app, qtbot)
    made.show_page(PageName.MODELS)
    return made


def card_of(window: MainWindow, id: str = "plain") -> ModelCard:
    return window.pages.models.cards[ModelId(id)]


def only_download(window: MainWindow, qtbot: QtBot) -> DownloadView:
    qtbot.waitUntil(lambda: len(window.pages.models.downloads) == 1, timeout=10_000)
    (view,) = window.pages.models.downloads.values()
    return view


def parts(folder: Path) -> list[str]:
    """Unfinished files; folders that vanish while one looks are nobody's fault."""
    return [file for _, _, files in os.walk(folder) for file in files if file.endswith(".part")]


def test_a_model_can_be_unloaded_and_loaded(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    card = card_of(window)
    assert card.main.text() == "Unload"
    assert "Loaded" in card.state.text()
    card.main.click()
    qtbot.waitUntil(lambda: card.main.text() == "Load", timeout=10_000)
    assert app.engine.status.state is EngineState.NONE
    card.main.click()
    qtbot.waitUntil(lambda: card.main.text() == "Unload", timeout=10_000)


def test_loading_shows_its_progress_and_can_be_cancelled(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    add_model(app, "slow-load")
    qtbot.waitUntil(lambda: "slow-load" in window.pages.models.cards)
    card = card_of(window, "slow-load")
    card.main.click()
    qtbot.waitUntil(lambda: (card.progress.value or 0.0) > 0.02, timeout=10_000)
    assert card.main.text() == "Cancel"
    assert "%" in card.state.text()
    card.main.click()
    qtbot.waitUntil(lambda: card.main.text() == "Load", timeout=10_000)


def test_a_sound_file_is_said_to_be_and_a_damaged_one_too(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    card = card_of(window)
    card.verify_requested.emit("plain")
    qtbot.waitUntil(lambda: window.toasts.text is not None and "sound" in window.toasts.text, timeout=10_000)
    path = card.model.path
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.unlink()  # a link to the test's own file, perhaps
    path.write_bytes(data)
    card.verify_requested.emit("plain")
    qtbot.waitUntil(lambda: "model.wrong_hash" in window.notices.banners, timeout=10_000)
    assert "damaged" in card_of(window).state.text()


def test_remove_asks_and_leaves_a_linked_file_alone(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    path = card_of(window).model.path
    card_of(window).remove_requested.emit("plain")
    dialog = window.findChild(Dialog)
    assert dialog is not None
    assert str(path) in dialog.accessibleDescription()
    dialog.finish("")
    assert "plain" in window.pages.models.cards
    card_of(window).remove_requested.emit("plain")
    qtbot.waitUntil(lambda: len(window.findChildren(Dialog)) == 1)
    (dialog,) = window.findChildren(Dialog)
    dialog.button("remove").click()
    qtbot.waitUntil(lambda: window.pages.models.cards == {}, timeout=10_000)
    assert path.exists()
    assert window.pages.models._none.isVisible()
    qtbot.waitUntil(lambda: app.engine.status.state is EngineState.NONE)


def test_a_file_that_went_away_is_said(window: MainWindow, qtbot: QtBot) -> None:
    card_of(window).model.path.unlink()
    window.show_page(PageName.MODELS)
    assert "no longer where it was" in card_of(window).state.text()
    assert not card_of(window).main.isEnabled()


def test_a_recommended_build_is_downloaded_and_listed(
    app: Application, hub: HubServer, window: MainWindow, qtbot: QtBot
) -> None:
    hold = Fault(hold=1_000_000)
    hub.faults.append(hold)
    build = window.pages.models.builds[ENTRY]
    qtbot.waitUntil(lambda: build.fit.isVisible(), timeout=10_000)
    build.button.click()
    view = only_download(window, qtbot)
    assert build.button.text() == "Downloading"
    assert not build.button.isEnabled()
    qtbot.waitUntil(lambda: view.download.state is DownloadState.RUNNING, timeout=10_000)
    assert hold.reached.wait(10)
    hold.release.set()
    qtbot.waitUntil(lambda: ENTRY in window.pages.models.cards, timeout=20_000)
    qtbot.waitUntil(lambda: window.pages.models.downloads == {}, timeout=10_000)
    assert build.button.text() == "On this computer"
    assert app.engine.status.model == "plain"  # what is loaded stays loaded
    assert window.toasts.text is not None


def test_pause_resume_and_cancel(app: Application, hub: HubServer, window: MainWindow, qtbot: QtBot) -> None:
    hold = Fault(hold=1_000_000)
    hub.faults.append(hold)
    window.pages.models.builds[ENTRY].button.click()
    view = only_download(window, qtbot)
    qtbot.waitUntil(lambda: view.download.state is DownloadState.RUNNING, timeout=10_000)
    assert hold.reached.wait(10)
    QTest.mouseClick(view.main, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.main.text() == "Resume", timeout=10_000)
    hold.release.set()
    again = Fault(hold=500_000)
    hub.faults.append(again)
    QTest.mouseClick(view.main, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.download.state is DownloadState.RUNNING, timeout=10_000)
    assert again.reached.wait(10)
    QTest.mouseClick(view.cancel, Qt.MouseButton.LeftButton)
    again.release.set()
    qtbot.waitUntil(lambda: window.pages.models.downloads == {}, timeout=10_000)
    qtbot.waitUntil(lambda: parts(app.paths.models) == [], timeout=10_000)
    assert window.pages.models.builds[ENTRY].button.text() == "Download"


def test_a_failed_download_says_why_and_tries_again(
    app: Application, hub: HubServer, window: MainWindow, qtbot: QtBot
) -> None:
    hub.faults.append(Fault(on="hub", method="HEAD", status=404, times=1))
    window.pages.models.builds[ENTRY].button.click()
    view = only_download(window, qtbot)
    qtbot.waitUntil(lambda: view.error.isVisible(), timeout=20_000)
    assert "does not have" in view.error.text()
    assert view.main.text() == "Try again"
    assert view.help.isVisible()
    view.main.click()
    qtbot.waitUntil(lambda: ENTRY in window.pages.models.cards, timeout=20_000)


def test_import_tells_how_far_it_is(app: Application, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "mine.gguf"
    file.write_bytes(app.test_model.read_bytes())
    window.importer.take(file, copy=True)
    assert window.pages.models.import_state.isVisible()
    assert "mine.gguf" in window.pages.models.import_state.text()
    qtbot.waitUntil(lambda: not window.pages.models.import_state.isVisible(), timeout=10_000)
    qtbot.waitUntil(lambda: len(window.pages.models.cards) == 2)
