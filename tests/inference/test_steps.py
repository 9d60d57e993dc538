"""Several answers in one batch: none waits for another's prompt, none loses a word to another's end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from desktop.core import errors
from desktop.core.models import FinishReason, GenerateOptions, TurnId
from desktop.core.ports import PromptProgress, TextPiece
from desktop.inference.client import worker_environment
from desktop.inference.steps import MOST_BESIDE, shares
from tests.inference.conftest import BOUND, TINY, Driver, Replies, Start, conversation

STORY = "Tell me a long story."
CITIES = "北京和上海两座城市有什么不同？"
LONG = "天地玄黄 " * 150
WARM: dict[str, Any] = {"temperature": 100.0, "top_p": 1.0, "top_k": 0, "seed": 1}
"""Next to nothing but chance: such answers do not end before their tokens are spent, which takes some tenths of a second."""


def test_every_prompt_gets_its_share_and_nothing_is_left_lying() -> None:
    source = random.Random(1)
    for _ in range(2000):
        due = [source.randrange(1, 400) for _ in range(source.randrange(1, 6))]
        budget = source.randrange(len(due), 600)
        given = shares(due, budget)
        assert sum(given) == min(budget, sum(due))
        assert all(0 < some <= wanted for some, wanted in zip(given, due, strict=True))
        least = min((some for some, wanted in zip(given, due, strict=True) if some < wanted), default=None)
        assert least is None or max(given) <= least + 1  # whoever got less than it wants got as much as anybody


# --- through the worker


def alone(driver: Driver, *texts: str, **options: Any) -> str:
    answer = driver.ask(*texts, **options)
    answer.done()
    return answer.text


@pytest.mark.model
def test_four_at_once_say_what_each_says_alone(tiny: Driver) -> None:
    questions = [STORY, CITIES, "你好", "What is the capital of France?", "Hello", "안녕하세요"]
    expected = [alone(tiny, question) for question in questions]
    answers = [tiny.ask(question) for question in questions]
    assert [answer.done().reason for answer in answers] == [FinishReason.STOP] * 6
    assert [answer.text for answer in answers] == expected
    assert all(len(answer.finals) == 1 for answer in answers)


@pytest.mark.model
def test_they_are_written_side_by_side(tiny: Driver) -> None:
    first = tiny.ask("你好", max_tokens=1500, **WARM)
    second = tiny.ask("Hello", max_tokens=100, **WARM)
    done = second.done()
    assert not first.finals, "the second waited for the first"
    assert done.usage.completion_tokens == 100
    assert first.done().usage.completion_tokens == 1500


@pytest.mark.model
def test_the_same_question_twice_at_once(tiny: Driver) -> None:
    tiny.ask(CITIES).done()
    both = [tiny.ask(CITIES) for _ in range(2)]
    usages = [answer.done().usage for answer in both]
    assert both[0].text == both[1].text
    assert both[0].text.startswith("北京")
    assert all(usage.cached_tokens == usage.prompt_tokens - 1 for usage in usages), "the busy slot was not copied"


@pytest.mark.model
@pytest.mark.parametrize("which", [0, 1])
def test_one_is_cancelled_and_the_other_goes_on(tiny: Driver, which: int) -> None:
    answers = [tiny.ask(text, max_tokens=1500, **WARM) for text in ("你好", "Hello")]
    for answer in answers:
        answer.wait_kind(TextPiece)
    tiny.engine.cancel(TurnId(which + 1))
    stopped, other = answers[which], answers[1 - which]
    assert stopped.done().reason is FinishReason.STOPPED
    assert 0 < stopped.done().usage.completion_tokens < 1500
    assert other.done().usage.completion_tokens == 1500
    assert alone(tiny, "你好") == "你好！我是一个很小的测试模型，很高兴见到你。"


@pytest.mark.model
def test_a_reading_one_is_cancelled_and_the_writing_one_goes_on(tiny: Driver) -> None:
    writing = tiny.ask("你好", max_tokens=1500, **WARM)
    writing.wait_kind(TextPiece)
    reading = tiny.ask(LONG)
    reading.wait_kind(PromptProgress)
    tiny.cancel()
    assert reading.done().reason is FinishReason.STOPPED
    assert reading.text == ""
    assert writing.done().usage.completion_tokens == 1500


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_crash_ends_both_and_their_words_stay(tiny: Driver) -> None:
    answers = [tiny.ask(text, max_tokens=1500, **WARM) for text in ("你好", "Hello")]
    for answer in answers:
        answer.wait_kind(TextPiece)
    os.kill(tiny.pid, signal.SIGSEGV)
    for answer in answers:
        error = answer.error()
        assert isinstance(error, errors.EngineCrashed)
        assert (error.data["signal"], error.data["phase"]) == ("SIGSEGV", "generate")
        assert answer.text
        assert len(answer.finals) == 1
    tiny.engine.start()
    tiny.load().loaded()
    assert alone(tiny, "你好") == "你好！我是一个很小的测试模型，很高兴见到你。"


@pytest.mark.model
def test_when_there_is_no_room_for_both_the_younger_waits_and_loses_nothing(start: Start) -> None:
    """Two stories of 175 tokens in 256 cells."""
    driver = start("llama")
    driver.load(context=256).loaded()
    questions = [STORY, "讲一个长故事。"]
    expected = [alone(driver, question) for question in questions]
    for _ in range(3):
        answers = [driver.ask(question) for question in questions]
        reasons = [answer.done().reason for answer in answers]
        assert reasons == [FinishReason.STOP, FinishReason.STOP]
        assert [answer.text for answer in answers] == expected


@pytest.mark.model
def test_a_wrong_request_beside_a_good_one(tiny: Driver) -> None:
    writing = tiny.ask("你好", max_tokens=800, **WARM)
    writing.wait_kind(TextPiece)
    assert isinstance(tiny.ask("天 " * 3000).error(), errors.PromptTooLong)
    assert writing.done().usage.completion_tokens == 800


@pytest.mark.model
def test_a_load_waits_for_the_answers_before_it(tiny: Driver) -> None:
    writing = tiny.ask("你好", max_tokens=500, **WARM)
    loaded = tiny.load(context=512)
    after = tiny.ask("你好")
    assert loaded.loaded().context == 512
    assert writing.finals
    assert writing.done().usage.completion_tokens == 500
    assert after.done().reason is FinishReason.STOP


@pytest.mark.model
def test_one_at_a_time_if_that_is_wanted(start: Start) -> None:
    driver = start("llama")
    assert driver.load(parallel=1).loaded().parallel == 1
    finished: list[int] = []

    class Ordered(Replies):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def __call__(self, reply: object, /) -> None:
            if type(reply).__name__ in ("TextPiece", "Done"):
                finished.append(self.number)
            super().__call__(reply)

    answers = [Ordered(number) for number in range(3)]
    for answer in answers:
        options = GenerateOptions(max_tokens=200, **WARM)
        driver.engine.generate(TurnId(answer.number), conversation(["你好"]), options, answer)
    for answer in answers:
        answer.done()
    assert finished == sorted(finished)


@pytest.mark.model
def test_a_conversation_that_is_deleted_while_it_is_answered_leaves_nothing(start: Start, tmp_path: Any) -> None:
    driver = start("llama")
    driver.load(states=tmp_path / "状态", states_limit=50_000_000).loaded()
    answer = driver.ask("天地玄黄 " * 40, max_tokens=400, conversation=7, **WARM)
    answer.wait_kind(TextPiece)
    waiting = [driver.ask("天地玄黄 " * 40, max_tokens=400, conversation=7, **WARM) for _ in range(5)]
    driver.engine.forget(7)
    for one in (answer, *waiting):
        one.done()
    driver.engine.stop()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# --- in the worker's process, step by step

_CHILD = """
import json, sys
from pathlib import Path
from desktop.core.models import *
from desktop.inference import llama
from desktop.inference.backend import Job
replies = {{}}
def job(number):
    replies[number] = []
    return Job(number, lambda identity, body: replies[identity].append(body))
