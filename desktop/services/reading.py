"""Reading while somebody types: passes on what stands in the composer, where that is wanted and the battery allows it."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.models import ConversationId, GenerateOptions
from desktop.services.serial import SerialExecutor


class ReadingService:
    """`typed` returns at once. Asking for the battery may take a while, so that happens on the writer."""

    def __init__(
        self,
        read: Callable[[ConversationId | None, str, GenerateOptions], None],
        enabled: Callable[[], bool],
        low: Callable[[], bool],
        writer: SerialExecutor,
    ) -> None:
        """`read(conversation, text, options)` has the engine read what would be sent, an empty text stops it; `low()` → whether the
        battery is to be spared."""
        self._read = read
        self._enabled = enabled
        self._low = low
        self._writer = writer
        self._reading = False  # touched by the writer's thread only

    def typed(self, conversation: ConversationId | None, text: str, *, thinking: bool = True) -> None:
        """What stands in the composer now, after a pause; empty = nothing, or it was sent. `thinking` as it will be sent."""
        self._writer.post(self._pass_on, conversation, text, GenerateOptions(thinking=thinking))

    def _pass_on(self, conversation: ConversationId | None, text: str, options: GenerateOptions) -> None:
        wanted = bool(text.strip()) and self._enabled() and not self._low()
        if wanted or self._reading:
            self._reading = wanted
            self._read(conversation, text if wanted else "", options)
