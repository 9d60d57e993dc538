"""Pictures of the window's pages, to be looked at: run by hand, `python -m tests.gallery_pages FOLDER [LANGUAGE…]`.

Real services over a temporary home with the echo engine; what only the network could bring is published as events.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop import i18n, paths
from desktop.app import Application
from desktop.core.events import DownloadChanged, DownloadProgressed, EngineChanged
from desktop.core.models import (
    ConversationId,
    Device,
    Download,
    DownloadFile,
    DownloadId,
    DownloadState,
    EngineState,
    EngineStatus,
    ModelId,
)
from desktop.ui.bridge import Bridge
from desktop.ui.main import Look, application
from desktop.ui.main_window import MainWindow
from desktop.ui.models.page import Part
from desktop.ui.pages import PageName
from desktop.ui.widgets import Dialog
from tests.gallery import costly, divided, no_room, picture

TITLES = {
    "en": ["Differences between Beijing and Shanghai", "A letter to my landlord", "Binary search in Python, explained"],
    "zh_CN": ["北京和上海两座城市有什么不同？", "给房东写一封信", "用 Python 解释二分查找"],
    "ko": ["베이징과 상하이는 무엇이 다른가요?", "집주인에게 보내는 편지", "파이썬으로 이진 탐색 설명하기"],
}


def settle(milliseconds: int = 150) -> None:
    """Let the event loop work."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    """Let the event loop work until something is so."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        settle(20)


def download(state: DownloadState, received: int, error: str | None = None, **data: str) -> Download:
    """A download as an event would tell of it."""
    file = DownloadFile("THUDM_GLM-4-9B-0414-Q4_K_M.gguf", 6_166_574_464, "0" * 64, None, received, False)
    return Download(
        DownloadId(7 if error is None else 8),
        "bartowski/THUDM_GLM-4-9B-0414-GGUF",
        "main",
        "https://huggingface.co",
        (file,),
        state,
        0,
        catalog_id="glm-4-9b-0414-q4_k_m" if error is None else "glm-edge-4b-q4_k_m",
        error=error,
        error_data=dict(data),
    )


