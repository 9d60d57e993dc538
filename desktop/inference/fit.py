"""Which turns of a conversation fit the context: the oldest go first, the system message and the question stay. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from desktop.core.errors import ConversationFull, PromptTooLong
from desktop.core.models import Overflow, PromptMessage, Role
from desktop.core.recap import PromptRecap

_LEAST_ANSWER = 64
"""Tokens that must remain for an answer; with less the question is called too long."""
_MOST_OF_A_TOKEN = 256
"""Characters that no token exceeds, as a rule."""
_RECAP_ROOM = 384
"""Tokens that are left free for a summary where one will be written."""

Count = Callable[[Sequence[PromptMessage]], int]
"""Tokens of a whole prompt."""


@dataclass(frozen=True)
class Fitted:
    """What goes into the prompt. `left_out` counts messages, those that a summary stands for included."""

    messages: tuple[PromptMessage, ...]
    left_out: int


def answer_room(context: int, max_tokens: int | None) -> int:
    """Tokens to keep free for the answer: what was asked for, but never more than a quarter of the context."""
    return max(1, min(max_tokens or 1024, context // 4))


def fit(
    messages: Sequence[PromptMessage],
    count: Count,
    context: int,
    max_tokens: int | None = None,
    overflow: Overflow | None = None,
    recap: PromptRecap | None = None,
) -> Fitted:
    """What of a conversation goes into a prompt, so that prompt and answer fit into `context` tokens.

    Where not all of it does, `overflow` decides (None = DROP): STOP raises ConversationFull; DROP leaves out the oldest
    turns; SUMMARISE does so too, and puts `recap` in the place of those it covers. Raises PromptTooLong if the question
    alone does not fit.
    """
    frame = [message for message in messages if message.role is Role.SYSTEM]
    turns = _turns(message for message in messages if message.role is not Role.SYSTEM)
    whole = (*frame, *_flat(turns))
    limit = context - answer_room(context, max_tokens)
    total = least if (least := _least(whole)) > context else count(whole)
    if total <= limit:
        return Fitted(whole, 0)
    if overflow is Overflow.STOP and len(turns) > 1:
        raise ConversationFull(tokens=total, context=context)
    if overflow is Overflow.SUMMARISE:
        if recap is not None and (after := _after(turns, recap.covers)):
            try:
                rest = _Cut(_with_note(frame, recap.text), after, count, context, limit).fitted(_RECAP_ROOM)
            except PromptTooLong:
                pass  # without the summary it may fit
            else:
                return Fitted(rest.messages, rest.left_out + recap.covers)
        return _Cut(frame, turns, count, context, limit).fitted(_RECAP_ROOM)
    return _Cut(frame, turns, count, context, limit).fitted(0)


def _least(messages: Iterable[PromptMessage]) -> int:
    """Tokens that messages have at the very least, without counting: that takes seconds for megabytes."""
    return sum(1 + len(message.text) // _MOST_OF_A_TOKEN for message in messages)


def _worth_counting(
    frame: Sequence[PromptMessage], turns: Sequence[Sequence[PromptMessage]], context: int
) -> Sequence[Sequence[PromptMessage]]:
    """The newest turns, without those that have no chance to fit. Raises PromptTooLong if the question alone has none."""
    left, first = context - _least(frame), len(turns)
    while first and (size := _least(turns[first - 1])) <= left:
        first -= 1
        left -= size
    if turns and first == len(turns):
        raise PromptTooLong(tokens=_least((*frame, *turns[-1])), context=context)
    step = max(1, context // 8)  # so that the first one stays the same for many questions
    return turns[min(-(-first // step) * step, len(turns) - 1) :] if first else turns


class _Cut:
    """Leaves out the oldest of `turns`, in blocks of a quarter of the context and not one by one: the start of the prompt
    then stays the same for many questions, and the engine need not read all of it again."""

    def __init__(
        self,
        frame: Sequence[PromptMessage],
        turns: Sequence[Sequence[PromptMessage]],
        count: Count,
        context: int,
        limit: int,
    ) -> None:
        self._frame = frame
        self._turns = turns
        self._count = count
        self._context = context
        self._limit = limit

    def fitted(self, spare: int) -> Fitted:
        """As much as fits, with `spare` tokens still free just after something was left out. Raises PromptTooLong."""
        turns = self._turns
        self._turns = _worth_counting(self._frame, turns, self._context)
        skipped = sum(map(len, turns)) - sum(map(len, self._turns))
        fitted = self._fitted(spare)
        return replace(fitted, left_out=fitted.left_out + skipped)

    def _fitted(self, spare: int) -> Fitted:
        total, limit = self._count(self._kept(0)), self._limit
        if total <= limit:
            return Fitted(self._kept(0), 0)
        block = max(1, self._context // 4)
        goal = -(-(total - limit + min(spare, block // 2)) // block) * block
        low, high = 1, max(1, len(self._turns) - 1)
        while low < high:  # the fewest dropped turns that free `goal` tokens
            middle = (low + high) // 2
            if total - self._count(self._kept(middle)) >= goal:
                high = middle
            else:
                low = middle + 1
        if len(self._turns) > 1 and self._count(kept := self._kept(low)) <= limit:
            return Fitted(kept, self._size(low))
        last = max(0, len(self._turns) - 1)
        tokens = self._count(self._kept(last))
        if tokens > self._context - min(_LEAST_ANSWER, self._context // 8):
            raise PromptTooLong(tokens=tokens, context=self._context)
        return Fitted(self._kept(last), self._size(last))

    def _kept(self, dropped: int) -> tuple[PromptMessage, ...]:
        return (*self._frame, *_flat(self._turns[dropped:]))

    def _size(self, dropped: int) -> int:
        return sum(len(turn) for turn in self._turns[:dropped])


def _with_note(frame: Sequence[PromptMessage], note: str) -> list[PromptMessage]:
    """The system message with a note at its end: templates know no second one."""
    if not frame:
        return [PromptMessage(Role.SYSTEM, note)]
    return [*frame[:-1], replace(frame[-1], text=f"{frame[-1].text}\n\n{note}")]


def _after(turns: Sequence[Sequence[PromptMessage]], covers: int) -> Sequence[Sequence[PromptMessage]]:
    """The turns behind so many messages; none if that is not where a turn begins."""
    for index, turn in enumerate(turns):
        if covers <= 0:
            return turns[index:] if covers == 0 and index else ()
        covers -= len(turn)
    return ()


def _flat(turns: Iterable[Iterable[PromptMessage]]) -> tuple[PromptMessage, ...]:
    return tuple(message for turn in turns for message in turn)


def _turns(messages: Iterable[PromptMessage]) -> list[list[PromptMessage]]:
    """Groups that begin with a question each: half a turn makes no sense to a model."""
    turns: list[list[PromptMessage]] = []
    for message in messages:
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns
