"""A document that grows: finished blocks stay as they are, only the last one is written anew when text arrives."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QTextCursor, QTextDocument

from desktop.ui.chat import highlight, markdown
from desktop.ui.chat.formats import Formats
from desktop.ui.chat.render import CodeSpan, Mark, Spans, Writer

PIECE = 4_000
"""Characters that can be written in a few milliseconds."""
LONGEST = 8_000
"""A paragraph or a line of code that is longer is broken there: laying out one huge line takes too long."""
_ENDS = ("\n", "。", "！", "？", ". ", "，", ", ", " ")


@dataclass(slots=True)
class _Code:
    """A code fence that is still open: what of it is written for good."""

    span: CodeSpan
    fence: str
    head: int
    """Where the code begins in the tail."""
    done: int
    """Characters of code that stay."""
    mark: Mark
    empty: bool


class Stream:
    """Writes Markdown that arrives in pieces into a document, as if all of it had been there at once."""

    def __init__(self, document: QTextDocument, formats: Formats) -> None:
        self._document = document
        self._begin(formats)

    def _begin(self, formats: Formats) -> None:
        self._writer = Writer(self._document, formats)
        self._mark = self._writer.mark()
        self._tail = ""
        self._code: _Code | None = None
        self._number: int | None = None
        self._in_list = False

    @property
    def spans(self) -> Spans:
        """What has a ground of its own."""
        return self._writer.spans

    @property
    def formats(self) -> Formats:
        """How it is written."""
        return self._writer.formats

    def restart(self, formats: Formats) -> None:
        """Empty the document and begin again, for example in another theme."""
        self._document.clear()
        self._begin(formats)

    def add(self, text: str) -> None:
        """Append and write. Takes time in proportion to the last block and `text`, not to the document."""
        self._tail += text.replace("\r", "")
        edit = QTextCursor(self._document)
        edit.beginEditBlock()
        try:
            if self._code is None or not self._add_code(self._code):
                self._add_blocks()
        finally:
            edit.endEditBlock()

    def _add_blocks(self) -> None:
        self._writer.take_back(self._mark)
        found = markdown.blocks(self._tail)
        if not found:
            return
        open_ = 2 if len(found) > 1 and markdown.may_join(found[-1], found[-2]) else 1
        for block in found[:-open_]:
            self._block(block)
            self._in_list = False
        self._keep_from(found[-open_].first, self._tail)
        if open_ == 1:
            self._last(found[-1])
            return
        state = self._in_list, self._number
        self._block(found[-2])
        self._block(found[-1])
        self._in_list, self._number = state

    def _last(self, last: markdown.Block) -> None:
        """Write the block that may still change, and keep as much of it as cannot."""
        tail = self._tail
        if last.kind == "fence" and _is_open(tail, last.tokens[0].markup):
            self._open_code(last)
        elif last.kind in ("bullet_list_open", "ordered_list_open"):
            items = markdown.items(last)
            self._items(last, items[:-1])
            if len(items) > 1:
                self._keep_from(items[-1].first - last.first, tail)
            self._writer.item(items[-1], self._next_number(last), first=not self._in_list)
        elif last.kind == "paragraph_open" and len(tail) > LONGEST:
            cut = _good_end(tail, LONGEST)
            for block in markdown.blocks(tail[:cut]):
                self._block(block)
            self._tail = tail[cut:].lstrip("\n")
            self._mark = self._writer.mark()
            self._add_blocks()
        else:
            self._block(last)

    def _block(self, block: markdown.Block) -> None:
        if block.kind in ("bullet_list_open", "ordered_list_open"):
            self._items(block, markdown.items(block))
            self._in_list = False
        else:
            self._writer.block(block)

    def _items(self, block: markdown.Block, items: list[markdown.Block]) -> None:
        for item in items:
            number = self._next_number(block)
            self._writer.item(item, number, first=not self._in_list)
            self._in_list = True
            self._number = None if number is None else number + 1

    def _next_number(self, block: markdown.Block) -> int | None:
        """Number of the next item: that of the list, or one more than that of the item before."""
        first = markdown.first_number(block.tokens[0])
        if first is None:
            return None
        return self._number if self._in_list and self._number is not None else first

    def _keep_from(self, line: int, text: str) -> None:
        """What is written stays; only the lines from `line` of the text remain open."""
        self._tail = "\n".join(text.split("\n")[line:])
        self._mark = self._writer.mark()

    # an open fence

    def _open_code(self, block: markdown.Block) -> None:
        head = self._tail.find("\n") + 1
        info = block.tokens[0].info.strip()
        span = self._writer.code_begin(info.split(maxsplit=1)[0] if head and info else "")
        if head:
            fence = block.tokens[0].markup
            self._code = _Code(span, fence, head, 0, self._writer.mark(), empty=True)
            self._add_code(self._code)

    def _add_code(self, code: _Code) -> bool:
        """Write the new lines; False when the fence has been closed and blocks may follow."""
        body = self._tail[code.head :]
        self._writer.take_back(code.mark)
        closing = _closing_line(body, code.done, code.fence)
        if closing is not None:
            self._code = None
            start, end = closing
            if start > highlight.MOST:  # too long to colour as a whole: stays as it is
                if start > code.done:
                    self._keep_code(code, body[code.done : start - 1], start)
                code.span.text = body[: max(0, start - 1)]
                self._tail = body[end:]
                self._mark = self._writer.mark()
            return False
        newline = body.rfind("\n", code.done)
        if newline >= 0:
            self._keep_code(code, body[code.done : newline], newline + 1)
        if len(body) - code.done > LONGEST:
            self._keep_code(code, body[code.done :], len(body))
        if (rest := body[code.done :]) or code.empty:
            self._writer.code_append(code.span, rest, first=code.empty)
        code.span.text = body.removesuffix("\n")
        return True

    def _keep_code(self, code: _Code, lines: str, done: int) -> None:
        """Write whole lines that stay."""
        self._writer.code_append(code.span, lines, first=code.empty)
        code.empty = False
        code.done = done
        code.mark = self._writer.mark()


def _is_open(text: str, fence: str) -> bool:
    """Whether a text that begins with a fence does not close it."""
    head = text.find("\n")
    return head < 0 or _closing_line(text[head + 1 :], 0, fence) is None


def _closing_line(body: str, start: int, fence: str) -> tuple[int, int] | None:
    """Start of the line that closes the fence, and start of the line after it; None while it is open."""
    at = min(start, len(body))
    while at < len(body):
        end = body.find("\n", at)
        stop = len(body) if end < 0 else end
        line = body[at:stop]
        bare = line.strip()
        if len(bare) >= len(fence) and not bare.strip(fence[0]) and len(line) - len(line.lstrip(" ")) < 4:
            return at, stop + 1
        if end < 0:
            return None
        at = end + 1
    return None


def _good_end(text: str, most: int) -> int:
    """Where to break a text so that at most `most` characters come before: after a sentence or a word if possible."""
    for end in _ENDS:
        at = text.rfind(end, most // 2, most)
        if at > 0:
            return at + len(end)
    return most
