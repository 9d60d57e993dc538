"""Gives the memory of a model back that nobody has asked anything for a while. The next question loads it again by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from desktop.core.events import EngineChanged, SettingChanged
from desktop.core.models import EngineState
from desktop.services.bus import Bus
from desktop.services.engine import EngineService

SETTING = "idle_unload"


class IdleService:
    """One thread that sleeps until the time has come; with the setting at 0 it sleeps for good."""

    def __init__(
        self, engine: EngineService, seconds: Callable[[], float], bus: Bus, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`seconds()` without a question after which the model goes; 0 = never. `clock` in seconds."""
        self._engine = engine
        self._seconds = seconds
        self._clock = clock
        self._changed = threading.Condition()
        self._since: float | None = None
        """When the engine last had something to do; None while it has, or holds no model."""
        self._endless = False
        """The thread sleeps until it is woken. Otherwise it wakes in time by itself: the end only ever moves away."""
        self._closed = False
        self._undo = (
            bus.subscribe(EngineChanged, self._on_engine),
            bus.subscribe(SettingChanged, self._on_setting),
        )
        self._thread = threading.Thread(target=self._run, name="idle", daemon=True)
        self._thread.start()

    def touch(self) -> None:
        """Somebody is about to ask something: begin to count anew."""
        with self._changed:
            if self._since is not None:
                self._since = self._clock()

    def close(self) -> None:
        """End the thread."""
        for undo in self._undo:
            undo()
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _on_engine(self, event: EngineChanged) -> None:
        with self._changed:
            self._since = self._clock() if event.status.state is EngineState.READY else None
            if self._endless and self._rest() is not None:
                self._changed.notify()

    def _on_setting(self, event: SettingChanged) -> None:
        if event.name == SETTING:
            with self._changed:
                self._changed.notify()

    def _run(self) -> None:
        while self._wait():
            self._engine.rest()

    def _wait(self) -> bool:
        """Sleep until the model should go; False at the end."""
        with self._changed:
            while not self._closed:
                rest = self._rest()
                if rest is not None and rest <= 0:
                    self._since = None
                    return True
                self._endless = rest is None
                self._changed.wait(rest)
        return False

    def _rest(self) -> float | None:
        """Seconds left; None = no end in sight."""
        seconds = self._seconds()
        if self._since is None or seconds <= 0:
            return None
        return self._since + seconds - self._clock()
