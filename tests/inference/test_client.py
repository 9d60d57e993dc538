"""The client against the fake worker: everything a worker can do wrong, and nothing of it may be lost or left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from desktop.core import errors
from desktop.core.models import EngineMode, FinishReason, GenerateOptions, LoadOptions, PromptMessage, Role, TurnId
from desktop.core.ports import LoadProgressed, TextPiece
from desktop.inference.client import EngineClient, worker_command, worker_environment
from tests.inference.conftest import BOUND, Driver, Replies, Start, conversation

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
ANY = Path("any.gguf")


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


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
    assert gone(pid)
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
    assert gone(pid)
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


# --- hanging


@pytest.mark.parametrize(("name", "phase"), [("hang-load", "load"), ("hang-probe", "probe")])
def test_a_hanging_load(start: Start, name: str, phase: str) -> None:
    driver = start(hang_timeout=1.0)
    error = driver.load(Path(name), probe=True).error()
    assert isinstance(error, errors.EngineHung)
    assert error.data["phase"] == phase
    assert driver.engine.hello is None
    assert driver.exits == []


def test_a_hanging_answer(start: Start) -> None:
    driver = start(hang_timeout=1.0)
    driver.load(ANY).loaded()
    error = driver.ask("!hang").error()
    assert isinstance(error, errors.EngineHung)
    assert error.data["phase"] == "generate"


@posix
def test_a_worker_that_the_system_froze(start: Start) -> None:
    driver = start(hang_timeout=1.0)
    driver.load(ANY).loaded()
    os.kill(driver.pid, signal.SIGSTOP)
    assert isinstance(driver.ask("hello").error(), errors.EngineHung)
    assert driver.engine.hello is None


def test_slow_is_not_hanging(start: Start) -> None:
    driver = start(hang_timeout=1.5)
    driver.load(ANY).loaded()
    answer = driver.ask("!slow 100 " + "word " * 20)
    assert answer.done().reason is FinishReason.STOP


def test_an_idle_worker_does_not_hang(start: Start) -> None:
    driver = start(hang_timeout=1.0)
    driver.load(ANY).loaded()
    assert not driver.exited.wait(1.5)
    assert driver.ask("hello").done().reason is FinishReason.STOP


def test_a_worker_that_never_greets(start: Start) -> None:
    driver = start(run=False, command=[sys.executable, "-c", "import time; time.sleep(60)"], start_timeout=0.3)
    with pytest.raises(errors.EngineHung) as caught:
        driver.engine.start()
    assert caught.value.data["phase"] == "start"
    assert driver.engine.hello is None


def test_a_worker_that_ignores_quit_is_killed(start: Start) -> None:
    driver = start(stop_grace=0.2)
    driver.load(ANY).loaded()
    answer = driver.ask("!hang")
    answer.wait(lambda reply: True)
    pid = driver.pid
    begun = time.monotonic()
    driver.engine.stop()
    assert time.monotonic() - begun < 10
    assert gone(pid)
    assert answer.done().reason is FinishReason.STOPPED


def test_stop_ends_what_is_asked(echo: Driver) -> None:
    echo.load(ANY).loaded()
    answers = [echo.ask("!slow 50 " + "word " * 1000) for _ in range(3)]
    answers[0].wait_kind(TextPiece)
    echo.engine.stop()
    for answer in answers:
        assert answer.done().reason is FinishReason.STOPPED
        assert len(answer.finals) == 1
    assert echo.exits == []


def test_stop_from_a_sink(echo: Driver) -> None:
    stopped = threading.Event()

    def sink(reply: object, /) -> None:
        if type(reply).__name__ == "Loaded":
            echo.engine.stop()
            stopped.set()

    echo.engine.load(LoadOptions(ANY), sink, probe=False)
    assert stopped.wait(BOUND)
    assert echo.engine.hello is None


# --- dying


@posix
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGILL", "SIGKILL", "SIGFPE"])
def test_a_crash_while_writing(echo: Driver, name: str) -> None:
    echo.load(ANY).loaded()
    answer = echo.ask(f"!crash {name}")
    after = echo.ask("hello")
    error = answer.error()
    assert isinstance(error, errors.EngineCrashed)
    assert (error.data["signal"], error.data["phase"]) == (name, "generate")
    assert f"about to die of {name}" in str(error.data["detail"])
    assert answer.text == "about to crash "
    assert isinstance(after.error(), errors.EngineCrashed)
    assert len(answer.finals) == 1
    assert echo.engine.hello is None
    assert echo.exits == []
    echo.engine.start()
    echo.load(ANY).loaded()
    assert echo.ask("back").done().reason is FinishReason.STOP


def test_an_exit_code_is_told_in_words(echo: Driver) -> None:
    echo.load(ANY).loaded()
    assert echo.ask("!crash 7").error().data["signal"] == "exit code 7"


@posix
@pytest.mark.parametrize("phase", ["load", "probe"])
def test_a_crash_while_loading(echo: Driver, phase: str) -> None:
    error = echo.load(Path(f"crash-{phase}.gguf"), probe=True).error()
    assert isinstance(error, errors.EngineCrashed)
    assert (error.data["signal"], error.data["phase"]) == ("SIGSEGV", phase)


@posix
@pytest.mark.parametrize("mode", list(EngineMode))
def test_crashes_that_depend_on_the_mode(start: Start, mode: EngineMode) -> None:
    for name, survivors in (
        ("crash-probe-full", (EngineMode.NO_REPACK, EngineMode.CPU)),
        ("crash-probe-gpu", (EngineMode.CPU,)),
    ):
        replies = start().load(Path(name), probe=True, mode=mode)
        if mode in survivors:
            assert replies.loaded().mode is mode
        else:
            assert isinstance(replies.error(), errors.EngineCrashed)


@posix
def test_killed_while_idle(echo: Driver) -> None:
    echo.load(ANY).loaded()
    os.kill(echo.pid, signal.SIGKILL)
    assert echo.exited.wait(BOUND)
    error = echo.exits[0]
    assert isinstance(error, errors.EngineCrashed)
    assert (error.data["signal"], error.data["phase"]) == ("SIGKILL", "idle")
    refused = echo.ask("hello")
    assert isinstance(refused.error(), errors.EngineCrashed)
    assert len(echo.exits) == 1


@posix
def test_killed_while_loading(echo: Driver) -> None:
    replies = echo.load(Path("slow-load.gguf"))
    replies.wait_kind(LoadProgressed)
    os.kill(echo.pid, signal.SIGKILL)
    error = replies.error()
    assert isinstance(error, errors.EngineCrashed)
    assert (error.data["signal"], error.data["phase"]) == ("SIGKILL", "load")


@posix
def test_killed_while_probing(echo: Driver) -> None:
    replies = echo.load(Path("hang-probe.gguf"), probe=True)
    replies.wait(lambda reply: reply == LoadProgressed(1.0))
    session = echo.engine._session
    assert session is not None
    deadline = time.monotonic() + BOUND
    while session._phase != "probe":
        assert time.monotonic() < deadline
        os.sched_yield()
    os.kill(echo.pid, signal.SIGKILL)
    assert replies.error().data["phase"] == "probe"


@posix
def test_killed_after_a_cancellation_it_is_a_stop(echo: Driver) -> None:
    echo.load(ANY).loaded()
    answer = echo.ask("!hang")
    answer.wait(lambda reply: True)
    echo.cancel()
    os.kill(echo.pid, signal.SIGKILL)
    assert answer.done().reason is FinishReason.STOPPED
    assert echo.exited.wait(BOUND)


@pytest.mark.parametrize("way", ["load", "probe"])
def test_garbage_while_loading(echo: Driver, way: str) -> None:
    error = echo.load(Path(f"garbage-{way}"), probe=True).error()
    assert isinstance(error, errors.EngineCrashed)
    assert error.data["phase"] == way
    assert echo.engine.hello is None


def test_garbage_while_writing(echo: Driver) -> None:
    echo.load(ANY).loaded()
    pid = echo.pid
    error = echo.ask("!garbage").error()
    assert isinstance(error, errors.EngineCrashed)
    assert error.data["signal"] == "nonsense on the pipe"
    assert gone(pid)


# --- not starting


def test_no_such_program(start: Start, tmp_path: Path) -> None:
    driver = start(run=False, command=[str(tmp_path / "none")])
    with pytest.raises(errors.EngineUnavailable) as caught:
        driver.engine.start()
    assert caught.value.data["reason"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit('the library is broken')", "the library is broken"),
        ("raise SystemExit(5)", "exit code 5"),
        ("import a_module_that_does_not_exist", "ModuleNotFoundError: No module named 'a_module_that_does_not_exist'"),
    ],
)
def test_a_worker_that_gives_up(start: Start, code: str, reason: str) -> None:
    driver = start(run=False, command=[sys.executable, "-c", code])
    with pytest.raises(errors.EngineUnavailable) as caught:
        driver.engine.start()
    assert caught.value.data["reason"] == reason


@pytest.mark.parametrize("greeting", ["hello", '{"type":"hello","id":0,"protocol":99}', '{"type":"alive","id":0}'])
def test_a_wrong_greeting(start: Start, greeting: str) -> None:
    code = f"import time; print({greeting!r}, flush=True); time.sleep(60)"
    driver = start(run=False, command=[sys.executable, "-c", code])
    with pytest.raises(errors.EngineCrashed) as caught:
        driver.engine.start()
    assert caught.value.data["phase"] == "start"


@posix
def test_a_crash_at_the_start(start: Start) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    driver = start(run=False, command=[sys.executable, "-c", code])
    with pytest.raises(errors.EngineCrashed) as caught:
        driver.engine.start()
    assert (caught.value.data["signal"], caught.value.data["phase"]) == ("SIGSEGV", "start")
    assert driver.exits == []


def test_a_library_that_cannot_be_loaded(start: Start, tmp_path: Path) -> None:
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").touch()
    (tmp_path / "llama_cpp" / "llama_cpp.py").write_text("raise OSError('libllama.so: broken')", encoding="utf-8")
    path = f"{tmp_path}{os.pathsep}{worker_environment()['PYTHONPATH']}"
    driver = start("llama", run=False, environment={"PYTHONPATH": path})
    with pytest.raises(errors.EngineUnavailable) as caught:
        driver.engine.start()
    assert caught.value.data["reason"] == "OSError: libllama.so: broken"


def test_without_start_every_request_is_refused(start: Start) -> None:
    driver = start(run=False)
    assert driver.engine.hello is None
    assert isinstance(driver.load(ANY).error(), errors.EngineUnavailable)
    assert isinstance(driver.ask("hello").error(), errors.EngineUnavailable)
    driver.cancel()
    driver.engine.cancel_load()
    driver.engine.stop()


def test_a_refusal_does_not_deadlock_a_caller_that_holds_its_sinks_lock(start: Start) -> None:
    driver = start(run=False)
    lock, told = threading.Lock(), threading.Event()

    def sink(reply: object, /) -> None:
        with lock:
            told.set()

    with lock:
        driver.engine.generate(TurnId(1), conversation(["a"]), GenerateOptions(), sink)
    assert told.wait(BOUND)


# --- leaving nothing behind


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
def test_nothing_is_left_of_many_lives(start: Start) -> None:
    driver = start(stop_grace=1.0)

    def state() -> tuple[int, int, int]:
        me = psutil.Process()
        return len(os.listdir("/proc/self/fd")), threading.active_count(), len(me.children())

    driver.engine.stop()
    before = state()
    for index in range(6):
        driver.engine.start()
        driver.load(ANY).loaded()
        if index % 2:
            driver.ask("!crash SIGSEGV").error()
        driver.engine.stop()
    assert state() == before


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.parametrize("order", ["hello", "!hang", "!deaf"])
def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path, order: str) -> None:
    parent = f"""
