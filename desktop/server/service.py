"""The server's life: a thread of its own that listens, answers and ends when asked to. Light until it is started."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.app import Application, now
from desktop.core.errors import ServerNeedsKey, WorldError
from desktop.core.events import RequestAnswered, ServerChanged, SettingChanged
from desktop.core.models import Overflow
from desktop.core.serving import LOOPBACK, RequestRecord, ServerStatus
from desktop.server.journal import Journal
from desktop.server.key import KeyStore
from desktop.server.policy import Binding, Limits, Patience, Policy
from desktop.server.services import Services
from desktop.server.sockets import bound, own_address
from desktop.services.serial import SerialExecutor
from desktop.storage.settings import Settings

if TYPE_CHECKING:
    from desktop.server.run import Run

log = logging.getLogger(__name__)

EVERYWHERE = "0.0.0.0"
_RESTARTS = frozenset({"server_enabled", "server_port", "server_lan", "offline"})
"""Settings that take effect by a start, an end or both; the others are asked for each request."""
_END = 40.0
"""Seconds a start and an end may take together."""


class LocalServer:
    """One server of one application. Methods return at once; `close` blocks, bounded."""

    def __init__(self, app: Application, *, patience: Patience | None = None, limits: Limits | None = None) -> None:
        """`patience` and `limits` are for tests; the usual ones are in `policy`."""
        self._app = app
        self.keys = KeyStore(app.paths.config / "server-key.json")
        self.policy = policy_of(app.settings, patience or Patience(), limits or Limits())
        self.journal = Journal(now, self.policy.log_texts, self._on_request)
        self._status = ServerStatus()
        self._control: SerialExecutor | None = None
        self._run: Run | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def status(self) -> ServerStatus:
        """What it does now (an immutable value; newer ones come as ServerChanged)."""
        return self._status

    def follow(self) -> None:
        """Do what the settings say, now and whenever they change."""
        self._unsubscribe = self._app.bus.subscribe(SettingChanged, self._on_setting)
        if self._app.settings.flag("server_enabled"):
            self.apply()

    def apply(self) -> Future[ServerStatus]:
        """Start, end or move the server so that it is as the settings say."""
        return self._worker().submit(self._apply)

    def start(self, binding: Binding) -> Future[ServerStatus]:
        """Listen at an address, in place of the present one. The future raises ServerError."""
        return self._worker().submit(self._start, binding)

    def stop(self) -> Future[ServerStatus]:
        """End it: running answers are stopped, connections closed."""
        return self._worker().submit(self._stop)

    def set_key(self, key: str) -> Future[str]:
        """Another key, made up if it is empty; the server goes on with it. The future raises DiskError, NoKeyring."""

        def change() -> str:
            self.keys.set(key.strip())
            kept = self.keys.ensure() if not key.strip() and self._lan() else key.strip()
            if self._run is not None:
                self._apply(again=True)
            return kept

        return self._worker().submit(change)

    def key(self) -> Future[str]:
        """The key, "" for none. The future raises NoKeyring, DiskError."""
        return self._worker().submit(self.keys.get)

    def close(self) -> None:
        """End everything. Blocks, bounded."""
        self._unsubscribe()
        if self._control is not None:
            self._control.post(self._stop)
            self._control.close(timeout=_END)
            self._control = None

    def _worker(self) -> SerialExecutor:
        if self._control is None:
            self._control = SerialExecutor("server-control")
        return self._control

    def _on_setting(self, event: SettingChanged) -> None:
        if event.name in _RESTARTS:
            self.apply()

    def _on_request(self, record: RequestRecord) -> None:
        self._app.bus.publish(RequestAnswered(record))

    # -- on the control thread ----------------------------------------------------------------------------------

    def _apply(self, *, again: bool = False) -> ServerStatus:
        settings = self._app.settings
        try:
            if not settings.flag("server_enabled"):
                return self._stop()
            lan = self._lan()
            key = self.keys.ensure() if lan else self.keys.get()
            binding = Binding(EVERYWHERE if lan else LOOPBACK, settings.number("server_port"), key)
            if self._run is not None and self._run.binding == binding and not again:
                return self._status
            return self._start(binding)
        except WorldError as error:
            log.info("the server cannot start: %s", error)
            if self._status.error != error.code:  # not shown yet: it is about the key
                self._end_run()
                self._show(ServerStatus(error=error.code, error_data=error.data))
            return self._status

    def _lan(self) -> bool:
        """Whether other computers may use it; offline means that nothing goes into the network."""
        return self._app.settings.flag("server_lan") and not self._app.settings.flag("offline")

    def _start(self, binding: Binding) -> ServerStatus:
        self._end_run()
        try:
            if not binding.local and not binding.key:
                raise ServerNeedsKey(host=binding.host)
            sockets = bound(binding)
            app = self._app
            services = Services(
                app.engine,
                app.library,
                app.conversation_store,
                app.owner.token,
                app.writer,
                app.bus,
                now,
                app.chat.new_turn,
            )
            from desktop.server.run import Run  # asyncio, uvicorn and Starlette wait until somebody wants them

            run = Run(services, self.policy, binding, self.journal, sockets)
        except WorldError as error:
            self._show(ServerStatus(error=error.code, error_data=error.data))
            raise
        self._run = run
        port = int(sockets[0].getsockname()[1])
        shown = LOOPBACK if binding.local else own_address()
        self._show(ServerStatus(True, binding.host, port, binding.host if binding.local else shown))
        return self._status

    def _stop(self) -> ServerStatus:
        self._end_run()
        if self._status.running or self._status.error is not None:
            self._show(ServerStatus())
        return self._status

    def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            run.end()

    def _show(self, status: ServerStatus) -> None:
        self._status = replace(status)
        self._app.bus.publish(ServerChanged(status))


def policy_of(settings: Settings, patience: Patience, limits: Limits) -> Policy:
    """What the settings say, asked whenever it matters."""
    return Policy(
        origins=lambda: tuple(settings.text("server_origins").replace(",", " ").split()),
        body_limit=lambda: settings.number("server_body_mb") * 1_000_000,
        keep_conversations=lambda: settings.flag("server_keep"),
        log_texts=lambda: settings.flag("server_log_texts"),
        stop_when_full=lambda: settings.text("overflow") == Overflow.STOP,
        plain_stream=lambda: settings.flag("server_plain_stream"),
        patience=patience,
        limits=limits,
    )
