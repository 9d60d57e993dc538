"""What the library of models says and takes besides the models themselves, as immutable values. Sizes are bytes."""

from __future__ import annotations

from pathlib import Path

from desktop.core.value import dataclass


@dataclass(frozen=True)
class ModelOptions:
    """What is set for one model alone. None = inherit: the settings' value, then the family's. Ranges: storage.modeloptions."""

    context: int | None = None
    """Tokens; 0 = automatic."""
    gpu_layers: int | None = None
    """-1 = as many as possible."""
    threads: int | None = None
    """0 = one per core."""
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    """0 = off."""
    min_p: float | None = None
    repeat_penalty: float | None = None
    """1 = off."""
    max_tokens: int | None = None
    system_prompt: str | None = None
    """For new conversations; an empty text means explicitly none."""
    thinking: bool | None = None
    """False = never, also where a conversation wants it; None and True = as each conversation wants."""
    thought_tokens: int | None = None
    stop: str | None = None
    """Texts that end an answer, one per line; \\n and \\t within one stand for a line feed and a tab."""
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    dry_multiplier: float | None = None
    typical_p: float | None = None
    mirostat: bool | None = None


@dataclass(frozen=True)
class Removal:
    """What removing a model did to the disk."""

    size: int
    """Bytes of files of ours that left the models folder; 0 for a linked model, whose file stays."""
    to_trash: bool
    """True: they lie in the system's trash, and the room comes back when it is emptied."""


@dataclass(frozen=True)
class ModelFolder:
    """A folder of the user's whose models are listed; the program never writes into it."""

    path: Path
    present: bool
    """False: it cannot be reached now (a stick that was pulled)."""
    models: int
    """How many models of the list come from it."""


@dataclass(frozen=True)
class FoundModel:
    """A model that another program on this computer already holds."""

    program: str
    """Name of the program: "LM Studio", "Ollama", …"""
    name: str
    path: Path
    size: int
    family: str
    """As in ModelHeader."""
    architecture: str
    quantization: str
    sha256: str | None = None
    """As the other program noted it; not checked."""
