"""A question inside the window: the page behind is dimmed, Esc says no, focus stays inside."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.ui import theme
from desktop.ui.widgets.buttons import Button, Kind
from desktop.ui.widgets.labels import Text
from desktop.ui.widgets.shadow import lift


@dataclass(frozen=True)
class Choice:
    """One button of a dialog. `key` is what `Dialog.chosen` carries."""

    key: str
    text: str
    kind: Kind = "secondary"


class Dialog(QWidget):
    """Ask in the window. `chosen(key)` once, with "" when it was dismissed; the dialog then deletes itself.

    The last choice is the default one (rightmost, focused, taken by Enter) unless its kind is "danger"; then the first
    is focused. `body` may be any widget, for example a form, and lies between the text and the buttons.
    """

    chosen = Signal(str)

    def __init__(
        self,
        window: QWidget,
        title: str,
        text: str,
        choices: list[Choice],
        body: QWidget | None = None,
        *,
        width: int = 440,
    ) -> None:
        super().__init__(window)
        self._done = False
        self._before = QApplication.focusWidget()
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._card = QFrame(self)
        self._card.setObjectName("dialog")
        self._card.setProperty("card", "true")
        self._card.setMaximumWidth(width)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addWidget(Text(title, "title", self._card, wrap=True))
        if text:
            column.addWidget(Text(text, "soft", self._card, wrap=True))
        if body is not None:
            column.addSpacing(8)
            column.addWidget(body)
        column.addSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self._buttons: dict[str, Button] = {}
        for choice in choices:
            button = Button(choice.text, choice.kind, parent=self._card)
            button.clicked.connect(lambda _checked=False, key=choice.key: self.finish(key))
            row.addWidget(button)
            self._buttons[choice.key] = button
        column.addLayout(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(2)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._card, 100)
        line.addStretch(1)
        outer.addLayout(line)
        outer.addStretch(3)
        lift(self._card, 48, 12)
        self._first = choices[0].key if choices[-1].kind == "danger" else choices[-1].key
        window.installEventFilter(self)
        self.setGeometry(window.rect())

    def open(self) -> None:
        """Show it and take the focus."""
        self.show()
        self.raise_()
        self._buttons[self._first].setFocus(Qt.FocusReason.PopupFocusReason)

    def button(self, key: str) -> Button:
        """The button of a choice, to enable or disable it."""
        return self._buttons[key]

    def finish(self, key: str = "") -> None:
        """Close with an answer."""
        if self._done:
            return
        self._done = True
        self.hide()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.chosen.emit(key)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window at any size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc dismisses, Enter takes the focused or default button; nothing reaches the page behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish("")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = QApplication.focusWidget()
            target = focused if isinstance(focused, Button) else self._buttons[self._first]
            target.click()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside."""
        stops = [
            child
            for child in self._card.findChildren(QWidget)
            if child.isVisibleTo(self) and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        focused = QApplication.focusWidget()
        if not stops:
            return True
        at = stops.index(focused) if focused in stops else (-1 if forward else 0)
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card dismisses."""
        if not self._card.geometry().contains(event.position().toPoint()):
            self.finish("")
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the page."""
        QPainter(self).fillRect(self.rect(), theme.current().color("scrim"))
