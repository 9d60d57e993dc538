"""Grounds and hairlines."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class Card(QFrame):
    """A rounded ground with a hairline; `column` is its vertical layout."""

    def __init__(self, parent: QWidget | None = None, *, tinted: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("card", "tinted" if tinted else "true")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(8)


class Line(QFrame):
    """A horizontal hairline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("line", "true")
        self.setFixedHeight(1)
