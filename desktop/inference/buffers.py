"""What llama.cpp really allocated and did, read from the lines it writes to its log: it has no function to ask for that."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"^\w+:\s+(?P<place>\S+)\s+(?:\S+ )?(?P<what>model|KV|RS|state|output|compute) buffer size\s*=\s*(?P<mib>\d{1,9}\.\d+) MiB"
)
_MIB = 1 << 20


class Buffers:
    """Adds up the buffers of one load, in bytes."""

    def __init__(self) -> None:
        self._weights = 0
        self._mapped = False
        self.copied = 0
        """Weights kept a second time, in a form the processor reads faster. What they replace in the mapped file is never
        read again, so it is no memory."""
        self._cache: dict[str, int] = {}
        self._work: dict[str, int] = {}
        self._there = 0
        self.no_flash = False
        """llama.cpp was left to decide on flash attention, and cannot do it here."""
        self.not_locked = False
        """The system does not let us keep the weights from being swapped out."""

    def read(self, line: str) -> None:
        """One line of the log; most say nothing of interest here."""
        if "Flash Attention not supported" in line:
            self.no_flash = True
        elif "failed to mlock" in line or "mlock not supported" in line:
            self.not_locked = True
        if (match := _LINE.match(line)) is None:
            return
        place, what, size = match["place"], match["what"], round(float(match["mib"]) * _MIB)
        if what == "model":
            self._mapped = self._mapped or place.endswith("_Mapped")
            if place.endswith("_REPACK") or place == "AMX":
                self.copied += size
            else:
                self._weights += size
                self._there += size if on_card(place) else 0
        elif what in ("KV", "RS", "state"):
            self._cache[place] = self._cache.get(place, 0) + size
        else:  # said again whenever a context is planned anew
            self._work[f"{place} {what}"] = size

    @property
    def weights(self) -> int:
        """Each weight once."""
        return self._weights if self._mapped else self._weights + self.copied

    @property
    def cache(self) -> int:
        """Keys, values and other state of the conversation."""
        return sum(self._cache.values())

    @property
    def work(self) -> int:
        """Intermediate results."""
        return sum(self._work.values())

    @property
    def graphics(self) -> int:
        """What of all that lies in graphics memory."""
        return self._there + sum(
            size for place, size in (*self._cache.items(), *self._work.items()) if on_card(place.split(" ")[0])
        )


def on_card(place: str) -> bool:
    """Whether a buffer of this name lies in graphics memory; "CUDA_Host" and the like are the processor's."""
    return not (place.startswith(("CPU", "AMX", "BLAS")) or "_Host" in place)
