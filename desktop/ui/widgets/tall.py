"""What may be taller than the window, inside a dialog."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class Tall(QScrollArea):
    """As high as its contents where there is room, scrolling where there is not; what gets the focus is brought into view."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(120)
        content.setProperty("ground", "none")
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        """The contents' own size: the layout around gives what there is."""
        content = self.widget()
        return content.sizeHint() if content is not None else super().sizeHint()
