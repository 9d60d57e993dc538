"""`@dataclass(frozen=True)`, finished when the first instance is made.

The standard library writes and compiles several functions for every such class, half a millisecond each; this program
has nearly a hundred, and a start uses few of them. For type checkers this is `dataclasses.dataclass` itself, and so it
is for everybody else once there is an instance.
"""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    _making = threading.RLock()
    _unfinished = set()

    def dataclass(*, frozen):
        """As `dataclasses.dataclass(frozen=True)`, the only form there is here."""
        if not frozen:
            raise TypeError("values are frozen")

        def later(cls):
            cls.__new__ = _finish_and_make
            _unfinished.add(cls)
            return cls

        return later

    def _finish_and_make(kind, /, *_, **__):
        finish(kind)
        return object.__new__(kind)

    def _make(kind, /, *_, **__):
        return object.__new__(kind)


def finish(kind: type) -> type:
    """Finish the class and its bases now: `dataclasses.fields` and the like work after this, or after an instance."""
    if not TYPE_CHECKING:
        with _making:  # a second thread waits until the class is whole
            for base in reversed(kind.__mro__):
                if base in _unfinished:
                    dataclasses.dataclass(frozen=True)(base)
                    base.__new__ = _make
                    _unfinished.discard(base)
    return kind


def is_value(kind: object) -> bool:
    """Whether this is a class made by `dataclass`, finished or not."""
    return isinstance(kind, type) and dataclasses.is_dataclass(finish(kind))
