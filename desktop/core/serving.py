"""The local server as values: what it does, and what was asked of it. Times are milliseconds since the epoch."""

from __future__ import annotations

from dataclasses import field

from desktop.core.errors import ErrorValue
from desktop.core.value import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class ServerStatus:
    """The server at one moment. After a failed start `error` is set, and `error_data` may name a free port."""

    running: bool = False
    host: str = ""
    """The address it listens on; "0.0.0.0" is every one of this computer."""
    port: int = 0
    shown_host: str = LOOPBACK
    """The address to tell other programs."""
    error: str | None = None
    error_data: dict[str, ErrorValue] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """What programs are given."""
        host = f"[{self.shown_host}]" if ":" in self.shown_host else self.shown_host
        return f"http://{host}:{self.port}"


@dataclass(frozen=True)
class RequestRecord:
    """One request that was answered. Texts are empty unless the user wants them kept."""

    number: int
    time: int
    client: str
    """Address of who asked, without the port."""
    path: str
    """Without the query, which may hold a key."""
    model: str
    prompt_tokens: int
    completion_tokens: int
    duration_ms: int
    status: int
    error: str = ""
    """Code of what went wrong, "" for nothing; "client_gone" for a client that did not wait."""
    question: str = ""
    answer: str = ""

    @property
    def failed(self) -> bool:
        """Whether it counts as a failure."""
        return self.status >= 400 or bool(self.error)
