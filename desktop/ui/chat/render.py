"""Markdown tokens → a QTextDocument, written with a cursor; what is painted below the letters is kept as spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTableCell,
    QTextTableCellFormat,
    QTextTableFormat,
)

from desktop.ui.chat import highlight, markdown
from desktop.ui.chat.formats import CODE_HEAD, CODE_PAD, INDENT, MARKER, Formats

if TYPE_CHECKING:
    from markdown_it.token import Token

LINE = "\u2028"
"""A line break inside a paragraph."""
_ALIGN = {
    "text-align:center": Qt.AlignmentFlag.AlignHCenter,
    "text-align:right": Qt.AlignmentFlag.AlignRight,
}
_OPENABLE = ("http://", "https://", "mailto:")


@dataclass(slots=True)
class CodeSpan:
    """A code block: first and last position, and what to copy."""

    start: int
    end: int
    language: str
    text: str
    left: float


@dataclass(frozen=True)
class Marker:
    """The bullet or number before a list item. Qt's own sit too close to the text and vary with its face."""

    position: int
    number: int | None
    depth: int
    left: float


@dataclass(slots=True)
class Spans:
    """Document positions (start, end) of everything with a ground of its own, in ascending order."""

    codes: list[CodeSpan] = field(default_factory=list)
    inline: list[tuple[int, int]] = field(default_factory=list)
    quotes: list[tuple[int, int, float]] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)

    def cut(self, position: int) -> None:
        """Forget everything that begins at or after a position."""
        self.codes = [span for span in self.codes if span.start < position]
        self.inline = [span for span in self.inline if span[0] < position]
        self.quotes = [span for span in self.quotes if span[0] < position]
        self.rules = [at for at in self.rules if at < position]
        self.markers = [marker for marker in self.markers if marker.position < position]


@dataclass(frozen=True)
class Mark:
    """A place in the document to which writing can be taken back."""

    position: int
    fresh: bool
    below_code: bool
    line: QTextBlockFormat


