"""Character and block formats of one message, made once for its theme, size and script."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextFormat

from desktop.ui import fonts
from desktop.ui.theme import Theme

CODE = QTextFormat.Property.UserProperty + 1
"""Block property: this line belongs to a code block."""
MARKER = QTextFormat.Property.UserProperty + 2
"""Block property: what stands before this list item when it is copied as text."""

INDENT = 24
"""Pixels that a list or a quote is set in."""
CODE_PAD = 14
CODE_HEAD = 32
"""Height of the line with language and copy button above code."""
_HEADINGS = {1: 1.35, 2: 1.2, 3: 1.08, 4: 1.0, 5: 1.0, 6: 1.0}


class Formats:
    """Formats by purpose. `sample` is the text so far: it decides which CJK face comes first."""

    def __init__(self, look: Theme, language: str, sample: str) -> None:
        self.look = look
        self.language = language
        self.script = fonts.script_of(sample, language)
        self.size = look.font_size
        self.font = fonts.text(sample, language, self.size)

    @cached_property
    def body(self) -> QTextCharFormat:
        """Running text."""
        made = QTextCharFormat()
        made.setFont(self.font)
        made.setForeground(self.look.color("text"))
        return made

    @cached_property
    def soft(self) -> QTextCharFormat:
        """Quoted text."""
        made = QTextCharFormat(self.body)
        made.setForeground(self.look.color("soft"))
        return made

    def heading(self, level: int) -> QTextCharFormat:
        """A heading: heavier, and a little larger at the top levels."""
        made = QTextCharFormat(self.body)
        font = QFont(self.font)
        font.setPixelSize(round(self.size * _HEADINGS[level]))
        font.setWeight(QFont.Weight.DemiBold)
        made.setFont(font)
        return made

    def inline_code(self, around: QTextCharFormat, text: str) -> QTextCharFormat:
        """Code inside a sentence."""
        made = QTextCharFormat(around)
        font = fonts.mono(text, self.language, max(9, round(around.font().pixelSize() * 0.9)))
        font.setWeight(around.font().weight())
        made.setFont(font)
        return made

    def math(self, around: QTextCharFormat, text: str) -> QTextCharFormat:
        """A formula, shown as it was written."""
        made = self.inline_code(around, text)
        made.setFontItalic(True)
        return made

    def link(self, around: QTextCharFormat, address: str) -> QTextCharFormat:
        """A link."""
        made = QTextCharFormat(around)
        made.setForeground(self.look.color("accent"))
        made.setFontUnderline(True)
        made.setAnchor(True)
        made.setAnchorHref(address)
        return made

    def code(self, text: str) -> QTextCharFormat:
        """A line of a code block."""
        made = QTextCharFormat()
        made.setFont(fonts.mono(text, self.language, max(10, round(self.size * 0.88))))
        made.setForeground(self.look.color("text"))
        return made

    def colored(self, around: QTextCharFormat, token: str) -> QTextCharFormat:
        """The same in another colour token."""
        made = QTextCharFormat(around)
        made.setForeground(self.look.color(token))
        if token == "comment":
            made.setFontItalic(True)
        return made

    def line(self, top: float, left: float, pixels: int | None = None, ratio: float = 1.6) -> QTextBlockFormat:
        """A paragraph: margins, and a line height of `ratio` times the letters whatever face a letter comes from."""
        made = QTextBlockFormat()
        made.setTopMargin(top)
        made.setLeftMargin(left)
        made.setLineHeight(round((pixels or self.size) * ratio), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return made

    def code_line(self, top: float, bottom: float, left: float) -> QTextBlockFormat:
        """A line of a code block."""
        made = self.line(top, left + CODE_PAD, max(10, round(self.size * 0.88)), 1.55)
        made.setRightMargin(CODE_PAD)
        made.setBottomMargin(bottom)
        made.setProperty(CODE, 1)
        return made

    @cached_property
    def nothing(self) -> QTextBlockFormat:
        """The block Qt demands after a table: one pixel."""
        made = QTextBlockFormat()
        made.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return made

    @cached_property
    def nothing_chars(self) -> QTextCharFormat:
        """Letters for it."""
        made = QTextCharFormat()
        font = QFont(self.font)
        font.setPixelSize(1)
        made.setFont(font)
        return made
