"""One life of a worker process: from its start to its last reply, whatever ends it.

Four threads, all ended with the process: a reader (the only one that calls sinks), one for stderr, a writer (a worker that
does not listen must not block the caller), and a watchdog.
"""

from __future__ import annotations

import collections
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from desktop.core.errors import EngineCrashed, EngineError, EngineHung, EngineUnavailable
from desktop.core.models import EngineHello
from desktop.core.ports import ExitSink, Failed
from desktop.inference import exits
from desktop.inference.protocol import (
    MAX_LINE,
    Alive,
    Body,
    Cancel,
    Forget,
    Phase,
    ProtocolError,
    Quit,
    ReadAhead,
    decode_reply,
    encode,
)
from desktop.inference.requests import Request

log = logging.getLogger(__name__)

_DETAIL_LINES = 40
_SLEPT = 5.0
"""A wait that took so much longer means the computer was asleep, and the worker with it."""
_LAST_WAIT = 10.0
"""Bound of waits that cannot take long: for threads of a dead process, for a killed process."""
_PHASES = frozenset({"load", "probe", "generate"})


@dataclass(frozen=True)
class Grace:
    """Patience in seconds: with a cancelled request, with a worker told to quit, with one that gives no sign of life."""

    cancel: float
    stop: float
    hang: float


