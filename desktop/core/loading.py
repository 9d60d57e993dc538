"""The worker's devices, how a model is to be loaded, and how it was: immutable values. Sizes are bytes."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from pathlib import Path

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
class Device:
    """A device llama.cpp sees. `kind` is "cpu", "gpu", "igpu" or "accel"; memory in bytes, 0 = unknown."""

    name: str
    description: str
    kind: str
    memory_total: int = 0
    memory_free: int = 0


@dataclass(frozen=True)
class EngineHello:
    """What a worker says of itself when it starts."""

    protocol: int
    backend: str
    version: str
    """llama-cpp-python's version ("0.3.36"), or the fake backend's."""
    build: str
    """Identifies the compiled library *and* the processor: what was learnt about one build says nothing of another."""
    devices: tuple[Device, ...] = ()
    notice: str | None = None
    """Code of what the user should know of how it was started ("engine.no_cards"), or None."""


class EngineMode(StrEnum):
    """How much of llama.cpp is trusted on this machine; each step is safer and slower than the one before."""

    FULL = "full"
    """llama.cpp's defaults: repacked weights (`use_extra_bufts`), layers on the GPU if there is one."""
    NO_REPACK = "no_repack"
    """`use_extra_bufts` off."""
    CPU = "cpu"
    """`use_extra_bufts` off and no GPU layers."""


@dataclass(frozen=True)
class LoadOptions:
    """How to load a model. `context` 0 = the family's default; `gpu_layers` -1 = all; `threads` 0 = physical cores."""

    path: Path
    context: int = 0
    gpu_layers: int = -1
    threads: int = 0
    mode: EngineMode = EngineMode.FULL
    states: Path | None = None
    """Folder where what was read of conversations is kept; None = it is not kept."""
    states_limit: int = 0
    """Bytes that folder may take."""
    parallel: int = 4
    """Answers that may be written at once, if the model can."""
    how: LoadSettings = field(default_factory=LoadSettings)


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


@dataclass(frozen=True)
class LoadedModel:
    """What a worker says of a model it has loaded."""

    family: str
    architecture: str
    name: str
    context: int
    layers: int
    gpu_layers: int
    device: str
    threads: int
    size: int
    load_ms: float = 0.0
    mode: EngineMode = EngineMode.FULL
    thinking: str = "no"
    """Whether it thinks before it answers: "no", "always", or "switch" where that can be chosen."""
    weights_bytes: int = 0
    """What llama.cpp allocated, as it says itself; 0 = it did not say. First the weights, each once …"""
    kv_bytes: int = 0
    """… the cache of keys and values …"""
    compute_bytes: int = 0
    """… intermediate results …"""
    graphics_bytes: int = 0
    """… and how much of the three lies in graphics memory."""
    copied_bytes: int = 0
    """Weights that are kept a second time, in a form the processor reads faster; not in `weights_bytes`."""
    parallel: int = 1
    """Answers it writes at once."""
    how: LoadSettings = field(default_factory=LoadSettings)
    """What the settings came to: nothing in it is automatic any more but flash attention, which llama.cpp decides."""
    placement: Placement = Placement.ALL
    graphics_needed: int = 0
    """Bytes of graphics memory all layers would take …"""
    graphics_free: int = 0
    """… and what was free before the load; 0 = the card does not tell."""
    notice: str | None = None
    """Code of what did not go as planned, if anything did not."""
