"""Taking in what the user already has: a file, chosen or dropped on the window, linked or copied; a folder that is dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import ModelChecked
from desktop.core.models import ModelFile
from desktop.i18n import size, tr
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Choice, Dialog

IMPORT = "import"
"""The id under which the library reports the progress of copying a file that is no model yet."""


class Importer(QObject):
    """Asks which file and how, and has the library do it. One file at a time."""

    imported = Signal(object)
    """A ModelFile."""
    failed = Signal(object)
    """A WorldError."""
    progressed = Signal(str, float)
    """Name of the file that is being read, and 0…1; 1 when it is over."""

    def __init__(self, app: Application, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._app = app
        self._bridge = bridge
        self._window = window
        self._name: str | None = None
        bridge.on(ModelChecked, self._on_checked)

    def choose(self) -> None:
        """Ask for a file with the system's dialog."""
        dialog = QFileDialog(self._window, tr("Import a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Models (*.gguf *.bin)"), tr("All files (*)")])
        dialog.fileSelected.connect(lambda file: self.offer(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def offer(self, path: Path) -> None:
        """Ask whether to link or to copy, then import."""
        if self._name is not None:
            return
        if path.is_dir():
            self._offer_folder(path)
            return
        try:
            length = size(path.stat().st_size)
        except OSError:  # the library says what is wrong with it
            self.take(path, copy=False)
            return
        dialog = Dialog(
            self._window,
            tr("Import “{name}”", name=path.name),
            tr(
                "The file can stay where it is, or be copied into the program's own folder ({size}). "
                "A file that stays must not be moved or deleted.",
                size=length,
            ),
            [
                Choice("", tr("Cancel"), "quiet"),
                Choice("copy", tr("Copy")),
                Choice("link", tr("Use it where it is"), "primary"),
            ],
        )
        dialog.chosen.connect(lambda key: self.take(path, copy=key == "copy") if key else None)
        dialog.open()

    def _offer_folder(self, folder: Path) -> None:
        dialog = Dialog(
            self._window,
            tr("Use the models in “{name}”?", name=folder.name or str(folder)),
            tr("Models in this folder are listed and used in place. The program never changes anything there."),
            [Choice("", tr("Cancel"), "quiet"), Choice("add", tr("Add the folder"), "primary")],
        )

        def chosen(key: str) -> None:
            if key:
                self._bridge.when(self._app.folders.add(folder), None, self.failed.emit, self)

        dialog.chosen.connect(chosen)
        dialog.open()

    def take(self, path: Path, *, copy: bool) -> None:
        """Import without asking."""
        self._name = path.name
        self.progressed.emit(path.name, 0.0)

        def done(model: ModelFile) -> None:
            self._end()
            self.imported.emit(model)

        def failed(error: WorldError) -> None:
            self._end()
            self.failed.emit(error)

        self._bridge.when(self._app.library.import_file(path, copy=copy), done, failed, self)

    def _end(self) -> None:
        name, self._name = self._name, None
        self.progressed.emit(name or "", 1.0)

    def _on_checked(self, event: ModelChecked) -> None:
        if event.model == IMPORT and self._name is not None:
            self.progressed.emit(self._name, min(0.999, event.done / event.total) if event.total else 0.0)


def dropped(data: QMimeData) -> Path | None:
    """The one local file or folder of a drag; the library judges the rest."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return files[0] if len(files) == 1 else None
