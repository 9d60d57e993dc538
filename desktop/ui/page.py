"""What the pages beside the chat have in common: a title and one scrolling column."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.ui import theme
from desktop.ui.widgets import Text


class Page(QScrollArea):
    """A column at most as wide as the transcript's, centred; `column` takes the contents, `head` what stands beside the title."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(title)
        ground = QWidget(self)
        ground.setProperty("ground", "page")
        content = QWidget(ground)
        content.setMaximumWidth(theme.current().column + 48)
        outer = QHBoxLayout(ground)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(content, 1000)
        outer.addStretch(1)
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(24, 24, 24, 48)
        self.column.setSpacing(12)
        self.title = Text(title, "display", wrap=True)
        self.head = QHBoxLayout()
        self.head.addWidget(self.title, 1)
        self.column.addLayout(self.head)
        self.setWidget(ground)
        # as wide at the left as the scroll bar is at the right: the column stays where it is when the bar comes and goes
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(
            lambda low, high: outer.setContentsMargins(bar.sizeHint().width() if high > low else 0, 0, 0, 0)
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End too: Qt knows the arrows and the page keys only."""
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Home:
                bar.setValue(bar.minimum())
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from one thing to the next as they stand there, whenever they were made."""
        ground = self.widget()
        for before, after in pairwise(stops(ground) if ground is not None else ()):
            QWidget.setTabOrder(before, after)
        return super().focusNextPrevChild(forward)


def stops(widget: QWidget) -> Iterator[QWidget]:
    """What Tab can reach in a widget, in the order of the layouts."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    if (layout := widget.layout()) is not None:
        yield from stops_in(layout)


def stops_in(layout: QLayout) -> Iterator[QWidget]:
    """The same in a layout."""
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield from stops(widget)
        elif (inner := item.layout()) is not None:
            yield from stops_in(inner)


def clear(layout: QVBoxLayout) -> None:
    """Take everything out of a layout; the widgets go when the present event is over."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
