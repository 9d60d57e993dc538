from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.models import Download, DownloadFile, DownloadId, DownloadState, EngineState, ModelId
from desktop.ui.main_window import MainWindow
from desktop.ui.models.cards import ModelCard
from desktop.ui.models.downloads import DownloadView
from desktop.ui.models.page import Part
from desktop.ui.pages import PageName
from desktop.ui.widgets import Dialog
from tests.conftest import DEAD_ENDPOINT
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
    qtbot.waitUntil(lambda: card.main.text() == "Use", timeout=10_000)
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
    qtbot.waitUntil(lambda: card.main.text() == "Use", timeout=10_000)


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
    assert window.pages.models.installed.none.isVisible()
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
    window.pages.models.show_part(Part.RECOMMENDED)
    build = window.pages.models.builds[ENTRY]
    qtbot.waitUntil(lambda: build.fit.isVisible(), timeout=10_000)
    build.button.click()
    view = only_download(window, qtbot)
    assert build.state.text() == "Downloading"
    qtbot.waitUntil(lambda: view.download.state is DownloadState.RUNNING, timeout=10_000)
    assert hold.reached.wait(10)
    hold.release.set()
    qtbot.waitUntil(lambda: ENTRY in window.pages.models.cards, timeout=20_000)
    qtbot.waitUntil(lambda: window.pages.models.downloads == {}, timeout=10_000)
    assert build.state.text() == "On this computer"
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


def test_tab_goes_through_the_page_as_it_is_seen(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    add_model(app, "second")
    page = window.pages.models
    # what is put into a layout is shown a moment later, and Tab passes by what is not
    qtbot.waitUntil(lambda: any(id == "second" and card.isVisible() for id, card in page.cards.items()), timeout=5_000)
    page.segments.button(Part.INSTALLED).setFocus()
    qtbot.waitUntil(page.segments.button(Part.INSTALLED).hasFocus, timeout=5_000)
    wanted = [button for card in page.cards.values() for button in (card.main, card.settings, card.more)]
    for button in wanted:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert button.hasFocus()


def test_a_model_that_is_used_moves_up_without_losing_the_focus(
    app: Application, window: MainWindow, qtbot: QtBot
) -> None:
    add_model(app, "second")
    qtbot.waitUntil(lambda: "second" in window.pages.models.cards, timeout=5_000)
    card = card_of(window, "second")
    card.more.setFocus()
    card.main.click()
    qtbot.waitUntil(lambda: card.is_loaded, timeout=10_000)
    qtbot.waitUntil(lambda: app.library.models()[0].id == "second", timeout=5_000)
    window.pages.models.refresh()
    assert list(window.pages.models.cards) == ["second", "plain"]
    assert card_of(window, "second") is card
    assert card.more.hasFocus()
    qtbot.waitUntil(lambda: card.y() < card_of(window).y(), timeout=5_000)


def test_all_downloads_pause_and_one_goes_first(
    app: Application, hub: HubServer, window: MainWindow, qtbot: QtBot
) -> None:
    app.settings.set("parallel_downloads", 1)
    data = app.test_model.read_bytes()
    for name in ("one", "two", "three"):
        hub.add("who/many-GGUF", f"{name}.gguf", data + name.encode())
    holds = [Fault(hold=1_000_000) for _ in range(8)]
    hub.faults.extend(holds)
    for name in ("one", "two", "three"):
        app.downloads.start("who/many-GGUF", [f"{name}.gguf"]).result(10)
    panel = window.pages.models.panel
    qtbot.waitUntil(lambda: len(panel.views) == 3, timeout=10_000)
    views = {view.download.files[0].file: view for view in panel.views.values()}
    assert "3 on the way" in window.pages.models.segments.button(Part.INSTALLED).text()
    qtbot.waitUntil(lambda: views["one.gguf"].download.state is DownloadState.RUNNING, timeout=10_000)
    last = views["three.gguf"]
    qtbot.waitUntil(last.first.isVisible, timeout=5_000)
    assert not views["one.gguf"].first.isVisible()
    last.first.click()
    qtbot.waitUntil(lambda: app.downloads.get(last.download.id).rank < views["two.gguf"].download.rank, timeout=10_000)
    qtbot.waitUntil(
        lambda: last.mapTo(panel, last.pos()).y() < views["two.gguf"].mapTo(panel, last.pos()).y(), timeout=5_000
    )
    assert panel.all_button.text() == "Pause all"
    panel.all_button.click()
    qtbot.waitUntil(lambda: panel.running == 0, timeout=10_000)
    assert all(view.main.text() == "Resume" for view in views.values())
    assert panel.all_button.text() == "Resume all"
    for hold in holds:
        hold.release.set()
    hub.faults.clear()
    panel.all_button.click()
    qtbot.waitUntil(lambda: panel.views == {}, timeout=30_000)
    assert len(window.pages.models.cards) == 4


def test_a_download_goes_on_from_another_source_with_one_click(
    app: Application, hub: HubServer, window: MainWindow, qtbot: QtBot
) -> None:
    hub.add("who/other-GGUF", "model.gguf", app.test_model.read_bytes() + b"other")
    view = DownloadView(
        Download(
            DownloadId(99),
            "who/other-GGUF",
            "main",
            DEAD_ENDPOINT,
            (DownloadFile("model.gguf", None, None, None, 0, False),),
            DownloadState.FAILED,
            0,
            error="hub.unreachable",
            error_data={"endpoint": DEAD_ENDPOINT, "next_source": hub.url},
        ),
        "model",
    )
    qtbot.addWidget(view)
    view.show()
    assert view.source.isVisible()
    assert f"127.0.0.1:{hub.port}" in view.source.text()
    asked: list[tuple[int, str]] = []
    view.source_requested.connect(lambda id, source: asked.append((id, source)))
    view.source.click()
    assert asked == [(99, hub.url)]

    failed = app.downloads.start("who/other-GGUF", ["model.gguf"], endpoint=DEAD_ENDPOINT).result(10)
    shown = only_download(window, qtbot)
    app.downloads.pause(failed.id).result(20)
    qtbot.waitUntil(lambda: shown.main.text() != "Pause", timeout=20_000)
    shown.source_requested.emit(failed.id, hub.url)
    qtbot.waitUntil(lambda: len(window.pages.models.cards) == 2, timeout=30_000)


def test_the_build_for_this_computer_comes_first(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    page = window.pages.models
    page.show_part(Part.RECOMMENDED)
    wanted = app.library.recommended(app.library.machine()).id
    qtbot.waitUntil(lambda: page.builds[wanted].proposed.isVisible(), timeout=10_000)
    qtbot.waitUntil(lambda: min(page.builds.values(), key=lambda card: card.y()) is page.builds[wanted], timeout=5_000)
    assert sum(card.proposed.isVisible() for card in page.builds.values()) == 1


def test_a_build_without_room_on_the_disk_says_so(window: MainWindow, qtbot: QtBot) -> None:
    page = window.pages.models
    page.show_part(Part.RECOMMENDED)
    qtbot.waitUntil(lambda: all(card.fit.isVisible() for card in page.builds.values()), timeout=10_000)
    assert page._machine is not None
    page._show_machine(replace(page._machine, disk_free=2_000_000_000))
    small, large = page.builds[ENTRY], page.builds["glm-4-32b-0414-q4_k_m"]
    assert small.button.isEnabled()
    assert not large.button.isEnabled()
    assert "disk" in large.state.text()
