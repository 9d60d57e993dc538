"""One repository of the hub: its builds in plain words, with sizes and whether they fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import Future

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.builds import RemoteBuild, builds
from desktop.core.errors import WorldError
from desktop.core.fitness import DISK_MARGIN
from desktop.core.memory import MemoryEstimate
from desktop.core.models import ModelId, RemoteFile, RemoteRepository
from desktop.hub.endpoints import page_url
from desktop.i18n import size, tr
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.builds import BuildCard
from desktop.ui.models.fit import ContextChoice
from desktop.ui.models.trouble import TroubleBox
from desktop.ui.page import clear
from desktop.ui.widgets import Button, Card, Elided, IconButton, Text, ThinProgress


class RepositoryView(QWidget):
    """Asks the hub for the files when it is opened; `download_requested` carries a RemoteBuild."""

    back_requested = Signal()
    download_requested = Signal(object)
    show_requested = Signal()
    use_requested = Signal(str)
    token_requested = Signal()
    states_wanted = Signal()
    """New cards stand there that do not know yet whether they are installed."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self._asked: Future[tuple[RemoteFile, ...]] | None = None
        self.repository: RemoteRepository | None = None
        self.builds: dict[str, RemoteBuild] = {}
        self.cards: dict[str, BuildCard] = {}
        """By the file that stands for the build."""

        self.back = IconButton("chevron-left", tr("Back to the results"), self, side=36)
        self.back.clicked.connect(self.back_requested)
        self.name = Elided("", "title", self)
        self.page_button = Button(tr("Open its page"), "link", "external", self)
        self.page_button.clicked.connect(self._open_page)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.name, 1)
        head.addWidget(self.page_button)
        self.facts = Text("", "soft", self, wrap=True)
        self.licence = Text("", "small", self, wrap=True)
        self.gated = self._gated_card()
        self.context = ContextChoice(self)
        self.context.chosen.connect(lambda _: self._estimate())
        self.fit_state = Text("", "small", self, wrap=True)
        self.waiting = ThinProgress(self)
        self.waiting.set_value(None)
        self.waiting.setAccessibleName(tr("Asking for the files…"))
        self.nothing = Text(
            tr("There is no GGUF model in this repository. Look for one whose name ends in “GGUF”."),
            "soft",
            self,
            wrap=True,
        )
        self.trouble = TroubleBox(self)
        self.trouble.retry_requested.connect(self.ask)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addWidget(self.licence)
        column.addWidget(self.gated)
        column.addWidget(self.context)
        column.addWidget(self.fit_state)
        column.addWidget(self.waiting)
        column.addWidget(self.nothing)
        column.addWidget(self.trouble)
        column.addLayout(self._rows)

    def open(self, repository: RemoteRepository) -> None:
        """Show a repository and ask for its files."""
        self.repository = repository
        self.name.setText(repository.repository)
        self.setAccessibleName(repository.repository)
        self.facts.setText(texts.repository(repository))
        self.licence.setText(texts.remote_licence(repository.licence))
        self.gated.setVisible(repository.gated)
        self.page_button.setVisible(not self._page().isEmpty())
        self.ask()
        self.back.setFocus()

    def ask(self) -> None:
        """Ask the hub which files there are."""
        if self.repository is None:
            return
        if self._asked is not None:
            self._asked.cancel()
        if self.trouble.isAncestorOf(QApplication.focusWidget() or self):
            self.back.setFocus()  # what has it goes away now
        clear(self._rows)
        self.cards = {}
        self.builds = {}
        self._show(waiting=True)
        asked = self._asked = self._app.search.files(self.repository.repository)

        def came(files: tuple[RemoteFile, ...]) -> None:
            if asked is self._asked:
                self._list(builds(files))

        def failed(error: WorldError) -> None:
            if asked is self._asked:
                self._show(error=error)

        self._bridge.when(asked, came, failed, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back, as the arrow does."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
            return
        super().keyPressEvent(event)

    def show_states(
        self, here: Mapping[tuple[str | None, str | None], ModelId], coming: Collection[tuple[str, str]]
    ) -> None:
        """Which builds are here and which on their way, by repository and file."""
        if self.repository is None:
            return
        for file, card in self.cards.items():
            key = (self.repository.repository, file)
            card.show_state(here.get(key), key in coming)

    def show_room(self, free: int) -> None:
        """Which builds the disk has room for, `free` bytes being left."""
        for file, card in self.cards.items():
            card.show_room((self.builds[file].size or 0) + DISK_MARGIN <= free)

    def _list(self, offered: tuple[RemoteBuild, ...]) -> None:
        self._show(nothing=not offered)
        for build in offered:
            card = BuildCard(build.name, build.quantization, self)
            card.words.addWidget(Text(_what(build), "soft", card, wrap=True))
            card.words.addWidget(card.fit)
            card.download_requested.connect(lambda build=build: self.download_requested.emit(build))
            card.show_requested.connect(self.show_requested)
            card.use_requested.connect(self.use_requested)
            self._rows.addWidget(card)
            self.cards[build.file] = card
            self.builds[build.file] = build
        self.states_wanted.emit()
        self._estimate()

    def _estimate(self) -> None:
        """Have the memory of each build estimated for the chosen context; for that the hub sends a header, not a model."""
        if not self.builds:
            return
        cards, context = self.cards, self.context.context

        def came(found: dict[str, MemoryEstimate]) -> None:
            if cards is self.cards and context == self.context.context:
                self._tell_fit("")
                for file, card in cards.items():
                    card.show_estimate(found.get(file))

        def failed(error: WorldError) -> None:
            if cards is self.cards:
                self._tell_fit(tr("Whether it fits is not known: {reason}", reason=messages.of(error)))

        self._tell_fit(tr("Reading the model's description to see whether it fits…"))
        self._bridge.when(self._app.fit.remotes(tuple(self.builds.values()), context), came, failed, self)

    def _tell_fit(self, text: str) -> None:
        self.fit_state.setText(text)
        self.fit_state.setVisible(bool(text))

    def _show(self, *, waiting: bool = False, nothing: bool = False, error: WorldError | None = None) -> None:
        self.waiting.setVisible(waiting)
        self.nothing.setVisible(nothing)
        self.trouble.show_error(error)
        self._tell_fit("")
        self.context.setVisible(not waiting and not nothing and error is None)
        if error is not None and error.code == "hub.denied":
            self.gated.show()

    def _gated_card(self) -> Card:
        card = Card(self, tinted=True)
        card.column.addWidget(Text(tr("Its owner lets in only who accepted the terms"), "title", card, wrap=True))
        for step in (
            tr("1. Open the page, sign in, and accept the terms."),
            tr("2. Make an access token there; it needs to read and nothing more."),
            tr("3. Enter it in Settings: it stays in the system's keyring and goes to huggingface.co alone."),
        ):
            card.column.addWidget(Text(step, "body", card, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(8)
        page = Button(tr("Open its page"), icon="external", parent=card)
        page.clicked.connect(self._open_page)
        token = Button(tr("Enter a token"), icon="key", parent=card)
        token.clicked.connect(self.token_requested)
        row.addWidget(page)
        row.addWidget(token)
        row.addStretch(1)
        card.column.addLayout(row)
        return card

    def _page(self) -> QUrl:
        if self.repository is None:
            return QUrl()
        return QUrl(page_url(self._app.endpoint(), self.repository.repository))

    def _open_page(self) -> None:
        QDesktopServices.openUrl(self._page())


def _what(build: RemoteBuild) -> str:
    parts = [size(build.size) if build.size is not None else tr("size not known")]
    if len(build.files) > 1:
        parts.append(tr("{n} files", n=len(build.files)))
    return " · ".join(parts)
