"""The place for what the user must know: banners above the page, one for each thing, until it is dealt with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import messages
from desktop.core.errors import ErrorValue, WorldError
from desktop.messages import Action
from desktop.ui.actions import action_text
from desktop.ui.widgets import Banner

_MOST = 3
"""More would push the page off a small window."""


class Notices(QWidget):
    """Shows sentences by code; a second one of the same code takes the first one's place."""

    def __init__(self, act: Callable[[Action], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act = act
        self.banners: dict[str, Banner] = {}
        self._said: dict[str, tuple[Mapping[str, ErrorValue], bool]] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 8, 16, 0)
        self._layout.setSpacing(8)
        self.hide()

    def show_error(self, error: WorldError) -> None:
        """What went wrong, and what can be done about it."""
        self.show_code(error.code, error.data, failed=True)

    def show_code(self, code: str, data: Mapping[str, ErrorValue], *, failed: bool = False) -> None:
        """The sentence of a code; `failed` = something did not work, else it is only to be known."""
        action = messages.action(code)
        self.show_text(code, messages.sentence(code, data), action if failed else Action.NONE, failed=failed)
        self._said[code] = (data, failed)

    def repeat(self, others: Notices) -> None:
        """Say what another one still shows, in the present language."""
        for code in others.banners:
            if code in others._said:
                data, failed = others._said[code]
                self.show_code(code, data, failed=failed)

    def show_text(self, key: str, text: str, action: Action = Action.NONE, *, failed: bool = False) -> None:
        """A sentence under a key of its own."""
        if (shown := self.banners.get(key)) is not None and shown.text == text:
            return  # said already: a full disk says so every two seconds
        self.dismiss(key)
        while len(self.banners) >= _MOST:
            self.dismiss(next(iter(self.banners)))
        banner = Banner(text, "danger" if failed else "warning", action_text(action) or None, self)
        banner.acted.connect(lambda: self._on_acted(key, action))
        banner.closed.connect(lambda: self.dismiss(key))
        self.banners[key] = banner
        self._layout.addWidget(banner)
        self.show()

    def dismiss(self, key: str) -> None:
        """Take one away, if it is there."""
        if (banner := self.banners.pop(key, None)) is not None:
            banner.hide()
            banner.deleteLater()
            self.setVisible(bool(self.banners))

    def _on_acted(self, key: str, action: Action) -> None:
        self.dismiss(key)
        self._act(action)
