from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.models import EngineState, EngineStatus, ModelId
from desktop.core.serving import ServerStatus
from desktop.ui import theme
from desktop.ui.chat.header import Header

LONG = "GLM-4.5-Air-106B-A12B-UD-Q4_K_XL-00001-of-00002"
RUNNING = ServerStatus(True, "0.0.0.0", 18000, "192.168.100.100")


@pytest.fixture
def header(qtbot: QtBot, look: theme.Theme) -> Header:
    made = Header()
    qtbot.addWidget(made)
    made.title.setText("What is the difference between Beijing and Shanghai?")
    made.show()
    return made


@pytest.mark.parametrize("width", [448, 664, 900])
@pytest.mark.parametrize("state", [EngineState.READY, EngineState.LOADING, EngineState.CRASHED])
def test_long_names_leave_room_for_the_title(header: Header, width: int, state: EngineState) -> None:
    header.set_engine(EngineStatus(state, ModelId("x"), LONG, progress=0.43))
    header.set_server(RUNNING)
    header.resize(width, header.height())
    QApplication.processEvents()
    assert header.title.width() >= 60
    assert header.server.width() >= header.server.sizeHint().width(), "an address that is cut is none"
    assert header.pill.geometry().right() < width
    if header.button.isVisible():
        assert header.pill.x() - header.button.geometry().right() <= 16, "it belongs to the model's pill"


def test_a_narrow_header_says_the_port_alone_and_its_name_everything(header: Header) -> None:
    header.set_server(RUNNING)
    header.resize(700, header.height())
    assert header.server.text() == "192.168.100.100:18000"
    header.resize(450, header.height())
    assert header.server.text() == ":18000"
    assert "192.168.100.100:18000" in header.server.accessibleName()
    assert "192.168.100.100:18000" in header.server.toolTip()


def test_a_server_that_cannot_start_is_seen(header: Header) -> None:
    header.set_server(ServerStatus())
    assert not header.server.isVisible()
    header.set_server(ServerStatus(error="server.port_taken", error_data={"port": 8000, "next": 8001}))
    assert header.server.isVisible()
    assert "8000" in header.server.toolTip()
    assert "8000" in header.server.accessibleName()
    header.set_server(RUNNING)
    assert header.server.text().endswith(":18000")
    assert "8000" not in header.server.toolTip().replace("18000", "")
    header.set_server(ServerStatus())
    assert not header.server.isVisible()
