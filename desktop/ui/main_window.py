"""The window: a frame around the side list, the pages and the banners. It decides which page is shown, nothing else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRect, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import EngineChanged, ModelInstalled, Noticed, ServerChanged
from desktop.core.models import ConversationId, EngineState, EngineStatus, ModelFile, ModelId, ModelState
from desktop.i18n import tr
from desktop.messages import Action
from desktop.server.service import LocalServer
from desktop.ui import window_state
from desktop.ui.bridge import Bridge
from desktop.ui.chat import markdown
from desktop.ui.chat_owner import ChatOwner
from desktop.ui.models.importing import Importer, dropped
from desktop.ui.notices import Notices
from desktop.ui.pages import PageName, Pages
from desktop.ui.rail import Rail
from desktop.ui.running import RunningTexts
from desktop.ui.sidebar import Sidebar
from desktop.ui.standing import Standing
from desktop.ui.widgets import Dialog, Toasts

MINIMUM = (720, 480)
_USUAL = (1120, 760)
_NARROW = 880
"""Below this width (px) the side list folds by itself."""
_QUIET = 400
"""Milliseconds after the start until what the first answer will need is got ready."""


class MainWindow(QMainWindow):
    """Built anew inside on a change of language; everything it shows comes from the application and its events."""

    def __init__(self, app: Application, bridge: Bridge) -> None:
        super().__init__()
        self._app = app
        self._bridge = bridge
        self._state_file: Path = app.paths.config / window_state.FILE
        self._state = window_state.read(self._state_file)
        self._folded_by_user = self._state.folded
        self._started = False
        self._wanted: ModelId | None = None
        self._running = RunningTexts(bridge)
        self.server = LocalServer(app)
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        self._place()
        self._build()
        self._bind_keys()
        for notice in app.notices:
            self.notices.show_code(notice.code, notice.data)
        first = PageName.CHAT if self._usable() is not None else PageName.WELCOME
        self.open_conversation(self._state.conversation, page=first)
        bridge.on(ModelInstalled, self._on_model_installed)
        bridge.on(EngineChanged, lambda event: self._on_engine(event.status), self)
        bridge.on(ServerChanged, lambda event: self.chat.header.set_server(event.status), self)
        bridge.on(Noticed, lambda event: self.notices.show_code(event.code, event.data), self)

    # building

    def _build(self) -> None:
        app, bridge = self._app, self._bridge
        self.setWindowTitle(tr("ChatGLM Desktop"))
        frame = QWidget()
        self.sidebar = Sidebar(app.conversations, bridge)
        self.rail = Rail()
        self.notices = Notices(self.act)
        self.pages = Pages(app, bridge, self.server)
        self.chat = self.pages.chat
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.notices)
        right.addWidget(self.pages, 1)
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(frame)
        self.toasts = Toasts(frame, self._below_toasts)
        self.importer = Importer(app, bridge, frame)
        self.standing = Standing(app, bridge, frame)
        self.owner = ChatOwner(app, bridge, self.chat, self._running, frame)
        self._wire()
        self._fold(self._folded_by_user or self.width() < _NARROW)

    def _wire(self) -> None:
        for side in (self.sidebar, self.rail):
            side.new_requested.connect(self.new_conversation)
            side.models_requested.connect(lambda: self.show_page(PageName.MODELS))
            side.settings_requested.connect(lambda: self.show_page(PageName.SETTINGS))
        self.sidebar.fold_requested.connect(self.toggle_fold)
        self.rail.unfold_requested.connect(self.toggle_fold)
        self.rail.search_requested.connect(self.search)
        self.sidebar.conversation_chosen.connect(self.open_conversation)
        self.sidebar.delete_requested.connect(self.delete_conversation)
        self.chat.header.server_clicked.connect(lambda: self.show_page(PageName.SERVER))
        self.chat.header.set_server(self.server.status)
        self.pages.server_requested.connect(lambda: self.show_page(PageName.SERVER))
        self.chat.model_clicked.connect(lambda: self.show_page(PageName.MODELS))
        self.chat.details_requested.connect(lambda: self.standing.open_below(self.chat.header.pill))
        self.standing.models_requested.connect(lambda: self.show_page(PageName.MODELS))
        self.owner.opened.connect(self._on_opened)
        self.owner.action_requested.connect(self.act)
        self.pages.action_requested.connect(self.act)
        self.pages.error_met.connect(self.notices.show_error)
        self.pages.import_requested.connect(self.importer.choose)
        self.pages.models_requested.connect(lambda: self.show_page(PageName.MODELS))
        self.pages.said.connect(lambda text: self.toasts.show(text))
        self.pages.offered.connect(lambda text, action, call: self.toasts.show(text, action, call))
        self.pages.setting_requested.connect(self._show_setting)
        self.importer.progressed.connect(self.pages.import_progressed)
        self.importer.imported.connect(self._on_imported)
        self.importer.failed.connect(self.notices.show_error)
        self.sidebar.error_met.connect(self.notices.show_error)
        self.owner.error_met.connect(self.notices.show_error)

    def _bind_keys(self) -> None:
        for sequence, call in (
            ("Ctrl+N", self.new_conversation),
            ("Ctrl+K", self.search),
            ("Ctrl+F", self.search),
            ("Ctrl+B", self.toggle_fold),
            ("Ctrl+,", lambda: self.show_page(PageName.SETTINGS)),
            ("F2", self.rename_conversation),
        ):
            QShortcut(QKeySequence(sequence), self, call)

    def rebuild(self) -> None:
        """Say everything in the present language: the same page, conversation and draft as before."""
        name = self.page
        typed = self.chat.composer.text()
        conversation, thinking = self.owner.conversation, self.owner.thinking
        notices = self.notices
        if (old := self.takeCentralWidget()) is not None:
            old.hide()
            old.deleteLater()
        self._build()
        self.notices.repeat(notices)
        self.owner.open(conversation, thinking)
        self.chat.composer.set_text(typed)
        self.show_page(name)
        if name is PageName.SETTINGS:  # who chose with the arrow keys goes on choosing
            self.pages.settings.focus("language")

    # pages

    @property
    def page(self) -> PageName:
        """The page that is shown."""
        return self.pages.name

    def start(self) -> None:
        """After the first paint: load the last used model, or get to know this machine."""
        self._started = True
        if (model := self._usable()) is not None:
            self._load(model.id)
        self._app.tuning.begin()
        if self.page is PageName.WELCOME:
            self.pages.welcome.begin()
        QTimer.singleShot(_QUIET, self, markdown.warm)
        self.server.follow()

    def show_page(self, name: PageName) -> None:
        """Show a page and give it the focus."""
        page = self.pages.show_page(name)
        marked = PageName.SETTINGS if name is PageName.SERVER else name
        self.sidebar.set_page(marked)
        self.rail.set_page(marked)
        self.sidebar.set_open(self.owner.conversation if name is PageName.CHAT else None)
        match name:
            case PageName.CHAT:
                self.chat.composer.take_focus()
            case PageName.WELCOME:
                if self._started:
                    self.pages.welcome.begin()
                self.pages.welcome.take_focus()
            case PageName.MODELS:
                self.pages.models.refresh()
                page.setFocus()
            case PageName.SETTINGS:
                page.setFocus()
            case PageName.SERVER:
                self.pages.server.refresh()
                page.setFocus()

    def act(self, action: Action) -> None:
        """Do what the button beside an error says."""
        match action:
            case Action.RETRY:
                self._app.engine.retry()
            case Action.NETWORK_SETTINGS:
                self.show_page(PageName.SETTINGS)
                self.pages.settings.focus("endpoint")
            case Action.ENGINE_SETTINGS:
                self.show_page(PageName.SETTINGS)
                self.pages.settings.focus("context")
            case Action.NEW_CHAT:
                self.new_conversation()
            case Action.NONE | Action.DROP_OLDEST:
                pass
            case _:
                self.show_page(PageName.MODELS)

    def _show_setting(self, name: str) -> None:
        self.show_page(PageName.SETTINGS)
        self.pages.settings.focus(name)

    def _below_toasts(self) -> int:
        """Pixels at the bottom that a toast leaves free: the composer is for writing."""
        return self.chat.composer.height() if self.page is PageName.CHAT else 0

    def toggle_fold(self) -> None:
        """Hide or show the side list; in a wide window the choice is remembered."""
        folded = not self.sidebar.isHidden()
        if self.width() >= _NARROW:
            self._folded_by_user = folded
        self._fold(folded)

    def search(self) -> None:
        """Put the cursor into the search field, whatever is shown."""
        self._fold(False)
        self.sidebar.focus_search()

    def _fold(self, folded: bool) -> None:
        self.sidebar.setVisible(not folded)
        self.rail.setVisible(folded)

    # conversations

    def new_conversation(self) -> None:
        """An empty conversation; it is stored with its first question."""
        self.open_conversation(None)

    def open_conversation(self, conversation: ConversationId | None, page: PageName = PageName.CHAT) -> None:
        """Show a conversation; one that is gone is an empty one."""
        if not self._started or conversation != self.owner.conversation or conversation is None:
            try:
                if not self.owner.open(conversation):
                    self.owner.open(None)
            except WorldError as error:
                self.notices.show_error(error)
        self.show_page(page)

    def rename_conversation(self) -> None:
        """Edit the open conversation's title in the side list."""
        if self.owner.conversation is not None:
            self._fold(False)
            self.sidebar.rename(self.owner.conversation)

    def delete_conversation(self, conversation: ConversationId) -> None:
        """Put a conversation into the trash, and offer to take it back."""
        is_open = conversation == self.owner.conversation
        after = self.sidebar.neighbour(conversation) if is_open else self.owner.conversation
        if (turn := self._app.chat.active(conversation)) is not None:
            self._app.chat.stop(turn)

        def deleted(_: None) -> None:
            if is_open:
                self.open_conversation(after, page=self.page)
            self.toasts.show(tr("Conversation deleted"), tr("Undo"), lambda: self._restore(conversation, is_open))

        future = self._app.conversations.delete(conversation)
        self._bridge.when(future, deleted, self.notices.show_error, self.centralWidget())

    def _restore(self, conversation: ConversationId, was_open: bool) -> None:
        def restored(_: None) -> None:
            if was_open:
                self.open_conversation(conversation)

        future = self._app.conversations.restore(conversation)
        self._bridge.when(future, restored, self.notices.show_error, self.centralWidget())

    def _on_opened(self, conversation: ConversationId | None) -> None:
        if self.page is PageName.CHAT:
            self.sidebar.set_open(conversation)
        if self.isVisible():  # not only at the end: a killed program opens where it was, too
            self._app.writer.post(window_state.write, self._state_file, self._present_state())

    # models

    def _on_model_installed(self, event: ModelInstalled) -> None:
        status = self._app.engine.status
        if status.state is EngineState.NONE:
            self._load(event.model)
        elif self.page is not PageName.CHAT and (model := _named(self._app, event)) is not None:
            self.toasts.show(tr("“{name}” is on this computer.", name=model.name))

    def _on_imported(self, model: ModelFile) -> None:
        # a model that was on the list before is not announced as installed; for a newcomer it is the way in all the same
        if self.page is PageName.WELCOME and self._app.engine.status.state is EngineState.NONE:
            self._load(model.id)

    def _usable(self) -> ModelFile | None:
        ready = (model for model in self._app.library.models() if model.state is ModelState.READY)
        return self._app.library.choose() or next(ready, None)

    def _load(self, model: ModelId) -> None:
        """Once, though several events may ask for it: asking again would begin the load again."""
        if self._wanted != model:
            self._wanted = model
            self._app.engine.load(model)

    def _on_engine(self, status: EngineStatus) -> None:
        if status.state is not EngineState.LOADING:
            self._wanted = None
        if status.state is EngineState.READY and self.page is PageName.WELCOME:
            self.show_page(PageName.CHAT)

    # the frame itself

    def _place(self) -> None:
        state = self._state
        rect = QRect(state.x, state.y, state.width, state.height)
        screen = QGuiApplication.screenAt(rect.center()) if state.width > 0 else None
        if screen is None:  # the first start, or the screen is gone
            available = QGuiApplication.primaryScreen().availableGeometry()
            rect = QRect(0, 0, min(_USUAL[0], available.width()), min(_USUAL[1], available.height()))
            rect.moveCenter(available.center())
            self.resize(rect.size())
        else:
            self.setGeometry(rect.intersected(screen.availableGeometry()))
        if state.maximized:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def remember(self) -> None:
        """Write down place, size and the open conversation."""
        window_state.write(self._state_file, self._present_state())

    def _present_state(self) -> window_state.WindowState:
        place = self.normalGeometry()
        return window_state.WindowState(
            place.x(),
            place.y(),
            place.width(),
            place.height(),
            self.isMaximized(),
            self._folded_by_user,
            self.owner.conversation,
        )

    def raise_window(self) -> None:
        """Come to the front."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember; the application is closed by its owner."""
        self.remember()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """The window came to the front: another day may have begun."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.sidebar.wake()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window folds the side list, a wide one shows it as the user left it."""
        super().resizeEvent(event)
        was, now = event.oldSize().width() < _NARROW, event.size().width() < _NARROW
        if was != now:
            self._fold(now or self._folded_by_user)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape that nobody wanted stops the running answer."""
        if event.key() == Qt.Key.Key_Escape and self.page is PageName.CHAT and self.owner.stop():
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be a model."""
        if dropped(event.mimeData()) is not None and self.findChild(Dialog) is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask what to do with the file."""
        if (path := dropped(event.mimeData())) is not None:
            event.acceptProposedAction()
            self.importer.offer(path)


def _named(app: Application, event: ModelInstalled) -> ModelFile | None:
    try:
        return app.library.get(event.model)
    except WorldError:
        return None
