"""The client against the fake worker: asking, waiting one's turn, and changing one's mind."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psutil
import pytest

from desktop.core import errors
from desktop.core.models import EngineMode, FinishReason, GenerateOptions, LoadOptions, PromptMessage, Role, TurnId
from desktop.core.ports import LoadProgressed, TextPiece
from tests.inference.conftest import BOUND, Driver, Replies, Start

ANY = Path("any.gguf")


# --- the usual


def test_greeting_load_answer_stop(echo: Driver) -> None:
    hello = echo.engine.hello
    assert hello is not None
    assert (hello.backend, hello.version, hello.devices[0].kind) == ("echo", "echo-1", "cpu")
    replies = echo.load(ANY, context=512)
    model = replies.loaded()
    assert (model.name, model.context, model.mode) == ("any", 512, EngineMode.FULL)
    assert isinstance(replies.all[0], LoadProgressed)
    answer = echo.ask("北京 and 上海")
    done = answer.done()
    assert answer.text == "北京 and 上海"
    assert done.reason is FinishReason.STOP
    assert done.usage.completion_tokens == 3
    pid = echo.pid
    echo.engine.stop()
    assert echo.engine.hello is None
    assert not psutil.pid_exists(pid)
    assert echo.exits == []


def test_start_twice_is_one_worker(echo: Driver) -> None:
    pid = echo.pid
    assert echo.engine.start() == echo.engine.hello
    assert echo.pid == pid


def test_start_from_many_threads_is_one_worker(start: Start) -> None:
    driver = start(run=False)
    pids: list[int] = []

    def run() -> None:
        driver.engine.start()
        pids.append(driver.pid)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(BOUND)
    assert len(pids) == 8
    assert len(set(pids)) == 1


def test_it_starts_again_after_stop(echo: Driver) -> None:
    echo.engine.stop()
    echo.engine.stop()
    echo.engine.start()
    echo.load(ANY).loaded()


def test_the_package_is_found_from_any_folder(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "desktop").mkdir()  # must not be taken for ours
    (tmp_path / "desktop" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)
    driver = start()
    replies = driver.load(Path("relative model.gguf"))
    assert replies.loaded().name == "relative model"


def test_requests_wait_their_turn(echo: Driver) -> None:
    echo.load(ANY)
    questions = [echo.ask(f"!slow 1 question {number}") for number in range(20)]
    for number, replies in enumerate(questions):
        assert replies.done().reason is FinishReason.STOP
        assert replies.text == f"question {number}"


def test_many_threads_may_ask(echo: Driver) -> None:
    echo.load(ANY).loaded()
    found: dict[int, Replies] = {}

    def ask(number: int) -> None:
        found[number] = Replies()
        message = PromptMessage(Role.USER, f"from {number}")
        echo.engine.generate(TurnId(number), [message], GenerateOptions(), found[number])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(BOUND)
    for number, replies in found.items():
        replies.done()
        assert replies.text == f"from {number}"


def test_a_long_question_passes(echo: Driver) -> None:
    echo.load(ANY).loaded()
    text = "长" * 2_000_000
    answer = echo.ask(text)
    answer.done()
    assert answer.text == text


def test_broken_unicode_passes(echo: Driver) -> None:
    echo.load(ANY).loaded()
    answer = echo.ask("a\ud800b")
    answer.done()
    assert answer.text == "a\ud800b"


def test_an_error_leaves_the_worker_alive(echo: Driver) -> None:
    assert isinstance(echo.ask("hello").error(), errors.NoModel)
    assert isinstance(echo.load(Path("fail-load.gguf")).error(), errors.LoadFailed)
    assert isinstance(echo.ask("hello").error(), errors.NoModel)
    pid = echo.pid
    echo.load(ANY).loaded()
    assert isinstance(echo.ask("!fail engine.prompt_too_long").error(), errors.PromptTooLong)
    assert isinstance(echo.ask("!slow notanumber x").error(), errors.EngineUnavailable)
    assert echo.ask("hello").done().reason is FinishReason.STOP
    assert echo.pid == pid


def test_what_native_code_prints_is_not_taken_for_a_message(echo: Driver) -> None:
    echo.load(ANY).loaded()
    answer = echo.ask("!print {} noise")
    assert answer.done().reason is FinishReason.STOP
    assert answer.text == "{} noise"
    assert echo.ask("!history").done().reason is FinishReason.STOP
    detail = str(echo.ask("!crash 3").error().data["detail"])
    assert detail.count("{} noise") == 2


def test_max_tokens(echo: Driver) -> None:
    echo.load(ANY).loaded()
    answer = echo.ask("one two three", max_tokens=2)
    assert answer.done().reason is FinishReason.LENGTH
    assert answer.text == "one two"


def test_a_sink_that_raises_hurts_nobody(echo: Driver, expected_log: object) -> None:
    assert callable(expected_log)
    expected_log("a sink failed")

    def bad(reply: object, /) -> None:
        raise RuntimeError("bad sink")

    echo.engine.load(LoadOptions(ANY), bad, probe=False)
    assert echo.ask("still here").done().reason is FinishReason.STOP


def test_a_sink_may_ask_the_next_question(echo: Driver) -> None:
    echo.load(ANY).loaded()
    second = Replies()
    message = [PromptMessage(Role.USER, "again")]

    def sink(reply: object, /) -> None:
        if type(reply).__name__ == "Done":
            echo.engine.generate(TurnId(2), message, GenerateOptions(), second)

    echo.engine.generate(TurnId(1), message, GenerateOptions(), sink)
    second.done()
    assert second.text == "again"


# --- cancellation


def test_cancel_keeps_the_text_and_the_worker(echo: Driver) -> None:
    echo.load(ANY).loaded()
    answer = echo.ask("!slow 30 " + "word " * 1000)
    answer.wait_kind(TextPiece)
    begun = time.monotonic()
    echo.cancel()
    assert answer.done().reason is FinishReason.STOPPED
    assert time.monotonic() - begun < 10  # all the words take 30 seconds
    assert answer.text.startswith("word")
    assert echo.ask("next").done().reason is FinishReason.STOP
    assert len(answer.finals) == 1


def test_cancel_in_the_queue(echo: Driver) -> None:
    echo.load(ANY).loaded()
    first = echo.ask("!slow 30 " + "word " * 1000)
    first.wait_kind(TextPiece)
    waiting = echo.ask("never said")
    echo.cancel()
    assert waiting.done().reason is FinishReason.STOPPED
    assert waiting.text == ""
    assert first.finals == []
    echo.engine.cancel(TurnId(1))
    assert first.done().reason is FinishReason.STOPPED


def test_cancel_of_what_is_over_means_nothing(echo: Driver) -> None:
    echo.load(ANY).loaded()
    echo.ask("hello").done()
    echo.cancel()
    echo.engine.cancel(TurnId(999))
    echo.engine.cancel_load()
    assert echo.ask("hello").done().reason is FinishReason.STOP


def test_cancel_a_load(echo: Driver) -> None:
    replies = echo.load(Path("slow-load.gguf"))
    replies.wait_kind(LoadProgressed)
    echo.engine.cancel_load()
    assert isinstance(replies.error(), errors.LoadCancelled)
    assert isinstance(echo.ask("hello").error(), errors.NoModel)


@pytest.mark.parametrize("order", ["!deaf", "!hang"])
def test_a_worker_that_ignores_cancellation_is_killed(start: Start, order: str) -> None:
    driver = start(cancel_grace=0.3)
    driver.load(ANY).loaded()
    answer = driver.ask(order)
    answer.wait(lambda reply: True)
    pid = driver.pid
    driver.cancel()
    assert answer.done().reason is FinishReason.STOPPED
    assert driver.exited.wait(BOUND)
    assert isinstance(driver.exits[0], errors.EngineHung)
    assert driver.engine.hello is None
    assert not psutil.pid_exists(pid)
    driver.engine.start()
    driver.load(ANY).loaded()


def test_others_in_the_queue_learn_that_the_worker_hung(start: Start) -> None:
    driver = start(cancel_grace=0.3)
    driver.load(ANY).loaded()
    first = driver.ask("!hang")
    first.wait(lambda reply: True)  # it has begun
    second = driver.ask("hello")
    driver.engine.cancel(TurnId(1))
    assert first.done().reason is FinishReason.STOPPED
    assert isinstance(second.error(), errors.EngineHung)
    assert driver.exits == []


def test_a_load_that_ignores_cancellation_is_killed(start: Start) -> None:
    driver = start(cancel_grace=0.3)
    replies = driver.load(Path("hang-load.gguf"))
    replies.wait(lambda reply: reply == LoadProgressed(0.5))  # the last before it hangs
    driver.engine.cancel_load()
    assert isinstance(replies.error(), errors.LoadCancelled)
    assert driver.exited.wait(BOUND)
