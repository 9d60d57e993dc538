"""How long the event loop is held up while an answer streams: `python tests/benchmarks/bench_stream.py`.

200 tokens a second, 2,000 tokens, below a conversation of 60 messages. Prints the longest and the median gap between
two turns of the loop in milliseconds; ends with 1 when the longest is over 50 ms.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from itertools import pairwise
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.core.models import ConversationId, Message, MessageId, MessageState, Role
from desktop.ui import theme
from desktop.ui.chat.page import ChatPage

LIMIT_MS = 50
TOKENS = 2_000
RATE = 200
PROSE = (
    "北京是政治中心，上海是经济中心。**Both cities** are `large`, and the difference matters; see the table below.\n\n"
)
LIST = "1. 饮食：北京烤鸭很有名\n2. 交通：地铁四通八达\n   - 十号线\n   - 二号线\n3. 气候：四季分明\n\n"
TABLE = "| 项目 | 北京 | 上海 |\n|---|---|---|\n| 人口 | 2186 万 | 2487 万 |\n| 地铁 | 836 km | 831 km |\n\n"
CODE = (
    "```python\ndef greet(name: str) -> str:\n    # 问候\n    return f'你好，{name}'\n\nprint(greet('世界'))\n```\n\n"
)
ANSWER = "## 比较\n\n" + PROSE * 2 + LIST + TABLE + CODE
ONE_LIST = "".join(f"- 第 {n} 项：这是一个很长的列表，**没有空行**，模型常常这样写。\n" for n in range(400))
ONE_PROGRAM = "```python\n" + "".join(f"value_{n} = compute('{n}', {n})  # 第 {n} 行\n" for n in range(600)) + "```\n"


def message(number: int, role: Role, text: str, state: MessageState = MessageState.COMPLETE) -> Message:
    """One message."""
    return Message(MessageId(number), ConversationId(1), None, role, text, "", state, 0)


def tokens(text: str) -> list[str]:
    """Pieces of three characters, repeated until there are enough."""
    whole = text * (TOKENS * 3 // len(text) + 1)
    return [whole[at : at + 3] for at in range(0, TOKENS * 3, 3)]


def measure(app: QApplication, name: str, text: str) -> float:
    """Stream one answer and print what it cost; the longest gap in milliseconds."""
    page = ChatPage()
    page.resize(1000, 800)
    page.show()
    history = []
    for number in range(1, 61):
        role = Role.USER if number % 2 else Role.ASSISTANT
        history.append(message(number, role, ANSWER if role is Role.ASSISTANT else "北京和上海有什么不同？"))
    began = time.perf_counter()
    page.transcript.show_messages(history)
    opened = (time.perf_counter() - began) * 1000
    while page.transcript.busy:
        app.processEvents()
    running = message(61, Role.ASSISTANT, "", MessageState.RUNNING)
    page.transcript.append(running)
    pieces = tokens(text)
    turns: list[float] = [time.perf_counter()]
    started = time.perf_counter()
    given = 0

    def turn() -> None:
        nonlocal given
        turns.append(time.perf_counter())
        due = min(len(pieces), int((time.perf_counter() - started) * RATE))
        if due > given:
            page.transcript.add_text(running.id, "".join(pieces[given:due]), "")
            given = due
        if given == len(pieces) and not page.transcript.busy:
            done = replace(running, text="".join(pieces), state=MessageState.COMPLETE)
            page.transcript.finish(done)
            beat.stop()
            QTimer.singleShot(100, app.quit)

    beat = QTimer()
    beat.timeout.connect(turn)
    beat.start(1)
    app.exec()
    turns.append(time.perf_counter())
    gaps = [(b - a) * 1000 for a, b in pairwise(turns[:-1])]
    print(f"{name}: opened in {opened:.1f} ms; longest gap {max(gaps):.1f} ms, median {median(gaps):.2f} ms")
    page.close()
    page.deleteLater()
    return max(gaps)


def main() -> int:
    """All kinds of answers."""
    app = QApplication(sys.argv[:1])
    theme.apply(app, theme.Scheme.LIGHT)
    kinds = (
        ("mixed", ANSWER),
        ("one list", ONE_LIST),
        ("one program", ONE_PROGRAM),
        ("one paragraph", "没有换行的长文，"),
    )
    worst = max(measure(app, name, text) for name, text in kinds)
    return 0 if worst <= LIMIT_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
