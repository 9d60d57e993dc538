"""The side list folded: its buttons as a narrow column of icons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.i18n import tr
from desktop.ui.sidebar import keys
from desktop.ui.widgets import IconButton


class Rail(QWidget):
    """Says what was clicked; the window does it."""

    unfold_requested = Signal()
    search_requested = Signal()
    new_requested = Signal()
    models_requested = Signal()
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(52)
        self.unfold = IconButton("sidebar", tr("Show the list ({keys})", keys=keys("Ctrl+B")), self, side=36)
        self.search = IconButton("search", tr("Search conversations"), self, side=36)
        self.new = IconButton("compose", tr("New chat"), self, side=36)
        self.models = IconButton("cube", tr("Models"), self, side=36)
        self.settings = IconButton("gear", tr("Settings"), self, side=36)
        self.models.setCheckable(True)
        self.settings.setCheckable(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        for button in (self.unfold, self.search, self.new):
            layout.addWidget(button)
        layout.addStretch(1)
        for button in (self.models, self.settings):
            layout.addWidget(button)
        self.unfold.clicked.connect(self.unfold_requested)
        self.search.clicked.connect(self.search_requested)
        self.new.clicked.connect(self.new_requested)
        self.models.clicked.connect(self.models_requested)
        self.settings.clicked.connect(self.settings_requested)

    def set_page(self, name: str) -> None:
        """Mark the page that is shown."""
        self.models.setChecked(name == "models")
        self.settings.setChecked(name == "settings")
