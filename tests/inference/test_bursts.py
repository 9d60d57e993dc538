"""One answer alone is written several tokens at a time: the same words, and nobody waits for it."""

from __future__ import annotations

import pytest

from tests.inference.test_steps import child

GREETING = "你好！我是一个很小的测试模型，很高兴见到你。"
_PREPARED = """
from desktop.inference import steps as module
class Wrapped:
    '''Calls `before` with the number of each run of the model; what it returns other than None is the run's result.'''
    def __init__(self, native, before):
        self.native, self.before, self.count = native, before, 0
    def __getattr__(self, name):
        return getattr(self.native, name)
    def llama_decode(self, context, batch):
        self.count += 1
        said = self.before(self.count)
        return self.native.llama_decode(context, batch) if said is None else said
def text(number):
    return "".join(getattr(body, "text", "") for body in replies[number])
def run():
    count = 0
    while steps.answers:
        backend.step()
        count += 1
    return count
"""


@pytest.mark.model
@pytest.mark.parametrize("options", ["temperature=0.0, lookup=False", "temperature=1.0, seed=7"])
def test_the_words_are_those_of_single_steps(options: str) -> None:
    found = child(f"""
{_PREPARED}
found = []
for number, burst in enumerate((0.0, 60.0)):
    module._BURST = burst
    ask(number, "Tell me a long story.", max_tokens=40, {options})
    found.append([run(), text(number), replies[number][-1].usage.completion_tokens])
print(json.dumps(found))
""")
    single, burst = found
    assert burst[1:] == single[1:]
    assert single[0] >= single[2]
    assert burst[0] == 2, "reading, and one burst"


@pytest.mark.model
def test_a_cancellation_ends_a_burst_at_once() -> None:
    found = child(f"""
{_PREPARED}
module._BURST = 60.0
asked = ask(1, "你好", max_tokens=1500)
backend.step()
def cancels(count):
    if count == 5:
        asked.cancel()
        backend.interrupt()
cache._native = Wrapped(cache._native, cancels)
backend.step()
answer = steps.answers[0]
print(json.dumps([cache._native.count, answer.said, answer.due, run(), str(replies[1][-1].reason)]))
""")
    assert found == [5, 5, 1, 1, "stopped"]


@pytest.mark.model
def test_a_burst_makes_room_as_a_step_does() -> None:
    found = child(f"""
{_PREPARED}
module._BURST = 60.0
ask(1, "Hello", temperature=0.0)
run()
held = cache.slots.held()
ask(2, "你好", temperature=0.0, lookup=False)
backend.step()
cache._native = Wrapped(cache._native, lambda count: 1 if count in (3, 4) else None)
run()
print(json.dumps([text(2), held, [len(slot.tokens) for slot in cache.slots._slots if slot.tokens]]))
""")
    assert found[0] == GREETING
    assert found[1] > 0
    assert len(found[2]) == 1, "nothing was given up for room"


@pytest.mark.model
def test_what_llama_cpp_refuses_costs_that_answer_alone() -> None:
    found = child(f"""
{_PREPARED}
module._BURST = 60.0
ask(1, "你好", temperature=0.0)
backend.step()
native, cache._native = cache._native, Wrapped(cache._native, lambda count: -3 if count == 3 else None)
run()
cache._native = native
ask(2, "你好", temperature=0.0)
run()
print(json.dumps([type(replies[1][-1]).__name__, text(2)]))
""")
    assert found == ["Failed", GREETING]
