"""How the server behaves: where it listens, whom it lets in, how long it is patient."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256

from desktop.core.value import dataclass

PORT = 8000
LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost"})


@dataclass(frozen=True)
class Patience:
    """Seconds."""

    first_space: float = 10.0
    """Silence before the header of an answer is sent without the answer …"""
    next_space: float = 10.0
    """… and between two blanks after it: LangChain's ChatGLM3 gives up after 30 s of silence."""
    ping: float = 15.0
    """Between two comments in a quiet event stream."""
    header: float = 10.0
    """A request's header must be whole by then."""
    body: float = 60.0
    """And its body by then."""
    write: float = 60.0
    """A client that takes nothing for so long is gone."""
    keep_alive: float = 75.0
    """An idle connection is kept so long."""
    stop: float = 3.0
    """At the end, until connections are cut."""


@dataclass(frozen=True)
class Limits:
    """How much at a time."""

    requests: int = 64
    """Answers asked for at a time, running and waiting; more get 503."""
    connections: int = 512
    waiting: int = 128
    """Connections that have not yet said what they want; when there are more, the oldest goes."""
    depth: int = 64
    """Levels of a JSON document."""
    unread: int = 4_000_000
    """Characters written for a client that does not read them."""


@dataclass(frozen=True)
class Binding:
    """Where to listen. `port` 0 takes any that is free."""

    host: str
    port: int
    key: str = ""
    """What a client must know; empty = nothing, on the loopback only."""

    @property
    def local(self) -> bool:
        """Whether only this computer can reach it."""
        return is_loopback(self.host)


@dataclass(frozen=True)
class Policy:
    """What may change while the server runs is asked for each request."""

    origins: Callable[[], tuple[str, ...]]
    """Web origins that may use it; "*" is every one."""
    body_limit: Callable[[], int]
    """Bytes of a request's body."""
    keep_conversations: Callable[[], bool]
    log_texts: Callable[[], bool]
    stop_when_full: Callable[[], bool]
    """A conversation that no longer fits is refused; otherwise its oldest messages are left out, and that is said."""
    plain_stream: Callable[[], bool]
    """LangChain's ChatGLM3 with streaming=True gets plain JSON, the only thing it can read."""
    patience: Patience = Patience()
    limits: Limits = Limits()


@lru_cache(64)
def is_loopback(host: str) -> bool:
    """Whether a name or address is this computer and nothing else."""
    host = host.strip("[]").lower().rstrip(".")
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def same_key(known: str, given: str) -> bool:
    """Compares without telling by its time how much is right."""
    return hmac.compare_digest(sha256(known.encode()).digest(), sha256(given.encode("utf-8", "replace")).digest())


def host_allowed(header: str, local_address: str, binding: Binding) -> bool:
    """Whether a Host header names this computer: what else it names was made to point here (DNS rebinding).

    `local_address` is the address the connection came in on.
    """
    name = _host_of(header)
    if name is None:
        return False
    if is_loopback(name):
        return True
    if binding.local:
        return False
    own = socket.gethostname().lower()
    if name in (own, f"{own}.local", binding.host.lower()) and name not in ("", "0.0.0.0", "::"):
        return True
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(local_address)
    except ValueError:
        return False


def _host_of(header: str) -> str | None:
    """The name in "name", "name:port" or "[address]:port"; None for nonsense."""
    header = header.strip().lower()
    if header.startswith("["):
        name, bracket, port = header[1:].partition("]")
        port = port.removeprefix(":") if port.startswith(":") or not port else "?"
        if not bracket:
            return None
    else:
        name, _, port = header.partition(":")
    if port and not port.isdecimal():
        return None
    return name.rstrip(".") or None
