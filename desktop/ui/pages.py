"""The pages of the window, one shown at a time; all but the chat are built when they are first asked for."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.app import Application
from desktop.server.service import LocalServer
from desktop.ui.bridge import Bridge
from desktop.ui.chat.page import ChatPage
from desktop.ui.models.page import ModelsPage
from desktop.ui.models.welcome import WelcomePage
from desktop.ui.server.page import ServerPage
from desktop.ui.settings.page import SettingsPage


class PageName(StrEnum):
    """What can be shown."""

    CHAT = "chat"
    MODELS = "models"
    SETTINGS = "settings"
    WELCOME = "welcome"
    SERVER = "server"


class Pages(QStackedWidget):
    """Passes on what the pages ask for. A start that shows only the chat does not wait for the others."""

    action_requested = Signal(object)
    error_met = Signal(object)
    import_requested = Signal()
    import_progressed = Signal(str, float)
    """Into the pages: name of the file and 0…1 (as models.importing.Importer says it)."""
    models_requested = Signal()
    said = Signal(str)
    offered = Signal(str, str, object)
    """Words, the words of a button, and what the button does."""
    setting_requested = Signal(str)
    server_requested = Signal()

    def __init__(self, app: Application, bridge: Bridge, server: LocalServer) -> None:
        super().__init__()
        self._app = app
        self._server = server
        self._bridge = bridge
        self._built: dict[PageName, QWidget] = {}
        self.chat = ChatPage()
        self._add(PageName.CHAT, self.chat)

    @property
    def name(self) -> PageName:
        """Which page is shown."""
        shown = self.currentWidget()
        return next(name for name, page in self._built.items() if page is shown)

    @property
    def welcome(self) -> WelcomePage:
        """The first page."""
        if isinstance(page := self._built.get(PageName.WELCOME), WelcomePage):
            return page
        page = WelcomePage(self._app, self._bridge)
        page.action_requested.connect(self.action_requested)
        page.error_met.connect(self.error_met)
        page.import_requested.connect(self.import_requested)
        page.others_requested.connect(self.models_requested)
        self.import_progressed.connect(page.show_import)
        self._add(PageName.WELCOME, page)
        return page

    @property
    def models(self) -> ModelsPage:
        """The models page."""
        if isinstance(page := self._built.get(PageName.MODELS), ModelsPage):
            return page
        page = ModelsPage(self._app, self._bridge)
        page.action_requested.connect(self.action_requested)
        page.error_met.connect(self.error_met)
        page.import_requested.connect(self.import_requested)
        page.said.connect(self.said)
        page.offered.connect(self.offered)
        page.setting_requested.connect(self.setting_requested)
        self.import_progressed.connect(page.show_import)
        self._add(PageName.MODELS, page)
        return page

    @property
    def settings(self) -> SettingsPage:
        """The settings page."""
        if isinstance(page := self._built.get(PageName.SETTINGS), SettingsPage):
            return page
        page = SettingsPage(self._app, self._bridge, self._server)
        page.server_requested.connect(self.server_requested)
        self._add(PageName.SETTINGS, page)
        return page

    @property
    def server(self) -> ServerPage:
        """The local server's page."""
        if isinstance(page := self._built.get(PageName.SERVER), ServerPage):
            return page
        page = ServerPage(self._app, self._bridge, self._server)
        self._add(PageName.SERVER, page)
        return page

    def show_page(self, name: PageName) -> QWidget:
        """Show a page, built if need be, and return it."""
        page: QWidget
        match name:
            case PageName.CHAT:
                page = self.chat
            case PageName.MODELS:
                page = self.models
            case PageName.SETTINGS:
                page = self.settings
            case PageName.WELCOME:
                page = self.welcome
            case PageName.SERVER:
                page = self.server
        self.setCurrentWidget(page)
        return page

    def _add(self, name: PageName, page: QWidget) -> None:
        self._built[name] = page
        self.addWidget(page)
