"""The client against the fake worker and everything it can do wrong: nothing of it may be lost or left behind."""

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
from desktop.core.models import EngineMode, FinishReason, GenerateOptions, LoadOptions, TurnId
from desktop.core.ports import LoadProgressed, TextPiece
from desktop.inference.client import EngineClient, worker_command, worker_environment
from tests.inference.conftest import BOUND, Driver, Start, conversation

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
ANY = Path("any.gguf")


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
    assert not psutil.pid_exists(pid)
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
    while session._present_phase() != "probe":
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
    assert not psutil.pid_exists(pid)


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
