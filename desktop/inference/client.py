"""Our end of the worker's pipe: `EngineClient` satisfies the port `Engine`."""

from __future__ import annotations

import itertools
import logging
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from desktop.core.errors import EngineError, EngineUnavailable
from desktop.core.models import EngineHello, GenerateOptions, LoadOptions, PromptMessage, TurnId
from desktop.core.ports import Cards, ExitSink, GenerateSink, LoadSink
from desktop.inference.drivers import WITHOUT_CARDS
from desktop.inference.protocol import Forget, Generate, Load, ReadAhead
from desktop.inference.requests import GenerateRequest, LoadRequest, Request
from desktop.inference.session import Grace, Session

log = logging.getLogger(__name__)


def worker_command(backend: str = "llama") -> list[str]:
    """The command that starts this very program as a worker, from a clone, an installation or a frozen build."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "worker", "--backend", backend]
    # -P: a folder called `desktop` in the current directory must not be taken for ours
    return [sys.executable, "-P", "-m", "desktop", "worker", "--backend", backend]


def worker_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment, with what the worker needs to find this package and to speak UTF-8."""
    environment = dict(os.environ)
    environment["PYTHONUTF8"] = "1"
    if not getattr(sys, "frozen", False):
        root = str(Path(__file__).resolve().parent.parent.parent)
        known = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = f"{root}{os.pathsep}{known}" if known else root
    environment.update(extra or {})
    return environment


class EngineClient:
    """Starts a worker, speaks with it, and outlives it. All waits are bounded; times are seconds.

    A worker that had to be killed because it ignored a cancellation is reported to `on_exit` (EngineHung) after the
    request's own final reply, so that its owner learns that the model is gone. `environment` is added to this process's.
    With `cards`, a worker that dies or hangs before its greeting is started once more, without the graphics cards.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        on_exit: ExitSink,
        environment: Mapping[str, str] | None = None,
        cards: Cards | None = None,
        start_timeout: float = 60.0,
        cancel_grace: float = 5.0,
        stop_grace: float = 3.0,
        hang_timeout: float = 120.0,
    ) -> None:
        self._command = list(command)
        self._on_exit = on_exit
        self._environment = environment
        self._cards = cards
        self._start_timeout = start_timeout
        self._grace = Grace(cancel_grace, stop_grace, hang_timeout)
        self._lock = threading.Lock()
        self._start_lock = threading.Lock()
        self._session: Session | None = None
        self._ids = itertools.count(1)

    def start(self) -> EngineHello:
        """See the port. Raises EngineUnavailable, EngineCrashed or EngineHung (phase "start")."""
        with self._start_lock:
            cards = self._cards
            with self._lock:
                session, with_cards = self._session, False
                if session is None or not session.alive:
                    with_cards = cards is None or not cards.are_avoided()
                    session = self._session = self._begin(with_cards)
            try:
                return session.wait_hello(self._start_timeout)
            except EngineError as error:
                if cards is None or not with_cards or not cards.may_be_to_blame(error):
                    raise
                hello = self._start_without_cards(session, error)
            cards.avoid()
            return hello

    def try_cards(self) -> None:
        """See the port."""
        if self._cards is not None:
            self._cards.try_again()

    @property
    def hello(self) -> EngineHello | None:
        """See the port."""
        session = self._session
        return session.hello if session is not None and session.alive else None

    def load(self, options: LoadOptions, sink: LoadSink, *, probe: bool) -> None:
        """See the port."""
        options = replace(options, path=options.path.expanduser().absolute())
        self._submit(LoadRequest(next(self._ids), Load(options, probe), sink))

    def generate(
        self, turn: TurnId, messages: Sequence[PromptMessage], options: GenerateOptions, sink: GenerateSink
    ) -> None:
        """See the port."""
        self._submit(GenerateRequest(next(self._ids), turn, Generate(tuple(messages), options), sink))

    def cancel(self, turn: TurnId) -> None:
        """See the port. Unknown turns are finished ones and mean nothing."""
        session = self._session
        if session is not None:
            session.cancel(lambda request: isinstance(request, GenerateRequest) and request.turn == turn)

    def cancel_load(self) -> None:
        """See the port."""
        session = self._session
        if session is not None:
            session.cancel(lambda request: isinstance(request, LoadRequest))

    def forget(self, conversation: int) -> None:
        """See the port."""
        session = self._session
        if session is not None:
            session.tell(Forget(conversation))

    def read_ahead(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> None:
        """See the port."""
        session = self._session
        if session is not None:
            session.tell(ReadAhead(tuple(messages), options))

    def stop(self) -> None:
        """See the port. What is still asked for ends as if cancelled."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.stop()

    def _begin(self, with_cards: bool) -> Session:
        environment = worker_environment(self._environment)
        if not with_cards:
            environment.update(WITHOUT_CARDS)
        return Session(self._command, environment, self._grace, self._on_exit)

    def _start_without_cards(self, failed: Session, error: EngineError) -> EngineHello:
        """After a start that failed. Raises its error if this one fails too: then the cards are not to blame."""
        log.info("the worker did not start (%s), trying without graphics cards", error)
        try:
            with self._lock:
                if self._session is not failed:
                    raise error  # stopped meanwhile
                session = self._session = self._begin(with_cards=False)
            return session.wait_hello(self._start_timeout)
        except EngineError as other:
            log.info("nor does it without them: %s", other)
            raise error from None

    def _submit(self, request: Request) -> None:
        session = self._session
        if session is not None and session.submit(request):
            return
        error = session.error if session is not None else None
        failure = error or EngineUnavailable(reason="the worker is not running")
        # on a thread of its own: the caller may hold a lock that its sink takes
        threading.Thread(target=request.fail, args=(failure,), name="refused-request", daemon=True).start()
