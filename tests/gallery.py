"""Pictures of the widgets and of the chat page, to look at: `python tests/gallery.py <folder>`; QT_SCALE_FACTOR=2 for 200 %."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import i18n
from desktop.core.models import (
    ConversationId,
    EngineState,
    EngineStatus,
    FinishReason,
    LoadedModel,
    Message,
    MessageId,
    MessageState,
    ModelId,
    Role,
    Timings,
    Usage,
)
from desktop.ui import icons, theme
from desktop.ui.chat.answer import Answer
from desktop.ui.chat.figures import FiguresCard
from desktop.ui.chat.page import ChatPage
from desktop.ui.widgets import (
    Banner,
    Button,
    Card,
    Choice,
    Combo,
    Dialog,
    IconButton,
    Pill,
    Spin,
    Text,
    ThinProgress,
    Toasts,
    Toggle,
)
from desktop.ui.widgets.buttons import Kind

CITIES = """北京和上海都是中国最重要的城市，**性格却很不同**。下面从几个方面比较，括号里是 2023 年的数据。

## 一眼看清

| 方面 | 北京 | 上海 |
|:---|:---:|---:|
| 定位 | 政治、文化中心 | 经济、金融中心 |
| 常住人口（万） | 2,186 | 2,487 |
| 气候 | 暖温带，冬冷夏热 | 亚热带，潮湿多雨 |

## 生活

1. **饮食**：北京偏咸香，烤鸭、涮羊肉；上海偏甜鲜，小笼包、生煎。
2. **交通**：两地地铁都超过 800 公里。
   - 北京早高峰更挤
   - 上海换乘更方便
3. **气质**：北京大气、随和，上海细致、讲效率。

> 想看历史去北京，想看未来去上海。
"""

CODE = """Files with equal content have equal hashes, so group them by `SHA-256`. Sizes first: it avoids reading most files.

```python
from collections import defaultdict
from hashlib import file_digest
from pathlib import Path


def duplicates(folder: Path) -> list[list[Path]]:
    \"\"\"Groups of files with the same content.\"\"\"
    by_size: dict[int, list[Path]] = defaultdict(list)
    for file in folder.rglob("*"):
        if file.is_file():
            by_size[file.stat().st_size].append(file)  # 先按大小分组
    found: dict[str, list[Path]] = defaultdict(list)
    for same in by_size.values():
        if len(same) > 1:
            for file in same:
                with file.open("rb") as stream:
                    found[file_digest(stream, "sha256").hexdigest()].append(file)
    return [group for group in found.values() if len(group) > 1]
```

Call it with `duplicates(Path.home() / "Pictures")`. See https://docs.python.org/3/library/hashlib.html for more.
"""

KOREAN = """네, 정중하고 짧게 써 보았습니다.

> 팀장님, 안녕하세요.
> 다음 주 금요일(14일)에 개인 사정으로 **하루 연차**를 쓰고 싶습니다. 맡은 일은 목요일까지 마무리하겠습니다.

