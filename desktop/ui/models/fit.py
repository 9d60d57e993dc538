"""Will it fit? A label in words with a mark of its own, the numbers behind it, and the choice of context it depends on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.memory import MemoryEstimate, Verdict
from desktop.i18n import mark, size, tr
from desktop.services.fit import MOST_CONTEXT
from desktop.ui import icons, theme
from desktop.ui.widgets import Segments, Text
from desktop.ui.widgets.labels import Role

CONTEXTS = (4096, 8192, 32768, MOST_CONTEXT)
USUAL_CONTEXT = 8192

_WORDS: dict[Verdict, tuple[str, Role, str]] = {
    Verdict.GPU: (mark("Fits on the graphics card"), "accent", "check"),
    Verdict.PARTLY: (mark("Fits, {n} of {count} layers on the graphics card"), "accent", "check"),
    Verdict.CPU: (mark("Fits in memory"), "accent", "check"),
    Verdict.SLOW: (mark("Slow: does not fit in memory"), "warning", "warning"),
}
_WHY: dict[Verdict, str] = {
    Verdict.GPU: mark("The whole model runs on the graphics card: as quick as this computer gets."),
    Verdict.PARTLY: mark("What does not fit on the graphics card runs on the processor, which is slower."),
    Verdict.CPU: mark("The model runs on the processor."),
    Verdict.SLOW: mark(
        "It would be read from the disk again and again. Close other programs, choose a smaller context, or a smaller build."
    ),
}


def verdict(estimate: MemoryEstimate) -> str:
    """The answer in a few words."""
    return tr(_WORDS[estimate.verdict][0], n=estimate.gpu_layers, count=estimate.layers)


def numbers(estimate: MemoryEstimate) -> str:
    """ "needs 6.9 GB: weights 6.2 GB, context 340 MB, working memory 400 MB · 18 GB free"."""
    needs = tr(
        "needs {total}: weights {weights}, context {context}, working memory {working}",
        total=size(estimate.total),
        weights=size(estimate.weights),
        context=size(estimate.kv),
        working=size(estimate.compute + estimate.overhead),
    )
    if estimate.graphics_free:
        free = tr(
            "{graphics} free on the graphics card, {memory} in memory",
            graphics=size(estimate.graphics_free),
            memory=size(estimate.memory_free),
        )
    else:
        free = tr("{size} free", size=size(estimate.memory_free))
    return f"{needs} · {free}"


def context_name(tokens: int) -> str:
    """ "8K"; a maximum is called so."""
    return tr("Maximum") if tokens >= MOST_CONTEXT else f"{round(tokens / 1024)}K"


class FitLabel(QWidget):
    """A mark and a few words, the numbers in grey below: the mark tells good from bad without colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role: Role = "soft"
        self._icon = "info"
        self.estimate: MemoryEstimate | None = None
        self._mark = QLabel(self)
        self._mark.setFixedSize(16, 16)
        self.words = Text("", "soft", self, wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.numbers = Text("", "small", self, wrap=True)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.numbers)
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self.words.text()

    def show_estimate(self, estimate: MemoryEstimate | None) -> None:
        """An answer; None = not known, and nothing is shown."""
        self.estimate = estimate
        self.setVisible(estimate is not None)
        if estimate is None:
            return
        _, role, icon = _WORDS[estimate.verdict]
        self._say(verdict(estimate), role, icon, tr(_WHY[estimate.verdict]))
        details = numbers(estimate)
        self.numbers.setText(details)
        self.numbers.setToolTip(tr("For a context of {n} tokens", n=f"{estimate.context:,}"))
        self.setAccessibleDescription(details)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the mark for the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_mark"):
            self._tint()

    def _say(self, text: str, role: Role, icon: str, why: str) -> None:
        self._role, self._icon = role, icon
        self.words.setText(text)
        self.words.set_role(role)
        self.words.setToolTip(why)
        self.setAccessibleName(text)
        self._tint()

    def _tint(self) -> None:
        color = getattr(theme.current().colors, self._role)
        self._mark.setPixmap(icons.pixmap(self._icon, color, 16, self.devicePixelRatioF()))


class ContextChoice(QWidget):
    """For which context the answer is meant."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        names = [(str(tokens), context_name(tokens)) for tokens in CONTEXTS]
        self.segments = Segments(tr("Context"), names, self)
        self.segments.set_value(str(USUAL_CONTEXT))
        self.chosen = self.segments.chosen
        label = Text(tr("Will it fit? With a context of"), "soft", self)
        label.setBuddy(self.segments)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.segments)
        row.addStretch(1)
        self.segments.setToolTip(
            tr(
                "How much of a conversation the model sees: 4K tokens are about 3,000 English words. More needs more memory."
            )
        )

    @property
    def context(self) -> int:
        """Tokens; MOST_CONTEXT = the most the model can."""
        return int(self.segments.value or USUAL_CONTEXT)
