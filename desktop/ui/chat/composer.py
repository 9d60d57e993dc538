"""Where questions are written: a rounded card that grows with the text, safe with input methods."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop import i18n
from desktop.i18n import tr
from desktop.ui import fonts, theme
from desktop.ui.chat.gauge import Gauge
from desktop.ui.chat.think import ThinkToggle
from desktop.ui.widgets import IconButton
from desktop.ui.widgets.labels import Elided

MOST_LINES = 8
PAUSE_MS = 400
"""Without a key, and whoever types has paused."""
MUCH = 200
"""Characters whose pasting is a pause at once."""
_HANGUL_ONLY = "[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]+"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SHADOW = 14


class Editor(QPlainTextEdit):
    """The text itself. `sent` on an Enter that is meant to send, and never on one that belongs to an input method."""

    sent = Signal()
    lines_changed = Signal()
    focused = Signal()
    pasted = Signal(int)
    """So many characters at once."""
    composed = Signal()
    """A composition is over: its letters are in the text, or given up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._preedit = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self.lines_changed.emit())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QPlainTextEdit { background: transparent; border: none; padding: 0; min-height: 0; }")
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self.lines_changed.emit())

    @property
    def preedit(self) -> str:
        """What an input method has not committed yet."""
        return self._preedit

    def text_height(self, most: float) -> float:
        """Pixels the text needs, counted up to a little more than `most`: letters of other faces may be higher."""
        layout = self.document().documentLayout()
        height, block = 0.0, self.document().firstBlock()
        while block.isValid() and height <= most:
            height += layout.blockBoundingRect(block).height()
            block = block.next()
        return height

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether a composition is open."""
        was, self._preedit = self._preedit, event.preeditString()
        super().inputMethodEvent(event)
        if was and not self._preedit:
            self.composed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends, Shift+Enter breaks the line; an Enter during a composition is the input method's."""
        if event.key() not in _ENTER:
            super().keyPressEvent(event)
            return
        event.accept()
        if self._preedit and not self._commit_hangul():
            return  # pinyin, kana: this Enter chooses letters
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.textCursor().insertText("\n")
            self.ensureCursorVisible()
        elif not event.isAutoRepeat():
            self.sent.emit()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Whatever is pasted arrives as plain text."""
        if source.hasText():
            text = source.text().replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
            self.insertPlainText(text)
            self.pasted.emit(len(text))

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Only text."""
        return source.hasText()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The card shows it."""
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The card shows it."""
        super().focusOutEvent(event)
        self.focused.emit()

    def _commit_hangul(self) -> bool:
        """Finish a Korean syllable, as its writers expect of Enter. False if something else is being composed."""
        if not re.fullmatch(_HANGUL_ONLY, self._preedit):
            return False
        QGuiApplication.inputMethod().commit()
        if self._preedit:  # an input method without commit: we do it, and it must not do it again
            event = QInputMethodEvent()
            event.setCommitString(self._preedit)
            QCoreApplication.sendEvent(self, event)
            QGuiApplication.inputMethod().reset()
        return True