class Gallery:
    """One scale; every language, theme and size."""

    def __init__(self, folder: Path, scale: str) -> None:
        self.folder = folder
        self.scale = scale
        self.qt: QApplication = application()
        self.look = Look(self.qt)

    def shoot(self, window: MainWindow, name: str) -> None:
        """Save what the window shows."""
        settle()
        language, theme = i18n.language(), "dark" if self.dark else "light"
        window.grab().save(str(self.folder / f"{name}-{language}-{theme}-{self.scale}.png"))

    def language(self, language: str, dark: bool) -> None:
        """All pages in one language and theme."""
        self.dark = dark
        self.look.speak(language)
        self.look.wear("dark" if dark else "light", 15)
        with tempfile.TemporaryDirectory() as home:
            place = paths.in_home(Path(home))
            place.create()
            app = Application(place, backend="echo")
            bridge = Bridge(app.bus)
            try:
                self.first_start(app, bridge)
                self.with_models(app, bridge, language)
            finally:
                bridge.close()
                app.close()

    def first_start(self, app: Application, bridge: Bridge) -> None:
        """The welcome page and what becomes of its card."""
        window = MainWindow(app, bridge)
        window.resize(1120, 760)
        window.show()
        window.start()
        until(lambda: window.pages.welcome.entry is not None and app.engine.hello is not None)
        settle(200)
        window.pages.welcome._on_devices((Device("CUDA0", "NVIDIA GeForce RTX 3060", "gpu", 12 << 30, 11 << 30),))
        self.shoot(window, "welcome")
        window.resize(720, 480)
        self.shoot(window, "welcome-small")
        window.resize(1120, 760)
        app.bus.publish(DownloadChanged(download(DownloadState.RUNNING, 0)))
        app.bus.publish(DownloadProgressed(DownloadId(7), 2_340_000_000, 6_166_574_464, 12_400_000.0))
        self.shoot(window, "welcome-download")
        failed = download(DownloadState.FAILED, 2_340_000_000, "hub.unreachable", endpoint="huggingface.co")
        app.bus.publish(DownloadChanged(replace(failed, id=DownloadId(7))))
        self.shoot(window, "welcome-failed")
        status = EngineStatus(EngineState.LOADING, ModelId("x"), "GLM-4-9B-0414", 0.43)
        app.bus.publish(EngineChanged(status))
        self.shoot(window, "welcome-loading")
        window.close()
        window.deleteLater()

    def with_models(self, app: Application, bridge: Bridge, language: str) -> None:
        """A window that has been used for a while."""
        copy = app.paths.data / "glm-4-9b-chat-Q4_K_M.gguf"
        copy.write_bytes(app.test_model.read_bytes())
        for path in (app.test_model, copy):
            app.library.import_file(path, copy=False).result(20)
        for title in TITLES[language] * 4:
            app.chat.send(None, title)
        until(lambda: app.conversations.count() == 12)
        window = MainWindow(app, bridge)
        window.resize(1120, 760)
        window.show()
        window.start()
        until(lambda: app.engine.status.state is EngineState.READY)
        until(lambda: all(app.chat.active(ConversationId(n)) is None for n in range(1, 13)))
        self.shoot(window, "chat-empty")
        window.sidebar.list_model.set_running(app.conversations.page(3, 1)[0].id, True)
        window.open_conversation(app.conversations.page(1, 1)[0].id)
        self.shoot(window, "chat")
        window.rename_conversation()
        self.shoot(window, "chat-rename")
        self.full_chats(window)
        window.open_conversation(app.conversations.page(2, 1)[0].id)
        window.delete_conversation(app.conversations.page(2, 1)[0].id)
        settle(300)
        self.shoot(window, "chat-deleted")
        window.sidebar.search.setText("zzz")
        settle(600)
        self.shoot(window, "search-nothing")
        window.sidebar.search.clear()
        app.bus.publish(DownloadChanged(download(DownloadState.RUNNING, 0)))
        app.bus.publish(DownloadProgressed(DownloadId(7), 2_340_000_000, 6_166_574_464, 12_400_000.0))
        failed = download(DownloadState.FAILED, 900_000_000, "hub.unreachable", endpoint="huggingface.co")
        app.bus.publish(DownloadChanged(failed))
        window.show_page(PageName.MODELS)
        settle(300)
        self.shoot(window, "models")
        self.model_parts(window)
        window.importer.offer(copy)
        self.shoot(window, "models-import")
        window.findChild(Dialog).finish("")  # type: ignore[union-attr]
        window.toasts.dismiss()
        window.resize(720, 480)
        self.shoot(window, "models-small")
        window.resize(1120, 760)
        window.notices.show_code("hub.unreachable", {"endpoint": "huggingface.co"}, failed=True)
        window.notices.show_code("database.corrupt", {"moved_to": "/home/me/…/backups/damaged.sqlite3"})
        window.show_page(PageName.SETTINGS)
        window.pages.settings.fields["endpoint"].show_error("…")
        self.shoot(window, "settings")
        window.pages.settings.verticalScrollBar().setValue(10_000)
        self.shoot(window, "settings-end")
        window.resize(720, 480)
        self.shoot(window, "settings-small")
        window.close()
        window.deleteLater()

    def full_chats(self, window: MainWindow) -> None:
        """Conversations that no longer fit, and what an answer cost; in a small window too."""
        for scene in (divided, costly, no_room):
            for suffix, size in (("", (1120, 760)), ("-small", (720, 480))):
                window.resize(*size)
                settle()
                scene(window.chat)
                settle()
                language, theme = i18n.language(), "dark" if self.dark else "light"
                name = f"chat-{scene.__name__}{suffix}-{language}-{theme}-{self.scale}.png"
                picture(window).save(str(self.folder / name))
        window.resize(1120, 760)
        window.chat.composer.set_text("")
        window.chat.composer.set_thinking(None)

    def model_parts(self, window: MainWindow) -> None:
        """What the models page shows besides the models that are here; a folder stands for the hub."""
        page, app = window.pages.models, window._app
        page.show_part(Part.RECOMMENDED)
        until(lambda: all(card.fit.estimate is not None for card in page.builds.values()))
        self.shoot(window, "models-recommended")
        page.show_part(Part.SEARCH)
        self.shoot(window, "models-search")
        repository = app.paths.data / "hub" / "someone" / "GLM-4-tiny-GGUF"
        repository.mkdir(parents=True, exist_ok=True)
        for name in (
            "glm-Q4_K_M.gguf",
            "glm-Q8_0.gguf",
            "glm-BF16-00001-of-00002.gguf",
            "glm-BF16-00002-of-00002.gguf",
        ):
            (repository / name).write_bytes(app.test_model.read_bytes())
        for name, address in (("found", f"folder:{app.paths.data / 'hub'}"), ("unreachable", "http://127.0.0.1:9")):
            app.settings.set("endpoint", address)
            page.search.field.setText("glm")
            page.search.ask()
            until(lambda: not page.search.waiting.isVisible())
            self.shoot(window, f"models-search-{name}")
            if page.search.results:
                page.search.results[0].button.click()
                until(lambda: len(page.search.repository.cards) == 3)
                until(lambda: all(card.fit.estimate is not None for card in page.search.repository.cards.values()))
                self.shoot(window, "models-repository")
                page.search.close_repository()
        page.show_part(Part.INSTALLED)
        card = next(iter(page.cards.values()))
        for name, show in (
            ("settings", lambda: card.settings.click()),
            ("rename", lambda: card.rename_requested.emit(card.model.id)),
            ("folders", lambda: page.show_folders()),
        ):
            show()
            settle(300)
            self.shoot(window, f"models-{name}")
            for dialog in window.findChildren(Dialog):
                dialog.finish("")
            settle(50)


def main(arguments: list[str]) -> int:
    """Each scale in a process of its own: it is read when Qt starts."""
    if arguments[:1] == ["--one"]:
        gallery = Gallery(Path(arguments[1]), arguments[2])
        for language in arguments[3:]:
            for dark in (False, True):
                gallery.language(language, dark)
        return 0
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    languages = arguments[1:] or list(i18n.LANGUAGES)
    for scale in os.environ.get("SCALES", "1 2").split():
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
        command = [sys.executable, "-m", "tests.gallery_pages", "--one", str(folder), scale, *languages]
        subprocess.run(command, env=environment, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
