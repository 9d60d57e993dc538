"""The request log: who asked what, how long it took, how it ended. In memory, bounded; texts only if the user wants them."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.core.models import Usage
from desktop.core.serving import RequestRecord

KEPT = 500
"""Requests."""
_LONGEST = 4000
"""Characters of a question or an answer that are kept."""


@dataclass(slots=True)
class Entry:
    """A request while it is answered; whoever works on it writes down what it knows."""

    client: str
    path: str
    begun: float = field(default_factory=time.monotonic)
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    status: int = 0
    error: str = ""
    question: str = ""
    answer: str = ""
    endings: list[Callable[[], None]] = field(default_factory=list)
    """Called when it is over."""


class Journal:
    """Thread-safe. `told` hears of each finished request."""

    def __init__(
        self, clock: Callable[[], int], with_texts: Callable[[], bool], told: Callable[[RequestRecord], None]
    ) -> None:
        """`clock` gives milliseconds since the epoch."""
        self._clock = clock
        self._with_texts = with_texts
        self._told = told
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._records: deque[RequestRecord] = deque(maxlen=KEPT)

    def close(self, entry: Entry) -> None:
        """The request is answered, or its client gone."""
        texts = self._with_texts()
        duration = round((time.monotonic() - entry.begun) * 1000)
        record = RequestRecord(
            number=next(self._numbers),
            time=self._clock() - duration,
            client=entry.client,
            path=_shown(entry.path),
            model=_shown(entry.model),
            prompt_tokens=entry.usage.prompt_tokens,
            completion_tokens=entry.usage.completion_tokens,
            duration_ms=duration,
            status=entry.status,
            error=entry.error,
            question=entry.question[:_LONGEST] if texts else "",
            answer=entry.answer[:_LONGEST] if texts else "",
        )
        with self._lock:
            self._records.append(record)
        self._told(record)

    def records(self) -> tuple[RequestRecord, ...]:
        """The last ones, oldest first."""
        with self._lock:
            return tuple(self._records)

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._records.clear()


def _shown(text: str) -> str:
    """What a client wrote, for a line on a screen or a terminal: nothing in it may steer either."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text[:200])
