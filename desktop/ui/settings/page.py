"""The settings page: one row for each row of the table, stored as soon as it is changed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop import messages
from desktop.app import Application
from desktop.core.errors import WorldError
from desktop.core.events import SettingChanged
from desktop.i18n import tr
from desktop.server.service import LocalServer
from desktop.storage.settings import BY_NAME, SETTINGS, SettingValue
from desktop.ui.bridge import Bridge
from desktop.ui.page import Page
from desktop.ui.server.state import ServerState
from desktop.ui.settings.about import About
from desktop.ui.settings.fields import Field
from desktop.ui.settings.token import TokenField
from desktop.ui.widgets import Card, Line, Text

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
        for section in dict.fromkeys(setting.section for setting in SETTINGS):
            self.column.addSpacing(12)
            self.column.addWidget(Text(tr(section), "section"))
            card = Card()
            card.column.setContentsMargins(0, 4, 0, 4)
            card.column.setSpacing(0)
            for number, setting in enumerate(s for s in SETTINGS if s.section == section):
                if number:
                    card.column.addWidget(Line())
                field = Field(setting, app.settings.get(setting.name))
                field.changed.connect(lambda value, field=field: self._store(field, value))
                card.column.addWidget(field)
                self.fields[setting.name] = field
            if section == _DOWNLOADS:
                self.token = TokenField(app, bridge)
                card.column.addWidget(Line())
                card.column.addWidget(self.token)
            if section == _SERVER:
                self.server = ServerState(app, bridge, server, with_details=True)
                self.server.details_requested.connect(self.server_requested)
                card.column.addWidget(Line())
                card.column.addWidget(self.server)
            self.column.addWidget(card)
        self.column.addSpacing(12)
        self.column.addWidget(Text(tr("About and privacy"), "section"))
        self.column.addWidget(About(app, bridge))
        self.column.addStretch(1)
        bridge.on(SettingChanged, self._on_setting_changed)

    def focus(self, name: str) -> None:
        """Bring a setting into view, ready to be changed."""
        field = self.token if name == "token" else self.fields[name]
        self.ensureWidgetVisible(field)
        field.control.setFocus()

    def _store(self, field: Field, value: SettingValue) -> None:
        name = field.setting.name

        def stored(_: SettingValue) -> None:
            field.show_error(None)
            self._app.bus.publish(SettingChanged(name))

        def refused(error: WorldError) -> None:
            field.show_error(
                tr("This address is not complete: it begins with http:// or https://.")
                if error.code == "request.setting_value" and name in ("endpoint", "proxy")
                else messages.of(error)
            )

        self._bridge.when(self._app.writer.submit(self._app.settings.set, name, value), stored, refused, field)

    def _on_setting_changed(self, event: SettingChanged) -> None:
        if (field := self.fields.get(event.name)) is not None:
            field.show_value(self._app.settings.get(event.name))
