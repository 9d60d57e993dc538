"""Which turns of a conversation fit the context: the oldest go first, the system message and the question stay. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from desktop.core.errors import PromptTooLong
from desktop.core.models import PromptMessage, Role

_LEAST_ANSWER = 64
"""Tokens that must remain for an answer; with less the question is called too long."""


@dataclass(frozen=True)
class Fitted:
    """What goes into the prompt. `left_out` counts messages."""

    messages: tuple[PromptMessage, ...]
    left_out: int


def answer_room(context: int, max_tokens: int | None) -> int:
    """Tokens to keep free for the answer: what was asked for, but never more than a quarter of the context."""
    return max(1, min(max_tokens or 1024, context // 4))


def fit(
    messages: Sequence[PromptMessage],
    count: Callable[[Sequence[PromptMessage]], int],
    context: int,
    max_tokens: int | None = None,
) -> Fitted:
    """Drop the oldest turns until prompt and answer fit into `context` tokens. Raises PromptTooLong.

    `count` tells the tokens of a whole prompt. Turns go in blocks of about a quarter of the context and not one by one:
    the start of the prompt then stays the same for many questions, and the engine need not read all of it again.
    """
    frame = [message for message in messages if message.role is Role.SYSTEM]
    turns = _turns(message for message in messages if message.role is not Role.SYSTEM)

    def kept(dropped: int) -> tuple[PromptMessage, ...]:
        return (*frame, *(message for turn in turns[dropped:] for message in turn))

    limit = context - answer_room(context, max_tokens)
    total = count(kept(0))
    if total <= limit:
        return Fitted(kept(0), 0)
    block = max(1, limit // 4)
    goal = -(-(total - limit) // block) * block
    low, high = 1, max(1, len(turns) - 1)
    while low < high:  # the fewest dropped turns that free `goal` tokens
        middle = (low + high) // 2
        if total - count(kept(middle)) >= goal:
            high = middle
        else:
            low = middle + 1
    if len(turns) > 1:
        messages_kept = kept(low)
        if count(messages_kept) <= limit:
            return Fitted(messages_kept, sum(len(turn) for turn in turns[:low]))
    last = kept(max(0, len(turns) - 1))
    tokens = count(last)
    if tokens > context - min(_LEAST_ANSWER, context // 8):
        raise PromptTooLong(tokens=tokens, context=context)
    return Fitted(last, sum(len(turn) for turn in turns[:-1]))


def _turns(messages: Iterable[PromptMessage]) -> list[list[PromptMessage]]:
    """Groups that begin with a question each: half a turn makes no sense to a model."""
    turns: list[list[PromptMessage]] = []
    for message in messages:
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns
