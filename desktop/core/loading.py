"""How a model is loaded, beside its file and its place: the switches of llama.cpp that people set, as immutable values."""

from __future__ import annotations

from enum import StrEnum

from desktop.core.value import dataclass


class FlashAttention(StrEnum):
    """Attention without a table of all scores: less memory, mostly faster."""

    AUTO = "auto"
    """Where llama.cpp and the model's family can."""
    ON = "on"
    OFF = "off"


class CacheType(StrEnum):
    """How keys and values are kept."""

    F16 = "f16"
    Q8_0 = "q8_0"
    """Half the memory; needs flash attention."""

    def size(self, width: int) -> int:
        """Bytes of a row of `width` numbers."""
        return 2 * width if self is CacheType.F16 else -(-width // 32) * 34


class SplitMode(StrEnum):
    """What several graphics cards share."""

    LAYER = "layer"
    """Each has some of the layers."""
    ROW = "row"
    """All compute every layer together, where their driver can."""
    NONE = "none"
    """One card has everything."""


class Placement(StrEnum):
    """Why no more layers lie on a graphics card."""

    ALL = "all"
    """All do."""
    NO_CARD = "no_card"
    MEMORY = "memory"
    """Its free memory is too small."""
    REFUSED = "refused"
    """It refused what should have fitted."""
    SAFE_MODE = "safe_mode"
    SET = "set"
    """The user wants it so."""


@dataclass(frozen=True)
class LoadSettings:
    """How to load. 0 means automatic where nothing else is said."""

    flash: FlashAttention = FlashAttention.AUTO
    cache: CacheType = CacheType.F16
    batch: int = 0
    """Tokens that are read in one step …"""
    micro_batch: int = 0
    """… and those that are computed at once: more is faster on graphics cards and takes more memory."""
    mapped: bool = True
    """The file is read as it is needed and shares the system's cache."""
    locked: bool = False
    """The system may not swap the weights out."""
    split: SplitMode = SplitMode.LAYER
    main_gpu: int = 0
    """Number of the card that has everything, or what cannot be shared."""
    repack: bool = True
    """Weights are kept in the form this processor reads fastest; the safer modes never do."""
    reading_threads: int = 0
    """Threads while a question is read, if not as many as for writing."""


@dataclass(frozen=True)
class Measured:
    """How a model runs fastest on this machine's processor."""

    repack: bool
    threads: int
    """For writing …"""
    reading_threads: int
    """… and for reading."""
    reading: float
    """How much sooner a question is read than with the usual settings: 1.2 = in 1/1.2 of the time …"""
    writing: float
    """… an answer is written …"""
    gain: float
    """… and an ordinary question with its answer is done."""
