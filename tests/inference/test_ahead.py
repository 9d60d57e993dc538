"""What is typed is read before it is asked, in nobody's way, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.core.models import FinishReason, GenerateOptions
from desktop.core.ports import PromptRead
from tests.inference.conftest import Driver, Start, conversation, wait_idle
from tests.inference.test_steps import LONG, child

pytestmark = pytest.mark.model

FOX = "Once upon a time a small fox lived at the edge of a quiet forest. " * 6
NAME = "我叫王小明。"


def ahead(driver: Driver, *texts: str, system: str = "", **options: Any) -> None:
    """Type the last text, and wait until the worker has read it."""
    driver.engine.read_ahead(conversation(texts, system), GenerateOptions(**options))
    wait_idle(driver.pid)


def known(driver: Driver, *texts: str, **options: Any) -> tuple[int, int]:
    """(tokens that need not be read, all tokens) of a question that is asked now."""
    answer = driver.ask(*texts, max_tokens=1, **options)
    usage = answer.done().usage
    return usage.cached_tokens, usage.prompt_tokens


def test_what_was_typed_need_not_be_read(tiny: Driver) -> None:
    reused, tokens = known(tiny, FOX + "1")
    assert reused < 5
    ahead(tiny, FOX + "2")
    reused, tokens = known(tiny, FOX + "2")
    assert reused >= tokens - 3
    assert tokens > 90


def test_it_changes_no_answer(tiny: Driver, start: Start) -> None:
    question = "北京和上海两座城市有什么不同？"
    other = start("llama")
    other.load().loaded()
    expected = other.ask(NAME, "你好，王小明！", question)
    expected.done()
    for typed in ("北", "北京和", "上海怎么样", question):
        ahead(tiny, NAME, "你好，王小明！", typed)
    answer = tiny.ask(NAME, "你好，王小明！", question)
    assert answer.done().usage.cached_tokens > 10
    assert answer.text == expected.text


def test_it_goes_on_where_the_conversation_is(tiny: Driver) -> None:
    first = tiny.ask(NAME)
    first.done()
    ahead(tiny, NAME, first.text, FOX)
    reused, tokens = known(tiny, NAME, first.text, FOX)
    assert reused >= tokens - 3


def test_what_is_typed_over_takes_no_other_place(start: Start) -> None:
    """However often somebody begins anew, conversations stay where they are."""
    driver = start("llama")
    driver.load(context=2048).loaded()
    asked = [f"My name is {name}. {FOX}" for name in ("Zoe", "Emma", "Frank", "Li", "Kim", "Ann")]
    for text in asked:
        driver.ask(text, max_tokens=1).done()
    for number in range(12):
        ahead(driver, f"{number} bottles of beer")
    for text in asked:
        reused, tokens = known(driver, text)
        assert reused == tokens - 1, text


def test_it_is_trimmed_when_the_text_changes(tiny: Driver) -> None:
    ahead(tiny, FOX + "and then it met a wolf")
    ahead(tiny, FOX)
    reused, tokens = known(tiny, FOX)
    assert reused >= tokens - 3
    found = child(f"""
def typed(text):
    backend.read_ahead([PromptMessage(Role.USER, text)], GenerateOptions())
    while backend.read_on(lambda: False):
        pass
    return [len(slot.tokens) for slot in cache.slots._slots if slot.tokens]
long, short = typed({FOX!r} + "and then"), typed({FOX[:60]!r})
again = typed("Hello")
print(json.dumps([long, short, again]))
""")
    long, short, again = found
    assert len(long) == len(short) == len(again) == 1
    assert long[0] > short[0] > again[0] > 1


def test_nothing_more_is_read_when_the_text_is_gone(tiny: Driver) -> None:
    tiny.engine.read_ahead(conversation([LONG]), GenerateOptions())
    tiny.engine.read_ahead([], GenerateOptions())
    assert tiny.ask("你好").done().reason is FinishReason.STOP


def test_a_question_comes_first() -> None:
    """What is read ahead stops between two operations as soon as something else is asked for."""
    found = child(f"""
