"""Waits for events instead of sleeping."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from desktop.core.events import EngineChanged, Event
from desktop.core.models import EngineState
from desktop.services.bus import Bus

E = TypeVar("E", bound=Event)

PATIENCE_S = 60.0
"""Far more than anything takes; a machine may be busy."""


class Recorder:
    """Remembers every event of a bus, in order."""

    def __init__(self, bus: Bus) -> None:
        self.events: list[Event] = []
        self._arrived = threading.Condition()
        bus.subscribe(Event, self._record)

    def _record(self, event: Event) -> None:
        with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()

    def wait(self, kind: type[E], matches: Callable[[E], bool] = lambda event: True, after: int = 0) -> E:
        """The first event of a kind that matches, from position `after` on; waits for it."""
        found: list[E] = []

        def arrived() -> bool:
            found[:] = [event for event in self.events[after:] if isinstance(event, kind) and matches(event)][:1]
            return bool(found)

        with self._arrived:
            if not self._arrived.wait_for(arrived, PATIENCE_S):
                kinds = [type(event).__name__ for event in self.events[after:]]
                raise AssertionError(f"no {kind.__name__} that matches came; these did: {kinds}")
        return found[0]

    def wait_engine(self, state: EngineState) -> None:
        """Until the engine is in a state."""
        self.wait(EngineChanged, lambda event: event.status.state is state)

    def of(self, kind: type[E]) -> list[E]:
        """All events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def position(self) -> int:
        """Where the next event will be."""
        return len(self.events)
