"""A menu with round corners."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from desktop.ui import icons


class Menu(QMenu):
    """A pop-up menu; `add` puts one entry with an icon of ours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(
            self.windowFlags() | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def add(
        self,
        text: str,
        on_chosen: Callable[[], object],
        icon: str | None = None,
        *,
        shortcut: str | None = None,
        danger: bool = False,
    ) -> QAction:
        """Add an entry. `shortcut` is only shown, its key is bound elsewhere."""
        action = QAction(text if shortcut is None else f"{text}\t{shortcut}", self)
        if icon is not None:
            action.setIcon(icons.icon(icon, "danger" if danger else "soft", 18))
        action.triggered.connect(lambda _checked=False: on_chosen())
        self.addAction(action)
        return action
