"""Markdown as models write it → tokens: CommonMark with tables and strikethrough, HTML as text, formulas untouched.

Three habits of books are off, because models do not have them and half-written text flickers with them: underlined
headings (`---` below a line), code by indentation, and links defined elsewhere (`[1]: https://…`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_BLOCK_MATH = (("$$", "$$"), ("\\[", "\\]"))
_URL = re.compile(r"https?://[^\s<>\"'`，。；：、！？（）《》【】「」“”]+")
_URL_TAIL = ".,;:!?)]}"


@dataclass(frozen=True)
class Block:
    """One top-level block: its tokens, and the lines of the text it spans (end exclusive)."""

    tokens: tuple[Token, ...]
    first: int
    last: int

    @property
    def kind(self) -> str:
        """Type of the opening token."""
        return self.tokens[0].type


def blocks(text: str) -> list[Block]:
    """The top-level blocks of a text, in order.

    Only the last block can change when more text is appended, which is what streaming relies on; `may_join` tells of
    the one exception.
    """
    return _grouped(_parser().parse(text, {}))


def items(block: Block) -> list[Block]:
    """The items of a top-level list, each as a block of its own, without the list around them."""
    return _grouped(block.tokens[1:-1])


def _grouped(tokens: Sequence[Token]) -> list[Block]:
    """A block for each stretch of tokens in which everything opened is closed."""
    found: list[Block] = []
    opened: list[Token] = []
    depth = 0
    for token in tokens:
        opened.append(token)
        depth += token.nesting
        if depth == 0:
            lines = opened[0].map or [0, 0]
            found.append(Block(tuple(opened), lines[0], lines[1]))
            opened = []
    return found


def may_join(block: Block, before: Block) -> bool:
    """Whether a paragraph may yet become the next item of the list before it: "3", of which "3. …" may come."""
    return (
        before.kind == "ordered_list_open"
        and block.kind == "paragraph_open"
        and block.tokens[1].content.isdecimal()
        and len(block.tokens[1].content) < 10
    )


def first_number(opening: Token) -> int | None:
    """The number a list begins with; None for bullets."""
    if opening.type != "ordered_list_open":
        return None
    start = opening.attrGet("start")
    return 1 if start is None else int(start)


def urls(text: str) -> list[tuple[int, int]]:
    """Where bare addresses are in a text (start, end), trailing punctuation left out."""
    found = []
    for match in _URL.finditer(text):
        end = match.end()
        while end > match.start() and text[end - 1] in _URL_TAIL:
            end -= 1
        found.append((match.start(), end))
    return found


def plain(tokens: Sequence[Token]) -> str:
    """Text of inline tokens without markup, for an image's description."""
    return "".join(token.content or plain(token.children or []) for token in tokens)


def _math_block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """`$$ … $$` and `\\[ … \\]` that begin a line, over any number of lines."""
    line = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
    ends = next((end for start, end in _BLOCK_MATH if line.startswith(start)), None)
    if ends is None:
        return False
    at = first
    while at < last and not state.isEmpty(at):
        row = state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].rstrip()
        if row.endswith(ends) and (at > first or len(row) > 3):
            break
        at += 1
    else:
        if at < last:
            return False  # a paragraph ends before the formula does: it was none
        at = last - 1
    if silent:
        return True
    token = state.push("math_block", "", 0)
    token.content = state.getLines(first, at + 1, state.blkIndent, False).strip()
    token.map = [first, at + 1]
    state.line = at + 1
    return True


def _math_inline(state: StateInline, silent: bool) -> bool:
    """`$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]` inside a line. A price ("$5 and $6") is no formula."""
    source, at = state.src, state.pos
    for start, end in (("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("$", "$")):
        if not source.startswith(start, at):
            continue
        close = source.find(end, at + len(start))
        inner = source[at + len(start) : close]
        if close < 0 or not inner.strip() or close >= state.posMax:
            continue
        if start == "$" and (
            inner[0].isspace() or inner[-1].isspace() or "\n" in inner or source[close + 1 : close + 2].isdigit()
        ):
            continue
        if not silent:
            token = state.push("math_inline", "", 0)
            token.content = source[at : close + len(end)]
        state.pos = close + len(end)
        return True
    return False


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # 40 ms that a start need not wait for; `warm` takes them in a quiet moment

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough"]).disable(["lheading", "code", "reference", "html_block", "html_inline"])
    parser.block.ruler.before("fence", "math_block", _math_block, {"alt": ["paragraph", "blockquote", "list"]})
    parser.inline.ruler.before("escape", "math_inline", _math_inline)
    return parser


def warm() -> None:
    """Get ready before the first answer."""
    _parser()
