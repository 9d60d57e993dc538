"""A build that can be had, as a card: what it is, whether it fits, and the button that brings it here."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.models import CatalogEntry
from desktop.i18n import size, tr
from desktop.ui.models import texts
from desktop.ui.models.cards import headline, title
from desktop.ui.models.fit import FitLabel
from desktop.ui.widgets import Button, Card, Text


class BuildCard(Card):
    """Common to recommended builds and those of a repository."""

    download_requested = Signal()

    def __init__(self, name: str, quantization: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.can_be_had = True
        self._state: str | None = None
        self.fit = FitLabel(self)
        self.button = Button(tr("Download"), icon="download", parent=self)
        self.button.setAccessibleName(tr("Download {name}", name=name))
        self.button.clicked.connect(self.download_requested)
        self.words = QVBoxLayout()
        self.words.setSpacing(4)
        kind, code = Text(texts.quality(quantization), "soft", self), Text(quantization, "small", self)
        self.words.addLayout(headline(title(name, self), kind, code))
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(self.words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(row)
        self._refresh()

    def show_state(self, text: str | None) -> None:
        """Why it need not be downloaded ("On this computer", "Downloading"); None = it can be."""
        self._state = text
        self._refresh()

    def show_room(self, enough: bool) -> None:
        """Whether the disk has room for it."""
        self.can_be_had = enough
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        self.button.setText(state or tr("Download"))
        self.button.set_icon(None if state else "download")
        self.button.setEnabled(state is None and self.can_be_had)
        self.button.setToolTip("" if self.can_be_had else tr("There is not enough room on the disk for it."))


class CatalogCard(BuildCard):
    """A recommended build: what it is good for, size, context, languages, licence."""

    def __init__(self, entry: CatalogEntry, summary: str, parent: QWidget | None = None) -> None:
        super().__init__(entry.name, entry.quantization, parent)
        self.entry = entry
        facts = (size(entry.size), texts.context(entry.context), texts.languages(entry.languages))
        if summary:
            self.words.addWidget(Text(summary, "body", self, wrap=True))
        self.words.addWidget(Text(" · ".join(part for part in facts if part), "soft", self, wrap=True))
        self.words.addWidget(self.fit)
        self.words.addLayout(licence_row(entry, self))


def licence_row(entry: CatalogEntry, parent: QWidget) -> QHBoxLayout:
    """The licence in a sentence, and a link to its text."""
    row = QHBoxLayout()
    row.setSpacing(4)
    row.addWidget(Text(texts.licence(entry), "small", parent, wrap=True), 1)
    if entry.licence_url:
        link = Button(tr("Read it"), "link", parent=parent)
        link.setAccessibleName(tr("Read the licence of {name}", name=entry.name))
        link.setToolTip(entry.licence_url)
        link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(entry.licence_url)))
        row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
    return row
