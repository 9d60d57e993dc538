"""Guesses from the conversation: what is guessed, when it pays, and that no answer is another one for it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from desktop.core.models import FinishReason
from desktop.inference.lookup import MOST, Costs, Lookup
from tests.inference.conftest import Driver, Start

CHEAP, DEAR = 0.05, 2.0
"""What each token after the first costs, in steps of one."""


def lookup(share: float, history: Sequence[int], costs: Costs | None = None) -> Lookup:
    costs = costs or Costs()
    for _ in range(50):
        costs.learn(1, 1.0)
        for tokens in (2, 4, 8, 16, 32):
            costs.learn(tokens, 1.0 + (tokens - 1) * share)
    made = Lookup(costs)
    made.start(history)
    return made


def test_what_followed_before_is_guessed() -> None:
    made = lookup(CHEAP, [*range(100, 140), 1, 2, 3])
    for token in range(100, 104):
        made.add(token)
    assert made.guess(5) == [104, 105, 106, 107, 108]
    assert 5 < len(made.guess(1000)) <= MOST


def test_nothing_is_guessed_where_nothing_was_said_before() -> None:
    made = lookup(CHEAP, range(50))
    made.add(1000)
    assert made.guess(5) == []


def test_a_guess_ends_where_the_question_ended() -> None:
    made = Lookup(lookup(CHEAP, [])._costs, {3})
    made.start([*range(100, 140), 1, 2, 3, 4, 5])
    for token in range(130, 140):
        made.add(token)
    assert made.guess(10) == [1, 2]


def test_an_answer_that_begins_with_a_word_of_the_question_likely_copies_it() -> None:
    history = [*range(100, 140), 1, 2, 3]
    begins, goes_on = lookup(0.3, history), lookup(0.3, history)
    goes_on.add(1000)
    for made in (begins, goes_on):
        made.add(110)
    assert begins.guess(5)[:1] == [111]
    assert goes_on.guess(5) == []


def test_what_is_right_again_and_again_is_not_doubted() -> None:
    costs = Costs()
    for number in range(30):
        made = lookup(0.3, [*range(100, 140), 1, 2, 3], costs)
        costs.relax()
        for token in range(110, 120):
            made.add(token)
            long = made.guess(20)
        if number == 0:
            first = len(long)
    made = lookup(0.3, [*range(100, 140), 1, 2, 3], costs)
    made.add(110)
    assert len(made.guess(20)) > first / 2, "one token is enough to guess far"


@pytest.mark.parametrize("history", [[], [1], [1, 2], [1, 1, 1, 1]])
def test_short_histories(history: list[int]) -> None:
    made = lookup(CHEAP, history)
    made.add(1)
    assert all(token in (1, 2) for token in made.guess(5))


def test_guesses_that_do_not_pay_are_not_made() -> None:
    made = lookup(DEAR, [*range(100, 140), 1, 2, 3])
    for token in range(100, 110):
        made.add(token)
        assert made.guess(10) == []


def test_it_gives_up_where_guesses_are_wrong_and_begins_again_where_they_are_right() -> None:
    source = random.Random(1)
    made = lookup(0.3, [source.randrange(5) for _ in range(500)])
    for _ in range(300):
        made.add(source.randrange(5))
        made.guess(8)
    wrong = 0
    for _ in range(100):
        made.add(source.randrange(5))
        wrong += len(made.guess(8))
    assert wrong < 60
    text = [source.randrange(1000) for _ in range(60)]
    for token in text:
        made.add(token)
    for token in text[:40]:
        made.add(token)
    assert made.guess(8)


def test_a_whole_conversation_is_taken_up_in_parts() -> None:
    made = lookup(CHEAP, [*range(10_000), 5, 6])
    made.add(7)
    for _ in range(10):
        made.guess(3)
    made.add(8)
    assert made.guess(3) == [9, 10, 11]


# --- with llama.cpp and the tiny model

REPEAT = "Repeat: apple river stone cloud paper green seven window music candle orange bridge silver garden"
COPY = "请重复：山水火木金土日月风云雨雪花草鸟鱼虫马"
LONG = "讲一个长故事。"


@pytest.mark.model
@pytest.mark.parametrize(
    "question", [REPEAT, COPY, LONG, "Tell me a long story.", "Compare tea and coffee in a table."]
)
def test_the_answer_is_the_one_without_guesses(tiny: Driver, question: str) -> None:
    texts = [question]
    for _ in range(2):
        plain, guessed = (tiny.ask(*texts, lookup=on, max_tokens=120) for on in (False, True))
        assert guessed.done().usage.completion_tokens == plain.done().usage.completion_tokens
        assert guessed.text == plain.text
        texts += [plain.text, question]


@pytest.mark.model
@pytest.mark.parametrize("most", [1, 2, 5, 11, 20])
def test_an_answer_that_ends_within_a_guess(tiny: Driver, most: int) -> None:
    told = tiny.ask(LONG)
    told.done()
    again = tiny.ask(LONG, told.text, LONG, max_tokens=most)
    assert again.done().usage.completion_tokens == most
    assert again.done().reason is FinishReason.LENGTH
    after = tiny.ask(LONG, told.text, LONG)
    after.done()
    assert after.text.startswith(again.text)


@pytest.mark.model
def test_a_conversation_goes_on_after_guesses(tiny: Driver, start: Start) -> None:
    texts = ["我叫王小明。"]
    for question in (COPY, "我叫什么名字？", REPEAT):
        answer = tiny.ask(*texts)
        answer.done()
        texts += [answer.text, question]
    last = tiny.ask(*texts)
    assert last.done().usage.cached_tokens > last.read.tokens - 60
    fresh = start("llama")
    fresh.load().loaded()
    plain = fresh.ask(*texts, lookup=False)
    plain.done()
    assert last.text == plain.text


@pytest.mark.model
def test_a_penalty_sees_every_token(tiny: Driver) -> None:
    plain, guessed = (tiny.ask(REPEAT, lookup=on, repeat_penalty=1.3, max_tokens=60) for on in (False, True))
    plain.done()
    guessed.done()
    assert guessed.text == plain.text


def test_costs_that_were_once_high_are_tried_again() -> None:
    costs = Costs()
    made = lookup(DEAR, range(10), costs)
    assert made is not None
    before = costs.of(8)
    for _ in range(50):
        costs.relax()
    assert costs.of(8) < before / 2


def looks(step: float) -> int:
    """How often of 400 times a lookup looks that finds nothing, with steps of so many seconds; then it finds something all the same."""
    costs = Costs()
    costs.learn(1, step)
    for tokens in (2, 4, 8, 16, 32):
        costs.learn(tokens, step * (1.0 + (tokens - 1) * CHEAP))
    made = Lookup(costs)
    made.start(range(100, 140))
    count = 0
    for token in range(1000, 1400):
        made.add(token)
        made.guess(5)
        count += made._taken == len(made._said)  # it has taken up all that was said
    for token in range(100, 100 + 16):
        made.add(token)
        if guess := made.guess(3):
            assert guess == list(range(token + 1, token + 4))
            return count
    raise AssertionError("it does not look any more")


def test_who_looks_in_vain_looks_less_often_where_looking_is_not_free() -> None:
    assert looks(1.0) == 400
    assert looks(0.0002) < 400 / 5
