"""The one crossing from any thread to the main thread.

Events and finished futures go into a locked list; one argument-less signal wakes the main thread once per batch, and a
slot drains the list. A burst of 80,000 events costs a handful of wake-ups, and widgets are only ever touched from here.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from desktop.core.errors import WorldError
from desktop.core.events import (
    DownloadProgressed,
    EngineChanged,
    Event,
    ModelChecked,
    PromptProgressed,
    TextArrived,
)
from desktop.services.bus import Bus

log = logging.getLogger(__name__)

T = TypeVar("T")
E = TypeVar("E", bound=Event)

_BUDGET = 0.012
"""Seconds a drain may take before it lets the window paint and take keys; the rest follows in the next one."""


class Bridge(QObject):
    """Brings events and results to the main thread, in the order they happened, batched."""

    _woken = Signal()

    def __init__(self, bus: Bus) -> None:
        super().__init__()
        self.wakeups = 0
        """How often the main thread was woken so far."""
        self._lock = threading.Lock()
        self._arrived: list[Event | Callable[[], None]] = []
        self._pending = False
        self._closed = False
        self._ready: deque[Event | Callable[[], None]] = deque()
        self._handlers: dict[type[Event], tuple[_Handler, ...]] = {}
        # queued even from the main thread itself: a handler never runs inside the call that caused its event
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._leave = bus.subscribe(Event, self._put)

    def on(self, event: type[E], handler: Callable[[E], None], owner: QObject | None = None) -> Callable[[], None]:
        """Call `handler` on the main thread for each event of this class; returns the way out.

        With an owner (by default the object a bound method belongs to) the handler ends with it.
        """
        entry = _Handler(handler, owner)
        self._handlers[event] = (*self._handlers.get(event, ()), entry)

        def unsubscribe() -> None:
            self._handlers[event] = tuple(h for h in self._handlers.get(event, ()) if h is not entry)

        return unsubscribe

    def when(
        self,
        future: Future[T],
        on_result: Callable[[T], None] | None = None,
        on_error: Callable[[WorldError], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Call back on the main thread when `future` is done, after every event published before that.

        A WorldError goes to `on_error`; any other exception is a bug and goes to sys.excepthook. A cancelled future
        calls nobody, and so does one whose owner is gone.
        """
        success = _Handler(on_result, owner)
        failure = _Handler(on_error, owner)

        def arrived() -> None:
            if self._closed:  # what would be told may ask services that are closed by now
                return
            try:
                result = future.result(timeout=0)
            except CancelledError:
                return
            except WorldError as error:
                if on_error is None:
                    log.warning("nobody was told of %s", error)
                failure.call(error)
            else:
                success.call(result)

        future.add_done_callback(lambda _: self._put(arrived))

    def post(self, call: Callable[[], None]) -> None:
        """Run `call` on the main thread, after what was posted before. From any thread."""
        self._put(call)

    def close(self) -> None:
        """Hear no more events, and forget those not yet told."""
        self._leave()
        self._closed = True
        with self._lock:
            self._arrived.clear()
        self._ready.clear()
        self._handlers.clear()

    def _put(self, item: Event | Callable[[], None]) -> None:
        with self._lock:
            self._arrived.append(item)
            if self._pending:
                return
            self._pending = True
        self._wake()

    def _wake(self) -> None:
        try:
            self._woken.emit()
        except RuntimeError:  # a thread that ends after the window: nobody is left to be told
            pass

    @Slot()
    def _drain(self) -> None:
        self.wakeups += 1
        with self._lock:
            arrived, self._arrived = self._arrived, []
            self._pending = False
        self._ready.extend(coalesced(arrived))
        until = time.monotonic() + _BUDGET
        while self._ready:
            self._tell(self._ready.popleft())
            if self._ready and time.monotonic() > until:
                with self._lock:
                    waiting, self._pending = self._pending, True
                if not waiting:
                    self._wake()
                return

    def _tell(self, item: Event | Callable[[], None]) -> None:
        calls: Iterable[Callable[[], None]]
        if isinstance(item, Event):
            kind = type(item)
            entries = self._handlers.get(kind, ())
            if any(entry.is_gone for entry in entries):
                entries = self._handlers[kind] = tuple(entry for entry in entries if not entry.is_gone)
            calls = [partial(entry.call, item) for entry in entries]
        else:
            calls = (item,)
        for call in calls:
            try:
                call()
            except Exception:  # a bug in one handler: report it, and tell the others all the same
                sys.excepthook(*sys.exc_info())


class _Handler:
    """A callback that falls silent when the object it serves is deleted."""

    __slots__ = ("_call", "_owner")

    def __init__(self, call: Callable[[Any], None] | None, owner: QObject | None) -> None:
        self._call = call
        bound = getattr(call, "__self__", None)
        self._owner = owner if owner is not None else bound if isinstance(bound, QObject) else None

    @property
    def is_gone(self) -> bool:
        return self._owner is not None and not isValid(self._owner)

    def call(self, value: Any) -> None:
        if self._call is not None and not self.is_gone:
            self._call(value)


_LATEST_WINS: dict[type[Event], Callable[[Any], Hashable]] = {
    DownloadProgressed: lambda event: event.download,
    PromptProgressed: lambda event: event.turn,
    ModelChecked: lambda event: event.model,
}


def coalesced(items: Iterable[Event | Callable[[], None]]) -> list[Event | Callable[[], None]]:
    """The same story in fewer words: texts of one message joined, only the last of each progress kept.

    Joins only neighbours, so that nothing overtakes anything else; a progress report is superseded by a later one
    wherever that stands.
    """
    merged: list[Event | Callable[[], None]] = []
    run: list[TextArrived] = []

    def end_run() -> None:
        if run:
            merged.append(
                run[0]
                if len(run) == 1
                else replace(run[0], text="".join(e.text for e in run), thought="".join(e.thought for e in run))
            )
            run.clear()

    for item in items:
        if isinstance(item, TextArrived):
            if run and run[-1].message != item.message:
                end_run()
            run.append(item)
            continue
        end_run()
        if isinstance(item, EngineChanged) and merged and isinstance(last := merged[-1], EngineChanged):
            old, new = last.status, item.status
            if (old.state, old.error, old.notice) == (new.state, new.error, new.notice):
                merged[-1] = item
                continue
        merged.append(item)
    end_run()

    seen: set[Hashable] = set()
    kept: list[Event | Callable[[], None]] = []
    for item in reversed(merged):
        key = _LATEST_WINS.get(type(item)) if isinstance(item, Event) else None
        if key is not None:
            mark = (type(item), key(item))
            if mark in seen:
                continue
            seen.add(mark)
        kept.append(item)
    kept.reverse()
    return kept