import sys, threading
from pathlib import Path
from desktop.core.models import *
from desktop.inference.client import EngineClient, worker_command
engine = EngineClient(worker_command("echo"), on_exit=print)
engine.start()
ready = threading.Event()
engine.load(LoadOptions(Path("any")), lambda reply: None, probe=False)
engine.generate(TurnId(1), [PromptMessage(Role.USER, {order!r})], GenerateOptions(), lambda reply: ready.set())
ready.wait(30)
print(engine._session.pid, flush=True)
threading.Event().wait(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, env=worker_environment(), cwd=tmp_path
    )
    assert process.stdout is not None
    with process.stdout:
        worker = psutil.Process(int(process.stdout.readline()))
        process.kill()
        process.wait(BOUND)
        _, alive = psutil.wait_procs([worker], BOUND)
    assert not alive


@posix
def test_ctrl_c_in_the_terminal_does_not_reach_the_worker(echo: Driver) -> None:
    echo.load(ANY).loaded()
    assert os.getpgid(echo.pid) != os.getpgid(0)
    os.kill(echo.pid, signal.SIGINT)
    assert echo.ask("still here").done().reason is FinishReason.STOP


def test_the_window_process_never_loads_the_library() -> None:
    code = "import sys, desktop.inference.client; print('llama_cpp' in sys.modules, 'desktop.inference.worker' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=worker_environment(),
        timeout=BOUND,
        check=True,
    )
    assert done.stdout.strip() == "False False"


def test_the_command_of_a_frozen_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command() == [sys.executable, "worker", "--backend", "llama"]
    assert EngineClient(worker_command(), on_exit=lambda error: None).hello is None
