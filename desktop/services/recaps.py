"""Summaries of what no longer fits a conversation's context: written by the model when nothing else is asked of it.

One is written after an answer for which messages were left out, by a request of its own that any question ends. It is
kept with the conversation and covers everything up to one message; the engine puts it in their place (`inference.fit`).
As messages fall out in blocks of a quarter of the context, a summary lasts as long.
"""

from __future__ import annotations

import itertools
import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from desktop.core import history
from desktop.core.errors import PromptTooLong, WorldError
from desktop.core.events import EngineChanged, RecapChanged
from desktop.core.history import Recap
from desktop.core.models import (
    ConversationId,
    EngineState,
    FinishReason,
    GenerateOptions,
    Message,
    MessageId,
    Overflow,
    PromptMessage,
    Role,
    TurnId,
)
from desktop.core.ports import Done, Failed, GenerateReply, TextPiece
from desktop.core.recap import PromptRecap
from desktop.services.asking import WHEN_IDLE
from desktop.services.bus import Bus
from desktop.services.engine import EngineService
from desktop.services.serial import SerialExecutor
from desktop.storage.conversations import ConversationStore

log = logging.getLogger(__name__)

_SHARE = 0.5
"""Of the context that one request for a summary may fill with messages."""
_MOST_TOKENS = 320
"""Of a summary; never more than an eighth of the context."""
_THOUGHT = 1024
"""Tokens more for models that cannot but think first."""
_SMALLEST = 64
"""Bytes of messages: a request that is too long with so few is given up."""


@dataclass(frozen=True)
class _Words:
    """What is said to the model, in the conversation's language."""

    task: str
    earlier: str
    user: str
    answer: str
    note: str


_WORDS = {
    "en": _Words(
        "Summarise the conversation below in at most 120 words, in the language it is written in. Keep names, facts, "
        "numbers, decisions and open questions. Write only the summary.",
        "Summary of what came before",
        "User",
        "Assistant",
        "Summary of the earlier conversation, which is no longer shown",
    ),
    "zh": _Words(
        "请用中文概括下面的对话，不超过 200 字。保留姓名、事实、数字、决定和尚未解决的问题。只写概括，不写别的。",
        "更早内容的概括",
        "用户",
        "助手",
        "以下是更早对话的概括，原文不再显示",
    ),
    "ko": _Words(
        "아래 대화를 한국어로 120단어 이내로 요약해 주세요. 이름, 사실, 숫자, 결정된 것, 아직 남은 질문은 꼭 남기세요. "
        "요약만 쓰세요.",
        "그 이전 내용의 요약",
        "사용자",
        "도우미",
        "더 이상 보이지 않는 이전 대화의 요약",
    ),
}


@dataclass(slots=True)
class _Work:
    turn: TurnId
    conversation: ConversationId
    until: MessageId
    most: int
    """Bytes of messages that the request might have had."""
    pieces: list[str] = field(default_factory=list)


