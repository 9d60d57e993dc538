"""The child process: reads requests, runs a backend, writes replies. It may die at any moment and nothing else is lost.

The main thread works, one request after another; a reader thread takes requests meanwhile, so that a cancellation gets
through. When the pipe from the parent closes, the parent is gone and the worker follows it, whatever it is doing.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from desktop.core.errors import EngineUnavailable, LoadCancelled, LoadFailed, WorldError
from desktop.core.models import FinishReason, Timings, Usage
from desktop.core.ports import Done, Failed, Loaded
from desktop.inference import bare, measuring, modules
from desktop.inference.backend import Backend, Job
from desktop.inference.protocol import (
    MAX_LINE,
    Body,
    Cancel,
    Forget,
    Generate,
    Load,
    ProtocolError,
    Quit,
    decode_request,
    encode,
)

log = logging.getLogger(__name__)

BACKENDS = ("llama", "echo")
_LAST_CHANCE = 2.5
"""Seconds the work may take to end, and what is worth it to be saved, after the parent has said so or has gone."""


class Pipe:
    """The way back: one line per reply, from any thread. A parent that no longer listens ends the process."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()

    def reply(self, identity: int, body: Body) -> None:
        """Write one message."""
        self.raw(encode(identity, body))

    def raw(self, data: bytes) -> None:
        """Write bytes as they are."""
        try:
            with self._lock:
                self._file.write(data)
                self._file.flush()
        except OSError:
            os._exit(0)


class Worker:
    """Two threads and a queue between them."""

    def __init__(self, requests: BinaryIO, pipe: Pipe, backend: Backend) -> None:
        self._requests = requests
        self._pipe = pipe
        self._backend = backend
        self._queue: queue.SimpleQueue[tuple[Job, Load | Generate] | Forget | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Job, Load | Generate]] = {}
        self._current: Job | None = None
        self._finished = threading.Event()

    def run(self) -> int:
        """Work until asked to quit; the exit code."""
        reader = threading.Thread(target=self._read, name="requests", daemon=True)
        self._pipe.reply(0, self._backend.hello())
        reader.start()
        while (item := self._queue.get()) is not None:
            if isinstance(item, Forget):
                self._backend.forget(item.conversation)
                continue
            job, request = item
            with self._lock:
                if self._waiting.pop(job.id, None) is None:
                    continue  # cancelled before its turn, and answered then
                self._current = job
            job.send(self._answer(job, request))
            with self._lock:
                self._current = None
        self._backend.close()
        self._finished.set()
        return 0

    def _answer(self, job: Job, request: Load | Generate) -> Loaded | Done | Failed:
        try:
            if isinstance(request, Load):
                job.phase("load")
                return Loaded(self._backend.load(request.options, request.probe, job))
            job.phase("generate")
            return self._backend.generate(request.messages, request.options, job)
        except WorldError as error:
            return Failed(error)
        except Exception as error:  # whatever a native binding raises must not cost the user the process
            log.exception("the backend failed")
            reason = f"{type(error).__name__}: {error}"
            if isinstance(request, Load):
                return Failed(LoadFailed(path=str(request.options.path), reason=reason))
            return Failed(EngineUnavailable(reason=reason))

    def _read(self) -> None:
        try:
            while line := self._requests.readline(MAX_LINE):
                identity, request = decode_request(line)
                if isinstance(request, Quit):
                    break
                if isinstance(request, Cancel):
                    self._cancel(identity)
                elif isinstance(request, Forget):
                    self._queue.put(request)
                else:
                    job = Job(identity, self._pipe.reply)
                    with self._lock:
                        self._waiting[identity] = (job, request)
                    self._queue.put((job, request))
        except ProtocolError as error:
            log.error("%s", error)
            os._exit(3)
        except OSError:
            pass  # Windows says so when the parent dies
        with self._lock:
            ended = [*self._waiting, *([self._current.id] if self._current else [])]
        for identity in ended:
            self._cancel(identity)
        self._queue.put(None)
        if not self._finished.wait(_LAST_CHANCE):
            os._exit(0)

    def _cancel(self, identity: int) -> None:
        with self._lock:
            if self._current is not None and self._current.id == identity:
                self._current.cancel()
            waiting = self._waiting.pop(identity, None)
        if waiting is not None:
            job, request = waiting
            stopped = Done(FinishReason.STOPPED, Usage(), Timings())
            job.send(Failed(LoadCancelled()) if isinstance(request, Load) else stopped)


def main(argv: Sequence[str]) -> int:
    """Entry point of the face `worker`; `argv` is what follows that word."""
    parser = argparse.ArgumentParser(prog="worker")
    parser.add_argument("--backend", choices=BACKENDS, default="llama")
    parser.add_argument("--measure", type=Path, help="a model: how it runs fastest here, as one line; then the end")
    parser.add_argument("--folder", type=Path, help="takes a file while measuring")
    parser.add_argument("--no-repack", action="store_true")
    arguments = parser.parse_args(argv)
    requests, replies = _take_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is meant for the parent
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    pipe = Pipe(replies)
    try:
        backend = _backend(arguments.backend, pipe)
    except Exception as error:  # a missing or broken library can raise anything while it is imported
        log.exception("the backend cannot start")
        pipe.reply(0, Failed(EngineUnavailable(reason=f"{type(error).__name__}: {error}")))
        return 1
    if arguments.measure is not None:
        pipe.raw(
            measuring.answer(lambda: backend.measure(arguments.measure, arguments.folder, not arguments.no_repack))
        )
        os._exit(0)
    code = Worker(requests, pipe, backend).run()
    sys.stderr.flush()
    # Not `return`: the interpreter's end would run destructors of native libraries, which have crashed before.
    os._exit(code)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the protocol to descriptors of its own: native code prints to 1, which now leads to 2, and 0 is empty."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.stderr is None:  # a Windows program without a console, though it was given a pipe
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stderr
    return os.fdopen(requests, "rb"), os.fdopen(replies, "wb")


def _backend(name: str, pipe: Pipe) -> Backend:
    if name == "echo":
        from desktop.inference.echo import EchoBackend  # only the chosen backend is imported

        return EchoBackend(pipe.raw)
    modules.use_modules()
    bare.package("llama_cpp")
    from desktop.inference.llama import LlamaBackend  # loads the native library

    return LlamaBackend()
