"""What is said of the loaded model, and what can be done about it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop import messages
from desktop.app import Application
from desktop.core.loading import LoadedModel, LoadSettings, Measured, Placement
from desktop.core.models import EngineState
from desktop.ui.main_window import MainWindow
from desktop.ui.pages import PageName
from tests.services.conftest import add_model
from tests.ui.conftest import Open

GB = 1_000_000_000
LOADED = LoadedModel("glm-4", "chatglm", "GLM", 8192, 28, 29, "RTX 4060", 8, 4 * GB)


@pytest.mark.parametrize(
    ("changes", "place", "why"),
    [
        ({}, "RTX 4060: 29 of 29 layers", ""),
        ({"gpu_layers": 0, "placement": Placement.NO_CARD}, "CPU, 8 threads", "no graphics card"),
        ({"gpu_layers": 0, "threads": 1, "placement": Placement.SAFE_MODE}, "CPU, 1 thread", "Safe mode"),
        ({"gpu_layers": 12, "placement": Placement.SET}, "RTX 4060: 12 of 29 layers", "You set"),
        ({"gpu_layers": 12, "placement": Placement.REFUSED}, "RTX 4060: 12 of 29 layers", "refused"),
        (
            {"gpu_layers": 12, "placement": Placement.MEMORY, "graphics_needed": 5 * GB, "graphics_free": 3 * GB},
            "RTX 4060: 12 of 29 layers",
            "need 5.00 GB, and 3.00 GB is free",
        ),
    ],
)
def test_where_a_model_runs_and_why_not_more(changes: dict[str, object], place: str, why: str) -> None:
    loaded = replace(LOADED, **changes)  # type: ignore[arg-type]
    assert messages.runs_on(loaded) == place
    assert why in messages.why_not_more(loaded)
    assert bool(messages.why_not_more(loaded)) is (loaded.placement is not Placement.ALL)


def test_what_was_measured() -> None:
    better = Measured(False, 6, 8, 0.9, 1.5, 1.25)
    assert "Not measured" in messages.measured(None, LOADED)
    assert "usual settings are the fastest" in messages.measured(replace(better, gain=1.0), LOADED)
    assert "20 % sooner" in messages.measured(better, LOADED)
    assert "next" in messages.measured(better, LOADED)
    assert "next" not in messages.measured(better, replace(LOADED, threads=6, how=LoadSettings(repack=False)))
    chosen = replace(LOADED, threads=4, how=LoadSettings(repack=False))
    assert "next" not in messages.measured(better, chosen, 4)  # no load will ever have the six threads
    assert "next" in messages.measured(better, chosen)


@pytest.fixture
def window(app: Application, open_window: Open, qtbot: QtBot) -> MainWindow:
    model = add_model(app, "plain")
    window = open_window(app)
    app.engine.load(model)
    qtbot.waitUntil(lambda: "ready" in window.chat.header.pill.detail)
    return window


def test_the_pill_of_a_loaded_model_opens_it_and_leads_on_to_the_models(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(window.chat.header.pill, Qt.MouseButton.LeftButton)
    standing = window.standing
    qtbot.waitUntil(standing.isVisible)
    assert standing.place.text() == "CPU, 1 thread"
    assert "no graphics card" in standing.why.text()
    assert "Not measured" in standing.speed.text()
    QTest.mouseClick(standing.choose, Qt.MouseButton.LeftButton)
    assert not standing.isVisible()
    assert window.page is PageName.MODELS


def test_measuring_from_there(window: MainWindow, app: Application, qtbot: QtBot) -> None:
    standing = window.standing
    standing.open_below(window.chat.header.pill)
    QTest.mouseClick(standing.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: standing.measure.text() == "Measure again", timeout=20_000)
    qtbot.waitUntil(lambda: "20 % sooner" in standing.speed.text(), timeout=20_000)
    qtbot.waitUntil(lambda: standing.place.text() == "CPU, 2 threads", timeout=20_000)  # it was loaded again


def test_a_refusal_is_said_there(app: Application, open_window: Open, qtbot: QtBot) -> None:
    model = add_model(app, "busy-measure")
    window = open_window(app)
    app.engine.load(model)
    qtbot.waitUntil(lambda: "ready" in window.chat.header.pill.detail)
    window.standing.open_below(window.chat.header.pill)
    QTest.mouseClick(window.standing.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Other programs" in window.standing.speed.text(), timeout=20_000)
    assert window.standing.measure.isEnabled()


def test_giving_the_memory_back(window: MainWindow, app: Application, qtbot: QtBot) -> None:
    window.standing.open_below(window.chat.header.pill)
    QTest.mouseClick(window.standing.unload, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: app.engine.status.state is EngineState.NONE)
    qtbot.waitUntil(lambda: window.chat.header.pill.detail == "not loaded")
    assert not window.standing.isVisible()
    assert app.engine.hello is None