class RecapService:
    """`consider` and everything it leads to happen on the writer's thread; `give_way` may come from any."""

    def __init__(
        self,
        store: ConversationStore,
        engine: EngineService,
        writer: SerialExecutor,
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        """`clock` gives milliseconds since the epoch."""
        self._store = store
        self._engine = engine
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._numbers = itertools.count(-1, -1)  # negative: no turn of anybody else has such a number
        self._lock = threading.Lock()
        self._work: _Work | None = None
        self._asked = 0
        """Questions that are being answered: nothing is summarised meanwhile."""
        self._closed = False
        # below: touched by the writer's thread only
        self._pending: dict[ConversationId, int] = {}
        """How many bytes the next request of each may have; 0 = as many as usual."""
        self._hopeless: set[MessageId] = set()
        bus.subscribe(EngineChanged, self._on_engine)

    # -- for ChatService ----------------------------------------------------------------------------------------

    def of(self, conversation: ConversationId, path: Sequence[Message]) -> PromptRecap | None:
        """What a prompt for this path may use in place of its oldest messages."""
        recap = history.recap_on(path, self._store.recaps(conversation))
        if recap is None:
            return None
        covers = history.covered(path, recap)
        # in the language of what it covers and not of all that came since: the prompt's beginning must not change
        words = _words([message.text for message in history.spoken(path)[:covers] if message.role is Role.USER])
        return PromptRecap(f"{words.note}:\n{recap.text}", covers)

    def give_way(self) -> None:
        """A question comes: end what is being written. `resume` is called once for each of these."""
        with self._lock:
            self._asked += 1
            work = self._work
        if work is not None:
            self._engine.cancel(work.turn)

    def resume(self, conversation: ConversationId | None) -> None:
        """A question was answered; None = in a conversation that is not to be summarised. On the writer's thread."""
        with self._lock:
            self._asked -= 1
        if conversation is not None:
            self._pending[conversation] = 0
        self._next()

    def writing(self, conversation: ConversationId) -> bool:
        """Whether a summary of this conversation is being written."""
        with self._lock:
            return self._work is not None and self._work.conversation == conversation

    def close(self) -> None:
        """Write no more."""
        with self._lock:
            self._closed = True
        self.give_way()

    def _on_engine(self, event: EngineChanged) -> None:
        if event.status.state is EngineState.READY and self._pending:  # somebody else's request is answered
            self._writer.post(self._next)

    # -- deciding -----------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Begin the latest one that is waiting, if nothing else is going on."""
        while self._pending and self._idle():
            conversation, allowed = self._pending.popitem()
            try:
                if self._begin(conversation, allowed):
                    return
            except WorldError as error:
                log.info("conversation %d cannot be summarised: %s", conversation, error)

    def _idle(self) -> bool:
        with self._lock:
            free = self._work is None and self._asked == 0 and not self._closed
        return free and self._engine.status.state is EngineState.READY

    def _begin(self, id: ConversationId, allowed: int) -> bool:
        """Ask for the summary of what fell out of a conversation; False if there is nothing to be done."""
        status = self._engine.status
        conversation, path = self._store.get(id), self._store.path(id)
        gone = history.left_out(path)
        if not gone or status.loaded is None:
            return False
        known = history.recap_on(path, self._store.recaps(id))
        covered = history.covered(path, known) if known is not None else 0
        if covered >= len(gone):
            return False
        context = status.loaded.context
        most = int(context * _SHARE * history.bytes_per_token(path, conversation.system))
        most = max(_SMALLEST, min(most, allowed or most))
        part = _part(gone[covered:], most)
        if part[-1].id in self._hopeless:
            return False
        prompt = _prompt(part, known, most)
        work = _Work(TurnId(next(self._numbers)), id, part[-1].id, most)
        thinks = status.loaded.thinking == "always"
        options = GenerateOptions(
            temperature=0.0,
            max_tokens=min(_MOST_TOKENS, context // 8) + (_THOUGHT if thinks else 0),
            thinking=False,
            overflow=Overflow.DROP,
        )
        with self._lock:
            self._work = work
        self._bus.publish(RecapChanged(id, writing=True))
        sink = partial(self._on_reply, work)
        self._engine.generate(work.turn, None, prompt, options, sink, client=WHEN_IDLE)
        with self._lock:
            disturbed = self._asked > 0 or self._closed
        if disturbed:  # by a question that came while this was being prepared
            self._engine.cancel(work.turn)
        return True

    # -- the engine's replies -----------------------------------------------------------------------------------

    def _on_reply(self, work: _Work, reply: GenerateReply) -> None:
        match reply:
            case TextPiece(text, _):
                work.pieces.append(text)
            case Done(reason, _, _):
                self._writer.post(self._end, work, reason, None)
            case Failed(error):
                self._writer.post(self._end, work, FinishReason.INTERRUPTED, error)
            case _:
                pass

    def _end(self, work: _Work, reason: FinishReason, error: WorldError | None) -> None:
        with self._lock:
            self._work = None
        text = "".join(work.pieces).strip()
        if reason in (FinishReason.STOP, FinishReason.LENGTH) and text:
            try:
                self._store.put_recap(Recap(work.until, text, self._engine.status.model, self._clock()))
            except WorldError as failure:
                log.info("a summary cannot be stored: %s", failure)
                self._hopeless.add(work.until)
            else:
                self._pending[work.conversation] = 0  # there may be more to cover
        elif isinstance(error, PromptTooLong) and work.most > _SMALLEST:
            self._pending[work.conversation] = work.most // 2
        elif reason is FinishReason.STOPPED:
            self._pending[work.conversation] = work.most  # later
        else:
            log.info("no summary came of it: %s", error or "no words")
            self._hopeless.add(work.until)
        self._bus.publish(RecapChanged(work.conversation, writing=False))
        self._next()


def _part(messages: Sequence[Message], most: int) -> tuple[Message, ...]:
    """The first whole turns of these, at least one, as many as have `most` bytes."""
    size, end = 0, 0
    for index, message in enumerate(messages):
        if message.role is Role.USER and index:
            end = index
            if size + len(message.text.encode()) > most:
                return tuple(messages[:end])
        size += len(message.text.encode())
        if size > most and end:
            return tuple(messages[:end])
    return tuple(messages)


def _prompt(part: Sequence[Message], known: Recap | None, most: int) -> tuple[PromptMessage, ...]:
    """One question: the task, what was summarised before, and the messages. Those have `most` bytes, and as many again has the rest."""
    words = _words([message.text for message in part if message.role is Role.USER])
    share = most // len(part) if sum(len(message.text.encode()) for message in part) > most else most
    lines = [words.task, ""]
    if known is not None:
        lines += [f"{words.earlier}: {_shortened(known.text, most)}", ""]
    for message in part:
        lines.append(f"{words.user if message.role is Role.USER else words.answer}: {_shortened(message.text, share)}")
    return (PromptMessage(Role.USER, "\n".join(lines)),)


def _shortened(text: str, most: int) -> str:
    """Beginning and end of a text that has more than `most` bytes."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    half = most // 2
    return f"{raw[:half].decode(errors='ignore')} … {raw[-half:].decode(errors='ignore')}"


def _words(texts: Sequence[str]) -> _Words:
    """In the language most of these are written in, as far as letters tell."""
    text = "\n".join(texts)[:20_000]
    korean = len(re.findall("[\uac00-\ud7a3]", text))
    chinese = len(re.findall("[\u4e00-\u9fff]", text))
    kana = len(re.findall("[\u3040-\u30ff]", text))
    latin = len(re.findall("[A-Za-z]{2,}", text))
    if korean > max(chinese, latin):
        return _WORDS["ko"]
    # Japanese is told from Chinese by its kana; it is answered in its own language, asked for in English
    return _WORDS["zh"] if chinese > max(latin, 5 * kana) else _WORDS["en"]
