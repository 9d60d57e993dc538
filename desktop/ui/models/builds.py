"""A build that can be had, as a card: what it is, whether it fits, and the button that brings it here."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.memory import MemoryEstimate
from desktop.core.models import CatalogEntry, ModelId
from desktop.i18n import size, tr
from desktop.ui.models import texts
from desktop.ui.models.cards import headline, title
from desktop.ui.models.fit import FitLabel
from desktop.ui.widgets import Button, Card, Text


class BuildCard(Card):
    """Common to recommended builds and those of a repository. Its button downloads; what is on its way it shows, and what is
    here it uses: it never goes dead under the finger."""

    download_requested = Signal()
    show_requested = Signal()
    """Show the download that is on its way."""
    use_requested = Signal(str)
    """Load this model."""

    def __init__(self, name: str, quantization: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.can_be_had = True
        self._unusable = ""
        self._name = name
        self._model: ModelId | None = None
        self._coming = False
        self.fit = FitLabel(self)
        self.button = Button(tr("Download"), icon="download", parent=self)
        self.button.clicked.connect(self._on_clicked)
        self.state = Text("", "accent", self)
        self.state.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words = QVBoxLayout()
        self.words.setSpacing(4)
        kind, code = Text(texts.quality(quantization), "soft", self), Text(quantization, "small", self)
        self.words.addLayout(headline(title(name, self), kind, code))
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(self.words, 1)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.button)
        side.addWidget(self.state)
        side.addStretch(1)
        row.addLayout(side)
        self.column.addLayout(row)
        self._refresh()

    def show_state(self, model: ModelId | None, coming: bool) -> None:
        """Which model it is on this computer, if it is here; else whether it is on its way."""
        self._model, self._coming = model, coming
        self._refresh()

    def show_estimate(self, estimate: MemoryEstimate | None) -> None:
        """Whether it fits, for the eye and for the ear; None = not known."""
        self.fit.show_estimate(estimate)
        told = f"{self.fit.text()}: {self.fit.numbers.text()}" if estimate is not None else ""
        self.button.setAccessibleDescription(told)

    def show_unusable(self, reason: str) -> None:
        """Why no such model can run here; empty if it can."""
        self._unusable = reason
        self._refresh()

    def show_room(self, enough: bool) -> None:
        """Whether the disk has room for it."""
        self.can_be_had = enough
        self._refresh()

    def _refresh(self) -> None:
        here, coming = self._model is not None, self._coming and self._model is None
        free = not here and not coming
        self.button.setText(tr("Use") if here else tr("Show") if coming else tr("Download"))
        self.button.setAccessibleName(
            tr("Use {name}", name=self._name)
            if here
            else tr("Show the download of {name}", name=self._name)
            if coming
            else tr("Download {name}", name=self._name)
        )
        self.button.set_icon("download" if free else None)
        full = free and not self.can_be_had
        self.state.setText(
            tr("On this computer")
            if here
            else tr("Downloading")
            if coming
            else tr("Needs more disk space")
            if full
            else ""
        )
        self.state.set_role("danger" if full else "accent")
        self.state.setVisible(full or not free)
        self.button.setEnabled(not full and not self._unusable)
        self.button.setToolTip(self._unusable or (tr("There is not enough room on the disk for it.") if full else ""))

    def _on_clicked(self) -> None:
        if self._model is not None:
            self.use_requested.emit(self._model)
        elif self._coming:
            self.show_requested.emit()
        else:
            self.download_requested.emit()


class CatalogCard(BuildCard):
    """A recommended build: what it is good for, size, context, languages, licence."""

    def __init__(self, entry: CatalogEntry, summary: str, parent: QWidget | None = None) -> None:
        super().__init__(entry.name, entry.quantization, parent)
        self.entry = entry
        self.proposed = Text(tr("Recommended for this computer"), "accent", self)
        self.proposed.hide()
        self.words.insertWidget(0, self.proposed)
        facts = (size(entry.size), texts.context(entry.context), texts.languages(entry.languages))
        if summary:
            self.words.addWidget(Text(summary, "body", self, wrap=True))
        self.words.addWidget(Text(" · ".join(part for part in facts if part), "soft", self, wrap=True))
        if limits := texts.limits(entry.family):
            self.words.addWidget(Text(limits, "small", self, wrap=True))
        self.unusable = Text("", "warning", self, wrap=True)
        self.unusable.hide()
        self.words.addWidget(self.unusable)
        self.words.addWidget(self.fit)
        self.words.addLayout(licence_row(entry, self))

    def show_unusable(self, reason: str) -> None:
        """See `BuildCard`; said on the card, too."""
        super().show_unusable(reason)
        self.unusable.setText(reason)
        self.unusable.setVisible(bool(reason))


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
