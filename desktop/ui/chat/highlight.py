"""Colours for code: which colour token of the theme each piece of a program gets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

MOST = 20_000
"""Longer programs stay in one colour: colouring them would hold the window up."""


@cache
def _colors() -> tuple[tuple[_TokenType, str], ...]:
    # 10 ms that a start need not wait for
    from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String

    return (
        (Comment, "comment"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
        (String, "string"),
        (Number, "number"),
        (Name.Function, "name"),
        (Name.Class, "name"),
        (Name.Builtin, "name"),
        (Name.Decorator, "name"),
        (Name.Tag, "name"),
        (Name.Attribute, "name"),
        (Operator, "operator"),
        (Punctuation, "operator"),
    )


def pieces(code: str, language: str) -> Iterator[tuple[str, str]]:
    """The code as (text, colour token) pieces; an unknown language is one piece of "text"."""
    lexer = _lexer(language.strip().lower()) if len(code) <= MOST else None
    if lexer is None:
        yield code, "text"
        return
    for kind, text in lexer.get_tokens(code):
        yield text, _color(kind)


@lru_cache(maxsize=256)
def _color(kind: _TokenType) -> str:
    return next((color for root, color in _colors() if kind[: len(root)] == root), "text")


@lru_cache(maxsize=32)
def _lexer(language: str) -> Lexer | None:
    if not language or language in ("text", "txt", "plain", "plaintext", "output"):
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
