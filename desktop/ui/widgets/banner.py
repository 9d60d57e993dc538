"""A line at the top of a page that stays until it is dealt with."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.i18n import tr
from desktop.ui import icons, theme
from desktop.ui.widgets.buttons import Button, IconButton
from desktop.ui.widgets.labels import Text

Tone = Literal["neutral", "accent", "warning", "danger"]

_ICONS = {"neutral": "info", "accent": "info", "warning": "warning", "danger": "warning"}
_TOKENS = {"neutral": "soft", "accent": "accent", "warning": "warning", "danger": "danger"}


class Banner(QFrame):
    """What happened, with one thing to do about it; `acted` when that is clicked, `closed` when it is waved away."""

    acted = Signal()
    closed = Signal()

    def __init__(
        self,
        text: str,
        tone: Tone = "neutral",
        action: str | None = None,
        parent: QWidget | None = None,
        *,
        closable: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setProperty("tone", tone)
        self._tone: Tone = tone
        self.setAccessibleName(text)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        self._mark = QLabel(self)
        self._mark.setFixedSize(20, 20)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self._text = Text(text, "body", self, wrap=True)
        wide = self._text.sizePolicy()  # changed rather than replaced: it says that the height depends on the width
        wide.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self._text.setSizePolicy(wide)
        row.addWidget(self._text, 1)
        self.button: Button | None = None
        if action is not None:
            self.button = Button(action, "link", parent=self)
            self.button.clicked.connect(self.acted)
            row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        if closable:
            close = IconButton("close", tr("Dismiss"), self, side=24, icon_size=16)
            close.clicked.connect(self.closed)
            row.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        self._tint()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the mark for the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_mark"):
            self._tint()

    def _tint(self) -> None:
        color = getattr(theme.current().colors, _TOKENS[self._tone])
        self._mark.setPixmap(icons.pixmap(_ICONS[self._tone], color, 20, self.devicePixelRatioF()))
