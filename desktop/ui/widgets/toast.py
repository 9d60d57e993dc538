"""Short words that come up at the bottom of the window and go by themselves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.labels import Text
from desktop.ui.widgets.shadow import lift


class Toasts(QObject):
    """Shows one toast at a time over `host`; a new one takes the place of the old."""

    def __init__(self, host: QWidget, below: Callable[[], int] = lambda: 0) -> None:
        """`below` says how many pixels at the bottom of `host` stay free."""
        super().__init__(host)
        self._below = below
        self._host = host
        self._toast: QFrame | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        host.installEventFilter(self)

    def show(
        self,
        text: str,
        action: str | None = None,
        on_action: Callable[[], object] | None = None,
        *,
        milliseconds: int = 6000,
    ) -> None:
        """Say `text`; with `action`, offer a button that calls `on_action` once."""
        self.dismiss()
        toast = QFrame(self._host)
        toast.setProperty("card", "true")
        toast.setAccessibleName(text)
        row = QHBoxLayout(toast)
        row.setContentsMargins(16, 8, 8 if action else 16, 8)
        row.setSpacing(12)
        row.addWidget(Text(text, parent=toast))
        if action is not None:
            button = Button(action, "link", parent=toast)
            button.clicked.connect(self.dismiss)
            if on_action is not None:
                button.clicked.connect(lambda _checked=False: on_action())
            row.addWidget(button)
        lift(toast)
        self._toast = toast
        self._place()
        toast.show()
        toast.raise_()
        self._timer.start(milliseconds)

    @property
    def text(self) -> str | None:
        """What is said now, None if nothing."""
        return self._toast.accessibleName() if self._toast is not None else None

    def dismiss(self) -> None:
        """Take the toast away."""
        self._timer.stop()
        if self._toast is not None:
            self._toast.hide()
            self._toast.deleteLater()
            self._toast = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized."""
        if event.type() == QEvent.Type.Resize and self._toast is not None:
            self._place()
        return False

    def _place(self) -> None:
        if self._toast is None:
            return
        self._toast.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._toast.ensurePolished()
        size = self._toast.sizeHint().boundedTo(self._host.size())
        self._toast.setGeometry(
            (self._host.width() - size.width()) // 2,
            self._host.height() - size.height() - 24 - self._below(),
            *size.toTuple(),
        )
