"""Loading, safe mode and restarts on the echo worker."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from desktop.app import Application
from desktop.core.errors import DiskFull, EngineCrashed, EngineHung, LoadFailed
from desktop.core.events import EngineChanged, TextArrived, TurnFinished
from desktop.core.models import EngineMode, EngineState, EngineStatus, FinishReason, ModelId
from desktop.services.safemode import is_native, next_mode
from desktop.storage.library import EngineModeStore
from tests.inference import gguf_files
from tests.recorder import Recorder
from tests.services.conftest import Start, add_model


def settled(recorder: Recorder, after: int = 0) -> EngineStatus:
    """The first status after which nothing more happens by itself: ready, or a failed load."""

    def final(event: EngineChanged) -> bool:
        status = event.status
        return status.state is EngineState.READY or (status.state is EngineState.NONE and status.error is not None)

    return recorder.wait(EngineChanged, final, after).status


def full_disk(*_: object) -> None:
    raise DiskFull(path="x", needed=None, free=None)


def test_loading_shows_progress_and_ends_ready(app: Application, recorder: Recorder) -> None:
    app.engine.load(ModelId("plain"))
    status = settled(recorder)
    assert (status.state, status.model, status.notice) == (EngineState.READY, "plain", None)
    assert status.loaded is not None
    progress = [e.status.progress for e in recorder.of(EngineChanged) if e.status.state is EngineState.LOADING]
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    app.writer.submit(lambda: None).result(10)  # after what was written before
    assert app.library.get(ModelId("plain")).last_used is not None


def test_a_model_that_crashes_in_the_probe_runs_in_safe_mode_and_that_is_remembered(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    model = add_model(app, "crash-probe-full")
    app.engine.load(model)
    status = settled(recorder)
    assert (status.state, status.mode, status.notice) == (EngineState.READY, EngineMode.NO_REPACK, "engine.safe_mode")
    assert any(e.status.state is EngineState.CRASHED for e in recorder.of(EngineChanged))
    app.close()
    again = start()
    second = Recorder(again.bus)
    again.engine.load(model)
    assert settled(second).mode is EngineMode.NO_REPACK
    assert not any(e.status.state is EngineState.CRASHED for e in second.of(EngineChanged))


def test_a_model_that_crashes_in_every_mode_is_given_up(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    add_model(app, "crash-load")
    app.chat.send(None, "hello")
    end = recorder.wait(TurnFinished)
    assert (end.reason, end.error) == (FinishReason.INTERRUPTED, "engine.crashed")
    assert end.error_data["signal"] == "SIGSEGV"
    assert app.engine.status.state is EngineState.CRASHED


def test_a_load_that_fails_is_told_to_those_who_wait(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    add_model(app, "fail-load")
    app.chat.send(None, "hello")
    end = recorder.wait(TurnFinished)
    assert (end.reason, end.error) == (FinishReason.INTERRUPTED, "engine.load_failed")
    assert app.engine.status.error == "engine.load_failed"


def test_loading_can_be_cancelled_and_another_model_chosen_meanwhile(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    slow, plain = add_model(app, "slow-load"), add_model(app, "plain")
    app.engine.load(slow)
    recorder.wait(EngineChanged, lambda e: e.status.progress > 0)
    app.engine.load(plain)
    assert settled(recorder).model == plain
    position = recorder.position
    app.engine.load(slow)
    recorder.wait(EngineChanged, lambda e: e.status.progress > 0, position)
    app.engine.cancel_load()
    recorder.wait(EngineChanged, lambda e: e.status.state is EngineState.NONE, position)
    assert app.engine.status == EngineStatus()


def test_unloading_gives_the_memory_back_and_a_question_loads_again(app: Application, recorder: Recorder) -> None:
    app.engine.load(ModelId("plain"))
    settled(recorder)
    app.engine.unload()
    recorder.wait(EngineChanged, lambda e: e.status.state is EngineState.NONE)
    assert app.engine.hello is None
    app.chat.send(None, "hello")
    assert recorder.wait(TurnFinished).reason is FinishReason.STOP


def test_a_model_larger_than_the_memory_is_refused_with_numbers(start: Start, tmp_path: Path) -> None:
    app = start()
    recorder = Recorder(app.bus)
    total = psutil.virtual_memory().total
    path = tmp_path / "huge.gguf"
    rows = 2 * total // 34 // 1024
    path.write_bytes(gguf_files.header(gguf_files.GOOD, [gguf_files.Tensor(dimensions=(32 * 1024, rows))]))
    os.truncate(path, path.stat().st_size + 34 * 1024 * rows + 64)  # sparse: no byte of it is written
    app.engine.load(app.library.register(path).result(30).id)
    status = settled(recorder)
    assert (status.state, status.error) == (EngineState.NONE, "model.too_large")
    needed, available = status.error_data["needed"], status.error_data["available"]
    assert isinstance(needed, int)
    assert needed > 2 * total
    assert available == total


def test_a_file_that_vanished_is_told(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    model = add_model(app, "plain")
    app.library.get(model).path.unlink()
    app.engine.load(model)
    assert settled(recorder).error == "model.missing"


def test_a_worker_that_keeps_dying_is_not_restarted_for_ever(app: Application, recorder: Recorder) -> None:
    app.engine.load(ModelId("plain"))
    settled(recorder)
    for _ in range(4):
        position = recorder.position
        app.chat.send(None, "!crash SIGKILL")
        recorder.wait(TurnFinished, after=position)
    recorder.wait(EngineChanged, lambda e: e.status.state is EngineState.CRASHED)
    app.chat.send(None, "hello")
    recorder.wait(TurnFinished, lambda e: e.reason is FinishReason.STOP)


@pytest.mark.parametrize(
    ("mode", "signal", "gpu", "expected"),
    [
        (EngineMode.FULL, "SIGSEGV", False, EngineMode.NO_REPACK),
        (EngineMode.FULL, "SIGILL", True, EngineMode.NO_REPACK),
        (EngineMode.NO_REPACK, "SIGABRT", True, EngineMode.CPU),
        (EngineMode.NO_REPACK, "SIGABRT", False, None),
        (EngineMode.CPU, "SIGSEGV", True, None),
        (EngineMode.FULL, "SIGKILL", True, None),
        (EngineMode.FULL, "exit code 1", True, None),
        (EngineMode.FULL, "access violation", False, EngineMode.NO_REPACK),
    ],
)
def test_each_native_crash_gives_up_one_thing(
    mode: EngineMode, signal: str, gpu: bool, expected: EngineMode | None
) -> None:
    assert next_mode(mode, EngineCrashed(signal=signal, phase="probe", detail=""), gpu) is expected


def test_other_failures_teach_nothing() -> None:
    assert not is_native(EngineHung(phase="load"))
    assert not is_native(LoadFailed(path="x", reason="y"))


def test_a_load_that_fails_does_not_end_those_who_want_another_model(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    slow, broken, plain = (add_model(app, name) for name in ("slow-load", "fail-load", "plain"))
    app.engine.load(slow)
    recorder.wait(EngineChanged, lambda event: event.status.progress > 0)
    ended = {
        app.chat.send(None, "hello", model=broken): "engine.load_failed",
        app.chat.send(None, "hello", model=plain): None,
    }
    app.engine.load(broken)
    for turn, error in ended.items():
        assert recorder.wait(TurnFinished, lambda event, turn=turn: event.turn == turn).error == error  # type: ignore[misc]


def test_a_model_that_is_gone_ends_its_request_only(app: Application, recorder: Recorder) -> None:
    app.engine.load(ModelId("plain"))
    settled(recorder)
    app.chat.send(None, "hello", model=ModelId("gone"))
    assert recorder.wait(TurnFinished).error == "request.model"
    position = recorder.position
    app.chat.send(None, "hello")
    assert recorder.wait(TurnFinished, after=position).reason is FinishReason.STOP


def test_unloading_also_forgets_the_model_that_was_to_come(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    plain, other = add_model(app, "plain"), add_model(app, "other")
    app.engine.load(plain)
    settled(recorder)
    app.chat.send(None, "!slow 20 " + "word " * 500)
    recorder.wait(TextArrived)
    app.engine.load(other)
    app.engine.unload()
    recorder.wait(TurnFinished)
    position = recorder.position
    app.chat.send(None, "hello", model=plain)
    assert recorder.wait(TurnFinished, after=position).reason is FinishReason.STOP
    loaded = {event.status.model for event in recorder.of(EngineChanged) if event.status.state is EngineState.LOADING}
    assert loaded == {plain}


def test_a_full_disk_keeps_no_model_from_loading(
    app: Application, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EngineModeStore, "put", full_disk)
    app.chat.send(None, "hello")
    assert recorder.wait(TurnFinished).reason is FinishReason.STOP


def test_a_crash_is_told_though_the_disk_is_full(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    app = start()
    recorder = Recorder(app.bus)
    add_model(app, "crash-load")
    monkeypatch.setattr(EngineModeStore, "put", full_disk)
    app.chat.send(None, "hello")
    assert recorder.wait(TurnFinished).error == "engine.crashed"


def test_a_model_that_rests_is_the_one_that_answers_next(app: Application, recorder: Recorder) -> None:
    plain, other = ModelId("plain"), add_model(app, "other")
    app.engine.load(plain)
    settled(recorder)
    app.engine.rest()
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.NONE)
    app.library.mark_used(other)  # as another process of the program does
    app.writer.submit(lambda: None).result(10)
    assert app.engine.next_model() == plain
    app.chat.send(None, "hello")
    answer = recorder.wait(TurnFinished).answer
    assert answer is not None
    assert answer.model == plain


def test_who_answers_after_a_load_that_failed_is_who_was_said(app: Application, recorder: Recorder) -> None:
    plain, gone = ModelId("plain"), add_model(app, "gone")
    app.model_options.set(plain, {"system_prompt": "Be plain."}).result(10)
    app.engine.load(plain)
    settled(recorder)
    position = recorder.position
    app.library.get(gone).path.unlink()
    app.engine.load(gone)
    assert settled(recorder, position).error == "model.missing"
    assert app.engine.next_model() == plain
    app.chat.send(None, "hello")
    end = recorder.wait(TurnFinished)
    assert end.answer is not None
    assert end.answer.model == plain
    assert app.conversations.get(end.answer.conversation).system == "Be plain."