def ask(number, text, **options):
    options = {{"temperature": 100.0, "top_p": 1.0, "top_k": 0, "seed": 1, **options}}
    asked = job(number)
    backend.begin([PromptMessage(Role.USER, text)], GenerateOptions(**options), asked)
    return asked
backend = llama.LlamaBackend()
backend.load(LoadOptions(Path({path!r}), threads=1), False, job(0))
model = backend._model
steps, cache = model._steps, model._cache
class Native:
    '''llama.cpp's binding, to be changed in parts.'''
    def __init__(self, native):
        self.native = native
    def __getattr__(self, name):
        return getattr(self.native, name)

{code}
backend.close()
"""


def child(code: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD.format(path=str(TINY), code=code)],
        capture_output=True,
        encoding="utf-8",
        env=worker_environment(),
        timeout=BOUND * 2,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.model
def test_a_long_prompt_holds_no_answer_up() -> None:
    """Each step that reads for one says something for the other, and reads no more than its share."""
    found = child(f"""
ask(0, "a" + {LONG!r}, max_tokens=1)
while steps.answers:
    backend.step()
assert steps._chunk > {MOST_BESIDE}, "alone, more is read in one step"
ask(1, "你好", max_tokens=60)
while not steps.answers[0].said:
    backend.step()
ask(2, {LONG!r}, max_tokens=1)
backend.step()
found = []
while len(steps.answers) == 2:
    first, second = steps.answers
    said, held = first.said, len(second.slot.tokens)
    backend.step()
    if second in steps.answers:
        found.append((first.said - said, len(second.slot.tokens) - held))
