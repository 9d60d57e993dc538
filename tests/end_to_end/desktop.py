"""A real display, the real program on it, and the keyboard of its user."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT_S = 90.0

available = sys.platform == "linux" and all(shutil.which(tool) for tool in ("Xvfb", "xdotool", "gcc"))


def until(condition: Callable[[], bool], what: str, limit: float = LIMIT_S) -> None:
    """Look again and again until it is so; other processes tell nobody when they are ready."""
    deadline = time.monotonic() + limit
    pause = threading.Event()  # never set
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"in vain: {what}")
        pause.wait(0.02)


class Display:
    """An X server without a screen."""

    def __init__(self, width: int = 1180, height: int = 760) -> None:
        for _ in range(5):  # two servers that start at once may take the same number: the second one dies
            self._start(width, height)
            if self._works():
                return
            self.close()
        raise AssertionError("no X server starts")

    def _start(self, width: int, height: int) -> None:
        read, write = os.pipe()
        self._server = subprocess.Popen(
            # -noreset: otherwise it starts over, deaf for a moment, whenever its last client is killed
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = f":{pipe.readline().strip()}"

    def _works(self) -> bool:
        environment = {**os.environ, "DISPLAY": self.name}
        asked = ["xdotool", "getdisplaygeometry"]
        return subprocess.run(asked, env=environment, capture_output=True, timeout=30, check=False).returncode == 0

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait(10)

    def __enter__(self) -> Display:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Desktop:
    """The program, started as its user starts it."""

    def __init__(self, display: Display, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._environment = {
            **os.environ,
            "DISPLAY": display.name,
            "QT_QPA_PLATFORM": "xcb",
            **(environment or {}),
        }
        self._errors = home.parent / "stderr.txt"
        with self._errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "desktop", "--home", str(home)],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
            )
        self.window = ""
        self._find_window()

    # -- the user's hands ---------------------------------------------------------------------------------------

    def keys(self, *names: str) -> None:
        """Press keys, as xdotool names them."""
        self._do("windowfocus", "--sync", self.window, "key", "--delay", "20", *names)

    def type(self, text: str) -> None:
        """Type ASCII text."""
        self._do("windowfocus", "--sync", self.window, "type", "--delay", "8", text)

    # -- what can be seen from outside --------------------------------------------------------------------------

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask the program's database, read-only; nothing while there is none yet."""
        file = self.home / "chatglm-desktop.sqlite3"
        if not file.exists():
            return []
        db = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(query, parameters).fetchall()
        except sqlite3.OperationalError:  # the tables are being made
            return []
        finally:
            db.close()

    @property
    def said(self) -> str:
        """What the program wrote on its standard streams and into its log."""
        log = self.home / "logs" / "chatglm-desktop.log"
        return self._errors.read_text(encoding="utf-8") + (log.read_text(encoding="utf-8") if log.exists() else "")

    def children(self) -> list[psutil.Process]:
        """The worker, and what it started."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    # -- the end ------------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """kill -9; the worker must follow by itself."""
        children = self.children()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive, f"orphans: {alive}"

    def quit(self) -> None:
        """End it as a session manager does."""
        children = self.children()
        self.process.terminate()
        assert self.process.wait(30) == 0, self.said
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive, f"orphans: {alive}"

    def _find_window(self) -> None:
        def found() -> bool:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.said}"
            search = ["search", "--onlyvisible", "--name", "ChatGLM Desktop"]
            self.window = self._do(*search, check=False).strip().partition("\n")[0]
            return bool(self.window)

        until(found, "a window")

    def _do(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self._environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout
