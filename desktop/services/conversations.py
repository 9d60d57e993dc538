"""The list of conversations: page, search, rename, trash, drafts. Turns are ChatService's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from desktop.core import history
from desktop.core.events import ConversationChanged, ConversationCreated, ConversationDeleted
from desktop.core.history import Recap
from desktop.core.models import Conversation, ConversationId, ConversationSummary, Message
from desktop.services.bus import Bus
from desktop.services.serial import SerialExecutor
from desktop.storage.conversations import ConversationStore

_DRAFT_DELAY = 0.3
"""Seconds between a key press and its place on the disk, so that typing does not write once per key."""


class ConversationService:
    """Short reads on the caller's thread; writes on the writer; search on a thread of its own."""

    def __init__(self, store: ConversationStore, writer: SerialExecutor, bus: Bus, clock: Callable[[], int]) -> None:
        self._store = store
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._searcher: SerialExecutor | None = None
        self._drafts: dict[ConversationId | None, str] = {}

    def page(self, offset: int, limit: int) -> tuple[ConversationSummary, ...]:
        """Newest first."""
        return self._store.page(offset, limit)

    def count(self) -> int:
        """How many are listed."""
        return self._store.count()

    def get(self, conversation: ConversationId) -> Conversation:
        """One conversation. Raises UnknownConversation."""
        return self._store.get(conversation)

    def messages(self, conversation: ConversationId) -> tuple[Message, ...]:
        """The messages shown, oldest first. Raises UnknownConversation."""
        return self._store.path(conversation)

    def recap(self, conversation: ConversationId, path: Sequence[Message]) -> Recap | None:
        """The summary that covers most of these messages, the conversation's own."""
        return history.recap_on(path, self._store.recaps(conversation))

    def search(self, text: str, limit: int) -> Future[tuple[ConversationSummary, ...]]:
        """Those whose title or messages contain `text`, newest first."""
        if self._searcher is None:
            self._searcher = SerialExecutor("search")
        return self._searcher.submit(self._store.search, text, limit)

    def rename(self, conversation: ConversationId, title: str) -> Future[None]:
        """Give it a title of the user's. The future raises UnknownConversation, StorageError, DiskError."""
        return self._writer.submit(self._rename, conversation, title)

    def delete(self, conversation: ConversationId) -> Future[None]:
        """Put it into the trash."""
        return self._writer.submit(self._delete, conversation)

    def restore(self, conversation: ConversationId) -> Future[None]:
        """Take it out of the trash."""
        return self._writer.submit(self._restore, conversation)

    def set_thinking(self, conversation: ConversationId, thinking: bool) -> Future[None]:
        """Whether the model thinks before it answers here, where it leaves the choice. Fails as `rename` does."""
        return self._writer.submit(self._store.set_thinking, conversation, thinking)

    def save_draft(self, conversation: ConversationId | None, text: str) -> None:
        """Keep what is being typed, soon; None = the conversation that does not exist yet."""
        waiting = conversation in self._drafts
        self._drafts[conversation] = text
        if not waiting:
            self._writer.post_after(_DRAFT_DELAY, self._write_draft, conversation)

    def forget_draft(self, conversation: ConversationId | None) -> None:
        """The text was sent: a late write must not bring it back. For ChatService."""
        self._drafts.pop(conversation, None)

    def draft_of_new(self) -> str:
        """What was typed into a conversation that was never sent."""
        return self._store.draft_of_new()

    def close(self) -> None:
        """End the search thread."""
        if self._searcher is not None:
            self._searcher.close()

    def _rename(self, conversation: ConversationId, title: str) -> None:
        title = " ".join(title.split())
        if title:
            self._store.rename(conversation, title)
            self._bus.publish(ConversationChanged(conversation, title))

    def _delete(self, conversation: ConversationId) -> None:
        self._store.delete(conversation, self._clock())
        self._bus.publish(ConversationDeleted(conversation))

    def _restore(self, conversation: ConversationId) -> None:
        self._store.restore(conversation)
        self._bus.publish(ConversationCreated(conversation))

    def _write_draft(self, conversation: ConversationId | None) -> None:
        if (text := self._drafts.pop(conversation, None)) is not None:
            self._store.save_draft(conversation, text)
