"""Turns: a question, and the answer while it is written. The only writer of turns.

A turn lives on two threads: the engine service's, which brings the pieces, and the writer's, which stores them. Every
change of a `_Turn` happens under its lock; what is on the disk is never more than half a second behind what came.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from desktop.core import history
from desktop.core.errors import ErrorValue, UnknownConversation, WorldError
from desktop.core.events import (
    ConversationCreated,
    Noticed,
    PromptBuilt,
    PromptProgressed,
    TextArrived,
    TurnFinished,
    TurnStarted,
)
from desktop.core.models import (
    Conversation,
    ConversationId,
    FinishReason,
    GenerateOptions,
    Message,
    MessageId,
    MessageState,
    ModelId,
    Overflow,
    PromptMessage,
    Role,
    Timings,
    TurnId,
    Usage,
)
from desktop.core.ports import Done, Failed, GenerateReply, PromptProgress, PromptRead, TextPiece
from desktop.services.ahead import ReadsAhead, Wanted
from desktop.services.bus import Bus
from desktop.services.conversations import ConversationService
from desktop.services.engine import EngineService
from desktop.services.modeloptions import ModelOptionsService
from desktop.services.recaps import RecapService
from desktop.services.serial import SerialExecutor
from desktop.services.titles import title_of
from desktop.storage.conversations import ConversationStore

log = logging.getLogger(__name__)

_SAVE_EVERY = 0.4
"""Seconds between writes of a running answer: at most 0.5 s of text may be lost, and a write takes time too."""
_TRY_AGAIN = 2.0
"""Seconds until a write that failed (full disk) is tried again."""

_STATES = {
    FinishReason.STOP: MessageState.COMPLETE,
    FinishReason.LENGTH: MessageState.COMPLETE,
    FinishReason.STOPPED: MessageState.STOPPED,
    FinishReason.INTERRUPTED: MessageState.INTERRUPTED,
}


@dataclass(slots=True)
class _End:
    reason: FinishReason
    usage: Usage | None = None
    timings: Timings | None = None
    error: str | None = None
    error_data: dict[str, ErrorValue] = field(default_factory=dict)


@dataclass(slots=True)
class _Turn:
    id: TurnId
    conversation: ConversationId | None
    options: GenerateOptions
    model: ModelId | None
    answer: Message | None = None
    text: list[str] = field(default_factory=list)
    thought: list[str] = field(default_factory=list)
    temporary: bool = False
    answering: ModelId | None = None
    """The model that answers, once it does."""
    thinking: bool | None = None
    """What was chosen for a conversation that begins with this turn."""
    typed: bool = True
    stopped: bool = False
    save_due: bool = False
    end: _End | None = None
    announced: bool = False
    thinking_since: float = 0.0
    """Monotonic seconds of the first piece of a thought; 0 = there was none yet."""
    thought_ms: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class ChatService:
    """Send, stop, answer again. Methods return at once; what happens comes as events."""

    def __init__(
        self,
        store: ConversationStore,
        conversations: ConversationService,
        engine: EngineService,
        options: ModelOptionsService,
        recaps: RecapService,
        overflow: Callable[[], Overflow],
        owner: str,
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        """`overflow()` → what the settings say of conversations that are full; `owner` marks running answers as this
        process's; `clock` gives milliseconds since the epoch."""
        self._store = store
        self._conversations = conversations
        self._engine = engine
        self._options = options
        self._recaps = recaps
        self._overflow = overflow
        self._owner = owner
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._turns: dict[TurnId, _Turn] = {}
        self._idle = threading.Condition(self._lock)
        self._ahead = ReadsAhead(store, engine, options, writer, self._request)

    def send(
        self,
        conversation: ConversationId | None,
        text: str,
        *,
        model: ModelId | None = None,
        system: str | None = None,
        options: GenerateOptions | None = None,
        temporary: bool = False,
        thinking: bool | None = None,
        typed: bool = True,
    ) -> TurnId:
        """Store a question and have it answered. None begins a conversation; a `temporary` one is never stored.

        `system` None: a new conversation gets the system prompt that is set for the model, an old one keeps its own.
        `thinking`, unless None, is remembered as the conversation's choice. `typed` as in ConversationStore.begin_turn.
        Comes back as ConversationCreated, TurnStarted, TextArrived…, TurnFinished; or, when nothing could be stored,
        as one TurnFinished without an answer, so that the text is not taken from where it was typed.
        """
        turn = _Turn(
            self.new_turn(),
            conversation,
            options or GenerateOptions(),
            model,
            temporary=temporary,
            thinking=thinking,
            typed=typed,
        )
        return self._begin(turn, text, system)

    def regenerate(self, conversation: ConversationId, *, options: GenerateOptions | None = None) -> TurnId:
        """Answer the last question again; the earlier answer stays in the tree."""
        return self._begin(_Turn(self.new_turn(), conversation, options or GenerateOptions(), None), None, None)

    def read_ahead(
        self,
        conversation: ConversationId | None,
        text: str,
        *,
        model: ModelId | None = None,
        system: str | None = None,
        options: GenerateOptions | None = None,
    ) -> None:
        """This text may be sent soon, with these arguments: the engine reads it now, if it has the model and nothing to do.

        Each call takes the place of the one before; an empty `text` ends it. Nothing is stored, and nothing comes back.
        """
        options = replace(options or GenerateOptions(), conversation=conversation)
        self._ahead.want(Wanted(conversation, text, model, system, options))

    def stop(self, turn: TurnId) -> None:
        """End an answer; what was written stays."""
        with self._lock:
            found = self._turns.get(turn)
        if found is not None:
            found.stopped = True
            self._engine.cancel(turn)

    def active(self, conversation: ConversationId) -> TurnId | None:
        """The turn that is being answered in this conversation."""
        with self._lock:
            return next((t.id for t in self._turns.values() if t.conversation == conversation), None)

    def close(self, timeout: float = 5.0) -> None:
        """Stop every answer and wait until what was written is stored, at most `timeout` seconds."""
        with self._lock:
            running = list(self._turns)
        self._recaps.close()
        for turn in running:
            self.stop(turn)
        with self._idle:
            if not self._idle.wait_for(lambda: not self._turns, timeout):
                log.warning("%d answers did not end in time", len(self._turns))

    # -- beginning ----------------------------------------------------------------------------------------------

    def new_turn(self) -> TurnId:
        """A number for a request that somebody else makes of the same engine."""
        return TurnId(next(self._numbers))

    def _begin(self, turn: _Turn, question: str | None, system: str | None) -> TurnId:
        with self._lock:
            self._turns[turn.id] = turn
        self._recaps.give_way()
        self._writer.post(self._store_beginning, turn, question, system)
        return turn.id

    def _store_beginning(self, turn: _Turn, question: str | None, system: str | None) -> None:
        begins = turn.conversation is None and not turn.temporary
        try:
            if system is None and turn.conversation is None and (answering := self._engine.next_model(turn.model)):
                system = self._options.get(answering).system_prompt
            conversation, stored_question, answer = (
                self._temporary(turn, question or "", system or "")
                if turn.temporary
                else self._store.begin_turn(
                    turn.conversation,
                    question,
                    title=title_of(question or ""),
                    system=system,
                    model=turn.model,
                    owner=self._owner,
                    now=self._clock(),
                    thinking=turn.thinking,
                    typed=turn.typed,
                )
            )
            path = [stored_question, answer] if turn.temporary else self._store.path(conversation.id)
            shown = [message for message in path if message is not None]
            messages, options = self._request(conversation, shown, turn.options)
        except WorldError as error:
            self._forget(turn)
            self._bus.publish(
                TurnFinished(
                    turn.id,
                    turn.conversation,
                    None,
                    FinishReason.INTERRUPTED,
                    error=error.code,
                    error_data=error.data,
                )
            )
            return
        if question is not None and turn.typed and not turn.temporary:
            self._conversations.forget_draft(turn.conversation)
        turn.conversation = conversation.id
        turn.answer = answer
        if begins:
            self._bus.publish(ConversationCreated(conversation.id))
        self._bus.publish(TurnStarted(turn.id, conversation.id, stored_question, answer))
        self._engine.generate(
            turn.id,
            turn.model,
            messages,
            options if turn.temporary else replace(options, conversation=conversation.id),
            lambda reply: self._on_reply(turn, reply),
        )
        if turn.stopped:  # stopped before the engine knew of it
            self._engine.cancel(turn.id)

    def _request(
        self, conversation: Conversation, path: Sequence[Message], options: GenerateOptions
    ) -> tuple[tuple[PromptMessage, ...], GenerateOptions]:
        """What the engine is asked: the prompt of a path that ends with the empty answer, and the options completed."""
        overflow = options.overflow or self._overflow()
        completed = replace(
            options,
            overflow=overflow,
            recap=self._recaps.of(conversation.id, path[:-1]) if overflow is Overflow.SUMMARISE else None,
            thinking=options.thinking and conversation.thinking is not False,
        )
        return prompt_of(conversation, path), completed

    def _temporary(self, turn: _Turn, question: str, system: str) -> tuple[Conversation, Message | None, Message]:
        """A conversation that exists in memory only; its ids are negative and mean nothing to the store."""
        now, id = self._clock(), ConversationId(-turn.id)
        asked = Message(MessageId(-2 * turn.id), id, None, Role.USER, question, "", MessageState.COMPLETE, now)
        answer = Message(MessageId(-2 * turn.id - 1), id, asked.id, Role.ASSISTANT, "", "", MessageState.RUNNING, now)
        conversation = Conversation(
            id, title_of(question), system, now, now, answer.id, turn.model, thinking=turn.thinking
        )
        return conversation, asked, answer

    # -- the engine's replies -----------------------------------------------------------------------------------

    def _on_reply(self, turn: _Turn, reply: GenerateReply) -> None:
        if turn.conversation is None or turn.answer is None:
            raise RuntimeError("a reply before the turn began")
        match reply:
            case TextPiece(text, thought):
                _time_thought(turn, text, thought)
                with turn.lock:
                    turn.text.append(text)
                    turn.thought.append(thought)
                    schedule = not turn.save_due
                    turn.save_due = True
                if schedule:
                    self._writer.post_after(_SAVE_EVERY, self._save, turn)
                self._bus.publish(TextArrived(turn.id, turn.conversation, turn.answer.id, text, thought))
            case PromptProgress(done, total):
                self._bus.publish(PromptProgressed(turn.id, turn.conversation, done, total))
            case PromptRead(tokens, reused, left_out):
                turn.answering = self._engine.status.model  # when the answer is stored it may be another one
                self._bus.publish(PromptBuilt(turn.id, turn.conversation, tokens, reused, left_out))
            case Done(reason, usage, timings):
                self._end(turn, _End(reason, usage, timings))
            case Failed(error):
                self._end(turn, _End(FinishReason.INTERRUPTED, error=error.code, error_data=error.data))

    def _end(self, turn: _Turn, end: _End) -> None:
        turn.end = end
        self._writer.post(self._finish, turn)

    # -- storing ------------------------------------------------------------------------------------------------

    def _save(self, turn: _Turn) -> None:
        if turn.end is not None or turn.answer is None or turn.temporary:
            return
        with turn.lock:
            turn.save_due = False
            text, thought = "".join(turn.text), "".join(turn.thought)
        try:
            self._store.save_partial(turn.answer.id, text, thought)
        except WorldError as error:
            log.info("a running answer cannot be stored now: %s", error)
            self._bus.publish(Noticed(error.code, error.data))
            with turn.lock:
                schedule = not turn.save_due
                turn.save_due = True
            if schedule:
                self._writer.post_after(_TRY_AGAIN, self._save, turn)

    def _finish(self, turn: _Turn) -> None:
        end, answer = turn.end, turn.answer
        if end is None or answer is None or turn.conversation is None:
            raise RuntimeError("a turn ended that did not begin")
        text, thought = "".join(turn.text).rstrip(), "".join(turn.thought).strip()
        _time_thought(turn, "end", "")
        status = self._engine.status
        model = turn.answering or status.model or turn.model
        state = _STATES[end.reason]
        unstored = replace(
            answer,
            text=text,
            thought=thought,
            state=state,
            finish_reason=end.reason,
            model=model,
            error=end.error,
            usage=end.usage,
            timings=end.timings,
            thought_ms=turn.thought_ms,
        )
        if turn.temporary:
            self._announce(turn, end, unstored)
            self._forget(turn)
            return
        try:
            stored = self._store.finish_turn(
                answer.id,
                text,
                thought,
                state,
                end.reason,
                model=model,
                error=end.error,
                usage=end.usage,
                timings=end.timings,
                thought_ms=turn.thought_ms,
                now=self._clock(),
            )
        except WorldError as error:
            # The text stays in memory, on the screen and in line for the disk until there is room or the program ends.
            log.info("an answer cannot be stored now: %s", error)
            self._announce(turn, replace_end(end, error), unstored)
            self._writer.post_after(_TRY_AGAIN, self._finish, turn)
            return
        self._announce(turn, end, stored)
        self._forget(turn)

    def _announce(self, turn: _Turn, end: _End, answer: Message | None) -> None:
        if turn.announced:
            return
        turn.announced = True
        self._bus.publish(
            TurnFinished(
                turn.id, turn.conversation, answer, end.reason, end.usage, end.timings, end.error, end.error_data
            )
        )

    def _forget(self, turn: _Turn) -> None:
        with self._idle:
            self._turns.pop(turn.id, None)
            self._idle.notify_all()
        overflow = turn.options.overflow or self._overflow()
        self._recaps.resume(turn.conversation if overflow is Overflow.SUMMARISE and not turn.temporary else None)


def replace_end(end: _End, error: WorldError) -> _End:
    """The same end, with the storage's error told instead of none."""
    return replace(end, error=end.error or error.code, error_data=end.error_data or error.data)


def prompt_of(conversation: Conversation, path: Sequence[Message]) -> tuple[PromptMessage, ...]:
    """What the engine gets: the system message, then the path without its last, empty answer and without thoughts."""
    if not path:
        raise UnknownConversation(id=conversation.id)
    system = (PromptMessage(Role.SYSTEM, conversation.system),) if conversation.system else ()
    return (*system, *(PromptMessage(m.role, m.text) for m in history.spoken(path[:-1])))


def _time_thought(turn: _Turn, text: str, thought: str) -> None:
    """Remember when a thought began, and how long it took once there is a text."""
    if thought and not turn.thinking_since:
        turn.thinking_since = time.monotonic()
    if text and turn.thinking_since and turn.thought_ms is None:
        turn.thought_ms = round((time.monotonic() - turn.thinking_since) * 1000)
