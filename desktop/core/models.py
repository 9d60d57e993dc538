"""The things this application is about, as immutable values.

Times are milliseconds since the Unix epoch (UTC), sizes are bytes, unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import NewType

from desktop.core.footprint import Footprint
from desktop.core.loading import Device as Device
from desktop.core.loading import EngineHello as EngineHello
from desktop.core.loading import EngineMode as EngineMode
from desktop.core.loading import LoadedModel as LoadedModel
from desktop.core.loading import LoadOptions as LoadOptions
from desktop.core.recap import PromptRecap
from desktop.core.value import dataclass

ConversationId = NewType("ConversationId", int)
MessageId = NewType("MessageId", int)
ModelId = NewType("ModelId", str)
DownloadId = NewType("DownloadId", int)
TurnId = NewType("TurnId", int)
"""One request for an answer, unique within a process; the answer's MessageId is known once it is stored."""


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    """The result of a function the model asked for; never stored in a conversation."""


class MessageState(StrEnum):
    """Where a message is in its life. Only answers are ever anything but complete."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    LENGTH = "length"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Usage:
    """Token counts of one answer. `cached_tokens` were not read again; `left_out` counts *messages* that did not fit."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Timings:
    """How long one answer took: milliseconds from the request to its first token; tokens per second after it."""

    first_token_ms: float = 0.0
    tokens_per_second: float = 0.0


@dataclass(frozen=True)
class Message:
    """One node of a conversation's tree."""

    id: MessageId
    conversation: ConversationId
    parent: MessageId | None
    role: Role
    text: str
    thought: str
    state: MessageState
    created: int
    finish_reason: FinishReason | None = None
    error: str | None = None
    """Code of the error that interrupted this answer (see core.errors)."""
    model: ModelId | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    thought_ms: int | None = None
    """How long it thought before the first word; None = it did not, or nobody knows."""


@dataclass(frozen=True)
class Conversation:
    """A tree of messages, of which one path (root to `leaf`) is shown."""

    id: ConversationId
    title: str
    system: str
    created: int
    updated: int
    leaf: MessageId | None
    model: ModelId | None
    draft: str = ""
    """What was typed and not yet sent."""
    thinking: bool | None = None
    """Whether the model thinks first, where its family leaves the choice; None = nobody chose."""


@dataclass(frozen=True)
class ConversationSummary:
    """One row of the side list."""

    id: ConversationId
    title: str
    updated: int
    messages: int
    model: ModelId | None


@dataclass(frozen=True)
class ToolCall:
    """A function the model wants to be called. `arguments` is the text of a JSON object."""

    name: str
    arguments: str


@dataclass(frozen=True)
class PromptMessage:
    """One message as the engine gets it: the thoughts of earlier answers are already left out."""

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    """What an answer asked to be called, after its text."""


class Overflow(StrEnum):
    """What happens to a conversation that no longer fits the context."""

    STOP = "stop"
    DROP = "drop"
    SUMMARISE = "summarise"


@dataclass(frozen=True)
class LogitBias:
    """Added to the logit of one token before anything else; -100 or less forbids it."""

    token: int
    bias: float


@dataclass(frozen=True)
class GenerateOptions:
    """How to sample. None means the default of the model's family (inference.families)."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    typical_p: float | None = None
    """1 = off."""
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    dry_multiplier: float | None = None
    """Strength of the DRY penalty on repeated sequences; 0 = off."""
    mirostat: bool | None = None
    """Mirostat 2 in place of the cutting samplers, with tau 5 and eta 0.1."""
    seed: int | None = None
    max_tokens: int | None = None
    max_length: int | None = None
    """Tokens of prompt and answer together; one more is always written."""
    stop: tuple[str, ...] = ()
    """Texts that end the answer and are not part of it."""
    logit_bias: tuple[LogitBias, ...] = ()
    grammar: str = ""
    """GBNF that the answer must follow; empty = none."""
    json_schema: str = ""
    """Text of a JSON schema that the answer must follow; empty = none."""
    thinking: bool = True
    thought_tokens: int | None = None
    """A thought is ended by us after so many tokens."""
    overflow: Overflow | None = None
    """None = as the settings say."""
    recap: PromptRecap | None = None
    """What the oldest messages say in short; used in their place once the whole conversation no longer fits."""
    tools: str = ""
    """JSON list of functions in OpenAI's form that the model may ask for; empty = none."""
    raw: bool = False
    """The text of the only message is continued as it is, without the family's frame."""
    embed: bool = False
    """The texts of the messages are wanted as vectors, and no answer."""
    lookup: bool = True
    """Guess how the answer goes on from what was said before; the same answer, sooner. Off by itself where it does not pay."""
    conversation: int | None = None
    """Whose words these are: what was read of them may be kept on the disk until that conversation is deleted. None = never."""


class EngineState(StrEnum):
    """The model state shown in the header."""

    NONE = "none"
    LOADING = "loading"
    READY = "ready"
    READING = "reading"
    WRITING = "writing"
    CRASHED = "crashed"


@dataclass(frozen=True)
class EngineStatus:
    """The engine at one moment. `progress` is 0…1 while loading or reading, else 0."""

    state: EngineState = EngineState.NONE
    model: ModelId | None = None
    model_name: str = ""
    progress: float = 0.0
    loaded: LoadedModel | None = None
    mode: EngineMode = EngineMode.FULL
    notice: str | None = None
    """Code of something the user should know ("engine.safe_mode", …), or None."""
    error: str | None = None
    """Error code when the state is NONE after a failed load, or CRASHED."""
    error_data: dict[str, str | int | float | None] = field(default_factory=dict)
    answers: int = 0
    """How many are read for or written now; READING, WRITING and `progress` tell of the first of them."""


