"""The line above a code block: its language, and a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.i18n import tr
from desktop.ui.chat.render import CodeSpan
from desktop.ui.widgets import IconButton, Text


class CodeBar(QWidget):
    """Lies over the head of a code block's ground."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._span: CodeSpan | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 2, 4, 0)
        self._language = Text("", "small", self)
        row.addWidget(self._language, 1)
        self._copy = IconButton("copy", tr("Copy code"), self, side=28, icon_size=16)
        self._copy.clicked.connect(self._on_copy)
        row.addWidget(self._copy)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(1600)
        self._back.timeout.connect(lambda: self._copy.set_icon("copy", "soft"))
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def show_code(self, span: CodeSpan) -> None:
        """Serve a code block."""
        self._span = span
        if self._language.text() != span.language:
            self._language.setText(span.language)

    def _on_copy(self) -> None:
        if self._span is not None:
            QGuiApplication.clipboard().setText(self._span.text)
            self._copy.set_icon("check", "accent")
            self._back.start()
