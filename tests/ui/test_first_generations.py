"""What the window says of the first generations, and how their files come in by drag and drop."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

from desktop import messages
from desktop.app import Application
from desktop.core.models import ModelId
from desktop.ui.main_window import MainWindow
from desktop.ui.models import texts
from desktop.ui.models.importing import dropped
from desktop.ui.models.model_settings import ModelSettings
from desktop.ui.pages import PageName
from desktop.ui.widgets import Text
from tests.legacy_factory import SMALL, write
from tests.ui.conftest import Open, add_model, ready

WHY = messages.sentence("engine.first_generation", {})


@pytest.fixture
def window(app: Application, open_window: Open, qtbot: QtBot) -> MainWindow:
    add_model(app)
    made = open_window(app)
    ready(app, qtbot)
    made.show_page(PageName.MODELS)
    return made


def take(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    """Drop a file on the window and use it where it is."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    assert dropped(data) == path
    page = window.pages.models
    before = set(page.installed.cards)
    window.importer.take(path, copy=False)
    qtbot.waitUntil(lambda: set(page.installed.cards) > before, timeout=10_000)


def test_the_later_ones_come_in_as_any_other(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    take(window, qtbot, write(tmp_path / "二代 chatglm2-ggml-q4_0.bin", SMALL[2], "Q4_0"))
    (card,) = [card for id, card in window.pages.models.installed.cards.items() if id != "plain"]
    assert (card.model.family, card.code.text()) == ("chatglm2", "Q4_0")
    assert card.limits.isHidden()
    assert card.main.isEnabled()


def test_what_the_first_cannot_do_is_said(window: MainWindow, app: Application, qtbot: QtBot, tmp_path: Path) -> None:
    take(window, qtbot, write(tmp_path / "chatglm-ggml-q4_0.bin", SMALL[1], "Q4_0"))
    page = window.pages.models
    card = page.installed.cards[ModelId("chatglm-ggml-q4_0")]
    assert card.limits.text() == texts.limits("chatglm") != ""
    assert not card.limits.isHidden()
    dialog = ModelSettings(window, app, window._bridge, card.model)
    qtbot.addWidget(dialog)
    assert texts.limits("chatglm") in [text.text() for text in dialog.findChildren(Text)]
    assert texts.limits("chatglm3") == ""


def test_where_it_does_not_work_it_is_grey_and_the_reason_is_there(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    take(window, qtbot, write(tmp_path / "chatglm-ggml-q4_0.bin", SMALL[1], "Q4_0"))
    page = window.pages.models
    first = page.installed.cards[ModelId("chatglm-ggml-q4_0")]
    offered = page.recommended.cards["chatglm-6b-q4_0"]
    for works in (False, True, False):
        page._show_first(works)
        assert first.main.isEnabled() is works
        assert offered.button.isEnabled() is works
        assert (offered.unusable.text() == WHY) is not works
    assert first.state.text() == WHY
    assert page.installed.cards[ModelId("plain")].main.isEnabled()
    assert page.recommended.cards["chatglm3-6b-q4_k_m"].button.isEnabled()
    page.installed.refresh()
    assert not page.installed.cards[ModelId("chatglm-ggml-q4_0")].main.isEnabled()