class ModelState(StrEnum):
    """Whether an installed model can be used."""

    READY = "ready"
    MISSING = "missing"
    BROKEN = "broken"


class FileFormat(StrEnum):
    """How the file of a model is laid out."""

    GGUF = "gguf"
    CHATGLM_CPP = "chatglm.cpp"
    """Of generation 1 it is used as it is, of later ones it is rewritten as GGUF when it is taken up."""


@dataclass(frozen=True)
class ModelHeader:
    """What the header of a model file says (inference.gguf), without loading it."""

    architecture: str
    name: str
    family: str
    """Identifier of the GLM generation (inference.families), or "other"."""
    quantization: str
    """The field's name for it: "Q4_K_M", "Q8_0", …; "" if the file does not say."""
    context: int
    """Real context in tokens, known corrections applied; 0 if unknown."""
    layers: int
    parameters: int
    vocabulary: int
    kv_per_token: int = 0
    """Bytes of KV cache (f16) for each token of context; 0 if the header does not say enough."""
    footprint: Footprint | None = None
    """What it takes of memory, layer by layer; None if the header does not say enough."""
    format: FileFormat = FileFormat.GGUF


@dataclass(frozen=True)
class ModelFile:
    """A model on this computer."""

    id: ModelId
    name: str
    path: Path
    size: int
    sha256: str | None
    family: str
    architecture: str
    quantization: str
    context: int
    state: ModelState
    added: int
    last_used: int | None = None
    repository: str | None = None
    file: str | None = None
    revision: str | None = None
    licence: str | None = None
    linked: bool = False
    """True: the file lies where the user keeps it; removing the model leaves the file alone."""


class Fit(StrEnum):
    """Whether a build suits this machine."""

    GOOD = "good"
    """Fits into free memory with room to spare."""
    TIGHT = "tight"
    """Fits into the machine's memory if other programs are closed."""
    TOO_LARGE = "too_large"
    """Needs more memory than there is."""
    NO_DISK = "no_disk"
    """Would fit into memory, but not on the disk."""


@dataclass(frozen=True)
class CatalogFile:
    """One file of a catalogue entry; None = not known, ask the hub."""

    file: str
    size: int | None
    sha256: str | None


@dataclass(frozen=True)
class CatalogEntry:
    """A build we recommend (a row of resources/models.json)."""

    id: str
    name: str
    repository: str
    revision: str | None
    """Pinned commit, None = the main branch."""
    files: tuple[CatalogFile, ...]
    size: int
    """Bytes in all; approximate where a file's size is not known."""
    family: str
    parameters: str
    quantization: str
    context: int
    licence: str
    registration: bool
    """The licence asks for a registration before commercial use."""
    licence_url: str
    memory: int
    """Bytes of RAM the machine should have at least."""
    languages: tuple[str, ...]
    summary: str
    """Key of a short translatable sentence on what it is good for."""
    modelscope: str | None = None
    """The repository's name on ModelScope, where it is another one."""
    proposed_from: int | None = None
    """Bytes of RAM from which it is the first choice for a newcomer; None = never proposed by itself."""


@dataclass(frozen=True)
class Machine:
    """This computer, as far as choosing a model needs to know it."""

    memory_total: int
    memory_available: int
    disk_free: int
    cpu: str
    cores: int
    """Physical cores."""
    devices: tuple[Device, ...] = ()


class DownloadState(StrEnum):
    """Where a download is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    VERIFYING = "verifying"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True)
class RemoteFile:
    """A file as the hub describes it; never trust a catalogue over it."""

    repository: str
    file: str
    revision: str
    """The commit the hub resolved the asked revision to."""
    size: int | None
    sha256: str | None
    etag: str | None
    url: str
    """The /resolve/ URL: redirects from it are signed and short-lived, so every attempt starts here."""


@dataclass(frozen=True)
class RemoteRepository:
    """A repository that a search found. None = the source does not say."""

    repository: str
    downloads: int | None
    likes: int | None
    updated: int | None
    """Milliseconds since the epoch."""
    licence: str | None
    tags: tuple[str, ...]
    gated: bool
    """Its files need an account that accepted the licence."""


@dataclass(frozen=True)
class DownloadFile:
    """One file of a download; `received` bytes are in the .part file and hashed."""

    file: str
    size: int | None
    sha256: str | None
    etag: str | None
    received: int
    done: bool


@dataclass(frozen=True)
class Download:
    """A model on its way here: one file, or the parts of a split model."""

    id: DownloadId
    repository: str
    revision: str
    endpoint: str
    files: tuple[DownloadFile, ...]
    state: DownloadState
    created: int
    catalog_id: str | None = None
    error: str | None = None
    error_data: dict[str, str | int | float | None] = field(default_factory=dict)
    notice: str | None = None
    """Code of something the user should know: "download.differs_from_catalog", "download.source_changed",
    "download.started_over"."""
    model: ModelId | None = None
    wanted: bool = False
    """It goes on by itself: at the next start of the window, when there is room again, when the network is switched on."""
    rank: int = 0
    """Its place in the queue, smaller first; equal ones in the order they came."""

    @property
    def size(self) -> int | None:
        """Bytes in all, None while a size is unknown."""
        sizes = [f.size for f in self.files]
        return None if None in sizes else sum(s for s in sizes if s is not None)

    @property
    def received(self) -> int:
        """Bytes that are here."""
        return sum(f.received for f in self.files)
