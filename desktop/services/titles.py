"""A title for a conversation from its first question, without asking a model."""

from __future__ import annotations

import re
import unicodedata

_MOST = 44
"""Width of a title in columns: a Chinese or Korean character takes two."""
_BREAK = re.compile(r"(?<=[。！？!?])|(?<=\.)\s")


def title_of(question: str) -> str:
    """The first sentence of the first line that says something, shortened at a word if need be; "" for blank text."""
    for line in question.splitlines():
        words = " ".join(line.strip("#>*-`~ \t").split())
        if any(character.isalnum() for character in words):
            sentence = next((part for part in _BREAK.split(words) if part), words)
            return _shortened(sentence.strip())
    return " ".join(question.split())[:_MOST]


def _shortened(text: str) -> str:
    width = 0
    for position, character in enumerate(text):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > _MOST:
            head = text[:position]
            space = head.rfind(" ")
            return (head[:space] if space > _MOST // 2 else head).rstrip() + "…"
    return text
