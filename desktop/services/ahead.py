"""What is being typed is read before it is sent: builds the prompt that sending would, and hands it to the idle engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from desktop.core.errors import WorldError
from desktop.core.models import (
    Conversation,
    ConversationId,
    GenerateOptions,
    Message,
    MessageId,
    MessageState,
    ModelId,
    PromptMessage,
    Role,
)
from desktop.services.engine import EngineService
from desktop.services.modeloptions import ModelOptionsService
from desktop.services.serial import SerialExecutor
from desktop.storage.conversations import ConversationStore

Request = tuple[tuple[PromptMessage, ...], GenerateOptions]
Build = Callable[[Conversation, list[Message], GenerateOptions], Request]
_NOBODY = MessageId(0)


class Wanted(NamedTuple):
    """What may be asked."""

    conversation: ConversationId | None
    text: str
    model: ModelId | None
    system: str | None
    options: GenerateOptions


class ReadsAhead:
    """Works on the writer's thread, after what was stored before. Only the newest of what is wanted counts."""

    def __init__(
        self,
        store: ConversationStore,
        engine: EngineService,
        options: ModelOptionsService,
        writer: SerialExecutor,
        build: Build,
    ) -> None:
        """`build` makes what the engine is asked of a conversation and its path, which ends with the question and an empty
        answer, and completes the options."""
        self._store = store
        self._engine = engine
        self._options = options
        self._writer = writer
        self._build = build
        self._lock = threading.Lock()
        self._wanted: Wanted | None = None
        self._path: tuple[Message, ...] = ()
        """The path that was read last: of a conversation whose leaf is still its end, it is the same."""

    def want(self, wanted: Wanted) -> None:
        """Read this ahead; nothing, if its text is empty. Returns at once."""
        with self._lock:
            due, self._wanted = self._wanted is None, wanted
        if due:
            self._writer.post(self._see_to_it)

    def _see_to_it(self) -> None:
        with self._lock:
            wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        model = self._engine.status.model
        if not wanted.text or (wanted.model is not None and wanted.model != model) or model is None:
            self._engine.read_ahead(None, (), wanted.options)
            return
        try:
            messages, options = self._request(wanted, model)
        except WorldError:
            messages, options = (), wanted.options  # the conversation is gone: nobody will ask in it
        self._engine.read_ahead(model, messages, options)

    def _request(self, wanted: Wanted, model: ModelId) -> Request:
        """Raises UnknownConversation."""
        system = wanted.system
        if wanted.conversation is None:
            if system is None:
                system = self._options.get(model).system_prompt
            conversation = Conversation(ConversationId(0), "", system or "", 0, 0, None, model)
            path: tuple[Message, ...] = ()
        else:
            conversation = self._store.get(wanted.conversation)
            if system is not None:
                conversation = replace(conversation, system=system)
            path = self._path_of(conversation)
        question, answer = (
            Message(_NOBODY, conversation.id, None, role, text, "", MessageState.COMPLETE, 0)
            for role, text in ((Role.USER, wanted.text), (Role.ASSISTANT, ""))
        )
        return self._build(conversation, [*path, question, answer], wanted.options)

    def _path_of(self, conversation: Conversation) -> tuple[Message, ...]:
        if conversation.leaf is None:
            return ()
        last = self._path[-1] if self._path else None
        known = last is not None and (last.conversation, last.id) == (conversation.id, conversation.leaf)
        if last is None or not known or last.state is MessageState.RUNNING:
            self._path = self._store.path(conversation.id)
        return self._path
