"""A model that nobody asks for a while goes, and comes back with the next question."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from desktop.app import Application
from desktop.core.events import EngineChanged, SettingChanged, TurnFinished
from desktop.core.models import EngineState, FinishReason, ModelId
from desktop.services.idle import IdleService
from tests.models_factory import SHAPES, few_layers, write_model
from tests.recorder import Recorder
from tests.services.conftest import Start

Wait = Callable[..., None]


class Clock:
    """Stands until it is set forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ready(recorder: Recorder, after: int = 0) -> None:
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY, after)


def test_a_model_goes_after_the_time_and_the_next_question_loads_it_again(app: Application, recorder: Recorder) -> None:
    clock = Clock()
    idle = IdleService(app.engine, lambda: 60.0, app.bus, clock)
    try:
        app.engine.load(ModelId("plain"))
        ready(recorder)
        clock.now = 59.0
        app.bus.publish(SettingChanged("idle_unload"))  # has it look at the clock
        app.engine.devices().result(10)
        assert app.engine.status.state is EngineState.READY
        clock.now = 61.0
        app.bus.publish(SettingChanged("idle_unload"))
        gone = recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.NONE).status
        assert (gone.model, gone.model_name != "", gone.error) == ("plain", True, None)
        assert app.engine.hello is None
        app.chat.send(None, "hello")
        assert recorder.wait(TurnFinished).reason is FinishReason.STOP
    finally:
        idle.close()


def test_it_stays_while_it_answers_and_with_the_setting_at_zero(app: Application, recorder: Recorder) -> None:
    clock, seconds = Clock(), [10.0]
    idle = IdleService(app.engine, lambda: seconds[0], app.bus, clock)
    try:
        turn = app.chat.send(None, "!slow 20 " + "word " * 30)
        recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.WRITING)
        clock.now = 100.0
        app.bus.publish(SettingChanged("idle_unload"))
        end = recorder.wait(TurnFinished, lambda event: event.turn == turn)
        assert end.reason is FinishReason.STOP
        ready(recorder, recorder.position - 2)
        seconds[0] = 0.0
        clock.now = 1000.0
        app.bus.publish(SettingChanged("idle_unload"))
        app.engine.devices().result(10)
        assert app.engine.status.state is EngineState.READY
    finally:
        idle.close()


def test_a_question_that_comes_as_the_model_goes_is_answered(app: Application, recorder: Recorder) -> None:
    for _ in range(5):
        position = recorder.position
        app.engine.rest()
        app.chat.send(None, "!slow 5 " + "word " * 10)
        recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.WRITING, position)
        app.engine.rest()  # too late: it is being answered
        end = recorder.wait(TurnFinished, after=position)
        assert end.reason is FinishReason.STOP


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="reads the most memory a process ever had from /proc")
def test_switching_models_never_keeps_two_in_memory_and_idleness_gives_all_of_it_back(
    start: Start, tmp_path: Path, wait_until: Wait
) -> None:
    app = start("llama")
    recorder = Recorder(app.bus)
    shape, models = few_layers(SHAPES["glm-edge-1.5b"], 4), []
    for name in ("one", "two"):
        path = write_model(tmp_path / f"{name}.gguf", shape, "Q4_K_M", data=False)
        models.append(app.library.import_file(path, copy=False).result(30).id)
    app.engine.load(models[0])
    ready(recorder)
    (worker,) = _workers()
    one = _most(worker.pid)
    assert one > app.library.get(models[0]).size  # else this test would see nothing
    for model in (models[1], models[0], models[1]):
        position = recorder.position
        app.engine.load(model)
        ready(recorder, position)
        assert [other.pid for other in _workers()] == [worker.pid]
    assert _most(worker.pid) < one + app.library.get(models[0]).size // 4
    app.engine.rest()
    wait_until(lambda: not psutil.pid_exists(worker.pid))


def _workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "worker" in child.cmdline()]


def _most(pid: int) -> int:
    """Bytes the process held at most so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def test_it_stays_while_somebody_types(app: Application, recorder: Recorder) -> None:
    app.engine.load(ModelId("plain"))
    ready(recorder)
    before = app.idle._since
    assert before is not None
    app.reading.typed(None, "Hel")
    app.writer.submit(lambda: None).result(10)
    assert app.idle._since is not None
    assert app.idle._since > before
