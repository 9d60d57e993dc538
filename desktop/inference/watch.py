"""What llama.cpp asks between two operations: whether to go on.

Usually a byte answers, which llama.cpp looks at itself: asking Python some thousand times a step takes ten milliseconds
of each token. In long steps Python answers all the same, for only it can tell how far a step is.
"""

from __future__ import annotations

import ctypes
import sys
import time
from typing import Any

from desktop.core.ports import PromptProgress
from desktop.inference.backend import Job

_EVERY = 0.2
"""Seconds between two reports of progress."""
_LONG = 0.5
"""Seconds: in a step that takes longer it is told how far it is."""
_QUICK = 0.1
"""Seconds: a step that is shorter need not be ended early where the byte does not work."""


class Flag:
    """Raised from any thread, it ends the running step of llama.cpp early; see `Watch`."""

    def __init__(self, prototype: Any) -> None:
        """`prototype` is the binding's type of the callback."""
        self._byte = ctypes.create_string_buffer(2)
        self.address = ctypes.cast(self._byte, ctypes.c_void_p)
        self.native = native_look(prototype)
        """The callback that looks at the byte at `address`; None where there is none."""

    def raise_(self) -> None:
        """End what runs."""
        self._byte[0] = b"x"

    def lower(self) -> None:
        """Begin anew. Who raised it has said before what for, so look for that afterwards."""
        self._byte[0] = b"\0"

    @property
    def is_up(self) -> bool:
        """Whether it is raised."""
        return bool(self._byte[0] != b"\0")


def native_look(prototype: Any) -> Any:
    """A callback without Python that answers whether the byte its argument points to is other than 0; None if there is none.

    WORKAROUND: the C library's `strlen` is one. Of "" it returns 0 and of "x" 1, and a `bool` is the low byte of that.
    """
    try:
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        look = prototype(ctypes.cast(library.strlen, ctypes.c_void_p).value)
        down, up = ctypes.create_string_buffer(b"", 2), ctypes.create_string_buffer(b"x", 2)
        answers = [look(ctypes.cast(buffer, ctypes.c_void_p)) for buffer in (down, up, down)]
    except (OSError, AttributeError, TypeError, ValueError):
        return None
    return look if answers == [False, True, False] else None


class Watch:
    """What is asked in the steps of one context: the byte, or Python where that pays."""

    def __init__(self, binding: Any, context: Any, flag: Flag) -> None:
        self._native = binding
        self._context = context
        self._flag = flag
        self._on_ask = binding.ggml_abort_callback(lambda _: self._asked())  # kept: llama.cpp calls it
        self._nobody = binding.ggml_abort_callback()
        self._present: Any = None
        self.longest = 0.0
        """Seconds of the longest operation of the last step in which Python was asked: so long a cancellation may wait."""
        self._job: Job | None = None
        self._asks = 0
        self._usual = 0
        """How often llama.cpp asks in one step."""
        self._last = self._told = 0.0
        self._done = self._count = self._total = self._shown = 0

    def begin(
        self, seconds: float | None, job: Job | None = None, done: int = 0, count: int = 0, total: int = 0
    ) -> None:
        """A step begins that may take `seconds` (None = unknown) and reads `count` tokens for `job`, after `done` of `total`."""
        if seconds is None or seconds > _LONG:
            self._ask(self._on_ask)
        elif self._flag.native is not None:
            self._ask(self._flag.native)
            return
        else:
            self._ask(self._nobody if seconds < _QUICK else self._on_ask)
        self._job, self._done, self._count, self._total = job, done, count, total
        self._asks, self._shown, self.longest = 0, 0, 0.0
        self._last = time.monotonic()

    def end(self) -> bool:
        """The step is over; whether `longest` is about it."""
        self._job = None
        if self._present is not self._on_ask:
            return False
        self._note()
        self._usual = self._asks
        return True

    def _ask(self, callback: Any) -> None:
        if callback is not self._present:
            self._present = callback
            self._native.llama_set_abort_callback(self._context, callback, self._flag.address)

    def _asked(self) -> bool:
        """Whether llama.cpp should stop here."""
        self._note()
        job = self._job
        if job is not None:
            if self._usual and self._last - self._told >= _EVERY and (part := self._part()) > self._shown:
                self._told, self._shown = self._last, part
                job.send(PromptProgress(self._done + part, self._total))
            else:
                job.alive()
        return self._flag.is_up or (job is not None and job.cancelled)

    def _part(self) -> int:
        """Tokens of the step that count as read: never all of them before its end."""
        return self._count * min(self._asks, self._usual) // (self._usual + 1)

    def _note(self) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now
        self._asks += 1