print(json.dumps(found))
""")
    assert len(found) > 3
    assert all(said == 1 for said, _ in found)
    assert all(0 < read <= MOST_BESIDE for _, read in found)


@pytest.mark.model
def test_what_llama_cpp_refuses_in_one_step_is_tried_one_by_one() -> None:
    """The library says no to every batch for two, and to every one for the second answer."""
    found = child("""
class Refusing(Native):
    def llama_decode(self, context, batch):
        of = {batch.seq_id[index][0] for index in range(batch.n_tokens)}
        return -3 if len(of) > 1 or bad in of else self.native.llama_decode(context, batch)
bad = None
cache._native = Refusing(cache._native)
good, other = ask(1, "你好", temperature=0.0), ask(2, "Hello", temperature=0.0)
backend.step()
bad = steps.answers[1].slot.number
while steps.answers:
    backend.step()
bad = None
third = ask(3, "Hello", temperature=0.0)
while steps.answers:
    backend.step()
text = {number: "".join(getattr(body, "text", "") for body in bodies) for number, bodies in replies.items()}
print(json.dumps([[type(replies[number][-1]).__name__, text[number]] for number in (1, 2, 3)]))
""")
    assert found[0] == ["Done", "你好！我是一个很小的测试模型，很高兴见到你。"]
    assert found[1][0] == "Failed"
    assert found[2][0] == "Done"
    assert found[2][1].startswith("Hello")


@pytest.mark.model
def test_a_refused_step_is_done_again_from_what_is_still_held() -> None:
    """As above, with a model that cannot forget a part: after the refusal nothing is held, and all must be read again."""
    found = child("""
class Refusing(Native):
    def llama_decode(self, context, batch):
        many = len({batch.seq_id[index][0] for index in range(batch.n_tokens)}) > 1
        return -3 if many else self.native.llama_decode(context, batch)
    def llama_memory_seq_rm(self, memory, number, begin, end):
        return begin <= 0 and self.native.llama_memory_seq_rm(memory, number, begin, end)
cache._native = Refusing(cache._native)
for number, text in enumerate(("你好", "Hello"), 1):
    ask(number, text, temperature=0.0, lookup=False)
while steps.answers:
    backend.step()
print(json.dumps(["".join(getattr(body, "text", "") for body in replies[number]) for number in (1, 2)]))
""")
    assert found[0] == "你好！我是一个很小的测试模型，很高兴见到你。"
    assert found[1].startswith("Hello")


@pytest.mark.model
def test_a_deleted_conversations_answer_that_has_to_wait_for_room_leaves_nothing_either() -> None:
    found = child(f"""
ask(1, {LONG!r}, max_tokens=30, conversation=7)
while not steps.answers[0].said:
    backend.step()
backend.forget(7)
steps.answers[0].put_back()
while steps.answers:
    backend.step()
print(json.dumps([len(cache.slots.of(7)), cache.slots.held(), type(replies[1][-1]).__name__]))
""")
    assert found == [0, 0, "Done"]


@pytest.mark.model
def test_a_cancellation_is_heard_in_the_middle_of_a_step() -> None:
    """Python is asked in the first step of reading: it cancels, and the step ends without having read anything."""
    found = child(f"""
asked = ask(1, {LONG!r}, max_tokens=1)
before = model._watch._asked
count = [0]
def cancels(*_):
    count[0] += 1
    if count[0] == 5:
        asked.cancel()
        backend.interrupt()
    return before()
model._watch._on_ask = model._native.ggml_abort_callback(cancels)
backend.step()
held = len(steps.answers[0].slot.tokens)
backend.step()
print(json.dumps([held, len(steps.answers), str(replies[1][-1].reason)]))
""")
    assert found == [0, 0, "stopped"]


def test_the_step_tests_can_fail() -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        child("1 / 0")


@pytest.mark.model
def test_many_threads_ask_at_once(tiny: Driver) -> None:
    found: dict[int, Replies] = {}

    def ask(number: int) -> None:
        found[number] = Replies()
        options = GenerateOptions(temperature=0.0, max_tokens=20)
        tiny.engine.generate(TurnId(100 + number), conversation([STORY]), options, found[number])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(BOUND)
    assert len({replies.done().usage.completion_tokens for replies in found.values()}) == 1
    assert len({replies.text for replies in found.values()}) == 1
