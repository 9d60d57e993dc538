"""Where models lie: the program's own folder, which can be moved, and folders of the user's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop import messages
from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import FoldersScanned, ModelsMoved, ModelsMoveProgressed
from desktop.core.library import ModelFolder
from desktop.i18n import size, tr
from desktop.ui.bridge import Bridge
from desktop.ui.page import clear
from desktop.ui.widgets import Button, Card, Choice, Dialog, IconButton, Line, Text, ThinProgress
from desktop.ui.widgets.tall import Tall


class FoldersDialog(Dialog):
    """What is changed here happens at once; the dialog only shows and asks."""

    move_chosen = Signal(object)
    """A Path to move the program's own folder to."""

    def __init__(self, window: QWidget, app: Application, bridge: Bridge) -> None:
        self._app = app
        self._bridge = bridge
        self._over = window
        self.folder = Text("", "soft", wrap=True)
        self.move_button = Button(tr("Move…"))
        self.move_button.setAccessibleName(tr("Move the models to another folder"))
        self.add_button = Button(tr("Add a folder…"), icon="plus")
        self.trouble = Text("", "danger", wrap=True)
        self.trouble.hide()
        self.rows: dict[Path, IconButton] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        super().__init__(
            window, tr("Folders of models"), "", [Choice("", tr("Done"), "primary")], self._body(), width=520
        )
        self.move_button.clicked.connect(lambda: self._choose(self._on_move))
        self.add_button.clicked.connect(lambda: self._choose(self._on_add))
        bridge.on(FoldersScanned, lambda _: self.refresh(), self)
        bridge.on(ModelsMoved, lambda _: self.refresh(), self)
        self.refresh()

    def refresh(self) -> None:
        """Look again at the folders."""
        self.folder.setText(str(self._app.library.folder))
        clear(self._list)
        self.rows = {}
        for number, folder in enumerate(self._app.folders.list()):
            if number:
                self._list.addWidget(Line())
            self._list.addWidget(self._row(folder))

    def _row(self, folder: ModelFolder) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 8, 0, 8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Text(str(folder.path), wrap=True))
        if folder.present:
            known = tr("1 model") if folder.models == 1 else tr("{n} models", n=folder.models)
            words.addWidget(Text(known, "small"))
        else:
            words.addWidget(Text(tr("Not there now. Its models come back with it."), "warning", wrap=True))
        line.addLayout(words, 1)
        remove = IconButton("close", tr("Take {folder} off the list", folder=folder.path), row)
        remove.clicked.connect(lambda: self._remove(folder.path))
        line.addWidget(remove)
        self.rows[folder.path] = remove
        return row

    def _body(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(Text(tr("The program's own"), "section"))
        own = QHBoxLayout()
        own.addWidget(self.folder, 1)
        own.addWidget(self.move_button)
        column.addLayout(own)
        column.addSpacing(8)
        column.addWidget(Text(tr("Yours"), "section"))
        note = tr("Models in these folders are listed and used in place. The program never changes anything there.")
        column.addWidget(Text(note, "soft", wrap=True))
        column.addLayout(self._list)
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        column.addLayout(foot)
        column.addWidget(self.trouble)
        return Tall(inner)

    def _choose(self, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._over, tr("Choose a folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: then(Path(folder)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_add(self, folder: Path) -> None:
        self._tell(None)
        self._bridge.when(self._app.folders.add(folder), lambda _: self.refresh(), self._tell, self)

    def _remove(self, folder: Path) -> None:
        self._tell(None)
        self._bridge.when(self._app.folders.remove(folder), lambda _: self.refresh(), self._tell, self)

    def _on_move(self, folder: Path) -> None:
        self.finish("")
        self.move_chosen.emit(folder)

    def _tell(self, error: WorldError | None) -> None:
        self.trouble.setText(messages.of(error) if error is not None else "")
        self.trouble.setVisible(error is not None)


class MovePanel(Card):
    """A move of the models folder that goes on: how far it is, and a way to give it up."""

    error_met = Signal(object)
    said = Signal(str)

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self.text = Text(tr("Moving the models…"), parent=self, wrap=True)
        self.cancel = Button(tr("Cancel"), "quiet", parent=self)
        self.cancel.setAccessibleName(tr("Cancel moving the models"))
        self.cancel.clicked.connect(app.mover.cancel)
        self.progress = ThinProgress(self)
        row = QHBoxLayout()
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        self.column.addLayout(row)
        self.column.addWidget(self.progress)
        self.hide()
        bridge.on(ModelsMoveProgressed, self._on_progress)

    def move_models(self, folder: Path) -> None:
        """Move the program's own folder."""
        self.text.setText(tr("Moving the models…"))
        self.progress.set_value(None)
        self.cancel.setEnabled(True)
        self.show()
        future = self._app.mover.move(folder)
        future.add_done_callback(lambda _: self._bridge.post(self._end))  # cancelled ones too
        self._bridge.when(future, self._on_moved, self.error_met.emit, self)

    def _on_moved(self, folder: Path) -> None:
        self.said.emit(tr("The models are in {folder} now.", folder=folder))

    def _on_progress(self, event: ModelsMoveProgressed) -> None:
        self.progress.set_value(event.done / event.total if event.total else None)
        self.text.setText(tr("Moving the models… {done} of {total}", done=size(event.done), total=size(event.total)))

    def _end(self) -> None:
        if isValid(self):
            self.hide()
