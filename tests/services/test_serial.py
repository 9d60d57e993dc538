"""The serial executor keeps order and forgets nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from desktop.core.errors import DiskFull
from desktop.services.serial import SerialExecutor


def test_calls_run_in_order_on_one_other_thread() -> None:
    executor = SerialExecutor("t")
    seen: list[tuple[int, int]] = []
    for number in range(100):
        executor.post(lambda n=number: seen.append((n, threading.get_ident())))
    assert executor.close()
    assert [n for n, _ in seen] == list(range(100))
    assert {ident for _, ident in seen} != {threading.get_ident()}
    assert len({ident for _, ident in seen}) == 1


def test_a_future_brings_the_result_or_the_error() -> None:
    executor = SerialExecutor("t")
    assert executor.submit(lambda: 7).result(5) == 7
    with pytest.raises(ZeroDivisionError):
        executor.submit(lambda: 1 // 0).result(5)
    executor.close()
    with pytest.raises(RuntimeError):
        executor.submit(lambda: 7)


def test_delayed_calls_wait_and_close_does_not_drop_them() -> None:
    executor = SerialExecutor("t")
    seen: list[str] = []
    executor.post_after(3600, seen.append, "late")
    executor.post_after(0.01, seen.append, "soon")
    fired = threading.Event()
    executor.post_after(0.02, fired.set)
    assert fired.wait(5)
    executor.post(seen.append, "now")
    assert executor.close()
    assert seen == ["soon", "now", "late"]


def test_failures_of_posted_calls_are_logged(
    expected_log: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    expected_log("serial")
    executor = SerialExecutor("t")

    def full() -> None:
        raise DiskFull(path="x", needed=None, free=None)

    executor.post(full)
    executor.post(lambda: 1 // 0)
    executor.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
