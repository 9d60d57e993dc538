"""What the buttons of downloads do, wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.models import CatalogEntry, Download, DownloadId, DownloadState
from desktop.ui.bridge import Bridge
from desktop.ui.models.downloads import DownloadView


def start_download(
    app: Application,
    bridge: Bridge,
    entry: CatalogEntry,
    on_error: Callable[[WorldError], None],
    owner: QWidget,
    on_begun: Callable[[Download], None] | None = None,
) -> None:
    """Have a recommended build downloaded; `on_error` when it cannot even begin."""
    files = [file.file for file in entry.files]
    _start(app, bridge, entry.repository, files, entry.revision, entry, on_error, owner, on_begun)


def start_files(
    app: Application,
    bridge: Bridge,
    repository: str,
    files: Sequence[str],
    revision: str,
    on_error: Callable[[WorldError], None],
    owner: QWidget,
    on_begun: Callable[[Download], None] | None = None,
) -> None:
    """Have the files of a build downloaded as they were at a revision."""
    _start(app, bridge, repository, files, revision, None, on_error, owner, on_begun)


def _start(
    app: Application,
    bridge: Bridge,
    repository: str,
    files: Sequence[str],
    revision: str | None,
    entry: CatalogEntry | None,
    on_error: Callable[[WorldError], None],
    owner: QWidget,
    on_begun: Callable[[Download], None] | None,
) -> None:
    def begun(download: Download) -> None:
        if download.state is DownloadState.DONE and download.model is not None:
            app.engine.load(download.model)  # it was here all the time, and no event will say so
        elif on_begun is not None:
            on_begun(download)

    bridge.when(app.downloads.start(repository, files, revision=revision, catalog=entry), begun, on_error, owner)


def connect_download(
    view: DownloadView, app: Application, bridge: Bridge, on_error: Callable[[WorldError], None]
) -> None:
    """Let the buttons of a download do what they say."""
    downloads = app.downloads
    view.pause_requested.connect(lambda id: bridge.when(downloads.pause(DownloadId(id)), None, on_error, view))
    view.resume_requested.connect(lambda id: bridge.when(downloads.resume(DownloadId(id)), None, on_error, view))
    view.cancel_requested.connect(lambda id: bridge.when(downloads.cancel(DownloadId(id)), None, on_error, view))
    view.first_requested.connect(lambda id: bridge.when(downloads.move_to_front(DownloadId(id)), None, on_error, view))
    view.source_requested.connect(
        lambda id, source: bridge.when(downloads.resume(DownloadId(id), endpoint=source), None, on_error, view)
    )
