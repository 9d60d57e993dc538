"""A conversation as the model sees it: which messages it is given, which fell out, how full its context is. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.models import Message, MessageId, ModelId, Role
from desktop.core.value import dataclass

USUAL_RATIO = 4.0
"""Bytes of UTF-8 to a token where nothing was learnt yet: English words and Chinese characters are both near it."""


@dataclass(frozen=True)
class Recap:
    """A stored summary of a conversation's beginning, written by a model."""

    until: MessageId
    """The last message it covers; on another branch of the conversation it means nothing."""
    text: str
    model: ModelId | None
    created: int


def spoken(path: Sequence[Message]) -> tuple[Message, ...]:
    """The messages of a path that go into prompts: no answer without words, and no system message."""
    return tuple(m for m in path if m.role is Role.USER or (m.role is Role.ASSISTANT and m.text))


def last_read(path: Sequence[Message]) -> Message | None:
    """The last answer for which a prompt was read, and which therefore knows what fell out of it."""
    return next((m for m in reversed(path) if m.usage is not None and m.usage.prompt_tokens > 0), None)


def left_out(path: Sequence[Message]) -> tuple[Message, ...]:
    """The messages the model no longer saw when it gave its last answer, oldest first."""
    answer = last_read(path)
    if answer is None or answer.usage is None:
        return ()
    before = path[: next(index for index, message in enumerate(path) if message.id == answer.id)]
    return spoken(before)[: answer.usage.left_out]


def recap_on(path: Sequence[Message], recaps: Sequence[Recap]) -> Recap | None:
    """The summary that covers most of this path."""
    places = {message.id: index for index, message in enumerate(path)}
    fitting = [recap for recap in recaps if recap.until in places]
    return max(fitting, key=lambda recap: places[recap.until], default=None)


def covered(path: Sequence[Message], recap: Recap) -> int:
    """How many of the spoken messages a summary on this path covers."""
    place = next((index for index, message in enumerate(path) if message.id == recap.until), -1)
    return len(spoken(path[: place + 1]))


def tokens_used(path: Sequence[Message]) -> int:
    """Tokens of the context that the conversation takes, exactly, as of its last answer; 0 if nothing was read yet."""
    answer = last_read(path)
    return answer.usage.prompt_tokens + answer.usage.completion_tokens if answer and answer.usage else 0


def bytes_per_token(path: Sequence[Message], system: str = "") -> float:
    """Learnt from the last answer: its own words, and those that were read for it. USUAL_RATIO if there is too little."""
    answer = last_read(path)
    if answer is None or answer.usage is None:
        return USUAL_RATIO
    before = path[: next(index for index, message in enumerate(path) if message.id == answer.id)]
    words = [system, *(message.text for message in spoken(before)[answer.usage.left_out :])]
    size = sum(len(text.encode()) for text in (*words, answer.text, answer.thought))
    tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
    # a few words are drowned by the frame around them and teach nothing
    return min(8.0, max(1.0, size / tokens)) if size >= 200 else USUAL_RATIO
