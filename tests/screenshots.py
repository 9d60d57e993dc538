"""The pictures of docs/screenshots, made anew: run by hand, `python -m tests.screenshots [FOLDER]`.

Every page in three languages, the main ones in two themes, from the real window over the real engine with the tiny model. Pages that
need a user's hours (a download under way) are in `tests.gallery_pages`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx

from desktop import i18n, paths
from desktop.app import Application
from desktop.core.events import SettingChanged, TurnFinished
from desktop.core.models import ConversationId, GenerateOptions, TurnId
from desktop.server.snippets import QUESTION
from desktop.ui.bridge import Bridge
from desktop.ui.main import Look, application
from desktop.ui.main_window import MainWindow
from desktop.ui.models.page import Part
from desktop.ui.pages import PageName
from tests.gallery_pages import settle, until

QUESTIONS = {
    "en": ["My name is Zoe.", "What is my name?", "Compare tea and coffee in a table.", "Tell me a long story."],
    "zh_CN": ["北京和上海两座城市有什么不同？", "用表格比较茶和咖啡。"],
    "ko": ["제 이름은 민수입니다.", "제 이름이 뭐죠?", "Show me Python code that adds two numbers."],
}
IN_THE_DARK = ("welcome", "chat", "server")
"""The others differ in their colours only."""
OTHERS = {
    "en": ["Hello", "How many days are in a week?", "What colour is the sky?"],
    "zh_CN": ["勾股定理是什么？", "一年有几个月？", "讲一个长故事。"],
    "ko": ["한국의 수도는 어디인가요?", "중국의 수도는 어디인가요?", "감사합니다"],
}


def talk(app: Application, language: str) -> None:
    """Some conversations with the tiny model; the last one is the long one."""
    app.library.import_file(app.test_model, copy=False).result(30)
    finished: set[TurnId] = set()
    forget = app.bus.subscribe(TurnFinished, lambda event: finished.add(event.turn))

    def ask(conversation: ConversationId | None, question: str) -> None:
        turn = app.chat.send(conversation, question, options=GenerateOptions(temperature=0.0))
        until(lambda: turn in finished)

    for question in (*OTHERS[language], QUESTIONS[language][0]):
        ask(None, question)
    conversation = app.conversations.page(0, 1)[0].id
    for question in QUESTIONS[language][1:]:
        ask(conversation, question)
    forget()


def serve(window: MainWindow, app: Application) -> None:
    """The local server's page, with what some programs asked."""
    app.settings.set("server_enabled", True)
    app.bus.publish(SettingChanged("server_enabled"))
    until(lambda: window.server.status.running)
    assert window.server.status.running, window.server.status
    address = window.server.status.address

    def ask() -> None:
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            client.get("/v1/models", headers={"Origin": "http://localhost:3000"})
            client.post("/", json={"prompt": QUESTION, "history": []})
            client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]})

    asking = threading.Thread(target=ask)
    asking.start()
    until(lambda: not asking.is_alive(), 60)
    window.show_page(PageName.SERVER)


def end(window: MainWindow) -> None:
    """Its server too: two windows of one program would want the same port."""
    window.server.close()
    window.close()
    window.deleteLater()


def shoot(folder: Path, language: str, look: Look) -> None:
    """All pages in one language."""
    look.speak(language)
    with tempfile.TemporaryDirectory() as home:
        place = paths.in_home(Path(home) / "chatglm-desktop")
        place.create()
        app = Application(place)
        bridge = Bridge(app.bus)

        def save(window: MainWindow, page: str) -> None:
            for theme in ("light", "dark") if page in IN_THE_DARK else ("light",):
                look.wear(theme, 15)
                settle(250)
                window.grab().save(str(folder / f"{page}-{theme}-{language.split('_')[0]}.png"))

        try:
            window = MainWindow(app, bridge)
            window.resize(1120, 760)
            window.show()
            window.start()
            until(lambda: window.pages.welcome.entry is not None and app.engine.hello is not None)
            save(window, "welcome")
            end(window)
            talk(app, language)
            window = MainWindow(app, bridge)
            window.resize(1120, 760)
            window.show()
            window.start()
            window.open_conversation(app.conversations.page(0, 1)[0].id)
            until(lambda: app.engine.status.loaded is not None)
            save(window, "chat")
            window.new_conversation()
            save(window, "new")
            window.show_page(PageName.MODELS)
            save(window, "models")
            window.pages.models.show_part(Part.RECOMMENDED)
            settle(1500)
            save(window, "recommended")
            window.show_page(PageName.SETTINGS)
            save(window, "settings")
            serve(window, app)
            save(window, "server")
            end(window)
        finally:
            bridge.close()
            app.close()


def main() -> int:
    """Make them all."""
    root = Path(__file__).resolve().parent.parent
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    look = Look(application())
    for language in i18n.LANGUAGES:
        shoot(folder, language, look)
    return 0


if __name__ == "__main__":
    sys.exit(main())