- 날짜만 바꾸면 바로 쓸 수 있습니다.
- 더 격식 있는 말투가 필요하면 말씀해 주세요.
"""


def message(number: int, role: Role, text: str, **more: object) -> Message:
    """A message of one conversation."""
    values: dict[str, object] = {"thought": "", "state": MessageState.COMPLETE, "created": 1_790_000_000_000, **more}
    return Message(
        MessageId(number),
        ConversationId(1),
        MessageId(number - 1) if number > 1 else None,
        role,
        text,
        **values,  # type: ignore[arg-type]
    )


def conversation() -> list[Message]:
    """Chinese, English and Korean, with everything Markdown has."""
    fast = Timings(320, 24.6)
    return [
        message(1, Role.USER, "北京和上海两座城市有什么不同？"),
        message(2, Role.ASSISTANT, CITIES, thought="用户想比较两座城市。\n先列表格，再讲生活。", timings=fast),
        message(3, Role.USER, "Thanks. Now write a Python function that finds duplicate files in a folder."),
        message(4, Role.ASSISTANT, CODE, timings=fast),
        message(5, Role.USER, "휴가를 부탁하는 짧은 메일을 써 주세요"),
        message(6, Role.ASSISTANT, KOREAN, timings=fast, usage=Usage(492, 480, 96)),
    ]


RECAPS = {
    "en": "The user compared Beijing and Shanghai: 21.9 and 24.9 million people, a cold and a humid climate. Next: food.",
    "zh_CN": "用户比较了北京和上海：常住人口分别为 2,186 万和 2,487 万，一个冬冷夏热，一个潮湿多雨。接下来想谈饮食。",
    "ko": "사용자는 베이징과 상하이를 비교했습니다. 인구는 2,186만 명과 2,487만 명이고 기후가 다릅니다. 다음은 음식 이야기입니다.",
}


def shortened() -> list[Message]:
    """The same, its beginning no longer seen by the model."""
    *before, last = conversation()
    return [*before, replace(last, usage=Usage(7_012, 6_800, 96, 2), thought_ms=12_400, thought="…")]


def ready() -> EngineStatus:
    """A loaded model."""
    return EngineStatus(EngineState.READY, ModelId("glm"), "GLM-4-9B-0414")


def with_choice() -> EngineStatus:
    """A loaded model that thinks first if it is asked to."""
    loaded = LoadedModel("glm-4.6", "glm4moe", "GLM-4.6", 8192, 46, 0, "CPU", 8, 1 << 34, thinking="switch")
    return EngineStatus(EngineState.READY, ModelId("glm"), "GLM-4.6", loaded=loaded)


def full(page: ChatPage) -> None:
    """A finished conversation, its last answer hovered."""
    page.set_title("北京和上海的不同")
    page.set_engine(ready())
    page.transcript.show_messages(conversation())
    settle(page)
    item = page.transcript.items[-1]
    QApplication.sendEvent(item, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))


def top(page: ChatPage) -> None:
    """The same, scrolled up, thoughts open."""
    full(page)
    answer = page.transcript.items[1]
    if isinstance(answer, Answer) and answer.thought is not None:
        answer.thought.toggle()
    page.transcript.scroll_by(-100_000)
    page.composer.set_text("第一行\n第二行\nthird line of a longer question")


def reading(page: ChatPage) -> None:
    """The question is read."""
    page.set_title("한국어 질문")
    page.set_engine(EngineStatus(EngineState.READING, ModelId("glm"), "GLM-4-9B-0414", progress=0.43))
    page.transcript.show_messages(conversation()[4:5])
    page.transcript.append(message(7, Role.ASSISTANT, "", state=MessageState.RUNNING))
    page.transcript.set_reading(MessageId(7), 0.43)
    page.composer.set_state(busy=True, can_send=True)


def failed(page: ChatPage) -> None:
    """The engine crashed in the middle of an answer, and runs in safe mode now."""
    page.set_title("A crash")
    page.set_engine(
        EngineStatus(EngineState.LOADING, ModelId("glm"), "GLM-4-9B-0414", progress=0.43, notice="engine.safe_mode")
    )
    cut = {"state": MessageState.INTERRUPTED, "finish_reason": FinishReason.INTERRUPTED, "error": "engine.crashed"}
    page.transcript.show_messages(
        [conversation()[0], message(2, Role.ASSISTANT, CITIES[:60], **cut), conversation()[2]]
    )
    page.transcript.append(message(4, Role.ASSISTANT, CODE[:80], state=MessageState.STOPPED))


def divided(page: ChatPage) -> None:
    """What the model no longer sees, and the summary it sees instead; the context is nearly full."""
    page.set_title("北京和上海的不同")
    page.set_engine(with_choice())
    page.composer.set_thinking(True)
    page.composer.gauge.set_conversation(7_108, 4.0)
    page.transcript.show_messages(shortened())
    page.transcript.set_recap(RECAPS[i18n.language()], 2, writing=False)
    settle(page)
    divider = page.transcript.divider
    if divider is not None and divider.recap is not None:
        divider.recap.toggle()
        settle(page)
        page.transcript.scroll_by(-100_000)
        page.transcript.scroll_by(divider.y() - page.height() // 3)


def costly(page: ChatPage) -> None:
    """What an answer cost, and a summary on its way; thoughts are off."""
    divided(page)
    page.composer.set_thinking(False)
    page.composer.set_text("이어서 더 짧게 써 주세요")
    page.transcript.set_recap("", 0, writing=True)
    page.transcript.scroll_to_end()
    item = page.transcript.items[-1]
    QApplication.sendEvent(item, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    if item.actions_shown is not None and item.actions_shown.figures is not None:
        item.actions_shown.figures.click()


def no_room(page: ChatPage) -> None:
    """The conversation no longer fits, and nothing may be left out by itself."""
    page.set_title("北京和上海的不同")
    page.set_engine(ready())
    page.composer.gauge.set_context(8192)
    page.composer.gauge.set_conversation(7_900, 4.0)
    cut = {"state": MessageState.INTERRUPTED, "finish_reason": FinishReason.INTERRUPTED}
    page.transcript.show_messages(
        [
            *conversation()[4:],
            message(7, Role.USER, "Now in English, please."),
            message(8, Role.ASSISTANT, "", state=MessageState.RUNNING),
        ]
    )
    answer = message(8, Role.ASSISTANT, "", error="engine.conversation_full", **cut)
    page.transcript.finish(answer, {"tokens": 8_311, "context": 8_192})


def empty(page: ChatPage) -> None:
    """Nothing yet."""
    page.set_title("")
    page.set_engine(EngineStatus())
    page.transcript.show_messages([])
    page.composer.set_state(busy=False, can_send=False, hint=i18n.tr("Choose a model"))


def controls() -> QWidget:
    """Every control once."""
    ground = QWidget()
    ground.setProperty("ground", "page")
    ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    column = QVBoxLayout(ground)
    column.setSpacing(16)

    def row(*widgets: QWidget) -> None:
        line = QHBoxLayout()
        for widget in widgets:
            line.addWidget(widget)
        line.addStretch(1)
        column.addLayout(line)

    kinds: tuple[Kind, ...] = ("primary", "secondary", "quiet", "danger", "link")
    off = Button("Off", "primary")
    off.setEnabled(False)
    row(*(Button(f"下载 {kind}", kind, "download") for kind in kinds), off)
    names = sorted(icons.names() - {"app"})
    row(*(IconButton(name, name) for name in names[:20]))
    row(*(IconButton(name, name) for name in names[20:40]))
    pill, loading, on = Pill(), Pill(), Toggle("on")
    pill.set("GLM-4-9B", "accent", "就绪", chevron=True)
    loading.set("GLM-4-9B", "neutral", "43 %")
    loading.set_progress(0.43)
    on.setChecked(True)
    row(
        pill,
        loading,
        on,
        Toggle("off"),
        IconButton("send", "send", filled=True),
        IconButton("arrow-down", "end", raised=True),
    )
    search = QLineEdit()
    search.setPlaceholderText("搜索")
    row(search, Combo([("a", "简体中文"), ("b", "English")]), Spin(0, 100))
    bar = ThinProgress()
    bar.set_value(0.4)
    column.addWidget(bar)
    for tone, text in (
        ("neutral", "The download began again."),
        ("warning", "안전 모드로 실행합니다."),
        ("danger", "文件已损坏。"),
    ):
        column.addWidget(Banner(text, tone, "Try again"))  # type: ignore[arg-type]
    card = Card()
    for role in ("display", "title", "body", "soft", "small", "section"):
        card.column.addWidget(Text(f"{role}: GLM-4 对话模型 안녕하세요", role))
    column.addWidget(card)
    column.addStretch(1)
    return ground


SCENES: tuple[Callable[[ChatPage], None], ...] = (full, top, reading, failed, divided, costly, no_room, empty)


def settle(page: ChatPage) -> None:
    """Let everything be written."""
    for _ in range(200):
        QApplication.processEvents()
        if not page.transcript.busy:
            break
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()


def picture(page: QWidget) -> QPixmap:
    """A page or window, and the card that floats over it, if there is one."""
    image = page.grab()
    for card in page.findChildren(FiguresCard):
        painter = QPainter(image)
        painter.drawPixmap(page.mapFromGlobal(card.pos()), card.grab())
        painter.end()
        card.close()
    return image


def main(folder: Path) -> None:
    """Every scene in both themes and three languages."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    scale = os.environ.get("QT_SCALE_FACTOR", "1")
    for language in i18n.LANGUAGES:
        try:
            i18n.set_language(language)
        except FileNotFoundError:
            continue
        for scheme in (theme.Scheme.LIGHT, theme.Scheme.DARK):
            theme.apply(app, scheme)
            if language == "en":
                board = controls()
                board.resize(900, 720)
                board.show()
                Toasts(board).show("Deleted “北京和上海”", "Undo")
                app.processEvents()
                board.grab().save(str(folder / f"controls-{scheme}-{scale}x.png"))
                Dialog(
                    board,
                    "Delete “GLM-4-9B”?",
                    "6.2 GB are freed.",
                    [Choice("no", "Cancel"), Choice("yes", "Delete", "danger")],
                ).open()
                app.processEvents()
                board.grab().save(str(folder / f"dialog-{scheme}-{scale}x.png"))
                board.close()
            for scene in SCENES:
                page = ChatPage()
                page.resize(900, 720)
                page.show()
                scene(page)
                page.composer.take_focus()
                settle(page)
                picture(page).save(str(folder / f"chat-{scene.__name__}-{language}-{scheme}-{scale}x.png"))
                page.close()
                page.deleteLater()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "gallery"))
