"""What goes over the pipe between the window process and the worker: one JSON object per line, every field checked.

Pure ASCII, so that no text of the user, however broken, can break the pipe: lone surrogates travel as escapes.
A line that is not a known message raises ProtocolError; both ends treat that as a crash of the other one.
"""

from __future__ import annotations

import json
from typing import Any

from desktop.core.errors import ErrorValue, from_code
from desktop.core.models import EngineHello, GenerateOptions, LoadOptions, PromptMessage
from desktop.core.ports import Done, Failed, Loaded, LoadProgressed, PromptProgress, PromptRead, TextPiece, Vectors
from desktop.core.value import dataclass
from desktop.inference.forms import ProtocolError as ProtocolError
from desktop.inference.forms import checker, plain

PROTOCOL = 5
MAX_LINE = 256 * 1024 * 1024
"""Bytes; a longer line is nonsense. A whole long book with its history stays far below."""


@dataclass(frozen=True)
class Load:
    """Request: load a model in place of the present one."""

    options: LoadOptions
    probe: bool


@dataclass(frozen=True)
class Generate:
    """Request: answer the last message."""

    messages: tuple[PromptMessage, ...]
    options: GenerateOptions


@dataclass(frozen=True)
class Cancel:
    """Request: end the load or the answer of this id early. Unknown ids are finished ones and mean nothing."""


@dataclass(frozen=True)
class Forget:
    """Request without a reply: give up what is kept of this conversation."""

    conversation: int


@dataclass(frozen=True)
class ReadAhead:
    """Request without a reply: the last message may become a question, so read all of it while there is nothing else to do.

    The present one takes the place of the one before; without messages nothing is read ahead any more.
    """

    messages: tuple[PromptMessage, ...]
    options: GenerateOptions


@dataclass(frozen=True)
class Quit:
    """Request: end everything, then yourself."""


@dataclass(frozen=True)
class Phase:
    """Reply: what the worker does from now on: "load", "probe" or "generate"."""

    name: str


@dataclass(frozen=True)
class Alive:
    """Reply: the work advances, though there is nothing to tell."""


@dataclass(frozen=True)
class _Failure:
    """Failed, as it travels."""

    code: str
    data: dict[str, ErrorValue]


Command = Load | Generate | Cancel | Forget | ReadAhead | Quit
Body = (
    EngineHello
    | Phase
    | Alive
    | LoadProgressed
    | Loaded
    | PromptRead
    | PromptProgress
    | TextPiece
    | Vectors
    | Done
    | Failed
)

_COMMANDS: dict[str, type] = {
    "load": Load,
    "generate": Generate,
    "cancel": Cancel,
    "forget": Forget,
    "ahead": ReadAhead,
    "quit": Quit,
}
_BODIES: dict[str, type] = {
    "hello": EngineHello,
    "phase": Phase,
    "alive": Alive,
    "load_progress": LoadProgressed,
    "loaded": Loaded,
    "prompt": PromptRead,
    "progress": PromptProgress,
    "text": TextPiece,
    "vectors": Vectors,
    "done": Done,
    "failed": _Failure,
}
_TAGS = {kind: tag for table in (_COMMANDS, _BODIES) for tag, kind in table.items()}


def encode(identity: int, message: Command | Body) -> bytes:
    """One line, newline included. `identity` is the request's number; 0 where there is none."""
    if type(message) is TextPiece:  # the one there are many of, each while llama.cpp wants the processor
        text, thought = _quoted(message.text), _quoted(message.thought)
        return f'{{"type":"text","id":{identity},"text":{text},"thought":{thought}}}\n'.encode("ascii")
    value: object = message
    if isinstance(message, Failed):
        value = _Failure(message.error.code, message.error.data)
    fields = plain(value)
    assert isinstance(fields, dict)
    record = {"type": _TAGS[type(value)], "id": identity, **fields}
    return _WRITER.encode(record).encode("ascii") + b"\n"


_WRITER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, check_circular=False, separators=(",", ":"))
_quoted = json.encoder.encode_basestring_ascii


def decode_request(line: bytes) -> tuple[int, Command]:
    """A line from the window process. Raises ProtocolError."""
    identity, message = _decode(line, _COMMANDS)
    assert isinstance(message, Command)
    return identity, message


def decode_reply(line: bytes) -> tuple[int, Body]:
    """A line from the worker. Raises ProtocolError, also for the greeting of another protocol version."""
    identity, message = _decode(line, _BODIES)
    if isinstance(message, _Failure):
        return identity, Failed(from_code(message.code, message.data))
    assert not isinstance(message, Command)
    return identity, message


def _decode(line: bytes, kinds: dict[str, type]) -> tuple[int, Any]:
    try:
        record = _READER.decode(line.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {line[:120]!r}") from error
    if not isinstance(record, dict):
        raise ProtocolError(f"not an object: {line[:120]!r}")
    kind = kinds.get(tag) if isinstance(tag := record.pop("type", None), str) else None
    identity = record.pop("id", None)
    if kind is None or type(identity) is not int or identity < 0:
        raise ProtocolError(f"not a message: {line[:120]!r}")
    if kind is EngineHello and record.get("protocol") != PROTOCOL:
        raise ProtocolError(f"the other end speaks protocol {record.get('protocol')!r}, not {PROTOCOL}")
    return identity, checker(kind, str(tag))(record)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


_READER = json.JSONDecoder(parse_constant=_no_constant)
