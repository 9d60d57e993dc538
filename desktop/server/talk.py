"""A conversation's request while it is answered: what was said so far, and what becomes of it at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator

from desktop.core.models import FinishReason, GenerateOptions, PromptMessage
from desktop.server.answers import Batch
from desktop.server.desk import Chosen, Desk
from desktop.server.journal import Entry
from desktop.server.keeping import Kept


class Talk:
    """The engine is asked when it is made; `end` must be called."""

    def __init__(
        self,
        desk: Desk,
        chosen: Chosen,
        messages: tuple[PromptMessage, ...],
        options: GenerateOptions,
        entry: Entry,
    ) -> None:
        """Raises ApiError 503 when too many wait."""
        self._keeper = desk.keeper
        self._messages = messages
        self._text: list[str] = []
        self._thought: list[str] = []
        self.chosen = chosen
        self.entry = entry
        self.answer = desk.begin(chosen, messages, options, entry)

    async def batches(self) -> AsyncIterator[Batch]:
        """As Answer's; remembered."""
        async for batch in self.answer.batches():
            self._text.append(batch.text)
            self._thought.append(batch.thought)
            yield batch

    async def whole(self) -> str:
        """All that is said, once it is."""
        async for _ in self.batches():
            pass
        return "".join(self._text)

    @property
    def thought(self) -> str:
        """What was thought so far."""
        return "".join(self._thought).strip()

    def end(self) -> None:
        """The request is over, one way or another."""
        answer, entry = self.answer, self.entry
        answer.stop()
        entry.usage = answer.usage
        entry.answer = "".join(self._text).strip()
        if answer.error is not None and not entry.answer:
            return
        self._keeper.keep(
            Kept(
                self._messages,
                entry.answer,
                self.thought,
                answer.reason or FinishReason.STOPPED,
                answer.usage,
                answer.timings,
                self.chosen.file.id if self.chosen.file else None,
                answer.error.code if answer.error is not None else None,
            )
        )
