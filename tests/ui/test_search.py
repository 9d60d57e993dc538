"""Searching: a folder serves as the hub, so that everything but the network is real."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.core.events import SettingChanged
from desktop.core.models import ModelState
from desktop.hub.endpoints import HF_MIRROR
from desktop.ui.main_window import MainWindow
from desktop.ui.models.page import Part
from desktop.ui.models.search import SearchPart
from desktop.ui.pages import PageName
from desktop.ui.widgets import Button
from tests.hubserver import HubServer
from tests.ui.conftest import Open

REPOSITORY = "some one/GLM-4 例-GGUF".replace(" ", "-")


@pytest.fixture
def stick(app: Application, tmp_path: Path) -> Path:
    """A USB stick with a GLM repository of three builds, and a model of another family."""
    root = tmp_path / "U 盘"
    data = app.test_model.read_bytes()
    for file in ("glm-Q4_K_M.gguf", "glm-Q8_0.gguf", "mmproj-glm-F16.gguf"):
        path = root / REPOSITORY / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for part in (1, 2):
        (root / REPOSITORY / f"glm-BF16-0000{part}-of-00002.gguf").write_bytes(data)
    other = root / "who" / "Other-7B-GGUF" / "other-Q4_0.gguf"
    other.parent.mkdir(parents=True)
    other.write_bytes(data)
    app.settings.set("endpoint", f"folder:{root}")
    return root


@pytest.fixture
def window(app: Application, open_window: Open) -> MainWindow:
    made = open_window(app)
    made.show_page(PageName.MODELS)
    made.pages.models.show_part(Part.SEARCH)
    return made


def search(window: MainWindow, text: str) -> SearchPart:
    part = window.pages.models.search
    part.field.setText(text)
    part.button.click()
    return part


def names(part: SearchPart) -> list[str]:
    return [card.repository.repository for card in part.results]


def test_nothing_is_asked_until_the_user_asks(window: MainWindow, qtbot: QtBot) -> None:
    part = window.pages.models.search
    assert part.start.isVisible()
    assert part.field.hasFocus()
    assert not part.waiting.isVisible()
    QTest.keyClick(part.field, Qt.Key.Key_Return)
    assert part.start.isVisible()


def test_the_glm_family_alone_unless_told_otherwise(stick: Path, window: MainWindow, qtbot: QtBot) -> None:
    part = search(window, "gguf")
    assert part.waiting.isVisible()
    qtbot.waitUntil(lambda: not part.waiting.isVisible(), timeout=10_000)
    assert names(part) == [REPOSITORY]
    part.expert.click()
    qtbot.waitUntil(lambda: len(part.results) == 2, timeout=10_000)
    assert part.expert_note.text()


def test_nothing_found_says_what_to_do(stick: Path, window: MainWindow, qtbot: QtBot) -> None:
    part = search(window, "glm-9000")
    qtbot.waitUntil(part.nothing.isVisible, timeout=10_000)
    assert "glm-9000" in part.nothing.text()
    assert "every model" in part.nothing.text()


def test_builds_are_listed_in_plain_words_and_split_ones_once(stick: Path, window: MainWindow, qtbot: QtBot) -> None:
    part = search(window, "glm")
    qtbot.waitUntil(lambda: len(part.results) == 1, timeout=10_000)
    part.results[0].button.click()
    view = part.repository
    qtbot.waitUntil(lambda: len(view.cards) == 3, timeout=10_000)
    assert not part.list.isVisible()
    assert not any("mmproj" in file for file in view.cards)
    split = view.builds["glm-BF16-00001-of-00002.gguf"]
    assert len(split.files) == 2
    qtbot.waitUntil(lambda: view.cards["glm-Q4_K_M.gguf"].fit.isVisible(), timeout=10_000)
    fit = view.cards["glm-Q4_K_M.gguf"].fit
    assert fit.text()
    assert "weights" in fit.numbers.text()
    QTest.keyClick(view.back, Qt.Key.Key_Escape)
    assert part.list.isVisible()
    assert part.results[0].button.hasFocus()


def test_another_context_gives_another_answer(stick: Path, window: MainWindow, qtbot: QtBot) -> None:
    part = search(window, "glm")
    qtbot.waitUntil(lambda: len(part.results) == 1, timeout=10_000)
    part.results[0].button.click()
    view = part.repository
    qtbot.waitUntil(lambda: len(view.cards) == 3 and view.cards["glm-Q8_0.gguf"].fit.isVisible(), timeout=10_000)
    label = view.cards["glm-Q8_0.gguf"].fit
    first = label.estimate
    assert first is not None
    small = view.context.segments.button(str(view.context.context))
    small.setFocus()
    QTest.keyClick(small, Qt.Key.Key_Left)
    assert view.context.context == 4096
    qtbot.waitUntil(lambda: label.estimate is not None and label.estimate is not first, timeout=10_000)
    assert label.estimate is not None
    assert label.estimate.context <= 4096


def test_an_unreachable_source_offers_the_next_with_one_click(
    app: Application, window: MainWindow, qtbot: QtBot
) -> None:
    part = search(window, "glm")  # the tests' source is an address where nobody listens
    qtbot.waitUntil(part.trouble.isVisible, timeout=20_000)
    assert "cannot be reached" in part.trouble.text.text()
    assert part.trouble.source.isVisible()
    offered = part.trouble._next
    seen: list[str] = []
    part.trouble.source_requested.connect(seen.append)
    app.settings.set("offline", True)  # the click must not reach for the real hub
    part.trouble.source.click()
    qtbot.waitUntil(lambda: app.endpoint() == offered, timeout=10_000)
    assert seen == [offered]
    qtbot.waitUntil(part.trouble.online.isVisible, timeout=10_000)


def test_offline_is_said_and_switched_off_in_place(
    app: Application, stick: Path, window: MainWindow, qtbot: QtBot
) -> None:
    app.settings.set("endpoint", HF_MIRROR)
    app.settings.set("offline", True)
    app.bus.publish(SettingChanged("offline"))
    qtbot.waitUntil(window.pages.models.offline.isVisible, timeout=5_000)
    part = search(window, "glm")
    qtbot.waitUntil(part.trouble.online.isVisible, timeout=10_000)
    app.settings.set("endpoint", f"folder:{stick}")
    part.trouble.online.click()
    qtbot.waitUntil(lambda: len(part.results) == 1, timeout=10_000)
    assert not app.settings.flag("offline")
    assert not window.pages.models.offline.isVisible()


def test_a_gated_repository_is_explained(app: Application, window: MainWindow, qtbot: QtBot) -> None:
    from desktop.core.models import RemoteRepository

    with HubServer() as hub:
        hub.add("who/GLM-gated-GGUF", "glm-Q4_K_M.gguf", app.test_model.read_bytes())
        hub.gated.add("who/GLM-gated-GGUF")
        app.settings.set("endpoint", hub.url)
        part = window.pages.models.search
        part.open(RemoteRepository("who/GLM-gated-GGUF", None, None, None, None, (), gated=False))
        qtbot.waitUntil(part.repository.trouble.isVisible, timeout=20_000)
        assert part.repository.gated.isVisible()
        buttons = {button.text(): button for button in part.repository.gated.findChildren(Button)}
        buttons["Enter a token"].click()
    assert window.page is PageName.SETTINGS
    qtbot.waitUntil(window.pages.settings.token.control.hasFocus, timeout=5_000)


def test_a_build_is_downloaded_and_then_said_to_be_here(
    app: Application, stick: Path, window: MainWindow, qtbot: QtBot
) -> None:
    part = search(window, "glm")
    qtbot.waitUntil(lambda: len(part.results) == 1, timeout=10_000)
    part.results[0].button.click()
    view = part.repository
    qtbot.waitUntil(lambda: len(view.cards) == 3, timeout=10_000)
    card = view.cards["glm-Q8_0.gguf"]
    card.button.click()
    qtbot.waitUntil(lambda: card.state.text() == "On this computer", timeout=30_000)
    (model,) = app.library.models()
    assert model.state is ModelState.READY
    assert model.repository == REPOSITORY
    assert view.cards["glm-Q4_K_M.gguf"].button.isEnabled()
