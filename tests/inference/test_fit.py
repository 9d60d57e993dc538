"""What of a conversation goes into a prompt."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest

from desktop.core.errors import ConversationFull, PromptTooLong
from desktop.core.models import Overflow, PromptMessage, Role
from desktop.core.recap import PromptRecap
from desktop.inference.fit import Fitted, answer_room, fit
from tests.inference.conftest import conversation


def count(messages: Sequence[PromptMessage]) -> int:
    return 3 + sum(len(message.text) for message in messages)


def talk(turns: int, length: int = 10, system: str = "") -> list[PromptMessage]:
    texts = [chr(ord("a") + index % 26) * length for index in range(2 * turns - 1)]
    return conversation(texts, system)


def test_what_fits_stays_whole() -> None:
    messages = talk(3, system="sys")
    fitted = fit(messages, count, 1000)
    assert fitted.messages == tuple(messages)
    assert fitted.left_out == 0


def test_the_oldest_turns_go_and_the_system_stays() -> None:
    messages = talk(20, system="sys")
    fitted = fit(messages, count, 200)
    assert fitted.messages[0] == messages[0]
    assert fitted.messages[1].role is Role.USER
    assert fitted.messages[-1] == messages[-1]
    assert fitted.left_out == len(messages) - len(fitted.messages)
    assert fitted.left_out > 0
    assert list(fitted.messages[1:]) == messages[1 + fitted.left_out :]
    assert count(fitted.messages) <= 200 - answer_room(200, None)


def test_the_beginning_moves_rarely() -> None:
    starts = [fit(talk(turns), count, 400).messages[0] for turns in range(10, 40)]
    moved = sum(a != b for a, b in itertools.pairwise(starts))
    assert 0 < moved <= 12  # 29 questions of 20 tokens each, three or more of which go at a time


def test_room_for_the_answer_is_kept_but_not_too_much() -> None:
    assert answer_room(8192, None) == 1024
    assert answer_room(8192, 100) == 100
    assert answer_room(8192, 100_000) == 2048
    assert answer_room(4, None) == 1


def test_a_question_without_history_may_use_the_answers_room() -> None:
    messages = talk(3, 150)
    fitted = fit(messages, count, 200)
    assert fitted.messages == (messages[-1],)
    assert fitted.left_out == 4


@pytest.mark.parametrize("turns", [1, 5])
def test_too_long_a_question_is_refused_with_figures(turns: int) -> None:
    with pytest.raises(PromptTooLong) as caught:
        fit(talk(turns, 190), count, 200)
    assert caught.value.data == {"tokens": 193, "context": 200}


def test_history_that_begins_with_an_answer_is_a_turn_too() -> None:
    messages = [PromptMessage(Role.ASSISTANT, "x" * 100), PromptMessage(Role.USER, "q")]
    fitted = fit(messages, count, 100)
    assert fitted.messages == (messages[1],)


def test_counting_is_not_quadratic() -> None:
    calls = 0

    def counting(messages: Sequence[PromptMessage]) -> int:
        nonlocal calls
        calls += 1
        return count(messages)

    fit(talk(5000), counting, 1000)
    assert calls < 25


@pytest.mark.parametrize("policy", [Overflow.DROP, Overflow.SUMMARISE])
def test_the_beginning_moves_at_most_once_for_each_quarter_of_the_context(policy: Overflow) -> None:
    """Whatever is said, in turns of any length that fit: nothing is read again more often than that."""
    for seed in range(60):
        chance = random.Random(seed)
        context = chance.choice([128, 400, 1000])
        messages = talk(1, system="sys" * chance.randrange(3))
        kept: list[PromptMessage | None] = []
        for _ in range(80):
            fitted = fit(messages, count, context, overflow=policy)
            assert count(fitted.messages) <= context - min(64, context // 8)
            kept.append(next(m for m in fitted.messages if m.role is Role.USER))
            for role in (Role.ASSISTANT, Role.USER):
                text = f"{len(messages):05}" + "x" * chance.randrange(context // 5)
                messages.append(PromptMessage(role, text))
        moved = sum(before is not after for before, after in itertools.pairwise(kept))
        assert moved <= count(messages) // (context // 4) + 1


def test_a_full_conversation_may_be_stopped_with_figures() -> None:
    messages = talk(20, system="sys")
    with pytest.raises(ConversationFull) as caught:
        fit(messages, count, 200, overflow=Overflow.STOP)
    assert caught.value.data == {"tokens": count(messages), "context": 200}
    assert fit(messages, count, 4000, overflow=Overflow.STOP).left_out == 0


def test_a_question_alone_is_too_long_whatever_the_policy() -> None:
    for policy in Overflow:
        with pytest.raises(PromptTooLong):
            fit(talk(1, 190), count, 200, overflow=policy)


RECAP = PromptRecap("they talked about letters", 8)


def summarised(turns: int, context: int = 400, recap: PromptRecap = RECAP, system: str = "sys") -> Fitted:
    return fit(talk(turns, system=system), count, context, overflow=Overflow.SUMMARISE, recap=recap)


def test_a_summary_takes_the_place_of_what_it_covers() -> None:
    fitted = summarised(17)
    assert fitted.messages[0] == PromptMessage(Role.SYSTEM, "sys\n\nthey talked about letters")
    assert list(fitted.messages[1:]) == talk(17, system="sys")[1 + 8 :]
    assert fitted.left_out == 8


def test_a_summary_without_a_system_message_is_one() -> None:
    fitted = summarised(17, system="")
    assert fitted.messages[0] == PromptMessage(Role.SYSTEM, "they talked about letters")
    assert fitted.left_out == 8


def test_behind_a_summary_more_may_fall_out() -> None:
    fitted = summarised(40)
    assert fitted.messages[0].text.endswith("letters")
    assert fitted.left_out > 8
    assert list(fitted.messages[1:]) == talk(40, system="sys")[1 + fitted.left_out :]
    starts = [summarised(turns).messages[:2] for turns in range(18, 60)]
    moved = sum(before != after for before, after in itertools.pairwise(starts))
    assert 0 < moved <= 42 * 20 // 100 + 1  # 20 tokens a turn, a quarter of the context at a time


def test_while_all_of_it_fits_nobody_needs_a_summary() -> None:
    fitted = summarised(18, context=4000)
    assert fitted.messages == tuple(talk(18, system="sys"))
    assert fitted.left_out == 0


@pytest.mark.parametrize("recap", [PromptRecap("x" * 500, 8), PromptRecap("half a turn", 7), PromptRecap("all", 99)])
def test_a_summary_that_does_not_fit_is_left_away(recap: PromptRecap) -> None:
    without = fit(talk(18, system="sys"), count, 400, overflow=Overflow.SUMMARISE)
    assert summarised(18, recap=recap) == without
    assert without.left_out > 0


def test_a_summary_is_used_where_it_is_asked_for_alone() -> None:
    dropped = fit(talk(18, system="sys"), count, 400, overflow=Overflow.DROP, recap=RECAP)
    assert dropped.messages[0].text == "sys"


def test_there_is_room_for_a_summary_where_one_will_be_written() -> None:
    messages = [*talk(14), PromptMessage(Role.ASSISTANT, "x" * 10), PromptMessage(Role.USER, "y" * 95)]
    dropped, summarising = (
        count(fit(messages, count, 400, overflow=policy).messages) for policy in (Overflow.DROP, Overflow.SUMMARISE)
    )
    limit = 400 - answer_room(400, None)
    assert limit - 50 < dropped <= limit
    assert summarising <= limit - 50


def test_what_cannot_fit_is_not_counted() -> None:
    """A request of megabytes would hold up everybody else for seconds."""
    counted: list[int] = []

    def carefully(messages: Sequence[PromptMessage]) -> int:
        counted.append(len(messages))
        return count(messages)

    many = talk(100_000, length=2, system="sys")
    fitted = fit(many, carefully, 400)
    assert max(counted) <= 402
    assert (fitted.messages[0], fitted.messages[-1]) == (many[0], many[-1])
    assert list(fitted.messages[1:]) == many[1 + fitted.left_out :]
    with pytest.raises(PromptTooLong):
        fit(conversation(["x" * 1_000_000]), carefully, 400)
    with pytest.raises(ConversationFull):
        fit(many, carefully, 400, overflow=Overflow.STOP)
    assert max(counted) <= 402


def test_the_beginning_moves_rarely_there_too() -> None:
    starts = [fit(talk(turns, 2), count, 400).left_out for turns in range(1000, 1100)]
    assert starts == sorted(starts)
    assert len(set(starts)) <= 12


def test_a_summary_stands_for_any_number_of_turns() -> None:
    messages = talk(5000, 2)
    fitted = fit(messages, count, 400, overflow=Overflow.SUMMARISE, recap=PromptRecap("what was said", 9980))
    assert fitted.messages[0].role is Role.SYSTEM
    assert "what was said" in fitted.messages[0].text
    assert (fitted.left_out, list(fitted.messages[1:])) == (9980, messages[9980:])
