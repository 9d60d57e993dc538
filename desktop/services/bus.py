"""One place where everything that happens is announced: subscribe by event class, publish from any thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from desktop.core.events import Event

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)


class Bus:
    """Handlers run on the publishing thread, in the order they subscribed; a failing one is logged and skipped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handlers: dict[type[Event], tuple[Callable[[Any], None], ...]] = {}

    def subscribe(self, event: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for each event of exactly this class; `Event` itself means all. Returns the way out."""
        with self._lock:
            self._handlers[event] = (*self._handlers.get(event, ()), handler)

        def unsubscribe() -> None:
            with self._lock:
                self._handlers[event] = tuple(h for h in self._handlers[event] if h is not handler)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell everybody, now."""
        for handler in self._handlers.get(type(event), ()) + self._handlers.get(Event, ()):
            try:
                handler(event)
            except Exception:  # one deaf listener must not silence the others; the log tells
                log.exception("a handler of %s failed", type(event).__name__)
