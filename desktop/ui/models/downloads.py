"""A download as a row: how far it is, how long it takes, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import messages
from desktop.core.events import DownloadProgressed
from desktop.core.models import Download, DownloadState
from desktop.hub.endpoints import source_name
from desktop.i18n import tr
from desktop.messages import Action
from desktop.ui.actions import action_text
from desktop.ui.models import texts
from desktop.ui.models.trouble import next_source
from desktop.ui.widgets import Button, Elided, IconButton, Text, ThinProgress


class DownloadView(QWidget):
    """Used on the models page and, in place of the offer, on the welcome page."""

    pause_requested = Signal(int)
    resume_requested = Signal(int)
    cancel_requested = Signal(int)
    action_requested = Signal(object)
    """An Action other than RETRY, which is resume."""
    first_requested = Signal(int)
    source_requested = Signal(int, str)
    """Go on from the source at this address."""

    def __init__(self, download: Download, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.download = download
        self._received = download.received
        self._rate = 0.0
        self._action = Action.NONE
        self.setAccessibleName(name)
        self.name = Elided(name, "title", self)
        self.facts = Text("", "soft", self, wrap=True)
        self.notice = Text("", "warning", self, wrap=True)
        self.error = Text("", "danger", self, wrap=True)
        self.progress = ThinProgress(self)
        self.main = Button(tr("Pause"), parent=self)
        self.cancel = Button(tr("Cancel"), "quiet", parent=self)
        self.help = Button("", "link", parent=self)
        self.source = Button("", parent=self)
        self.first = IconButton("chevron-up", tr("Download {name} first", name=name), self, side=36)
        self.first.hide()
        self._next = ""
        self.main.clicked.connect(self._on_main)
        self.cancel.clicked.connect(lambda: self.cancel_requested.emit(self.download.id))
        self.first.clicked.connect(lambda: self.first_requested.emit(self.download.id))
        self.source.clicked.connect(lambda: self.source_requested.emit(self.download.id, self._next))
        self.help.clicked.connect(lambda: self.action_requested.emit(self._action))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.name)
        words.addWidget(self.facts)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.first)
        row.addWidget(self.main)
        row.addWidget(self.cancel)
        trouble = QHBoxLayout()
        trouble.setSpacing(8)
        trouble.addWidget(self.error, 1)
        trouble.addWidget(self.help)
        trouble.addWidget(self.source)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.progress)
        layout.addLayout(trouble)
        layout.addWidget(self.notice)
        self._refresh()

    def show_download(self, download: Download) -> None:
        """A new state."""
        self.download = download
        self._received = max(download.received, self._received if download.state is DownloadState.RUNNING else 0)
        if download.state is not DownloadState.RUNNING:
            self._rate = 0.0
        self._refresh()

    def show_progress(self, event: DownloadProgressed) -> None:
        """Bytes arrived, or were read again to be checked."""
        self._received = event.received
        self._rate = event.rate
        self._refresh()

    def show_first(self, offered: bool) -> None:
        """Whether it can be moved in front of others that wait."""
        self.first.setVisible(offered)

    def _refresh(self) -> None:
        download = self.download
        total = download.size
        self.facts.setText(texts.progress(download, self._received, self._rate))
        known = total is not None and total > 0
        waiting = download.state is DownloadState.RUNNING and not known
        self.progress.set_value(None if waiting else self._received / total if known and total else 0.0)
        pausable = download.state in (DownloadState.QUEUED, DownloadState.RUNNING)
        failed = download.state is DownloadState.FAILED
        self.main.setText(tr("Pause") if pausable else tr("Try again") if failed else tr("Resume"))
        self.main.set_icon("pause" if pausable else "retry" if failed else "play")
        self.main.setVisible(download.state not in (DownloadState.VERIFYING, DownloadState.DONE))
        self.main.setAccessibleName(f"{self.main.text()}: {self.name.text()}")
        self.cancel.setAccessibleName(f"{self.cancel.text()}: {self.name.text()}")
        error = download.error if failed or download.state is DownloadState.PAUSED else None
        self.error.setText(messages.sentence(error, download.error_data) if error else "")
        self.error.setVisible(bool(error))
        self.error.set_role(
            "danger" if failed else "warning"
        )  # what is paused goes on by itself when the reason is gone
        self._action = messages.action(error) if error else Action.NONE
        text = action_text(self._action) if self._action is not Action.RETRY else ""
        self._next = next_source(download.error_data) if error else ""
        self.source.setText(tr("Try {source}", source=source_name(self._next)))
        self.source.setVisible(bool(self._next))
        self.help.setText(text)
        self.help.setVisible(bool(text))
        self.notice.setText(messages.sentence(download.notice, {}) if download.notice else "")
        self.notice.setVisible(bool(download.notice))

    def _on_main(self) -> None:
        if self.download.state in (DownloadState.QUEUED, DownloadState.RUNNING):
            self.pause_requested.emit(self.download.id)
        else:
            self.resume_requested.emit(self.download.id)
