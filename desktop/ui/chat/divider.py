"""The place in a conversation above which the model no longer sees anything: a hairline, a sentence, perhaps a summary."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.i18n import tr
from desktop.ui import theme
from desktop.ui.chat.message import PAD
from desktop.ui.chat.thought import Folded
from desktop.ui.widgets import Text

_ABOVE, _BELOW = 4, 20
_LEAST_LINE = 24
"""Pixels at both sides below which the words get the line for themselves."""


class Divider(QWidget):
    """Laid out by the transcript like a message. `resized` when its summary is opened or closed."""

    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.height_now = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words = Text("", "small", self, wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._writing = Text(tr("A summary of them is being written…"), "small", self, wrap=True)
        self._writing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._writing.hide()
        self.recap: Folded | None = None

    @property
    def words(self) -> str:
        """The sentence."""
        return self._words.text()

    @property
    def writing(self) -> bool:
        """Whether it says that a summary is on its way."""
        return not self._writing.isHidden()

    def set_state(self, count: int, recap: str, covers: int, *, writing: bool) -> None:
        """How many messages are above; what stands for the first `covers` of them; whether a (newer) summary is being written."""
        words = tr("The {n} messages above are no longer seen by the model", n=count)
        if count == 1:
            words = tr("The message above is no longer seen by the model")
        self._words.setText(words)
        self.setAccessibleName(words)
        self._writing.setVisible(writing)
        if recap and self.recap is None:
            self.recap = Folded(tr("Summary"), self)
            self.recap.resized.connect(self.resized)
            self.recap.show()
        if recap and self.recap is not None:
            if covers >= count:
                told = tr("It sees this summary instead")
            else:
                first = tr("It sees a summary of the first one")
                told = first if covers == 1 else tr("It sees a summary of the first {n}", n=covers)
            self.recap.set_folded(told, recap)
        elif self.recap is not None:
            self.recap.hide()
            self.recap.deleteLater()
            self.recap = None

    def place(self, width: int) -> int:
        """Lay out for a text width in pixels (PAD wider at both sides, as messages are); remembers and returns the height."""
        metrics = self._words.fontMetrics()
        wanted = metrics.horizontalAdvance(self._words.text()) + 4
        inner = wanted if wanted + 2 * (_LEAST_LINE + 12) <= width else width
        height = max(metrics.height() + 2, self._words.heightForWidth(inner))
        self._words.setGeometry(PAD + (width - inner) // 2, _ABOVE, inner, height)
        at = _ABOVE + height
        if self.recap is not None:
            high = self.recap.place(width)
            self.recap.setGeometry(PAD, at + 2, width, high)
            at += high + 2
        if self.writing:
            high = max(metrics.height() + 2, self._writing.heightForWidth(width))
            self._writing.setGeometry(PAD, at + 4, width, high)
            at += high + 4
        self.height_now = at + _BELOW
        self.resize(width + 2 * PAD, self.height_now)
        self.update()
        return self.height_now

    def restyle(self) -> None:
        """Write the summary again in the present theme."""
        if self.recap is not None:
            self.recap.restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The hairlines at both sides of the words."""
        words = self._words.geometry()
        if words.left() - 12 - PAD < _LEAST_LINE:
            return
        painter = QPainter(self)
        color = theme.current().color("outline")
        y = words.center().y()
        painter.fillRect(PAD, y, words.left() - 12 - PAD, 1, color)
        painter.fillRect(words.right() + 12, y, self.width() - PAD - words.right() - 12, 1, color)
