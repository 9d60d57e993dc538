"""Conversations drawn by chance, the same on every machine: Chinese, English, Korean and nonsense."""

from __future__ import annotations

import random

from desktop.core.models import PromptMessage, Role

_ZH = "今天天气很好，我们去公园散步吧。请问北京有什么好吃的？机器学习是人工智能的一个分支；它让计算机从数据中学习！《红楼梦》第一回：甄士隐梦幻识通灵"
_EN = (
    "Could you explain how a transformer reads text? The quick brown fox jumps over 13 lazy dogs, isn't it so: "
    "def add(a, b):\n    return a + b\n\nWrite a story of about 200 words; keep it short (really) & simple. 3.14 * 2 = 6.28"
)
_KO = "안녕하세요, 오늘은 날씨가 참 좋습니다. 서울에서 가장 유명한 음식은 무엇인가요? 프로그래밍을 배우고 싶어요! 한국어로 대답해 주세요."
_ODD = (
    *"\t\n  　 \u200b\u0301\u0300ﬁ①Ａｂ，：！？；▁|<>[]{}「」…—–“”’`~^$#@%&*+=\\/",
    "🙂", "👨‍👩‍👧", "é", "ﷺ", "㈱", "각", "각", "ไทย", "हिन्दी", "   ", "\n\n", "\r\n", "<n>", "问：", "答：", "[Round 1]",
)  # fmt: skip


def conversations(count: int, seed: int = 11) -> list[list[PromptMessage]]:
    """`count` of them, each of one to five turns, ending in a question."""
    source = random.Random(seed)
    return [_conversation(source) for _ in range(count)]


def _conversation(source: random.Random) -> list[PromptMessage]:
    turns = 1 + source.randrange(5)
    roles = [Role.USER, Role.ASSISTANT] * turns
    return [PromptMessage(role, text(source)) for role in roles[:-1]]


def text(source: random.Random) -> str:
    """What somebody could say."""
    kind = source.randrange(4)
    if kind == 3:
        return "".join(source.choice(_ODD) for _ in range(1 + source.randrange(24))) or "?"
    text = (_ZH, _EN, _KO)[kind]
    begin = source.randrange(len(text) - 4)
    part = text[begin : begin + 2 + source.randrange(60)]
    if source.randrange(5) == 0:
        at = source.randrange(len(part))
        part = part[:at] + source.choice(_ODD) + part[at:]
    return part


def forced(count: int, vocabulary: int, seed: int) -> list[int]:
    """Tokens as somebody could have written them."""
    source = random.Random(seed)
    return [3 + source.randrange(vocabulary - 3) for _ in range(count)]
