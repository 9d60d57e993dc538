"""Looking for models at the source: repositories, their files, and the account that gated ones need.

All of it waits for the network or the keyring, so it happens on a thread that the first question starts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from desktop.core.builds import is_glm
from desktop.core.errors import HubUnreachable
from desktop.core.models import RemoteFile, RemoteRepository
from desktop.core.ports import Hub
from desktop.services.serial import SerialExecutor

T = TypeVar("T")

LIMIT = 40
"""Repositories of one search."""


class Secret(Protocol):
    """Where the hub's token is kept. Calls may block; they raise NoKeyring."""

    def get(self) -> str | None:
        """The token; None if there is none."""
        ...

    def set(self, value: str) -> None:
        """Keep it in place of the one before."""
        ...

    def clear(self) -> None:
        """Forget it."""
        ...


class SearchService:
    """Every method returns at once, from any thread; futures carry HubErrors. `close` ends the thread."""

    def __init__(
        self,
        hub_for: Callable[[str], Hub],
        endpoint: Callable[[], str],
        next_source: Callable[[str], str | None],
        secret: Secret,
    ) -> None:
        """`endpoint` is the source in the settings; `next_source` names the one to offer in place of one that fails."""
        self._hub_for = hub_for
        self._endpoint = endpoint
        self._next = next_source
        self._secret = secret
        self._lock = threading.Lock()
        self._executor: SerialExecutor | None = None
        self._closed = False

    def search(
        self, text: str, *, only_glm: bool = True, limit: int = LIMIT, endpoint: str | None = None
    ) -> Future[tuple[RemoteRepository, ...]]:
        """Repositories with GGUF files; with `only_glm` those of the GLM family. Empty text: the most downloaded ones.

        HubUnreachable carries `next_source`, an endpoint to offer (or None)."""
        return self._ask(lambda hub: _found(hub, text.strip(), only_glm, limit), endpoint)

    def files(
        self, repository: str, revision: str | None = None, *, endpoint: str | None = None
    ) -> Future[tuple[RemoteFile, ...]]:
        """All files of a repository (core.builds makes builds of them). Errors as in `search`."""
        return self._ask(lambda hub: hub.files(repository, revision), endpoint)

    def has_token(self) -> Future[bool]:
        """Whether a token of the hub is kept in the system's keyring. Fails with NoKeyring."""
        return self._submit(lambda: self._secret.get() is not None)

    def set_token(self, token: str) -> Future[None]:
        """Keep a token; an empty one forgets what was kept. Fails with NoKeyring."""
        return self._submit(lambda: self._secret.set(token.strip()) if token.strip() else self._secret.clear())

    def close(self, timeout: float = 2.0) -> None:
        """End the thread; waits at most `timeout` seconds for a question that is still asked."""
        with self._lock:
            self._closed = True
            executor = self._executor
        if executor is not None:
            executor.close(timeout)

    def _ask(self, call: Callable[[Hub], T], endpoint: str | None) -> Future[T]:
        def work() -> T:
            source = endpoint or self._endpoint()
            try:
                return call(self._hub_for(source))
            except HubUnreachable as error:
                error.data["next_source"] = self._next(source)
                raise

        return self._submit(work)

    def _submit(self, call: Callable[[], T]) -> Future[T]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the service is closed")
            if self._executor is None:
                self._executor = SerialExecutor("hub")
            return self._executor.submit(call)


def _found(hub: Hub, text: str, only_glm: bool, limit: int) -> tuple[RemoteRepository, ...]:
    if not only_glm:
        return hub.search(text, limit)
    for words in dict.fromkeys([text if is_glm(text) else f"glm {text}".strip(), text]):
        # the second try is for sources that do not take words one by one
        if found := [one for one in hub.search(words, limit * 2) if is_glm(one.repository)]:
            return tuple(found[:limit])
    return ()
