"""The text of answers that are being written, as far as events have told of it.

Who opens a running conversation needs the text up to exactly the last event told: the database is behind it, the
service is ahead of it, and either would lose or repeat some words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from desktop.core.events import TextArrived, TurnFinished, TurnStarted
from desktop.core.models import Message, MessageId
from desktop.ui.bridge import Bridge


@dataclass(slots=True)
class _Text:
    text: list[str] = field(default_factory=list)
    thought: list[str] = field(default_factory=list)


class RunningTexts:
    """Listens as long as the bridge does; must be made before those who ask it."""

    def __init__(self, bridge: Bridge) -> None:
        self._texts: dict[MessageId, _Text] = {}
        bridge.on(TurnStarted, self._on_started)
        bridge.on(TextArrived, self._on_text)
        bridge.on(TurnFinished, self._on_finished)

    def told(self, message: Message) -> Message:
        """The message with the text told so far, if it is being written."""
        if (known := self._texts.get(message.id)) is None:
            return message
        return replace(message, text="".join(known.text), thought="".join(known.thought))

    def _on_started(self, event: TurnStarted) -> None:
        self._texts[event.answer.id] = _Text()

    def _on_text(self, event: TextArrived) -> None:
        if (known := self._texts.get(event.message)) is not None:
            known.text.append(event.text)
            known.thought.append(event.thought)

    def _on_finished(self, event: TurnFinished) -> None:
        if event.answer is not None:
            self._texts.pop(event.answer.id, None)
