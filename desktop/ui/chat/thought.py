"""One folded line, the text on demand: what a model thought before it answered, and what stands for messages it no longer sees."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop import i18n
from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.chat.formats import Formats
from desktop.ui.chat.view import MessageView
from desktop.ui.widgets.fold import FoldLine

_LINE = FoldLine.HIGH


class Folded(QWidget):
    """Closed at first; `resized` when it is opened or closed. `name` is what its text is to assistive technology."""

    resized = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._told_as = name
        self._text = ""
        self._written = 0
        self._view: MessageView | None = None
        self._fold = FoldLine(self)
        self._fold.toggled.connect(self._on_toggled)

    @property
    def text(self) -> str:
        """All of the text so far."""
        return self._text

    @property
    def words(self) -> str:
        """The folded line."""
        return self._fold.text()

    @property
    def open(self) -> bool:
        """Whether the text is shown."""
        return self._fold.isChecked()

    def toggle(self) -> None:
        """Open or close."""
        self._fold.toggle()

    def set_folded(self, words: str, text: str) -> None:
        """The line, and all of the text so far."""
        self._fold.set_words(words)
        if not text.startswith(self._text):
            self._written = 0
            if self._view is not None:
                self._view.clear()
        self._text = text
        self._write()

    def place(self, width: int) -> int:
        """Lay out for a width; the height in pixels."""
        self._fold.setGeometry(-2, 0, min(width, self._fold.sizeHint().width()), _LINE)
        if self._view is None or not self._fold.isChecked():
            return _LINE
        self._view.set_width(width - 18)
        height = self._view.text_height()
        self._view.setGeometry(18, _LINE + 4, width - 18, height)
        return _LINE + 4 + height

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line beside the open text."""
        if self._view is not None and self._fold.isChecked():
            color = QColor(theme.current().color("line"))
            QPainter(self).fillRect(QRectF(5, _LINE + 4, 2, self.height() - _LINE - 4), color)

    def restyle(self) -> None:
        """Write again in the present theme."""
        self._written = 0
        if self._view is not None:
            self._view.clear()
            self._write()

    def _on_toggled(self, on: bool) -> None:
        if on and self._view is None:
            self._view = MessageView(self._told_as, self)
        if self._view is not None:
            self._view.setVisible(on)
            self._write()
        self.resized.emit()

    def _write(self) -> None:
        """Append what is new, only while it is seen."""
        if self._view is None or not self._fold.isChecked() or self._written >= len(self._text):
            return
        formats = Formats(theme.current(), i18n.language(), self._text)
        cursor = QTextCursor(self._view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        line = formats.line(0, 0, ratio=1.5)
        if self._written == 0:
            cursor.setBlockFormat(line)
        cursor.insertText(self._text[self._written :], formats.soft)
        self._written = len(self._text)


class Thought(Folded):
    """The thoughts of an answer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Thoughts"), parent)
        self.set_text("", running=False, seconds=None)

    def set_text(self, text: str, *, running: bool, seconds: float | None) -> None:
        """All thoughts so far, whether more may come, and how long they took (None: unknown)."""
        if running:
            words = tr("Thinking…")
        elif seconds is not None:
            words = tr("Thought for {n} s", n=max(1, round(seconds)))
        else:
            words = tr("Thoughts")
        self.set_folded(words, text)