class Writer:
    """Writes blocks at the end of a document. The caller brackets its calls with one edit block."""

    def __init__(self, document: QTextDocument, formats: Formats) -> None:
        self.formats = formats
        self.spans = Spans()
        self._cursor = QTextCursor(document)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._fresh = True  # the block the cursor is in is still empty and unformatted
        self._below_code = False
        self._left = 0.0
        self._quoted = 0

    def mark(self) -> Mark:
        """Where the document ends now."""
        return Mark(self._cursor.position(), self._fresh, self._below_code, self._cursor.blockFormat())

    def take_back(self, mark: Mark) -> None:
        """Remove everything written since the mark."""
        cursor = self._cursor
        cursor.setPosition(mark.position)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        # joining an empty line with the next one gives it that one's format
        cursor.setBlockFormat(mark.line)
        self._fresh = mark.fresh
        self._below_code = mark.below_code
        self.spans.cut(mark.position if mark.fresh else mark.position + 1)

    @property
    def position(self) -> int:
        """The end of what is written."""
        return self._cursor.position()

    def block(self, block: markdown.Block) -> None:
        """Write one top-level block."""
        self._write(block.tokens)

    def item(self, item: markdown.Block, number: int | None, *, first: bool) -> None:
        """Write one item of a top-level list; `number` None is a bullet."""
        self._item(item.tokens[1:-1], number, 0, first=first)

    def code_begin(self, language: str) -> CodeSpan:
        """Begin a code block that grows by `code_append`."""
        span = CodeSpan(0, 0, language, "", self._left)
        top = self._gap(12) + CODE_HEAD
        letters = self.formats.code("")
        self._start(self.formats.code_line(top, 0, self._left), letters)
        span.start = span.end = self._cursor.position()
        self.spans.codes.append(span)
        self._below_code = True
        return span

    def code_append(self, span: CodeSpan, code: str, *, first: bool) -> None:
        """Append whole lines; `first` says that the block is still empty."""
        letters = self.formats.code(code)
        plain = self.formats.code_line(0, 0, self._left)
        cache: dict[str, QTextCharFormat] = {}
        if not first:
            self._cursor.insertBlock(plain, letters)
        for text, token in highlight.pieces(code, span.language):
            shade = cache.get(token)
            if shade is None:
                shade = cache[token] = letters if token == "text" else self.formats.colored(letters, token)
            for index, part in enumerate(text.split("\n")):
                if index:
                    self._cursor.insertBlock(plain, letters)
                if part:
                    self._cursor.insertText(part, shade)
        span.text = code if first else f"{span.text}\n{code}"
        span.end = self._cursor.position()

    # blocks

    def _write(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = _closing(tokens, at)
            inner = tokens[at + 1 : end]
            match token.type:
                case "paragraph_open":
                    self._paragraph(inner, self._gap(10))
                case "heading_open":
                    self._heading(int(token.tag[1]), inner)
                case "bullet_list_open":
                    self._list(inner, None)
                case "ordered_list_open":
                    self._list(inner, markdown.first_number(token))
                case "blockquote_open":
                    self._quote(inner)
                case "fence" | "code_block":
                    span = self.code_begin(token.info.split(maxsplit=1)[0] if token.info.strip() else "")
                    self.code_append(span, token.content.rstrip("\n"), first=True)
                case "math_block":
                    self._math(token.content)
                case "hr":
                    self._rule()
                case "table_open":
                    self._table(inner)
                case _:
                    pass
            at = end + 1

    def _paragraph(self, tokens: Sequence[Token], top: float) -> None:
        self._start(self.formats.line(top, self._left), self._letters)
        self._inline(tokens[0].children or [] if tokens else [], self._letters)

    def _heading(self, level: int, tokens: Sequence[Token]) -> None:
        letters = self.formats.heading(level)
        line = self.formats.line(self._gap(20 if level < 3 else 16), self._left, letters.font().pixelSize(), 1.45)
        line.setHeadingLevel(level)
        self._start(line, letters)
        self._inline(tokens[0].children or [], letters)

    def _list(self, tokens: Sequence[Token], number: int | None) -> None:
        at, index, depth = 0, 0, int(self._left // INDENT)
        while at < len(tokens):
            end = _closing(tokens, at)
            self._item(tokens[at + 1 : end], None if number is None else number + index, depth, first=index == 0)
            at, index = end + 1, index + 1

    def _item(self, tokens: Sequence[Token], number: int | None, depth: int, *, first: bool) -> None:
        top = self._gap(8 if first and depth == 0 else 4)
        self._left += INDENT
        body: Sequence[Token] = tokens
        line = self.formats.line(top, self._left)
        line.setProperty(MARKER, "  " * depth + ("- " if number is None else f"{number}. "))
        self._start(line, self._letters)
        self.spans.markers.append(Marker(self._cursor.position(), number, depth, self._left))
        if tokens and tokens[0].type == "paragraph_open":
            end = _closing(tokens, 0)
            self._inline(tokens[1].children or [], self._letters)
            body = tokens[end + 1 :]
        self._write(body)
        self._left -= INDENT

    def _quote(self, tokens: Sequence[Token]) -> None:
        before, left = self._cursor.position(), self._left
        self._left += INDENT - 8
        self._quoted += 1
        fresh = self._fresh
        self._write(tokens)
        self._quoted -= 1
        self._left = left
        self.spans.quotes.append((before if fresh else before + 1, self._cursor.position(), left))

    def _math(self, text: str) -> None:
        self._start(self.formats.line(self._gap(10), self._left + INDENT), self._letters)
        self._cursor.insertText(text.replace("\n", LINE), self.formats.math(self._letters, text))

    def _rule(self) -> None:
        line = QTextBlockFormat(self.formats.nothing)
        line.setTopMargin(self._gap(20))
        line.setBottomMargin(10)
        self._start(line, self.formats.nothing_chars)
        self._cursor.insertText("\u200b", self.formats.nothing_chars)
        self.spans.rules.append(self._cursor.position())

    def _table(self, tokens: Sequence[Token]) -> None:
        rows = _rows(tokens)
        columns = max((len(row) for row in rows), default=0)
        if not columns:
            return
        if self._fresh:
            self._cursor.setBlockFormat(self.formats.nothing)
            self._cursor.setBlockCharFormat(self.formats.nothing_chars)
        frame = QTextTableFormat()
        frame.setBorder(0)
        frame.setBorderCollapse(True)
        frame.setCellPadding(0)
        frame.setCellSpacing(0)
        frame.setTopMargin(self._gap(12))
        frame.setBottomMargin(14)  # Qt ignores the top margin of what follows a table
        frame.setLeftMargin(self._left)
        frame.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        frame.setHeaderRowCount(1)
        frame.setWidth(QTextLength(QTextLength.Type.VariableLength, 0))
        table = self._cursor.insertTable(len(rows), columns, frame)
        for r, row in enumerate(rows):
            for c in range(columns):
                self._cell(table.cellAt(r, c), row[c] if c < len(row) else None, head=r == 0, first=c == 0)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._cursor.setBlockFormat(self.formats.nothing)
        self._cursor.setBlockCharFormat(self.formats.nothing_chars)
        self._fresh = True
        self._below_code = False

    def _cell(self, cell: QTextTableCell, content: tuple[Token, str] | None, *, head: bool, first: bool) -> None:
        style = QTextTableCellFormat()
        style.setTopPadding(6)
        style.setBottomPadding(6)
        style.setLeftPadding(2 if first else 12)
        style.setRightPadding(12)
        style.setBottomBorder(1)
        style.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        style.setBottomBorderBrush(self.formats.look.color("outline" if head else "line"))
        letters = QTextCharFormat(self.formats.body)
        if head:
            letters.setFontWeight(600)
        style.merge(letters)  # a cell's format is also that of its first block
        cell.setFormat(style)
        line = self.formats.line(0, 0, ratio=1.5)
        if content is not None and (align := _ALIGN.get(content[1])) is not None:
            line.setAlignment(align)
        self._cursor = cell.firstCursorPosition()
        self._cursor.setBlockFormat(line)
        if content is not None:
            self._inline(content[0].children or [], letters)

    # words

    def _inline(self, tokens: Sequence[Token], base: QTextCharFormat) -> None:
        stack = [base]
        for token in tokens:
            now = stack[-1]
            match token.type:
                case "text":
                    self._text(token.content, now)
                case "softbreak" | "hardbreak":
                    self._cursor.insertText(LINE, now)
                case "code_inline":
                    start = self._cursor.position()
                    self._cursor.insertText(token.content, self.formats.inline_code(now, token.content))
                    self.spans.inline.append((start, self._cursor.position()))
                case "math_inline":
                    shown = token.content.replace("\n", " ")
                    self._cursor.insertText(shown, self.formats.math(now, shown))
                case "image":
                    address = str(token.attrGet("src") or "")
                    self._link(markdown.plain(token.children or []) or address, address, now)
                case "link_open":
                    address = str(token.attrGet("href") or "")
                    stack.append(self.formats.link(now, address) if address.startswith(_OPENABLE) else now)
                case "strong_open":
                    stack.append(QTextCharFormat(now))
                    stack[-1].setFontWeight(600)
                case "em_open":
                    stack.append(QTextCharFormat(now))
                    stack[-1].setFontItalic(True)
                case "s_open":
                    stack.append(QTextCharFormat(now))
                    stack[-1].setFontStrikeOut(True)
                case _ if token.nesting == -1 and len(stack) > 1:
                    stack.pop()
                case _:
                    self._cursor.insertText(token.content, now)

    def _text(self, text: str, letters: QTextCharFormat) -> None:
        at = 0
        if "://" in text and not letters.isAnchor():
            for start, end in markdown.urls(text):
                self._cursor.insertText(text[at:start], letters)
                self._link(text[start:end], text[start:end], letters)
                at = end
        if at < len(text):
            self._cursor.insertText(text[at:], letters)

    def _link(self, text: str, address: str, letters: QTextCharFormat) -> None:
        shade = self.formats.link(letters, address) if address.startswith(_OPENABLE) else letters
        self._cursor.insertText(text, shade)

    @property
    def _letters(self) -> QTextCharFormat:
        return self.formats.soft if self._quoted else self.formats.body

    def _gap(self, wanted: float) -> float:
        """Space above the next block: none at the top of the document, more below the ground of code."""
        if self._fresh and self._cursor.block().blockNumber() == 0:
            return 0.0
        return wanted + CODE_PAD if self._below_code else wanted

    def _start(self, line: QTextBlockFormat, letters: QTextCharFormat) -> None:
        if self._fresh:
            self._cursor.setBlockFormat(line)
            self._cursor.setBlockCharFormat(letters)
        else:
            self._cursor.insertBlock(line, letters)
        self._fresh = False
        self._below_code = False


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Index of the token that closes the one at `at` (itself, if it opens nothing)."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _rows(tokens: Sequence[Token]) -> list[list[tuple[Token, str]]]:
    rows: list[list[tuple[Token, str]]] = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append((tokens[index + 1], str(token.attrGet("style") or "")))
    return rows
