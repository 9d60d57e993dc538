"""The side list: search first, a new chat second, then every conversation under its day."""

from __future__ import annotations

import logging

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from desktop import messages
from desktop.core.errors import UnknownConversation, WorldError
from desktop.core.events import (
    ConversationChanged,
    ConversationCreated,
    ConversationDeleted,
    TurnFinished,
    TurnStarted,
)
from desktop.core.models import ConversationId, ConversationSummary
from desktop.i18n import tr
from desktop.services.conversations import ConversationService
from desktop.ui import icons, theme
from desktop.ui.bridge import Bridge
from desktop.ui.conversation_delegate import ConversationDelegate
from desktop.ui.conversation_list import ConversationListModel, ItemRole, summary_of
from desktop.ui.widgets import Button, IconButton, Menu, Text

log = logging.getLogger(__name__)

_SEARCH_DELAY = 120
"""Milliseconds of quiet typing before a search."""
_MOST_RESULTS = 200


class Sidebar(QWidget):
    """Shows, finds, renames; opening and deleting are the window's."""

    conversation_chosen = Signal(object)
    new_requested = Signal()
    delete_requested = Signal(object)
    models_requested = Signal()
    settings_requested = Signal()
    fold_requested = Signal()
    error_met = Signal(object)

    def __init__(self, conversations: ConversationService, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._bridge = bridge
        self._asked = 0
        self._late: set[ConversationId] = set()
        self.setProperty("ground", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(theme.current().side_width)

        self.list_model = ConversationListModel(conversations.page, self._rename, parent=self)
        self.results = ConversationListModel(None, self._rename, parent=self)

        self.search = QLineEdit(self)
        self.search.setProperty("kind", "search")
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search conversations"))
        self._search_icon = QAction(self)
        self.search.addAction(self._search_icon, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(tr("Clear"), self, visible=False)
        self._clear.triggered.connect(self.search.clear)
        self.search.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self.search.installEventFilter(self)

        self.fold = IconButton("sidebar", tr("Hide the list ({keys})", keys=keys("Ctrl+B")), self, side=36)
        self.new = _SideButton("compose", tr("New chat"), self)
        self.new.setToolTip(keys("Ctrl+N"))
        self.view = _View(self)
        self.view.setModel(self.list_model)
        self.delegate = ConversationDelegate(self.view)
        self.view.setItemDelegate(self.delegate)
        self.delegate.closeEditor.connect(self._catch_up, Qt.ConnectionType.QueuedConnection)
        self.empty = Text("", "faint", self, wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(16, 24, 16, 0)
        self.empty.hide()
        self.models = _SideButton("cube", tr("Models"), self)
        self.settings = _SideButton("gear", tr("Settings"), self)
        self.settings.setToolTip(keys("Ctrl+,"))

        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 0)
        top.setSpacing(4)
        top.addWidget(self.search, 1)
        top.addWidget(self.fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(_inset(self.new, above=4))
        layout.addWidget(self.view, 1)
        layout.addWidget(self.empty, 1)
        layout.addLayout(_inset(self.models, above=8))
        layout.addLayout(_inset(self.settings))

        self._delay = QTimer(self, singleShot=True, interval=_SEARCH_DELAY)
        self._delay.timeout.connect(self._search)
        self.search.textChanged.connect(self._on_typed)
        self.fold.clicked.connect(self.fold_requested)
        self.new.clicked.connect(self.new_requested)
        self.models.clicked.connect(self.models_requested)
        self.settings.clicked.connect(self.settings_requested)
        self.view.chosen.connect(self._on_chosen)
        self.view.delete_pressed.connect(self._on_delete)
        self.view.customContextMenuRequested.connect(self._on_context_menu)
        self._dress()

        bridge.on(ConversationCreated, lambda event: self._refresh(event.conversation), self)
        bridge.on(ConversationChanged, lambda event: self._refresh(event.conversation), self)
        bridge.on(ConversationDeleted, self._on_deleted)
        bridge.on(TurnStarted, self._on_turn_started)
        bridge.on(TurnFinished, self._on_turn_finished)
        self.reload()

    def reload(self) -> None:
        """Read the first conversations again."""
        try:
            self.list_model.reload()
        except WorldError as error:
            self._show_empty(messages.of(error))
            return
        self._show_empty(None)

    def wake(self) -> None:
        """The window came to the front: another day may have begun, another process may have written."""
        if self.view.is_editing:
            return
        try:
            self.list_model.reload_if_stale()
        except WorldError as error:
            self.error_met.emit(error)
            return
        self._show_empty(None)
        self.set_open(self.delegate.open)

    def set_open(self, conversation: ConversationId | None) -> None:
        """Mark the conversation that the chat page shows."""
        self.delegate.open = conversation
        if (index := self._model().index_of(conversation)).isValid():
            self.view.setCurrentIndex(index)
        else:
            self.view.clearSelection()
        self.view.viewport().update()

    def set_page(self, name: str) -> None:
        """Mark the page that is shown: "models", "settings" or another."""
        self.models.setChecked(name == "models")
        self.settings.setChecked(name == "settings")

    def rename(self, conversation: ConversationId) -> None:
        """Edit a title in its row."""
        if not self._model().index_of(conversation).isValid() and self.search.text():
            self.search.clear()
        if (index := self._model().index_of(conversation)).isValid():
            self.view.scrollTo(index)
            self.view.setCurrentIndex(index)
            self.view.edit(index)

    def neighbour(self, conversation: ConversationId) -> ConversationId | None:
        """Where to go when this one is deleted."""
        return self._model().neighbour(conversation)

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme: icons are tinted pictures and must be made anew."""
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """In the search field: Escape empties it, Down and Enter go to what was found."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._model().rowCount():
                first = self._first_conversation()
                self.view.setFocus(Qt.FocusReason.TabFocusReason)
                self.view.setCurrentIndex(first)
                if event.key() != Qt.Key.Key_Down:
                    self._on_chosen(first)
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _model(self) -> ConversationListModel:
        model: QAbstractItemModel = self.view.model()
        return self.results if model is self.results else self.list_model

    def _first_conversation(self) -> QModelIndex:
        model = self._model()
        for row in range(model.rowCount()):
            if not model.index(row).data(ItemRole.IS_HEADING):
                return model.index(row)
        return QModelIndex()

    def _dress(self) -> None:
        self._search_icon.setIcon(icons.icon("search", "faint"))
        self._clear.setIcon(icons.icon("close", "faint", 16))

    def _show_empty(self, text: str | None) -> None:
        if text is None and self._model().rowCount() == 0:
            text = tr("Nothing found") if self._model() is self.results else tr("Your conversations appear here.")
        self.empty.setText(text or "")
        self.empty.setVisible(text is not None)
        self.view.setVisible(text is None)

    # searching

    def _on_typed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if text.strip():
            self._delay.start()
            return
        self._delay.stop()
        self._asked += 1
        self.view.setModel(self.list_model)
        self.set_open(self.delegate.open)
        self._show_empty(None)

    def _search(self) -> None:
        self._asked += 1
        asked = self._asked

        def found(results: tuple[ConversationSummary, ...]) -> None:
            if asked == self._asked:  # older questions may be answered late
                self.results.show(results)
                self.view.setModel(self.results)
                self.set_open(self.delegate.open)
                self._show_empty(None)

        def failed(error: WorldError) -> None:
            if asked == self._asked:
                self._show_empty(messages.of(error))

        text = self.search.text().strip()
        self._bridge.when(self._conversations.search(text, _MOST_RESULTS), found, failed, self)

    # what the user does

    def _on_chosen(self, index: QModelIndex) -> None:
        if (conversation := index.data(ItemRole.ID)) is not None:
            self.conversation_chosen.emit(conversation)

    def _on_delete(self, index: QModelIndex) -> None:
        if (conversation := index.data(ItemRole.ID)) is not None:
            self.delete_requested.emit(conversation)

    def _on_context_menu(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        if index.data(ItemRole.ID) is None:
            return
        conversation = index.data(ItemRole.ID)
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Rename"), lambda: self.rename(conversation), "pencil", shortcut=keys("F2"))
        menu.add(
            tr("Delete"),
            lambda: self.delete_requested.emit(conversation),
            "trash",
            shortcut=keys("Del"),
            danger=True,
        )
        menu.popup(self.view.viewport().mapToGlobal(position))

    def _rename(self, conversation: ConversationId, title: str) -> None:
        def failed(error: WorldError) -> None:
            self._refresh(conversation)
            self.error_met.emit(error)

        self._bridge.when(self._conversations.rename(conversation, title), None, failed, self)

    # what happens

    def _refresh(self, conversation: ConversationId) -> None:
        if self.view.is_editing:  # a row that moves would take the title being typed with it
            self._late.add(conversation)
            return
        try:
            summary = summary_of(self._conversations.get(conversation))
        except UnknownConversation:
            return  # deleted in the meantime: its own event follows
        self.list_model.put(summary)
        self.results.put(summary)
        self._show_empty(None)
        self.set_open(self.delegate.open)

    def _catch_up(self) -> None:
        late, self._late = self._late, set()
        for conversation in late:
            self._refresh(conversation)

    def _on_deleted(self, event: ConversationDeleted) -> None:
        self.list_model.remove(event.conversation)
        self.results.remove(event.conversation)
        self._show_empty(None)

    def _on_turn_started(self, event: TurnStarted) -> None:
        self.list_model.set_running(event.conversation, True)
        self.results.set_running(event.conversation, True)
        self._refresh(event.conversation)

    def _on_turn_finished(self, event: TurnFinished) -> None:
        if event.conversation is not None:
            self.list_model.set_running(event.conversation, False)
            self.results.set_running(event.conversation, False)


class _View(QListView):
    """Click or Enter opens, F2 renames, Delete deletes; the arrows only move."""

    chosen = Signal(QModelIndex)
    delete_pressed = Signal(QModelIndex)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Conversations"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.clicked.connect(self.chosen)

    @property
    def is_editing(self) -> bool:
        """Whether a title is being typed."""
        return self.state() == QAbstractItemView.State.EditingState

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of a list of things that can be opened and deleted."""
        index = self.currentIndex()
        if self.is_editing:  # what the field of the title lets pass is not meant for the list
            super().keyPressEvent(event)
        elif index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(index)
        elif index.isValid() and (
            event.key() == Qt.Key.Key_Delete
            # a Mac's keyboard has no Delete key of its own
            or (event.key() == Qt.Key.Key_Backspace and event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        ):
            self.delete_pressed.emit(index)
        else:
            super().keyPressEvent(event)


class _SideButton(Button):
    """A quiet button over the whole width, its text at the left."""

    def __init__(self, icon: str, text: str, parent: QWidget) -> None:
        super().__init__(text, "quiet", icon, parent)
        self.setStyleSheet("text-align: left;")
        self.setCheckable(icon != "compose")
        self.setAccessibleName(text)


def _inset(widget: QWidget, above: int = 0) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(8, above, 8, 0)
    layout.addWidget(widget)
    return layout


def keys(sequence: str) -> str:
    """A shortcut as this system writes it."""
    return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)
