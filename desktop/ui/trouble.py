"""What is shown when the program cannot even begin: one sentence and a way out."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import messages
from desktop.core.errors import WorldError
from desktop.i18n import tr
from desktop.ui.widgets import Button, Text


def trouble(error: WorldError) -> QWidget:
    """A small window that says what is wrong."""
    window = QWidget()
    window.setWindowTitle(tr("ChatGLM Desktop"))
    window.setProperty("ground", "page")
    window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    window.setFixedWidth(480)
    close = Button(tr("Close"), "primary")
    close.setDefault(True)
    close.clicked.connect(window.close)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(close)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(24, 24, 24, 24)
    layout.setSpacing(16)
    layout.addWidget(Text(tr("The program cannot start"), "title"))
    layout.addWidget(Text(messages.of(error), wrap=True))
    layout.addLayout(row)
    return window


def show_trouble(error: WorldError) -> None:
    """Show it until it is closed."""
    window = trouble(error)
    loop = QEventLoop()
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.destroyed.connect(loop.quit)
    window.show()
    loop.exec()
