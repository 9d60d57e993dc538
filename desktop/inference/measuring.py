"""Our end of a measurement: a worker that measures one model and ends, or is ended. What it says is one JSON line."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from desktop.core.errors import (
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    MeasuringStopped,
    NotMeasured,
    WorldError,
    from_code,
)
from desktop.core.loading import Measured
from desktop.inference import exits
from desktop.inference.client import worker_environment

log = logging.getLogger(__name__)

_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0
_LONGEST = 120.0
"""Seconds; a slow machine with a large model needs twenty."""
_MOST = 65_536
"""Bytes of the answer."""


def answer(measure: Callable[[], Measured]) -> bytes:
    """The worker's line."""
    try:
        record: dict[str, object] = asdict(measure())
    except WorldError as error:
        record = {"error": error.code, "data": error.data}
    return json.dumps(record).encode("ascii") + b"\n"


class Measurer:
    """Measures one model at a time. `stop` may be called from any thread."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self._command = list(command)
        self._environment = environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self, model: Path, may_repack: bool, wanted: Callable[[], bool]) -> Measured:
        """How the model runs fastest here; some seconds. Raises EngineError, of which MeasuringStopped after `stop`, or when it is
        no longer `wanted` once it could be stopped."""
        with tempfile.TemporaryDirectory(prefix="chatglm-measure-", ignore_cleanup_errors=True) as folder:
            command = [*self._command, "--measure", str(model), "--folder", folder]
            process = self._start(command if may_repack else [*command, "--no-repack"])
            if not wanted():
                self.stop()
            try:
                said, _ = process.communicate(timeout=_LONGEST)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
            finally:
                with self._lock:
                    self._process = None
                    stopped = self._stopped
        if stopped:
            raise MeasuringStopped
        return _understood(said[:_MOST], process.returncode)

    def stop(self) -> None:
        """End a measurement that runs, at once."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._lock:
            self._stopped = False
            try:
                self._process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=worker_environment(self._environment),
                    start_new_session=sys.platform != "win32",
                    creationflags=_NO_WINDOW,
                )
            except OSError as error:
                raise EngineUnavailable(reason=error.strerror or str(error)) from error
            return self._process


def _understood(said: bytes, code: int) -> Measured:
    try:
        record = json.loads(said)
        if "error" in record:
            error = from_code(str(record["error"]), dict(record["data"]))
            raise error if isinstance(error, EngineError) else NotMeasured(reason=error.code)
        found = Measured(**record)
        if type(found.threads) is type(found.reading_threads) is int and found.threads > 0 < found.reading_threads:
            return found
    except (ValueError, TypeError, KeyError) as error:
        log.info("the measurement said nothing: %s", error)
    raise EngineCrashed(signal=exits.describe(code), phase="measure", detail="")
