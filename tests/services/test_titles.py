"""Titles from first questions."""

from __future__ import annotations

import pytest

from desktop.services.titles import title_of


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("北京和上海两座城市有什么不同？", "北京和上海两座城市有什么不同？"),
        ("Hello! How are you today?", "Hello!"),
        ("\n\n## Fix this\n```\ncode\n```", "Fix this"),
        ("안녕하세요. 오늘 날씨가 어떤가요?", "안녕하세요."),
        ("Version 3.5 of the standard", "Version 3.5 of the standard"),
        ("   ", ""),
        ("？？？", "？？？"),
        (
            "please write a very long and detailed explanation of how a combustion engine works",
            "please write a very long and detailed…",
        ),
        ("我" * 40, "我" * 22 + "…"),
    ],
)
def test_the_first_sentence_shortened(question: str, title: str) -> None:
    assert title_of(question) == title
