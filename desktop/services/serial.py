"""One thread that runs calls in the order they came: the place of every write, so that no write waits on the main thread."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from desktop.core.errors import WorldError

log = logging.getLogger(__name__)
T = TypeVar("T")


class SerialExecutor:
    """Runs calls one after another on its own thread. A call whose future nobody reads has its failure logged."""

    def __init__(self, name: str) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, call: Callable[..., T], *args: Any) -> Future[T]:
        """Run `call(*args)` after everything submitted before. From this very thread too it only queues."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call(*args))
            except BaseException as error:
                future.set_exception(error)

        if self._closed:
            raise RuntimeError("the executor is closed")
        self._queue.put(run)
        return future

    def post(self, call: Callable[..., object], *args: Any) -> None:
        """As submit, for calls whose result nobody waits for: a failure goes to the log."""

        def logged() -> None:
            try:
                call(*args)
            except WorldError as error:
                log.warning("%s: %s", getattr(call, "__qualname__", call), error)
            except Exception:
                log.exception("%s failed", getattr(call, "__qualname__", call))

        if not self._closed:
            self._queue.put(logged)

    @property
    def is_current(self) -> bool:
        """Whether the caller runs on this very thread."""
        return threading.current_thread() is self._thread

    def close(self, timeout: float = 10.0) -> bool:
        """Finish what is queued, then end. False if it took longer than `timeout` seconds."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (call := self._queue.get()) is not None:
            call()
