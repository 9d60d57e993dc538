"""Folders of models, a move of the program's own, and models of other programs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.models import ModelId
from desktop.ui.main_window import MainWindow
from desktop.ui.models.importing import dropped
from desktop.ui.models.page import Part
from desktop.ui.pages import PageName
from desktop.ui.widgets import Dialog
from tests.ui.conftest import Open, ready


@pytest.fixture
def window(app: Application, open_window: Open) -> MainWindow:
    made = open_window(app)
    made.show_page(PageName.MODELS)
    return made


def lm_studio(app: Application, name: str) -> Path:
    path = Path.home() / ".lmstudio" / "models" / "who" / "repo" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(app.test_model, path)
    return path


def test_models_in_a_folder_of_the_users_are_listed_and_go_with_it(
    app: Application, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "我的 models 🗂"
    folder.mkdir()
    shutil.copy(app.test_model, folder / "mine.gguf")
    dialog = window.pages.models.show_folders()
    assert str(app.library.folder) in dialog.folder.text()
    dialog._on_add(folder)
    qtbot.waitUntil(lambda: folder in dialog.rows, timeout=10_000)
    qtbot.waitUntil(lambda: len(window.pages.models.cards) == 1, timeout=10_000)
    dialog._on_add(tmp_path / "not there")
    qtbot.waitUntil(dialog.trouble.isVisible, timeout=10_000)
    dialog.rows[folder].click()
    qtbot.waitUntil(lambda: window.pages.models.cards == {}, timeout=10_000)
    assert (folder / "mine.gguf").exists()
    dialog.button("").click()


def test_a_folder_that_went_away_is_said_on_its_card(
    app: Application, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    shutil.copy(app.test_model, folder / "mine.gguf")
    app.folders.add(folder).result(20)
    qtbot.waitUntil(lambda: len(window.pages.models.cards) == 1, timeout=10_000)
    ready(app, qtbot)
    folder.rename(tmp_path / "pulled")
    window.pages.models.refresh()
    (card,) = window.pages.models.cards.values()
    assert str(folder) in card.state.text()
    assert not card.main.isEnabled()
    (tmp_path / "pulled").rename(folder)
    window.pages.models.refresh()
    assert card.main.isEnabled()


def test_the_models_move_and_say_where_they_are(
    app: Application, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    model = app.library.import_file(app.test_model, copy=True).result(20)
    ready(app, qtbot)
    app.engine.unload()
    target = tmp_path / "new home"
    dialog = window.pages.models.show_folders()
    dialog._on_move(target)
    qtbot.waitUntil(lambda: app.library.folder == target, timeout=20_000)
    qtbot.waitUntil(lambda: not window.pages.models.move_panel.isVisible(), timeout=10_000)
    assert str(target) in (window.toasts.text or "")
    moved = app.library.get(model.id)
    assert moved.path.is_relative_to(target)
    assert moved.path.exists()


def test_a_move_that_cannot_be_is_said(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    window.pages.models.move_panel.move_models(app.library.folder)
    qtbot.waitUntil(lambda: "request.folder_inside" in window.notices.banners, timeout=10_000)
    qtbot.waitUntil(lambda: not window.pages.models.move_panel.isVisible(), timeout=5_000)


def test_models_of_other_programs_are_offered_and_used_in_place(
    app: Application, open_window: Open, qtbot: QtBot
) -> None:
    paths = [lm_studio(app, f"glm-{n}.gguf") for n in range(6)]
    for number, path in enumerate(paths):  # each is a model of its own
        path.write_bytes(path.read_bytes() + bytes([number]))
    window = open_window(app)
    window.show_page(PageName.MODELS)
    page = window.pages.models
    assert page.part is Part.RECOMMENDED  # there is nothing here yet
    qtbot.waitUntil(lambda: page.recommended.hint is not None, timeout=10_000)
    assert page.recommended.hint is not None
    assert page.recommended.hint.button is not None
    page.recommended.hint.button.click()
    assert page.installed.isVisible()
    assert len(page.found.buttons) == 4
    page.found.more.click()
    assert len(page.found.buttons) == 6
    page.found.buttons[paths[0]].click()
    qtbot.waitUntil(lambda: len(page.cards) == 1, timeout=10_000)
    qtbot.waitUntil(lambda: len(page.found.buttons) == 5, timeout=10_000)
    (model,) = app.library.models()
    assert model.linked
    assert model.path == paths[0]
    assert ModelId(model.id) in page.cards
    assert page.recommended.hint is None


def test_a_folder_can_be_dropped_on_the_window(
    app: Application, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "dropped 폴더"
    folder.mkdir()
    shutil.copy(app.test_model, folder / "mine.gguf")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    assert dropped(data) == folder
    window.importer.offer(folder)
    (dialog,) = [dialog for dialog in window.findChildren(Dialog) if dialog.isVisible()]
    assert folder.name in dialog.accessibleName()
    dialog.button("add").click()
    qtbot.waitUntil(lambda: len(window.pages.models.cards) == 1, timeout=10_000)
    assert [one.path for one in app.folders.list()] == [folder]
