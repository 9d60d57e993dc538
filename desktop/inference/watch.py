"""What llama.cpp asks between two operations: whether to go on. From how often and when it asks we know how far a step is."""

from __future__ import annotations

import time

from desktop.core.ports import PromptProgress
from desktop.inference.backend import Job

_EVERY = 0.2
"""Seconds between two reports of progress."""


class Watch:
    """One for each context. Outside of `job`'s work it has no opinion."""

    def __init__(self) -> None:
        self.job: Job | None = None
        self.longest = 0.0
        """Seconds of the longest operation of the last step: so long a cancellation may wait."""
        self._asked = 0
        self._usual = 0
        """How often llama.cpp asks in one step."""
        self._last = self._told = 0.0
        self._done = self._count = self._total = self._shown = 0

    def begin(self, done: int, count: int, total: int) -> None:
        """A step begins that reads `count` tokens, after `done` of `total`."""
        self._done, self._count, self._total = done, count, total
        self._asked, self._shown, self.longest = 0, 0, 0.0
        self._last = time.monotonic()

    def end(self) -> None:
        """The step is over."""
        self._note()
        self._usual, self._count = self._asked, 0

    def asked(self) -> bool:
        """Whether llama.cpp should stop here."""
        job = self.job
        if job is None:
            return False
        self._note()
        if self._usual and self._last - self._told >= _EVERY and (part := self._part()) > self._shown:
            self._told, self._shown = self._last, part
            job.send(PromptProgress(self._done + part, self._total))
        else:
            job.alive()
        return job.cancelled

    def _part(self) -> int:
        """Tokens of the step that count as read: never all of them before its end."""
        return self._count * min(self._asked, self._usual) // (self._usual + 1)

    def _note(self) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now
        self._asked += 1
