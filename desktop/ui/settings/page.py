"""The settings page: one row for each row of the table, stored as soon as it is changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import EngineChanged, SettingChanged
from desktop.core.memory import graphics
from desktop.i18n import tr
from desktop.server.service import LocalServer
from desktop.storage.settings import BY_NAME, SETTINGS, Setting, SettingValue
from desktop.ui.bridge import Bridge
from desktop.ui.page import Page
from desktop.ui.server.state import ServerState
from desktop.ui.settings.about import About
from desktop.ui.settings.fields import Field
from desktop.ui.settings.store import store
from desktop.ui.settings.token import TokenField
from desktop.ui.widgets import Card, Fold, Line, Text

_DOWNLOADS = BY_NAME["offline"].section
_SERVER = BY_NAME["server_enabled"].section


class SettingsPage(Page):
    """Effects (language, theme, text size) are the window's, by the event SettingChanged."""

    server_requested = Signal()

    def __init__(self, app: Application, bridge: Bridge, server: LocalServer, parent: QWidget | None = None) -> None:
        super().__init__(tr("Settings"), parent)
        self._app = app
        self._bridge = bridge
        self.fields: dict[str, Field] = {}
        self.folds: dict[str, Fold] = {}
        for section in dict.fromkeys(setting.section for setting in SETTINGS):
            self.column.addSpacing(12)
            self.column.addWidget(Text(tr(section), "section"))
            card = Card()
            card.column.setContentsMargins(0, 4, 0, 4)
            card.column.setSpacing(0)
            rows = [setting for setting in SETTINGS if setting.section == section]
            plain = [setting for setting in rows if not setting.advanced]
            if section == _SERVER:  # what became of the switch stands right below it
                self._add_rows(card.column, plain[:1], lined=False)
                self.server = ServerState(app, bridge, server, with_details=True)
                self.server.details_requested.connect(self.server_requested)
                card.column.addWidget(Line())
                card.column.addWidget(self.server)
                plain = plain[1:]
            self._add_rows(card.column, plain, lined=section == _SERVER)
            if section == _DOWNLOADS:
                self.token = TokenField(app, bridge)
                card.column.addWidget(Line())
                card.column.addWidget(self.token)
            if advanced := [setting for setting in rows if setting.advanced]:
                self._add_fold(card.column, section, advanced)
            self.column.addWidget(card)
        self.column.addSpacing(12)
        self.column.addWidget(Text(tr("About and privacy"), "section"))
        self.column.addWidget(About(app, bridge))
        self.column.addStretch(1)
        bridge.on(SettingChanged, self._on_setting_changed)
        bridge.on(EngineChanged, lambda _: self._on_engine(), self)
        self.show_cards(0)
        self._on_engine()

    def focus(self, name: str) -> None:
        """Bring a setting into view, ready to be changed."""
        field = self.token if name == "token" else self.fields[name]
        if name in self.fields and self.fields[name].setting.advanced:
            self.folds[self.fields[name].setting.section].setChecked(True)
        field.control.setFocus()
        QTimer.singleShot(0, field, lambda: self.ensureWidgetVisible(field))  # when a fold that opens has its place

    def _add_rows(self, column: QVBoxLayout, settings: Sequence[Setting], *, lined: bool) -> None:
        """`lined`: with a hairline above the first one too."""
        for number, setting in enumerate(settings):
            field = Field(setting, self._app.settings.get(setting.name))
            if number or lined:
                line = Line()
                column.addWidget(line)
                field.line = line
            field.changed.connect(lambda value, field=field: self._store(field, value))
            column.addWidget(field)
            self.fields[setting.name] = field

    def _add_fold(self, column: QVBoxLayout, section: str, settings: Sequence[Setting]) -> None:
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        self._add_rows(inner, settings, lined=True)
        column.addWidget(Line())
        self.folds[section] = Fold(tr("Advanced"), body)
        column.addWidget(self.folds[section])
        column.addWidget(body)

    def show_cards(self, count: int) -> None:
        """Some settings make sense only where there are several graphics cards."""
        for field in self.fields.values():
            if field.setting.cards:
                field.setVisible(count >= field.setting.cards)
                if field.line is not None:
                    field.line.setVisible(count >= field.setting.cards)

    def _on_engine(self) -> None:
        if (hello := self._app.engine.hello) is not None:  # the engine knows the cards, once it has started
            self.show_cards(len(graphics(hello.devices)))

    def _store(self, field: Field, value: SettingValue) -> None:
        name = field.setting.name

        def refused(error: WorldError) -> None:
            field.show_error(
                tr("This address is not complete: it begins with http:// or https://.")
                if error.code == "request.setting_value" and name in ("endpoint", "proxy")
                else messages.of(error)
            )

        store(self._app, self._bridge, name, value, refused, field)

    def _on_setting_changed(self, event: SettingChanged) -> None:
        if (field := self.fields.get(event.name)) is not None:
            field.show_value(self._app.settings.get(event.name))
