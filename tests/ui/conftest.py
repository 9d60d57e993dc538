"""The window over real services on the echo worker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import i18n, paths
from desktop.app import Application
from desktop.core.models import ConversationId, EngineState, ModelId
from desktop.paths import Paths
from desktop.ui import theme
from desktop.ui.bridge import Bridge
from desktop.ui.main_window import MainWindow

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says of every window of a fixed size that it cannot tell the window manager."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


Start = Callable[[], Application]
Begin = Callable[..., Application]
Open = Callable[..., MainWindow]


@pytest.fixture
def place(tmp_path: Path) -> Paths:
    """A home with a blank and a Chinese character in its name."""
    made = paths.in_home(tmp_path / "家 home")
    made.create()
    return made


@pytest.fixture
def start(place: Paths, qapp: QApplication) -> Iterator[Start]:
    """Start the services over one home; several times is a restart."""
    theme.apply(qapp, "light", 15)
    with ExitStack() as stack:

        def begin() -> Application:
            app = Application(place, backend="echo")
            stack.callback(app.close)
            return app

        yield begin


@pytest.fixture
def begin(place: Paths, qapp: QApplication) -> Iterator[Begin]:
    """Start the services over the real engine with the tiny model and a context; several times is a restart."""
    theme.apply(qapp, "light", 15)
    with ExitStack() as stack:

        def started(context: int = 0) -> Application:
            app = Application(place)
            stack.callback(app.close)
            if not app.library.models():
                app.settings.set("context", context)
                app.settings.set("threads", 1)
                model = add_model(app, "tiny")
                app.model_options.set(model, {"max_tokens": 32, "temperature": 0}).result(10)
            return app

        yield started


@pytest.fixture
def app(start: Start) -> Application:
    """Services without a model."""
    return start()


@pytest.fixture
def bridge(app: Application) -> Iterator[Bridge]:
    """The crossing of `app`."""
    made = Bridge(app.bus)
    yield made
    made.close()


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Open]:
    """Open a window, as large as asked, and wait until it is there. It is closed before its application."""
    windows: list[tuple[MainWindow, Bridge]] = []

    def opened(app: Application, width: int = 1120, height: int = 760) -> MainWindow:
        bridge = Bridge(app.bus)
        window = MainWindow(app, bridge)
        windows.append((window, bridge))
        window.resize(width, height)
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        window.start()
        return window

    yield opened
    for window, bridge in windows:
        window.close()
        bridge.close()
        window.deleteLater()
    i18n.set_language("en")


def add_model(app: Application, name: str = "plain") -> ModelId:
    """A model whose file name tells the echo worker what to do."""
    folder = app.paths.data.parent / "files"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.gguf"
    if not path.exists():
        try:
            os.link(app.test_model, path)
        except OSError:
            path.write_bytes(app.test_model.read_bytes())
    return app.library.import_file(path, copy=False).result(30).id


def ready(app: Application, qtbot: QtBot) -> None:
    """Wait until the model is loaded."""
    qtbot.waitUntil(lambda: app.engine.status.state is EngineState.READY, timeout=20_000)


def ask(app: Application, qtbot: QtBot, text: str, conversation: ConversationId | None = None) -> ConversationId:
    """Have a question answered without a window; returns the conversation."""
    known = {summary.id for summary in app.conversations.page(0, 100)}
    app.chat.send(conversation, text)
    if conversation is None:
        qtbot.waitUntil(lambda: app.conversations.count() > len(known), timeout=5_000)
        (conversation,) = {summary.id for summary in app.conversations.page(0, 100)} - known
    qtbot.waitUntil(lambda: app.chat.active(conversation) is None, timeout=20_000)
    return conversation
