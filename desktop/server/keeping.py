"""Conversations held over the API, stored like the window's when the user wants that.

Each request is whole in itself; a request whose history is what was stored before goes on in that conversation.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256

from desktop.core.errors import UnknownConversation, WorldError
from desktop.core.events import ConversationChanged, ConversationCreated, Noticed
from desktop.core.models import (
    ConversationId,
    FinishReason,
    MessageState,
    ModelId,
    PromptMessage,
    Role,
    Timings,
    Usage,
)
from desktop.core.value import dataclass
from desktop.services.bus import Bus
from desktop.services.serial import SerialExecutor
from desktop.services.titles import title_of
from desktop.storage.conversations import ConversationStore

log = logging.getLogger(__name__)

_REMEMBERED = 200
"""Conversations that a request can go on in."""


@dataclass(frozen=True)
class Kept:
    """One request and its answer."""

    messages: tuple[PromptMessage, ...]
    text: str
    thought: str
    reason: FinishReason
    usage: Usage
    timings: Timings
    model: ModelId | None
    error: str | None = None


Pair = tuple[str, str]


class Keeper:
    """Writes on the writer's thread; `keep` returns at once."""

    def __init__(
        self,
        store: ConversationStore,
        owner: str,
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
        wanted: Callable[[], bool],
    ) -> None:
        """`owner` as in ChatService; `wanted`: whether the user wants anything kept."""
        self._store = store
        self._owner = owner
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._wanted = wanted
        # below: touched by the writer's thread only
        self._known: OrderedDict[str, ConversationId] = OrderedDict()

    def keep(self, kept: Kept) -> None:
        """Store it, if the user wants that."""
        if self._wanted():
            self._writer.post(self._keep, kept)

    def _keep(self, kept: Kept) -> None:
        try:
            self._write(kept)
        except WorldError as error:
            log.info("a conversation of the API cannot be stored: %s", error)
            self._bus.publish(Noticed(error.code, error.data))

    def _write(self, kept: Kept) -> None:
        system, pairs, question = folded(kept.messages)
        conversation = self._known.pop(_fingerprint(system, pairs), None) if pairs else None
        if conversation is not None and not self._is_there(conversation):
            conversation = None  # the user has deleted it; what is said now was not
        created = conversation is None
        stored, _, empty = self._store.begin_turn(
            conversation,
            question,
            title=title_of(pairs[0][0] if pairs else question),
            system=system if created else None,
            model=kept.model,
            owner=self._owner,
            now=self._clock(),
            earlier=pairs if created else (),
            typed=False,
        )
        state = MessageState.COMPLETE
        if kept.error is not None:
            state = MessageState.INTERRUPTED
        elif kept.reason is FinishReason.STOPPED:  # the client has gone
            state = MessageState.STOPPED
        self._store.finish_turn(
            empty.id,
            kept.text,
            kept.thought,
            state,
            kept.reason,
            model=kept.model,
            error=kept.error,
            usage=kept.usage,
            timings=kept.timings,
            now=self._clock(),
        )
        key = _fingerprint(system, [*pairs, (question.strip(), kept.text.strip())])
        self._known[key] = stored.id
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        if created:
            self._bus.publish(ConversationCreated(stored.id))
        else:
            self._bus.publish(ConversationChanged(stored.id, stored.title))

    def _is_there(self, conversation: ConversationId) -> bool:
        try:
            self._store.get(conversation)
        except UnknownConversation:
            return False
        return True


def folded(messages: Sequence[PromptMessage]) -> tuple[str, list[Pair], str]:
    """The system text, earlier questions with their answers, and the last question: nothing that was said is left out.

    What follows one another from the same side becomes one text; results of functions are on the asking side.
    """
    system = "\n\n".join(message.text for message in messages if message.role is Role.SYSTEM)
    sides: list[tuple[bool, str]] = []
    for message in messages:
        if message.role is Role.SYSTEM:
            continue
        answers = message.role is Role.ASSISTANT
        text = "\n".join((message.text, *(f"{call.name}({call.arguments})" for call in message.calls))).strip()
        if sides and sides[-1][0] is answers:
            text = f"{sides.pop()[1]}\n\n{text}"
        elif answers and not sides:
            sides.append((False, ""))
        sides.append((answers, text))
    question = sides.pop()[1] if sides and not sides[-1][0] else ""
    pairs = [(sides[at][1], sides[at + 1][1]) for at in range(0, len(sides) - 1, 2)]
    return system, pairs, question


def _fingerprint(system: str, pairs: Sequence[Pair]) -> str:
    return sha256(repr((system, [(q.strip(), a.strip()) for q, a in pairs])).encode("utf-8", "replace")).hexdigest()
