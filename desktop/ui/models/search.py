"""Search the hub: a field, what it found, and one repository at a time."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.models import RemoteRepository
from desktop.i18n import tr
from desktop.ui.bridge import Bridge
from desktop.ui.models import texts
from desktop.ui.models.repository import RepositoryView
from desktop.ui.models.trouble import TroubleBox
from desktop.ui.page import clear
from desktop.ui.widgets import Button, Card, Elided, Text, ThinProgress, Toggle

SUGGESTIONS = ("GLM-4.7-Flash", "GLM-4-0414", "GLM-Z1", "GLM-4-9B", "ChatGLM3", "GLM-Edge", "CodeGeeX4")


class ResultCard(Card):
    """A repository that was found; a click anywhere opens it."""

    opened = Signal(object)

    def __init__(self, repository: RemoteRepository, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.repository = repository
        owner, _, name = repository.repository.rpartition("/")
        self.setAccessibleName(repository.repository)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button = Button(tr("Show builds"), parent=self)
        self.button.setAccessibleName(tr("Show the builds of {name}", name=repository.repository))
        self.button.clicked.connect(self._open)
        title = Elided(name, "title", self)
        facts = texts.repository(repository)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(title)
        words.addWidget(Text(tr("by {owner}", owner=owner) if owner else "", "small", self))
        if facts:
            words.addWidget(Text(facts, "soft", self, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.column.addLayout(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Anywhere on the card."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._open()
        event.accept()

    def _open(self) -> None:
        self.opened.emit(self.repository)


class SearchPart(QWidget):
    """Nothing is asked before the user asks."""

    def __init__(self, app: Application, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._bridge = bridge
        self._asked: Future[tuple[RemoteRepository, ...]] | None = None
        self._opened: ResultCard | None = None
        self.results: list[ResultCard] = []

        self.repository = RepositoryView(app, bridge, self)
        self.repository.hide()
        self.repository.back_requested.connect(self.close_repository)
        self.list = QWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        column.addWidget(self.repository)

        self.field = QLineEdit(self.list)
        self.field.setAccessibleName(tr("Search the hub"))
        self.field.setClearButtonEnabled(True)
        self.field.returnPressed.connect(self.ask)
        self.button = Button(tr("Search"), "primary", "search", self.list)
        self.button.clicked.connect(self.ask)
        self.expert = Toggle(tr("Show every model, not only the GLM family"), self.list)
        self.expert.toggled.connect(lambda _: self._on_expert())
        self.expert_note = Text("", "small", self.list, wrap=True)
        self.start = self._start_view()
        self.waiting = ThinProgress(self.list)
        self.waiting.set_value(None)
        self.waiting.setAccessibleName(tr("Searching…"))
        self.nothing = Text("", "soft", self.list, wrap=True)
        self.trouble = TroubleBox(self.list)
        self.trouble.retry_requested.connect(self.ask)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        self._lay_out()
        self._on_expert()
        self._show(start=True)

    def ask(self) -> None:
        """Search for what stands in the field."""
        text = self.field.text().strip()
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        if self.isAncestorOf(focused := QApplication.focusWidget() or self) and focused not in (
            self.field,
            self.button,
            self.expert,
        ):
            self.field.setFocus()  # what has it goes away now
        clear(self._rows)
        self.results = []
        if not text:
            self._show(start=True)
            return
        self._show(waiting=True)
        asked = self._asked = self._app.search.search(text, only_glm=not self.expert.isChecked())

        def came(found: tuple[RemoteRepository, ...]) -> None:
            if asked is self._asked:
                self._list(found, text)

        def failed(error: WorldError) -> None:
            if asked is self._asked:
                self._show(error=error)

        self._bridge.when(asked, came, failed, self)

    def take_focus(self) -> None:
        """Be ready for typing."""
        if self.repository.isHidden():
            self.field.setFocus()

    def again(self) -> None:
        """Ask the last question again: the source or the network changed."""
        if not self.repository.isHidden():
            self.repository.ask()
        elif self._asked is not None:
            self.ask()

    def open(self, repository: RemoteRepository, card: ResultCard | None = None) -> None:
        """Show the builds of a repository in place of the results."""
        self._opened = card
        self.list.hide()
        self.repository.show()
        self.repository.open(repository)

    def close_repository(self) -> None:
        """Back to the results, at the one that was opened."""
        self.repository.hide()
        self.list.show()
        if self._opened in self.results and self._opened is not None:
            self._opened.button.setFocus()
        else:
            self.field.setFocus()

    def _list(self, found: tuple[RemoteRepository, ...], text: str) -> None:
        if self.expert.isChecked():
            hint = tr("Nothing was found for “{text}”. Try fewer or other words.", text=text)
        else:
            hint = tr(
                "No GLM model was found for “{text}”. Try fewer words, or switch on “Show every model”.",
                text=text,
            )
        self.nothing.setText(hint)
        self._show(nothing=not found)
        for repository in found:
            card = ResultCard(repository, self.list)
            card.opened.connect(lambda repository, card=card: self.open(repository, card))
            self._rows.addWidget(card)
            self.results.append(card)

    def _show(
        self,
        *,
        start: bool = False,
        waiting: bool = False,
        nothing: bool = False,
        error: WorldError | None = None,
    ) -> None:
        self.start.setVisible(start)
        self.waiting.setVisible(waiting)
        self.nothing.setVisible(nothing)
        self.trouble.show_error(error)

    def _on_expert(self) -> None:
        every = self.expert.isChecked()
        self.field.setPlaceholderText(tr("Name of a model") if every else tr("Name of a GLM model"))
        self.expert_note.setText(tr("Models outside the GLM family may not work as well here.") if every else "")
        self.start.setVisible(self.start.isVisible() and not every)
        if self._asked is not None:
            self.ask()

    def _start_view(self) -> QWidget:
        view = QWidget(self.list)
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(Text(tr("For example"), "section", view))
        for names in (SUGGESTIONS[:4], SUGGESTIONS[4:]):
            row = QHBoxLayout()
            row.setSpacing(8)
            for name in names:
                button = Button(name, parent=view)
                button.setAccessibleName(tr("Search for {name}", name=name))
                button.clicked.connect(lambda _checked=False, name=name: self._suggest(name))
                row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        note = tr("The search sends your words to the source of models chosen in Settings, and nothing else.")
        column.addWidget(Text(note, "small", view, wrap=True))
        return view

    def _suggest(self, name: str) -> None:
        self.field.setText(name)
        self.ask()
        self.field.setFocus()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.field, 1)
        top.addWidget(self.button)
        switch = QHBoxLayout()
        switch.setSpacing(8)
        label = Text(tr("Show every model, not only the GLM family"), parent=self.list)
        label.setBuddy(self.expert)
        switch.addWidget(self.expert)
        switch.addWidget(label)
        switch.addWidget(self.expert_note, 1)
        column = QVBoxLayout(self.list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(switch)
        for widget in (self.start, self.waiting, self.nothing, self.trouble):
            column.addWidget(widget)
        column.addLayout(self._rows)
