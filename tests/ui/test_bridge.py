from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop.core.errors import FileEmpty, WorldError
from desktop.core.events import (
    ConversationChanged,
    DownloadChanged,
    DownloadProgressed,
    EngineChanged,
    Event,
    TextArrived,
)
from desktop.core.models import (
    ConversationId,
    Download,
    DownloadId,
    DownloadState,
    EngineState,
    EngineStatus,
    MessageId,
    TurnId,
)
from desktop.services.bus import Bus
from desktop.ui.bridge import Bridge, coalesced


def text(piece: str, message: int = 1, thought: str = "") -> TextArrived:
    return TextArrived(TurnId(1), ConversationId(1), MessageId(message), piece, thought)


def progress(download: int, received: int) -> DownloadProgressed:
    return DownloadProgressed(DownloadId(download), received, 100, 1.0)


def changed(download: int, state: DownloadState) -> DownloadChanged:
    return DownloadChanged(Download(DownloadId(download), "a/b", "main", "http://x", (), state, 0))


def test_a_burst_from_another_thread_wakes_the_main_thread_a_few_times_and_loses_no_text(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    got: list[str] = []
    threads: set[QThread] = set()

    def take(event: TextArrived) -> None:
        got.append(event.text)
        threads.add(QThread.currentThread())

    bridge.on(TextArrived, take)

    def publish() -> None:
        for number in range(80_000):
            bus.publish(text(f"{number} "))

    thread = threading.Thread(target=publish)
    thread.start()
    thread.join(30)
    expected = "".join(f"{number} " for number in range(80_000))
    qtbot.waitUntil(lambda: sum(map(len, got)) >= len(expected), timeout=5_000)

    assert "".join(got) == expected
    assert bridge.wakeups <= 5
    assert len(got) <= 5
    assert threads == {QThread.currentThread()}


def test_a_burst_of_unmergeable_events_is_split_so_that_the_window_stays_alive(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    got: list[int] = []
    gate = threading.Event()

    def take(event: ConversationChanged) -> None:
        gate.wait(0.002)  # a handler that costs something
        got.append(event.conversation)

    bridge.on(ConversationChanged, take)
    for number in range(100):
        bus.publish(ConversationChanged(ConversationId(number), ""))
    qtbot.waitUntil(lambda: len(got) == 100, timeout=5_000)

    assert got == list(range(100))
    assert 5 <= bridge.wakeups <= 60


def test_handlers_never_run_inside_publish(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    got: list[Event] = []
    bridge.on(TextArrived, got.append)
    bus.publish(text("a"))
    assert got == []
    qtbot.waitUntil(lambda: len(got) == 1, timeout=2_000)


def test_results_come_after_the_events_published_before_them(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    story: list[str] = []
    future: Future[int] = Future()
    bridge.on(TextArrived, lambda event: story.append(event.text))
    bridge.when(future, lambda result: story.append(str(result)))

    def work() -> None:
        bus.publish(text("first"))
        future.set_result(2)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)
    qtbot.waitUntil(lambda: len(story) == 2, timeout=2_000)
    assert story == ["first", "2"]


def test_world_errors_reach_on_error_and_cancelled_futures_nobody(qtbot: QtBot) -> None:
    bridge = Bridge(Bus())
    errors: list[WorldError] = []
    results: list[int] = []
    failed: Future[int] = Future()
    cancelled: Future[int] = Future()
    bridge.when(failed, results.append, errors.append)
    bridge.when(cancelled, results.append, errors.append)
    cancelled.cancel()
    failed.set_exception(FileEmpty(path="/x"))
    qtbot.waitUntil(lambda: len(errors) == 1, timeout=2_000)
    assert errors[0].code == "model.empty"
    assert results == []


def test_a_bug_in_a_handler_is_reported_and_the_others_are_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    reported: list[type[BaseException]] = []
    got: list[TextArrived] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, trace: reported.append(kind))

    def broken(_: TextArrived) -> None:
        raise ZeroDivisionError

    bridge.on(TextArrived, broken)
    bridge.on(TextArrived, got.append)
    bus.publish(text("a"))
    qtbot.waitUntil(lambda: len(got) == 1, timeout=2_000)
    assert reported == [ZeroDivisionError]


def test_nobody_calls_a_deleted_object(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    owner = QObject()
    got: list[Event] = []
    others: list[Event] = []
    bridge.on(TextArrived, got.append, owner)
    bridge.on(TextArrived, others.append)
    delete(owner)
    bus.publish(text("a"))
    qtbot.waitUntil(lambda: len(others) == 1, timeout=2_000)
    assert got == []


def test_unsubscribed_and_closed_mean_silence(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    got: list[Event] = []
    stop = bridge.on(TextArrived, got.append)
    rest: list[Event] = []
    bridge.on(TextArrived, rest.append)
    stop()
    bus.publish(text("a"))
    qtbot.waitUntil(lambda: len(rest) == 1, timeout=2_000)
    bridge.close()
    bus.publish(text("b"))
    done: list[bool] = []
    bridge.post(lambda: done.append(True))
    qtbot.waitUntil(lambda: done == [True], timeout=2_000)
    assert (len(got), len(rest)) == (0, 1)


def test_coalescing_joins_neighbours_only_and_keeps_the_last_progress() -> None:
    running = changed(1, DownloadState.RUNNING)
    paused = changed(1, DownloadState.PAUSED)
    story: list[Event] = [
        text("a"),
        text("b", thought="t"),
        text("c", message=2),
        progress(1, 10),
        running,
        progress(2, 5),
        progress(1, 20),
        paused,
        text("d", message=2),
    ]
    assert coalesced(story) == [
        text("ab", thought="t"),
        text("c", message=2),
        running,
        progress(2, 5),
        progress(1, 20),
        paused,
        text("d", message=2),
    ]


def test_coalescing_keeps_every_state_of_the_engine() -> None:
    def status(state: EngineState, fraction: float = 0.0) -> EngineChanged:
        return EngineChanged(EngineStatus(state, progress=fraction))

    story = [
        status(EngineState.LOADING, 0.1),
        status(EngineState.LOADING, 0.9),
        status(EngineState.CRASHED),
        status(EngineState.LOADING, 0.1),
        status(EngineState.READY),
    ]
    assert coalesced(story) == [
        status(EngineState.LOADING, 0.9),
        status(EngineState.CRASHED),
        status(EngineState.LOADING, 0.1),
        status(EngineState.READY),
    ]
