"""What is on its way here: one row for each download, and what can be done with all of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.app import Application
from desktop.core.events import DownloadChanged, DownloadProgressed, DownloadRemoved
from desktop.core.models import Download, DownloadId, DownloadState
from desktop.i18n import tr
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.actions import connect_download
from desktop.ui.models.downloads import DownloadView
from desktop.ui.widgets import Button, Card, Text

_GOES_ON = (DownloadState.QUEUED, DownloadState.RUNNING, DownloadState.VERIFYING)


class DownloadsPanel(QWidget):
    """Hidden while nothing is on its way."""

    error_met = Signal(object)
    action_requested = Signal(object)
    changed = Signal()
    """A download came, went, or has another state."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self.views: dict[DownloadId, DownloadView] = {}
        self.all_button = Button("", "link", parent=self)
        self.all_button.clicked.connect(self._on_all)
        head = QHBoxLayout()
        head.addWidget(Text(tr("Downloads"), "section", self), 1)
        head.addWidget(self.all_button)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(self._rows)
        self._refresh()
        for download in reversed(app.downloads.list()):
            self._show(download)
        bridge.on(DownloadChanged, lambda event: self._show(event.download), self)
        bridge.on(DownloadProgressed, self._on_progress)
        bridge.on(DownloadRemoved, lambda event: self._remove(event.download), self)

    @property
    def running(self) -> int:
        """How many go on by themselves."""
        return sum(view.download.state in _GOES_ON for view in self.views.values())

    def _show(self, download: Download) -> None:
        if download.state is DownloadState.DONE:
            self._remove(download.id)
            return
        if (view := self.views.get(download.id)) is not None:
            view.show_download(download)
        else:
            view = DownloadView(download, texts.download_name(download, self._app.library.catalog()))
            connect_download(view, self._app, self._bridge, self.error_met.emit)
            view.action_requested.connect(self.action_requested)
            card = Card(self)
            card.column.addWidget(view)
            self._rows.addWidget(card)
            self.views[download.id] = view
        self._refresh()

    def _remove(self, id: DownloadId) -> None:
        if (view := self.views.pop(id, None)) is not None and (card := view.parentWidget()) is not None:
            self._rows.removeWidget(card)
            card.hide()
            card.deleteLater()
            self._refresh()

    def _refresh(self) -> None:
        self.setVisible(bool(self.views))
        queued = [view for view in self.views.values() if view.download.state is DownloadState.QUEUED]
        for place, view in enumerate(sorted(self.views.values(), key=_place)):
            card = view.parentWidget()
            if card is not None and self._rows.indexOf(card) != place:
                self._rows.insertWidget(place, card)
            view.show_first(view in queued and len(self.views) > 1)
        self.all_button.setVisible(len(self.views) > 1)
        self.all_button.setText(tr("Pause all") if self.running else tr("Resume all"))
        self.changed.emit()

    def _on_progress(self, event: DownloadProgressed) -> None:
        if (view := self.views.get(event.download)) is not None:
            view.show_progress(event)

    def _on_all(self) -> None:
        downloads = self._app.downloads
        future = downloads.pause_all() if self.running else downloads.resume_all()
        self._bridge.when(future, None, self.error_met.emit, self)


def _place(view: DownloadView) -> tuple[int, int]:
    """Where it stands in the queue."""
    return view.download.rank, view.download.id
