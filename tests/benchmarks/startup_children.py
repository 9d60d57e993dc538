"""The two windows that bench_startup.py compares: `bare` and `window`. Imports no more than each of them needs.

python startup_children.py bare|window HOME BEGAN
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QAbstractScrollArea


def show_bare(began: float) -> int:
    """A window with one text field and nothing else."""
    from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

    qt = QApplication([])
    window = QMainWindow()
    field = QPlainTextEdit()
    window.setCentralWidget(field)
    window.resize(1120, 760)
    watch(field, lambda: field.toPlainText(), began)
    window.show()
    return int(qt.exec())


def show_window(began: float, home: str) -> int:
    """The program as its users start it, closed as soon as it is usable."""
    from desktop.__main__ import main as program
    from desktop.ui import main as ui
    from desktop.ui.main_window import MainWindow

    class Watched(MainWindow):
        def show(self) -> None:
            field = self.chat.composer.editor
            watch(field, lambda: self.chat.composer.text(), began)
            super().show()

    vars(ui)["MainWindow"] = Watched
    os.environ["CHATGLM_DESKTOP_HOME"] = home  # as users start it: without a word
    return program([])


def watch(field: QAbstractScrollArea, text: Callable[[], str], began: float) -> None:
    """After the field's first paint press a key in it until it shows; print the seconds since `began` and quit."""
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
    from PySide6.QtGui import QKeyEvent

    class Watcher(QObject):
        painted = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not self.painted:
                self.painted = True
                QTimer.singleShot(0, self, self.press)
            return False

        def press(self) -> None:
            before = text()
            key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x")
            if field.isEnabled():
                QCoreApplication.sendEvent(field, key)
            if text() == before:
                QTimer.singleShot(1, self, self.press)
                return
            print(time.monotonic() - began, flush=True)
            window = field.window()
            QTimer.singleShot(0, window, window.close)

    field.viewport().installEventFilter(Watcher(field))


if __name__ == "__main__":
    _, which, home, began = sys.argv
    sys.exit(show_bare(float(began)) if which == "bare" else show_window(float(began), home))
