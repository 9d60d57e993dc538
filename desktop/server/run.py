"""The thread between a start and an end of the server."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading

from desktop.server.journal import Journal
from desktop.server.policy import Binding, Policy
from desktop.server.services import Services
from desktop.server.site import Site

log = logging.getLogger(__name__)

_START = 30.0
_STOP = 10.0
"""Seconds a start and an end may take."""


class Run:
    """Answers over sockets that already listen, from its making until `end`."""

    def __init__(
        self, services: Services, policy: Policy, binding: Binding, journal: Journal, sockets: list[socket.socket]
    ) -> None:
        self.binding = binding
        self._site = Site(services, policy, binding, journal)
        self._sockets = sockets
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START):
            log.warning("the server does not start")

    def end(self) -> None:
        """Ask it to end and wait for that."""
        if self._loop is not None and self._stop is not None:
            try:
                self._loop.call_soon_threadsafe(self._stop.set)
            except RuntimeError:  # it has ended by itself
                pass
        self._thread.join(_STOP)
        if self._thread.is_alive():
            log.warning("the server did not end in time")

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception:
            log.exception("the server ended")
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._site.serve(self._sockets, self._stop)
