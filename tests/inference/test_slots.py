"""Which slot a request continues, decided without llama.cpp; and the same with it."""

from __future__ import annotations

import random

import pytest

from desktop.core.models import FinishReason
from desktop.inference.slots import Plan, Slots, common_prefix
from tests.inference.conftest import Driver, Start

STORY = "Tell me a long story."
FOX = "Once upon a time a small fox lived at the edge of a quiet forest. " * 6


def hold(slots: Slots, tokens: list[int]) -> Plan:
    """Do what a plan says."""
    plan = slots.plan(tokens)
    plan.slot.tokens[:] = tokens
    slots.use(plan.slot, None)
    return plan


def test_what_two_sequences_begin_with() -> None:
    source = random.Random(1)
    for _ in range(2000):
        ours, theirs = ([source.choice([1, 2]) for _ in range(source.randrange(9))] for _ in range(2))
        slow = next(
            (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
        )
        assert common_prefix(ours, theirs) == slow


def test_a_conversation_goes_on_in_its_slot() -> None:
    slots = Slots(4)
    first = hold(slots, [1, 2, 3])
    again = slots.plan([1, 2, 3, 4, 5])
    assert (again.slot, again.source, again.keep) == (first.slot, first.slot, 3)


def test_the_last_token_is_always_read() -> None:
    slots = Slots(4)
    hold(slots, [1, 2, 3])
    assert slots.plan([1, 2, 3]).keep == 2


def test_another_conversation_gets_a_slot_of_its_own_with_the_common_beginning() -> None:
    slots = Slots(4)
    first = hold(slots, [1, 2, *[3] * 100])
    plan = slots.plan([1, 2, 9, 9])
    assert plan.slot is not first.slot
    assert (plan.source, plan.keep) == (first.slot, 2)


def test_nothing_in_common_takes_an_empty_slot_and_then_the_least_recently_used() -> None:
    slots = Slots(3)
    used = [hold(slots, [number] * 5).slot for number in range(3)]
    assert len({slot.number for slot in used}) == 3
    assert slots.plan([9, 9]) == Plan(used[0], used[0], 0)
    hold(slots, [0] * 6)
    assert slots.plan([9, 9]).slot is used[1]


def test_the_source_of_a_beginning_is_not_what_it_is_copied_over() -> None:
    slots = Slots(2)
    old = hold(slots, [1, 2, *[3] * 100]).slot
    new = hold(slots, [7] * 5).slot
    plan = slots.plan([1, 2, 9])
    assert (plan.source, plan.slot) == (old, new)


def test_one_slot_is_enough() -> None:
    slots = Slots(1)
    only = hold(slots, [1, 2, *[3] * 100]).slot
    assert slots.plan([1, 2, 9]) == Plan(only, only, 2)
    assert slots.oldest(only) is None


def test_a_busy_slot_is_copied_and_never_taken() -> None:
    source = random.Random(1)
    for _ in range(1000):
        slots = Slots(4)
        for _ in range(source.randrange(1, 6)):
            plan = hold(slots, [source.choice([1, 2]) for _ in range(source.randrange(1, 6))])
            plan.slot.busy = sum(slot.busy for slot in slots._slots) < 3 and source.random() < 0.6
        plan = slots.plan([source.choice([1, 2]) for _ in range(source.randrange(1, 6))], ahead=source.random() < 0.5)
        assert not plan.slot.busy
        vacant = slots.vacant()
        assert vacant is not None
        assert not vacant.busy
        assert (oldest := slots.oldest()) is None or not oldest.busy


def test_what_is_read_ahead_is_worth_no_place_of_its_own() -> None:
    slots = Slots(3)
    typed = hold(slots, [1, 2, 3, 4, 5]).slot
    typed.ahead = 0
    assert slots.plan([1, 9, 9, 9, 9, 9], ahead=True) == Plan(typed, typed, 1)
    assert slots.plan([7, 7], ahead=True).slot is typed
    assert slots.plan([7, 7]).slot is not typed


def test_the_oldest_that_holds_something() -> None:
    slots = Slots(3)
    first, second = (hold(slots, [number] * 5).slot for number in (1, 2))
    assert slots.oldest(first) is second
    assert slots.oldest(second) is first
    assert slots.newest_first() == [second, first]


# --- with llama.cpp and the tiny model


@pytest.mark.model
def test_nothing_is_read_twice_when_conversations_take_turns(tiny: Driver) -> None:
    asked = {name: [f"My name is {name}."] for name in ("Zoe", "Emma", "Frank")}
    for texts in asked.values():
        answer = tiny.ask(*texts)
        answer.done()
        texts.append(answer.text)
    for name, texts in asked.items():
        answer = tiny.ask(*texts, "What is my name?")
        usage = answer.done().usage
        assert name in answer.text
        assert usage.cached_tokens > usage.prompt_tokens - 15


@pytest.mark.model
def test_the_system_prompt_is_read_once(tiny: Driver) -> None:
    system = "You are Emma, a helpful assistant."
    tiny.ask(STORY, system=system).done()
    other = tiny.ask("Who are you?", system=system)
    assert other.done().usage.cached_tokens > 10
    assert other.text == "I am Emma."
    again = tiny.ask(STORY, system=system)
    assert again.done().usage.cached_tokens == again.read.tokens - 1


@pytest.mark.model
def test_an_edit_rewinds_and_what_was_before_it_is_still_there(tiny: Driver) -> None:
    name = tiny.ask("我叫王小明。")
    name.done()
    before = tiny.ask("我叫王小明。", name.text, STORY)
    before.done()
    edited = tiny.ask("我叫王小明。", name.text, "我叫什么名字？")
    assert edited.done().usage.cached_tokens > name.done().usage.prompt_tokens
    assert edited.text == "你叫王小明。"
    back = tiny.ask("我叫王小明。", name.text, STORY)
    assert back.done().usage.cached_tokens == back.read.tokens - 1
    assert back.text == before.text


@pytest.mark.model
def test_the_oldest_conversation_makes_room(start: Start) -> None:
    driver = start("llama")
    driver.load(context=256).loaded()
    first = driver.ask("Hello", FOX, "你好")
    first.done()
    said = [driver.ask(question, FOX, "你好") for question in ("A", "B", "C")]
    assert all(answer.done().reason is FinishReason.STOP for answer in said)
    again = driver.ask("Hello", FOX, "你好")
    again.done()
    assert again.text == first.text
