from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.core.errors import EngineCrashed, FileTruncated
from desktop.core.models import (
    Device,
    EngineHello,
    EngineMode,
    FinishReason,
    GenerateOptions,
    LoadedModel,
    LoadOptions,
    Overflow,
    PromptMessage,
    Role,
    Timings,
    Usage,
)
from desktop.core.ports import Done, Failed, Loaded, LoadProgressed, PromptProgress, PromptRead, TextPiece
from desktop.core.recap import PromptRecap
from desktop.inference.protocol import (
    PROTOCOL,
    Alive,
    Body,
    Cancel,
    Command,
    Generate,
    Load,
    Phase,
    ProtocolError,
    Quit,
    decode_reply,
    decode_request,
    encode,
)

MODEL = LoadedModel("chatglm3", "chatglm", "模型", 8192, 28, 0, "CPU", 8, 1 << 40, 12.5, EngineMode.NO_REPACK)
REQUESTS: list[Command] = [
    Load(LoadOptions(Path("C:/模型 dir/a b.gguf"), 4096, -1, 0, EngineMode.CPU), True),
    Generate((PromptMessage(Role.SYSTEM, ""), PromptMessage(Role.USER, "a\nb\u2028\0🙂")), GenerateOptions(seed=7)),
    Generate((), GenerateOptions(overflow=Overflow.SUMMARISE, recap=PromptRecap("他们谈了茶", 8))),
    Generate((), GenerateOptions(temperature=0, top_p=0.5, top_k=1, min_p=0.1, repeat_penalty=1.1, max_tokens=5)),
    Cancel(),
    Quit(),
]
REPLIES: list[Body] = [
    EngineHello(PROTOCOL, "llama", "0.3.36", "abc", (Device("CPU", "A processor", "cpu", 1, 2),)),
    EngineHello(PROTOCOL, "llama", "0.3.36", "abc"),
    Phase("probe"),
    Alive(),
    LoadProgressed(0.5),
    Loaded(MODEL),
    PromptRead(1, 2, 3),
    PromptProgress(1, 2),
    TextPiece("你好", "嗯"),
    Done(FinishReason.LENGTH, Usage(1, 2, 3, 4), Timings(1.5, 2.5)),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_requests_survive_the_pipe(request_: Command) -> None:
    line = encode(7, request_)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode_request(line) == (7, request_)


@pytest.mark.parametrize("reply", REPLIES)
def test_replies_survive_the_pipe(reply: Body) -> None:
    assert decode_reply(encode(7, reply)) == (7, reply)


@pytest.mark.parametrize("error", [EngineCrashed(signal="SIGSEGV", phase="load"), FileTruncated(size=1, expected=None)])
def test_errors_keep_their_kind_and_data(error: EngineCrashed | FileTruncated) -> None:
    identity, reply = decode_reply(encode(3, Failed(error)))
    assert identity == 3
    assert isinstance(reply, Failed)
    assert type(reply.error) is type(error)
    assert reply.error.data == error.data


@pytest.mark.parametrize("text", ["\ud800", "a\udc80b", "\udfff\ud800", "\x00\x1b[31m\r\n\u2028\u2029\x85"])
def test_broken_unicode_does_not_break_the_pipe(text: str) -> None:
    assert decode_reply(encode(1, TextPiece(text, ""))) == (1, TextPiece(text, ""))


def test_undecodable_file_names_survive() -> None:
    path = Path("/tmp/\udcff\udcfe.gguf")
    _, request = decode_request(encode(1, Load(LoadOptions(path), False)))
    assert isinstance(request, Load)
    assert request.options.path == path


def test_megabytes_pass() -> None:
    text = "长文" * 3_000_000
    assert decode_reply(encode(1, TextPiece(text, "")))[1] == TextPiece(text, "")


def test_a_rate_over_no_time_is_none() -> None:
    _, reply = decode_reply(encode(1, Done(FinishReason.STOP, Usage(), Timings(float("inf"), float("nan")))))
    assert reply == Done(FinishReason.STOP, Usage(), Timings(0.0, 0.0))


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"hello\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b'"text"\n',
        b"[" * 100_000 + b"\n",
        b'{"type":"text","id":1,"text":"a","thought":""',
        b'{"type":"text","id":1,"text":"\xc3\xa4","thought":""}\n',
        b'{"type":"text","id":1,"text":1,"thought":""}\n',
        b'{"type":"text","id":1,"text":"a"}\n',
        b'{"type":"text","id":1,"text":"a","thought":"","more":1}\n',
        b'{"type":"text","id":-1,"text":"a","thought":""}\n',
        b'{"type":"text","id":true,"text":"a","thought":""}\n',
        b'{"type":"text","id":1.0,"text":"a","thought":""}\n',
        b'{"type":"text","text":"a","thought":""}\n',
        b'{"type":"song","id":1}\n',
        b'{"type":["text"],"id":1}\n',
        b'{"type":"load_progress","id":1,"fraction":NaN}\n',
        b'{"type":"load_progress","id":1,"fraction":true}\n',
        b'{"type":"load_progress","id":1,"fraction":1' + b"0" * 400 + b"}\n",
        b'{"type":"progress","id":1,"done":1,"total":2.5}\n',
        b'{"type":"done","id":1,"reason":"tired","usage":{},"timings":{}}\n',
        b'{"type":"failed","id":1,"code":"engine.hung","data":[]}\n',
        b'{"type":"failed","id":1,"code":"engine.hung","data":{"a":{}}}\n',
        b'{"type":"load","id":1}\n',
        b'{"type":"quit","id":0}\n',
    ],
)
def test_nonsense_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_reply(line)


@pytest.mark.parametrize("field", ["options", "probe"])
def test_requests_are_checked_too(field: str) -> None:
    record = json.loads(encode(1, REQUESTS[0]))
    record[field] = 3
    with pytest.raises(ProtocolError):
        decode_request(json.dumps(record).encode() + b"\n")


def test_another_protocol_version_is_said() -> None:
    with pytest.raises(ProtocolError, match="speaks protocol 1"):
        decode_reply(b'{"type":"hello","id":0,"protocol":1,"anything":"else"}\n')


def test_an_error_of_a_newer_version_keeps_its_code() -> None:
    _, reply = decode_reply(b'{"type":"failed","id":1,"code":"engine.new","data":{}}\n')
    assert isinstance(reply, Failed)
    assert reply.error.data == {"unknown_code": "engine.new"}