class Composer(QWidget):
    """Text and a round button. What was sent stays until `accepted` says that it is stored."""

    submitted = Signal(str)
    stopped = Signal()
    draft_changed = Signal(str)
    paused = Signal(str)
    """What stands there, when whoever types it has paused; "" as soon as nothing does."""
    thinking_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._can_send = True
        self._awaited: str | None = None
        self._quiet = False
        self.editor = Editor(self)
        self.editor.setAccessibleName(tr("Message"))
        self.editor.setPlaceholderText(tr("Write a message"))
        self.editor.textChanged.connect(self._on_text)
        self.editor.sent.connect(self.submit)
        self.editor.lines_changed.connect(self._fit)
        self.editor.focused.connect(self.update)
        self._told = ""
        """What `paused` said last."""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        self.editor.composed.connect(self._pause.start)
        self.editor.pasted.connect(self._on_pasted)
        self._hint = Elided("", "small", self)
        self.think = ThinkToggle(self)
        self.think.hide()
        self.think.toggled.connect(self._on_think)
        self.gauge = Gauge(self)
        self.button = IconButton("send", tr("Send"), self, side=34, icon_size=20, filled=True)
        self.button.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SHADOW + 16, _SHADOW + 12, _SHADOW + 8, _SHADOW + 8)
        column.setSpacing(4)
        column.addWidget(self.editor)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.think)
        row.addWidget(self._hint, 1)
        row.addWidget(self.gauge)
        row.addWidget(self.button)
        column.addLayout(row)
        self._dress()
        self._show_button()

    # what the owner calls

    def set_state(self, busy: bool, can_send: bool, hint: str = "") -> None:
        """`busy`: an answer is running, the button stops it. `can_send` False: Enter does nothing, `hint` says why."""
        if not busy:
            self._awaited = None
        self._busy = busy
        self._can_send = can_send
        self._hint.setText(hint)
        self._show_button()

    def text(self) -> str:
        """What is written."""
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a draft in; not announced by `draft_changed`, and not to be undone."""
        self._awaited = None
        self._quiet = True
        self.editor.setPlainText(text)
        self._quiet = False
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self._pause.stop()
        self._told = ""
        self._show_button()

    def set_thinking(self, thinking: bool | None) -> None:
        """Whether the model thinks first here; None = there is no choice, and nothing is shown."""
        self.think.setVisible(thinking is not None)
        with QSignalBlocker(self.think):
            self.think.set_on(thinking is True)

    def pause_again(self) -> None:
        """Say once more what stands there, if anything does: it could not be used before."""
        self._told = ""
        if self.text().strip():
            self._pause.start()

    def take_focus(self) -> None:
        """Put the cursor here."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def accepted(self) -> None:
        """What was submitted is stored: take it out, and leave what was written after it."""
        if self._awaited is None:
            return
        sent, self._awaited = self._awaited, None
        if not self.text().startswith(sent):
            return
        cursor = QTextCursor(self.editor.document())
        cursor.setPosition(_units(sent), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def submit(self) -> None:
        """Send what is written, if anything is and it may be sent."""
        text = self.text()
        if self._busy or not self._can_send or self._awaited is not None or not text.strip():
            return
        self._awaited = self._told = text
        self._pause.stop()
        self.submitted.emit(text.strip())

    # inside

    def sizeHint(self) -> QSize:
        """As high as the text."""
        return QSize(480, self.minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card and its shadow."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        painter.setPen(Qt.PenStyle.NoPen)
        shade = QColor(look.color("shadow"))
        for ring in range(_SHADOW - 2, 0, -2):
            shade.setAlpha(9 if look.dark else 3)
            painter.setBrush(shade)
            radius = look.radius_card + ring
            painter.drawRoundedRect(card.adjusted(-ring, 2 - ring, ring, ring + 2), radius, radius)
        focused = self.editor.hasFocus()
        painter.setPen(QPen(look.color("accent" if focused else "outline"), 1))
        painter.setBrush(look.color("card"))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), look.radius_card + 4, look.radius_card + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other lines."""
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere on the card is meant for the text."""
        self.take_focus()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "button"):
            self._dress()

    def _dress(self) -> None:
        font = fonts.ui(i18n.language(), theme.current().font_size)
        if self.editor.font() != font:
            self.editor.setFont(font)
        self._fit()

    def _fit(self) -> None:
        line = QFontMetricsF(self.editor.font()).lineSpacing()
        most = MOST_LINES * line * 1.15
        wanted = self.editor.text_height(most)
        height = math.ceil(min(most, max(wanted, line))) + 4
        if self.editor.minimumHeight() != height or self.editor.maximumHeight() != height:
            self.editor.setFixedHeight(height)
        long = wanted > most
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if long else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.editor.verticalScrollBarPolicy() != policy:
            self.editor.setVerticalScrollBarPolicy(policy)
        if not long:
            self.editor.verticalScrollBar().setValue(0)

    def _on_text(self) -> None:
        self._show_button()
        text = self.text()
        self.gauge.set_typed(len(text.strip().encode(errors="replace")))
        if self._quiet:
            return
        self.draft_changed.emit(text)
        if text.strip():
            self._pause.start()
        else:
            self._on_pause()

    def _on_pasted(self, count: int) -> None:
        if count > MUCH:
            self._on_pause()

    def _on_pause(self) -> None:
        self._pause.stop()
        text = self.text()
        if self.editor.preedit or text.strip() == self._told.strip():  # half a composition is no text yet
            return
        self._told = text
        self.paused.emit(text.strip())

    def _on_think(self, on: bool) -> None:
        self.thinking_changed.emit(on)

    def _on_clicked(self) -> None:
        if self._busy:
            self.stopped.emit()
        else:
            self.submit()
        self.take_focus()

    def _show_button(self) -> None:
        icon, tip = ("stop", tr("Stop")) if self._busy else ("send", tr("Send"))
        if self.button.icon_name != icon:
            self.button.set_icon(icon)
            self.button.set_tip(tip)
        self.button.setEnabled(self._busy or (self._can_send and bool(self.text().strip())))


def _units(text: str) -> int:
    """Length as Qt counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
