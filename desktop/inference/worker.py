"""The child process: reads requests, runs a backend, writes replies. It may die at any moment and nothing else is lost.

The main thread works, a step at a time for all answers that are under way; a reader thread takes requests meanwhile, so that
a cancellation gets through at once. When the pipe from the parent closes, the parent is gone and the worker follows it, whatever it is doing.
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
from dataclasses import replace
from typing import BinaryIO

from desktop.core.errors import EngineUnavailable, LoadCancelled, LoadFailed, WorldError
from desktop.core.models import FinishReason, Timings, Usage
from desktop.core.ports import Done, Failed, Loaded
from desktop.inference import bare
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
    ReadAhead,
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
        self._queue: queue.SimpleQueue[Load | Generate | Forget | ReadAhead | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Job, Load | Generate]] = {}
        """Those whose turn has not come, in the order they came."""
        self._running: dict[int, Job] = {}
        self._reads_ahead = False
        self._finished = threading.Event()

    def run(self) -> int:
        """Work until asked to quit; the exit code."""
        reader = threading.Thread(target=self._read, name="requests", daemon=True)
        self._pipe.reply(0, self._backend.hello())
        reader.start()
        while self._listen():
            self._begin()
            if self._running:
                self._step()
            elif self._reads_ahead:
                self._reads_ahead = self._read_on()
        while self._running:  # all of them are cancelled
            self._step()
        self._backend.close()
        self._finished.set()
        return 0

    # --- the main thread

    def _listen(self) -> bool:
        """Take what was asked, waiting for it if there is nothing to do; False for the end."""
        while True:
            busy = self._running or self._reads_ahead or self._waiting
            if busy and self._queue.empty():
                return True
            item = self._queue.get()
            if item is None:
                return False
            if isinstance(item, Forget):
                self._forget(item.conversation)
            elif isinstance(item, ReadAhead):
                self._reads_ahead = self._read_ahead(item)

    def _begin(self) -> None:
        """Let those begin whose turn has come: as many answers as the backend can, a load when there is none."""
        while self._waiting:
            with self._lock:
                found = next(iter(self._waiting.values()), None)
                if found is None:
                    return
                job, request = found
                if self._running and (isinstance(request, Load) or len(self._running) >= self._backend.parallel):
                    return
                del self._waiting[job.id]
                self._running[job.id] = job
            self._reads_ahead = False
            try:
                self._take_up(job, request)
            except Exception as error:  # whatever a native binding raises must not cost the user the process
                job.end(_failure(error, request))
            self._sweep()

    def _take_up(self, job: Job, request: Load | Generate) -> None:
        if isinstance(request, Load):
            job.phase("load")
            job.end(Loaded(self._backend.load(request.options, request.probe, job)))
        else:
            job.phase("generate")
            self._backend.begin(request.messages, request.options, job)

    def _step(self) -> None:
        try:
            self._backend.step()
        except Exception as error:
            reply = _failure(error)
            self._backend.abandon()
            for job in self._running.values():
                job.end(reply)
        self._sweep()

    def _sweep(self) -> None:
        if any(job.ended for job in self._running.values()):
            with self._lock:
                self._running = {identity: job for identity, job in self._running.items() if not job.ended}

    def _forget(self, conversation: int) -> None:
        """Also those that still wait must not be kept under a number that means nothing any more."""
        with self._lock:
            for identity, (job, request) in self._waiting.items():
                if isinstance(request, Generate) and request.options.conversation == conversation:
                    options = replace(request.options, conversation=None)
                    self._waiting[identity] = job, replace(request, options=options)
        self._backend.forget(conversation)

    def _read_ahead(self, request: ReadAhead) -> bool:
        if self._running or self._waiting:
            return False
        try:
            return self._backend.read_ahead(request.messages, request.options)
        except WorldError as error:
            log.debug("nothing is read ahead: %s", error)
        except Exception:
            log.exception("reading ahead failed")
        return False

    def _read_on(self) -> bool:
        try:
            return self._backend.read_on(lambda: not self._queue.empty())
        except Exception:
            log.exception("reading ahead failed")
            return False

    # --- the reader's thread

    def _read(self) -> None:
        try:
            while line := self._requests.readline(MAX_LINE):
                identity, request = decode_request(line)
                if isinstance(request, Quit):
                    break
                if isinstance(request, Cancel):
                    self._cancel(identity)
                else:
                    if isinstance(request, Load | Generate):
                        with self._lock:
                            self._waiting[identity] = Job(identity, self._pipe.reply), request
                    self._queue.put(request)
                    if self._reads_ahead:
                        self._backend.interrupt()
        except ProtocolError as error:
            log.error("%s", error)
            os._exit(3)
        except OSError:
            pass  # Windows says so when the parent dies
        with self._lock:
            open_ones = [*self._waiting, *self._running]
        for identity in open_ones:
            self._cancel(identity)
        self._queue.put(None)
        self._backend.interrupt()
        if not self._finished.wait(_LAST_CHANCE):
            os._exit(0)

    def _cancel(self, identity: int) -> None:
        with self._lock:
            running = self._running.get(identity)
            waiting = self._waiting.pop(identity, None)
        if running is not None:
            running.cancel()
            self._backend.interrupt()
        if waiting is not None:
            job, request = waiting
            stopped = Done(FinishReason.STOPPED, Usage(), Timings())
            job.end(Failed(LoadCancelled()) if isinstance(request, Load) else stopped)


def _failure(error: Exception, request: Load | Generate | None = None) -> Failed:
    """What is told of an error, whoever made it."""
    if isinstance(error, WorldError):
        return Failed(error)
    log.error("the backend failed", exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    if isinstance(request, Load):
        return Failed(LoadFailed(path=str(request.options.path), reason=reason))
    return Failed(EngineUnavailable(reason=reason))


def main(argv: Sequence[str]) -> int:
    """Entry point of the face `worker`; `argv` is what follows that word."""
    parser = argparse.ArgumentParser(prog="worker")
    parser.add_argument("--backend", choices=BACKENDS, default="llama")
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
    bare.package("llama_cpp")
    from desktop.inference.backends import AnyBackend
    from desktop.inference.llama import LlamaBackend  # loads the native library

    usual = LlamaBackend()
    return AnyBackend(usual, usual.first_generation())
