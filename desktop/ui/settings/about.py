"""About and privacy: which version this is, where the data lie, and every network call there is."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

import desktop
from desktop.app import Application
from desktop.core.events import EngineChanged
from desktop.i18n import tr
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Button, Card, Line, Text


class About(Card):
    """A card at the end of the settings."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self.column.setContentsMargins(0, 4, 0, 4)
        self.column.setSpacing(0)
        self.version = Text(wrap=True)
        self.folder = Text(str(app.paths.data), "small", wrap=True)
        open_folder = Button(tr("Open folder"))
        open_folder.setAccessibleName(tr("Open the data folder"))
        open_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(app.paths.data))))
        where = QVBoxLayout()
        where.setSpacing(2)
        where.addWidget(Text(tr("Your conversations and models lie in this folder"), wrap=True))
        where.addWidget(self.folder)
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(24)
        row.addLayout(where, 1)
        row.addWidget(open_folder)
        promise = tr(
            "The program uses the network for one thing only: model searches and downloads that you start, at the "
            "source you chose. Your questions and the answers never leave this computer. Only if you let other "
            "computers use the local server do their questions and its answers travel through your network."
        )
        self.column.addWidget(_padded(self.version))
        self.column.addWidget(Line())
        self.column.addLayout(row)
        self.column.addWidget(Line())
        self.column.addWidget(_padded(Text(promise, wrap=True)))
        self._show_version()
        bridge.on(EngineChanged, lambda _: self._show_version(), self)

    def _show_version(self) -> None:
        text = f"ChatGLM Desktop {desktop.__version__}"
        if (hello := self._app.engine.hello) is not None:
            name = "llama-cpp-python" if hello.backend == "llama" else hello.backend
            text += f" · llama.cpp ({name} {hello.version})"
        if self.version.text() != text:
            self.version.setText(text)


def _padded(widget: QWidget) -> QWidget:
    box = QWidget()
    layout = QHBoxLayout(box)
    layout.setContentsMargins(16, 12, 16, 12)
    layout.addWidget(widget)
    return box
