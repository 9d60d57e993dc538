"""What of the application the server needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.core.models import TurnId
from desktop.services.bus import Bus
from desktop.services.engine import EngineService
from desktop.services.library import LibraryService
from desktop.services.serial import SerialExecutor
from desktop.storage.conversations import ConversationStore


@dataclass(frozen=True)
class Services:
    """Collaborators of the endpoints. `clock` gives milliseconds since the epoch, `owner` is as in ChatService."""

    engine: EngineService
    library: LibraryService
    conversations: ConversationStore
    owner: str
    writer: SerialExecutor
    bus: Bus
    clock: Callable[[], int]
    new_turn: Callable[[], TurnId]
