"""One thread that runs calls in the order they came.

The writer is one: every write to the database happens there, so that none waits on the main thread. The engine
service's state machine is another.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from desktop.core.errors import WorldError

log = logging.getLogger(__name__)
T = TypeVar("T")
_Call = Callable[[], None]


class SerialExecutor:
    """Runs calls one after another on its own thread."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._ready: deque[_Call] = deque()
        self._later: list[tuple[float, int, _Call]] = []
        self._order = itertools.count()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, call: Callable[..., T], *args: Any) -> Future[T]:
        """Run `call(*args)` after everything submitted before. From this very thread too it only queues.

        Raises RuntimeError after close().
        """
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call(*args))
            except BaseException as error:
                future.set_exception(error)

        if not self._put(run):
            raise RuntimeError("the executor is closed")
        return future

    def post(self, call: Callable[..., object], *args: Any) -> None:
        """As submit, for calls whose result nobody waits for: a failure goes to the log. Ignored after close()."""
        self._put(_logged(call, args))

    def post_after(self, seconds: float, call: Callable[..., object], *args: Any) -> None:
        """As post, not before `seconds` have passed. close() runs it at once rather than dropping it."""
        with self._changed:
            if not self._closed:
                heapq.heappush(self._later, (time.monotonic() + seconds, next(self._order), _logged(call, args)))
                self._changed.notify()

    @property
    def is_current(self) -> bool:
        """Whether the caller runs on this very thread."""
        return threading.current_thread() is self._thread

    def close(self, timeout: float = 10.0) -> bool:
        """Finish what is queued, delayed calls included, then end. False if it took longer than `timeout` seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if not self.is_current:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _put(self, call: _Call) -> bool:
        with self._changed:
            if self._closed:
                return False
            self._ready.append(call)
            self._changed.notify()
            return True

    def _next(self) -> _Call | None:
        with self._changed:
            while True:
                now = time.monotonic()
                if self._later and (self._closed or self._later[0][0] <= now) and not (self._closed and self._ready):
                    return heapq.heappop(self._later)[2]
                if self._ready:
                    return self._ready.popleft()
                if self._closed:
                    return None
                self._changed.wait(self._later[0][0] - now if self._later else None)

    def _run(self) -> None:
        while (call := self._next()) is not None:
            call()


class Recurring:
    """A call that comes back as long as it says so. Used on the executor's thread only."""

    def __init__(self, executor: SerialExecutor, seconds: float, call: Callable[[], bool]) -> None:
        """`call` returns whether it is needed again, `seconds` later."""
        self._executor = executor
        self._seconds = seconds
        self._call = call
        self._waiting = False

    def begin(self) -> None:
        """Call it in a while, unless that is about to happen anyway."""
        if not self._waiting:
            self._waiting = True
            self._executor.post_after(self._seconds, self._due)

    def _due(self) -> None:
        self._waiting = False
        if self._call():
            self.begin()


def _logged(call: Callable[..., object], args: tuple[Any, ...]) -> _Call:
    def run() -> None:
        try:
            call(*args)
        except WorldError as error:
            log.warning("%s: %s", getattr(call, "__qualname__", call), error)
        except Exception:
            log.exception("%s failed", getattr(call, "__qualname__", call))

    return run
