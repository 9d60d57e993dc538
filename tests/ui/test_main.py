"""The window's program as a process: one for each home, ended cleanly by a signal, saying why it cannot start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.core.errors import DatabaseNewer
from desktop.ui import window_state
from desktop.ui.instance import Instance
from desktop.ui.trouble import trouble
from desktop.ui.widgets import Text

Run = Callable[[Path], "subprocess.Popen[bytes]"]


@pytest.fixture
def run(repository: Path) -> Iterator[Run]:
    """Start the program over a home; it is killed at the end if it still runs."""
    with ExitStack() as stack:

        def begin(home: Path) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-m", "desktop", "--home", str(home)],
                cwd=repository,
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait, 30)
            stack.callback(process.kill)
            return process

        yield begin


def listening(home: Path) -> bool:
    """Whether a window is open over this home (and now in front)."""
    instance = Instance(home)
    first = instance.is_first()
    instance.close()
    return not first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals to a window")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_window_for_each_home_and_a_clean_end(
    run: Run, tmp_path: Path, wait_until: Callable[..., None], number: signal.Signals
) -> None:
    home = tmp_path / "家 home"
    first = run(home)
    database = home / "chatglm-desktop.sqlite3"
    wait_until(lambda: database.exists() and listening(home), 30)
    second = run(home)
    assert second.wait(30) == 0
    assert first.poll() is None
    first.send_signal(number)
    assert first.wait(30) == 0
    assert (home / window_state.FILE).exists()
    assert not list((home / "run").glob("*.lock"))


def test_the_first_is_raised_by_the_second(qtbot: QtBot, tmp_path: Path) -> None:
    first = Instance(tmp_path)
    assert first.is_first()
    raised: list[bool] = []
    first.raised.connect(lambda: raised.append(True))
    assert not Instance(tmp_path).is_first()
    qtbot.waitUntil(lambda: raised == [True])
    other = Instance(tmp_path / "other")
    assert other.is_first()
    other.close()
    first.close()


def test_what_prevents_a_start_is_said(qtbot: QtBot) -> None:
    window = trouble(DatabaseNewer(path="/x", version=9, supported=1))
    qtbot.addWidget(window)
    window.show()
    assert any("newer version" in text.text() for text in window.findChildren(Text))
