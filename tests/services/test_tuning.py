"""Measuring in the engine's idle time, on the echo worker: when it begins, what ends it, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from desktop.app import Application
from desktop.core.errors import EngineCrashed, MachineBusy, MeasuringStopped, UnknownModel
from desktop.core.events import EngineChanged, SpeedMeasured, TurnFinished
from desktop.core.models import EngineState, FinishReason, ModelId
from desktop.services.tuning import TuningService
from desktop.storage.measured import MeasuredStore
from tests.recorder import Recorder
from tests.services.conftest import Start, add_model

Wait = Callable[..., None]


@contextmanager
def quickly(app: Application) -> Iterator[TuningService]:
    """A second service that does not wait for long."""
    service = TuningService(
        app.measurer,
        MeasuredStore(app._database),
        app.engine,
        app.library,
        lambda hello, model: app.engine.status.mode,
        app.writer,
        app.bus,
        lambda: 1,
        quiet=0.05,
    )
    try:
        yield service
    finally:
        service.close()


def ended(recorder: Recorder, after: int = 0) -> SpeedMeasured:
    return recorder.wait(SpeedMeasured, lambda event: not event.running, after)


def test_a_loaded_model_is_measured_once_by_itself_and_what_was_found_counts_at_the_next_load(
    app: Application, recorder: Recorder
) -> None:
    model = ModelId("plain")
    with quickly(app) as tuning:
        app.engine.load(model)
        recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
        assert app.engine.status.loaded is not None
        assert app.engine.status.loaded.how.repack
        tuning.begin()
        found = ended(recorder).found
        assert found is not None
        assert tuning.of(model) == found
        position = recorder.position
        app.engine.rest()
        recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.NONE, position)
        app.chat.send(None, "hello")
        recorder.wait(TurnFinished)
        loaded = app.engine.status.loaded
        assert loaded is not None
        assert (loaded.how.repack, loaded.threads, loaded.how.reading_threads) == (False, 2, 3)
    assert len([event for event in recorder.of(SpeedMeasured) if event.running]) == 1


def test_threads_that_the_user_chose_stay(app: Application, recorder: Recorder) -> None:
    model = ModelId("plain")
    app.model_options.set(model, {"threads": 5}).result(10)
    app.tuning.measure(model).result(30)
    app.engine.load(model)
    status = recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY).status
    assert status.loaded is not None
    assert (status.loaded.threads, status.loaded.how.reading_threads, status.loaded.how.repack) == (5, 0, False)


def test_measuring_by_hand_loads_the_model_again_with_what_was_found(app: Application, recorder: Recorder) -> None:
    model = ModelId("plain")
    app.engine.load(model)
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    position = recorder.position
    app.tuning.measure(model).result(30)
    again = recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY, position).status
    assert again.loaded is not None
    assert not again.loaded.how.repack
    position = recorder.position
    app.tuning.measure(model).result(30)  # the same again: nothing to load for
    app.writer.submit(lambda: None).result(10)
    assert not recorder.events[position:] or not any(
        isinstance(event, EngineChanged) for event in recorder.events[position:]
    )


def test_a_question_ends_the_measurement_and_is_answered(start: Start, wait_until: Wait) -> None:
    app = start()
    recorder = Recorder(app.bus)
    model = add_model(app, "slow-measure")
    app.engine.load(model)
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    future = app.tuning.measure(model)
    recorder.wait(SpeedMeasured, lambda event: event.running)
    wait_until(lambda: app.measurer._process is not None)
    app.chat.send(None, "hello")
    assert recorder.wait(TurnFinished).reason is FinishReason.STOP
    with pytest.raises(MeasuringStopped):
        future.result(10)
    assert ended(recorder).error == "engine.measuring_stopped"
    assert app.tuning.of(model) is None


@pytest.mark.parametrize(("name", "error"), [("busy-measure", MachineBusy), ("crash-measure", EngineCrashed)])
def test_what_fails_is_told_and_kept_out(start: Start, name: str, error: type[Exception]) -> None:
    app = start()
    model = add_model(app, name)
    with pytest.raises(error):
        app.tuning.measure(model).result(30)
    assert app.tuning.of(model) is None
    with pytest.raises(UnknownModel):
        app.tuning.measure(ModelId("nobody")).result(30)


def test_a_model_whose_measurement_crashes_is_not_measured_again_by_itself(start: Start) -> None:
    app = start()
    recorder = Recorder(app.bus)
    model = add_model(app, "crash-measure")
    with quickly(app) as tuning:
        tuning.begin()
        app.engine.load(model)
        assert ended(recorder).error == "engine.crashed"
        position = recorder.position
        app.chat.send(None, "hello")
        recorder.wait(TurnFinished)
        recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY, position)
        tuning._near.submit(lambda: None).result(10)
    assert len([event for event in recorder.of(SpeedMeasured) if event.running]) == 1


def test_measuring_another_model_leaves_the_loaded_one(app: Application, recorder: Recorder) -> None:
    other = add_model(app, "other")
    app.engine.load(ModelId("plain"))
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    position = recorder.position
    app.tuning.measure(other).result(30)
    app.engine.devices().result(10)
    assert not [event for event in recorder.events[position:] if isinstance(event, EngineChanged)]
    assert app.tuning.of(other) is not None


def test_whatever_ends_a_measurement_is_told(
    app: Application, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(app.measurer, "run", full)
    with pytest.raises(OSError, match="space"):
        app.tuning.measure(ModelId("plain")).result(30)
    assert [event.running for event in recorder.of(SpeedMeasured)] == [True, False]