class Session:
    """Runs the process. Raises EngineUnavailable if the system cannot start it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], grace: Grace, on_exit: ExitSink) -> None:
        self._grace = grace
        self._on_exit = on_exit
        try:
            self._process = _spawn(command, environment)
        except OSError as error:
            raise EngineUnavailable(reason=error.strerror or str(error)) from error
        self._changed = threading.Condition()
        """Guards everything below, and wakes the watchdog."""
        self._pending: dict[int, Request] = {}
        self._dead = False
        self._stopping = False
        self._verdict: EngineError | None = None
        """Why we ended the process, if we did."""
        self._hello: EngineHello | None = None
        self._sign = time.monotonic()
        """When the worker last gave a sign of life, or was first asked for something."""
        self.error: EngineError | None = None
        """How it ended; None while it runs and after an orderly end."""
        self._greeted = threading.Event()
        self._endless = False
        """The watchdog sleeps until it is woken. Otherwise it looks again by itself before a new request could be late."""
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._last_lines: collections.deque[str] = collections.deque(maxlen=_DETAIL_LINES)
        self._helpers = [
            threading.Thread(target=target, name=f"engine-{name}", daemon=True)
            for name, target in (("errors", self._read_errors), ("writer", self._write), ("watchdog", self._watch))
        ]
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)
        for thread in (*self._helpers, self._reader):
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether requests can be submitted."""
        return not (self._dead or self._stopping)

    @property
    def hello(self) -> EngineHello | None:
        """The greeting, once it came."""
        return self._hello

    @property
    def pid(self) -> int:
        """Process id, for logs and tests."""
        return self._process.pid

    def wait_hello(self, timeout: float) -> EngineHello:
        """Wait for the greeting. Raises EngineError when it does not come; the process is gone then."""
        if not self._greeted.wait(timeout):
            self._condemn(EngineHung(phase="start"))
            self._greeted.wait(_LAST_WAIT)
        with self._changed:
            hello, dead, error = self._hello, self._dead or self._stopping, self.error or self._verdict
        if hello is None or dead:
            raise error or EngineUnavailable(reason="the worker was stopped")
        return hello

    def submit(self, request: Request) -> bool:
        """Send a request; False if the worker is gone."""
        with self._changed:
            if self._dead or self._stopping:
                return False
            if not self._pending:
                self._sign = time.monotonic()
            self._pending[request.id] = request
            self._outbox.put(encode(request.id, request.command))
            if self._endless:
                self._changed.notify_all()
        return True

    def tell(self, command: Forget | ReadAhead) -> None:
        """Send what has no reply."""
        with self._changed:
            if not (self._dead or self._stopping):
                self._outbox.put(encode(0, command))

    def cancel(self, wanted: Callable[[Request], bool]) -> None:
        """Ask the worker to end requests early; it is ended itself if it does not obey."""
        with self._changed:
            for request in self._pending.values():
                if wanted(request) and request.cancel_by is None:
                    request.cancel_by = time.monotonic() + self._grace.cancel
                    self._outbox.put(encode(request.id, Cancel()))
            self._changed.notify_all()

    def stop(self) -> None:
        """Ask the worker to quit, wait for the grace, kill it; returns when process, pipes and threads are gone."""
        with self._changed:
            self._stopping = True
            if not self._dead:
                self._outbox.put(encode(0, Quit()))
                self._outbox.put(None)
        try:
            self._process.wait(self._grace.stop)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self.join()

    def join(self) -> None:
        """Wait until nothing of a dead worker is left, unless the caller is its own reader."""
        if threading.current_thread() is not self._reader:
            self._reader.join(_LAST_WAIT)

    def _condemn(self, verdict: EngineError) -> None:
        """End the process for a reason; the first one counts."""
        with self._changed:
            if self._dead:
                return
            self._verdict = self._verdict or verdict
        self._process.kill()

    # --- threads

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        try:
            while (line := stream.readline(MAX_LINE)).endswith(b"\n"):
                self._take(*decode_reply(line))
            if len(line) >= MAX_LINE:
                raise ProtocolError("an endless line")
        except ProtocolError as error:
            log.debug("worker: %s", error)
            self._condemn(EngineCrashed(signal="nonsense on the pipe", phase=self._present_phase(), detail=str(error)))
        except OSError as error:
            log.debug("worker: %s", error)
        self._bury(stream)

    def _take(self, identity: int, body: Body) -> None:
        """One reply of the worker."""
        with self._changed:
            self._sign = time.monotonic()
            request = self._pending.get(identity)
            if isinstance(body, EngineHello):
                if identity != 0 or self._hello is not None:
                    raise ProtocolError("a greeting in the middle")
                self._hello = body
                self._greeted.set()
                return
            if identity == 0 and self._hello is None and isinstance(body, Failed):
                error = body.error
                self._verdict = error if isinstance(error, EngineError) else EngineUnavailable(reason=str(error))
                return
            if request is None or self._hello is None:
                raise ProtocolError(f"{type(body).__name__} for request {identity}, which is not open")
            if isinstance(body, Phase):
                if body.name not in _PHASES:
                    raise ProtocolError(f"phase {body.name!r}")
                request.phase, request.begun = body.name, True
                return
            if isinstance(body, Alive):
                return
        # outside the lock: a sink may call us
        if request.take(body):
            with self._changed:
                del self._pending[identity]

    def _bury(self, stream: IO[bytes]) -> None:
        """The pipe has ended: make sure the process has, then give everybody who waits a final reply."""
        try:
            self._process.wait(self._grace.stop)  # a dying process closes its pipes a moment before it is dead
        except subprocess.TimeoutExpired:
            self._process.kill()
        code = self._process.wait()
        with self._changed:
            phase = self._present_phase()
            self._dead = True
            waiting = list(self._pending.values())
            self._pending.clear()
            self._outbox.put(None)
            self._changed.notify_all()
        for thread in self._helpers:
            thread.join(_LAST_WAIT)
        stream.close()
        told = self._stopping
        if not (self._stopping and self._verdict is None):
            self.error = self._verdict or self._autopsy(code, phase)
            log.info("the worker ended: %s", self.error.code)
        self._greeted.set()
        for request in waiting:
            if self._stopping or request.cancel_by is not None:
                request.end()
            else:
                request.fail(self.error or EngineUnavailable(reason="the worker was stopped"))
                told = True
        if not told and self._hello is not None and self.error is not None:
            try:
                self._on_exit(self.error)
            except Exception:
                log.exception("an exit sink failed")

    def _autopsy(self, code: int, phase: str) -> EngineError:
        lines = list(self._last_lines)
        if self._hello is None and not exits.is_native(code):
            said = next((line for line in reversed(lines) if line.strip()), "")
            return EngineUnavailable(reason=said.strip()[:300] or exits.describe(code))
        return EngineCrashed(signal=exits.describe(code), phase=phase, detail="\n".join(lines)[-4000:])

    def _present_phase(self) -> str:
        """What the worker was busy with; a request it has not yet begun counts, for nothing else can be blamed."""
        if self._hello is None:
            return "start"
        begun = [request for request in self._pending.values() if request.begun]
        return next((request.phase for request in [*begun, *self._pending.values()]), "idle")

    def _read_errors(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        with stream:
            while line := stream.readline(4096):
                text = line.decode("utf-8", "replace").rstrip()
                self._last_lines.append(text)
                log.debug("worker: %s", text)

    def _write(self) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            with stream:
                while (data := self._outbox.get()) is not None:
                    stream.write(data)
                    stream.flush()
        except OSError as error:
            log.debug("worker does not listen: %s", error)  # the reader sees its end

    def _watch(self) -> None:
        with self._changed:
            while not self._dead:
                self._endless = not self._pending or self._hello is None
                if self._endless:
                    self._changed.wait()
                    continue
                deadlines = [r.cancel_by for r in self._pending.values() if r.cancel_by is not None]
                deadline = min([self._sign + self._grace.hang, *deadlines])
                begun = time.monotonic()
                if deadline > begun:
                    self._changed.wait(deadline - begun)
                    if (late := time.monotonic() - max(deadline, begun)) > _SLEPT:
                        self._sign += late
                        for request in self._pending.values():
                            if request.cancel_by is not None:
                                request.cancel_by += late
                    continue
                self._verdict = self._verdict or EngineHung(phase=self._present_phase())
                self._process.kill()
                return


def _spawn(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        close_fds=True,
        start_new_session=sys.platform != "win32",  # Ctrl+C in a terminal is meant for us
        creationflags=flags,
    )
