from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from desktop.core.errors import PromptTooLong
from desktop.core.models import PromptMessage, Role
from desktop.inference.fit import answer_room, fit
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
