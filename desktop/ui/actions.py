"""What the buttons beside an error say."""

from __future__ import annotations

from desktop.i18n import mark, tr
from desktop.messages import Action

_TEXTS = {
    Action.NONE: "",
    Action.RETRY: mark("Try again"),
    Action.CHOOSE_MODEL: mark("Choose a model"),
    Action.REMOVE_MODEL: mark("Show models"),
    Action.DOWNLOAD_AGAIN: mark("Show models"),
    Action.NETWORK_SETTINGS: mark("Network settings"),
    Action.FREE_SPACE: mark("Show models"),
    Action.ENGINE_SETTINGS: mark("Engine settings"),
    Action.DROP_OLDEST: mark("Leave out the oldest this time"),
    Action.NEW_CHAT: mark("New chat with this question"),
}


def action_text(action: Action) -> str:
    """The words on the button; empty where there is nothing to do."""
    text = _TEXTS[action]
    return tr(text) if text else ""
