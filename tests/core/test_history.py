"""A conversation as the model sees it."""

from __future__ import annotations

from desktop.core import history
from desktop.core.history import Recap
from desktop.core.models import ConversationId, Message, MessageId, MessageState, Role, Usage


def path(*said: str, usage: Usage | None = None) -> list[Message]:
    """Questions and answers in turn; "" is an answer without words. The last answer has the usage."""
    messages = []
    for number, text in enumerate(said, start=1):
        role = Role.USER if number % 2 else Role.ASSISTANT
        last = number == len(said)
        messages.append(
            Message(
                MessageId(number),
                ConversationId(1),
                MessageId(number - 1) if number > 1 else None,
                role,
                text,
                "",
                MessageState.COMPLETE,
                0,
                usage=usage if last else None,
            )
        )
    return messages


def texts(messages: tuple[Message, ...]) -> list[str]:
    return [message.text for message in messages]


def test_answers_without_words_are_not_spoken() -> None:
    assert texts(history.spoken(path("a", "", "b", "c"))) == ["a", "b", "c"]


def test_what_was_left_out_is_told_by_the_last_answer_that_was_read_for() -> None:
    said = path("a", "", "b", "c", "d", "e", usage=Usage(90, 10, 5, 2))
    assert texts(history.left_out(said)) == ["a", "b"]
    # an answer that never came to be read says nothing, nor does a question
    assert texts(history.left_out([*said, *path("f", "g", usage=Usage())])) == ["a", "b"]
    assert history.left_out(path("a", "b", usage=Usage(90, 10, 5, 0))) == ()
    assert history.left_out(path("a", "b")) == ()
    assert history.left_out([]) == ()


def test_the_summary_that_covers_most_of_this_branch_is_the_one() -> None:
    said = path("a", "b", "c", "d")
    recaps = [Recap(MessageId(until), f"up to {until}", None, 0) for until in (2, 4, 99)]
    best = history.recap_on(said, recaps)
    assert best is recaps[1]
    assert history.recap_on(said[:3], recaps) is recaps[0]
    assert history.recap_on(path("x")[:0], recaps) is None
    assert history.covered(said, recaps[0]) == 2
    assert history.covered(path("a", "", "b", "c"), Recap(MessageId(3), "", None, 0)) == 2
    assert history.covered(said, recaps[2]) == 0


def test_the_context_taken_is_what_was_read_and_written() -> None:
    assert history.tokens_used(path("a", "b", usage=Usage(90, 10, 5, 0))) == 95
    assert history.tokens_used(path("a", "b")) == 0


def test_bytes_to_a_token_are_learnt_from_what_was_seen() -> None:
    words = "天" * 100  # 300 bytes
    seen = path(words, words, words, words, usage=Usage(300, 0, 100, 0))
    assert history.bytes_per_token(seen) == 3.0
    assert history.bytes_per_token(seen, system="天" * 100) == 1500 / 400
    # what was left out was not read, and so does not count
    assert history.bytes_per_token(path(words, words, words, words, usage=Usage(200, 0, 100, 2))) == 2.0
    assert history.bytes_per_token(path("a", "b", usage=Usage(90, 0, 5, 0))) == history.USUAL_RATIO
    assert history.bytes_per_token([]) == history.USUAL_RATIO