import threading, time
backend.read_ahead([PromptMessage(Role.USER, {LONG!r})], GenerateOptions())
assert backend.read_on(lambda: True), "it is not over"
nothing = model._ahead.slot
before = model._watch._asked
def interrupts(*_):
    backend.interrupt()
    return before()
model._watch._on_ask = model._native.ggml_abort_callback(interrupts)
backend.read_on(lambda: False)
held = len(model._ahead.slot.tokens)
model._watch._on_ask = model._native.ggml_abort_callback(lambda _: before())
backend.read_on(lambda: False)
then = len(model._ahead.slot.tokens)
asked = ask(1, "Hello", temperature=0.0)
over = backend.read_on(lambda: False)
while not asked.ended:
    backend.step()
print(json.dumps([nothing, held, then, over, type(replies[1][-1]).__name__]))
""")
    nothing, held, then, over, end = found
    assert nothing is None
    assert (held, over, end) == (0, False, "Done")
    assert then > 0


def test_a_question_while_it_reads(tiny: Driver) -> None:
    for number in range(5):
        tiny.engine.read_ahead(conversation([f"{number} {LONG}"]), GenerateOptions())
        answer = tiny.ask("你好")
        assert answer.done().reason is FinishReason.STOP
        assert answer.text == "你好！我是一个很小的测试模型，很高兴见到你。"


def test_it_leaves_nothing_on_the_disk(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "状态"
    driver = start("llama")
    driver.load(context=768, states=folder, states_limit=50_000_000).loaded()
    ahead(driver, FOX)
    driver.ask("天地玄黄 " * 60, max_tokens=1).done()  # pushes it out
    driver.engine.stop()
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_of_a_conversation_only_what_was_said_is_kept(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "状态"
    driver = start("llama")
    driver.load(states=folder, states_limit=50_000_000).loaded()
    answer = driver.ask(FOX, conversation=3)
    said = answer.done().usage
    ahead(driver, FOX, answer.text, "a secret " * 30, conversation=3)
    driver.engine.stop()
    (state,) = folder.rglob("*.json")
    tokens = state.read_text(encoding="ascii")
    assert 0 <= len(tokens.partition("[")[2].split(",")) - said.prompt_tokens <= said.completion_tokens
    driver.engine.start()
    driver.load(states=folder, states_limit=50_000_000).loaded()
    back = driver.ask(FOX, answer.text, "And then?", conversation=3)
    assert back.done().usage.cached_tokens >= said.prompt_tokens
    driver.engine.forget(3)
    driver.engine.stop()
    assert not list(folder.rglob("*.state"))


def test_a_conversation_that_is_deleted_meanwhile(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "状态"
    driver = start("llama")
    driver.load(states=folder, states_limit=50_000_000).loaded()
    driver.ask(FOX, conversation=3).done()
    driver.engine.read_ahead(conversation([FOX, "ok", LONG]), GenerateOptions(conversation=3))
    driver.engine.forget(3)
    reused, _ = known(driver, FOX)
    driver.engine.stop()
    assert reused < 5
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_without_a_model_and_with_too_much_nothing_happens(start: Start) -> None:
    driver = start("llama")
    driver.engine.read_ahead(conversation(["Hello"]), GenerateOptions())
    driver.load(context=256).loaded()
    driver.engine.read_ahead(conversation(["天 " * 1000]), GenerateOptions())
    assert driver.ask("你好").done().reason is FinishReason.STOP
    driver.engine.stop()
    driver.engine.read_ahead(conversation(["Hello"]), GenerateOptions())


def test_the_fake_engine_reads_nothing_ahead(echo: Driver) -> None:
    echo.load(Path("any.gguf")).loaded()
    echo.engine.read_ahead(conversation(["Hello"]), GenerateOptions())
    answer = echo.ask("Hello")
    assert answer.done().reason is FinishReason.STOP
    assert isinstance(answer.wait_kind(PromptRead), PromptRead)
