"""Headers of files on a hub: over real HTTP, and from streams that mean no good."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from desktop.core import errors
from desktop.core.models import ModelHeader, RemoteFile, RemoteRepository
from desktop.core.ports import RangeStream
from desktop.hub.lazy import LazyHub
from desktop.inference.gguf import read_header
from desktop.inference.remote import MOST, read_remote_header
from tests.hubserver import HubServer
from tests.inference.gguf_files import GOOD, Tensor, Value, header, text
from tests.models_factory import SHAPES, few_layers, write_model

NAME = "sub folder/模型 Q4_K_M.gguf"


class Stream:
    """A body in chunks; remembers how much was taken of it."""

    def __init__(self, chunks: Iterator[bytes], total: int | None) -> None:
        self._chunks = chunks
        self.offset = 0
        self.total = total
        self.etag = None
        self.partial = True
        self.taken = 0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.taken += len(chunk)
            yield chunk

    def close(self) -> None:
        self.closed = True


class OneStream:
    """A hub (port Hub) that offers one stream."""

    endpoint = "http://127.0.0.1:9"

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def file(self, repository: str, file: str, revision: str | None = None) -> RemoteFile:
        raise NotImplementedError

    def files(self, repository: str, revision: str | None = None) -> tuple[RemoteFile, ...]:
        raise NotImplementedError

    def search(self, text: str, limit: int) -> tuple[RemoteRepository, ...]:
        raise NotImplementedError

    def open(self, remote: RemoteFile, offset: int, end: int | None = None) -> RangeStream:
        return self.stream


def offered(size: int | None) -> RemoteFile:
    return RemoteFile("a/b", NAME, "main", size, None, None, "")


def read(data: bytes, *, chunk: int = 65_536, size: int | None = None) -> tuple[ModelHeader, Stream]:
    stream = Stream((data[at : at + chunk] for at in range(0, len(data), chunk)), len(data))
    try:
        return read_remote_header(OneStream(stream), offered(size)), stream
    finally:
        assert stream.closed


def test_over_http_only_the_beginning_is_fetched(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf", few_layers(SHAPES["chatglm3-6b"], 1), "Q4_K_M", data=False)
    with HubServer() as server:
        server.add("a/b", NAME, path)
        hub = LazyHub(server.url)
        found = read_remote_header(hub, hub.file("a/b", NAME))
        here = read_header(path)
        assert found.footprint == here.footprint
        assert (found.family, found.context, found.kv_per_token) == ("chatglm3", 8192, 1024)
        assert len(server.gets()) == 1
    assert path.stat().st_size > 300_000_000
    assert server.bytes_sent() < MOST + 8_000_000  # what the system's buffers took besides


@pytest.mark.parametrize("chunk", [1, 7, 1000, 1 << 20])
def test_chunks_of_any_size(chunk: int) -> None:
    data = header(GOOD) + bytes(64)
    found, _ = read(data, chunk=chunk)
    assert found.family == "chatglm3"
    assert found.footprint is not None


def test_a_large_vocabulary_is_read_to_the_tensors_and_no_further() -> None:
    tokens = [*(f"token{n}" for n in range(151_000)), "[gMASK]", "<sop>", "<|user|>", "<|assistant|>"]
    merges = [f"a{n} b{n}" for n in range(320_000)]
    values: dict[str, Value] = {**GOOD, "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.merges": merges}
    head = header(values)
    found, stream = read(head + bytes(5_000_000))
    assert (found.family, found.vocabulary) == ("glm-4", 151_004)
    assert len(head) <= stream.taken <= len(head) + (1 << 20) + 65_536


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", errors.FileEmpty),
        (b"<!DOCTYPE html><title>Sign in</title>", errors.NotAModel),
        (header(GOOD)[:-40], errors.FileTruncated),
        (header({**GOOD, "general.architecture": "clip"}) + bytes(64), errors.NotAChatModel),
        (header({**GOOD, "general.architecture": "glm9000"}) + bytes(64), errors.UnknownArchitecture),
    ],
)
def test_what_is_no_model(data: bytes, error: type[errors.ModelFileError]) -> None:
    with pytest.raises(error) as caught:
        read(data)
    assert caught.value.data["path"] == NAME


def test_a_stream_that_ends_early_is_truncated() -> None:
    data = header(GOOD)
    with pytest.raises(errors.FileTruncated):
        read(data[:200], size=1_000_000)


def endless(chunk: bytes) -> Iterator[bytes]:
    while True:
        yield chunk


def test_a_header_without_an_end_is_given_up() -> None:
    """Two values: a text of 60 MB, and whatever comes."""
    start = b"GGUF" + struct.pack("<IQQ", 3, 1, 2) + text("k") + struct.pack("<IQ", 8, 60_000_000)

    def body() -> Iterator[bytes]:
        yield start
        yield from endless(bytes(65_536))

    stream = Stream(body(), None)
    with pytest.raises(errors.CorruptModel) as caught:
        read_remote_header(OneStream(stream), offered(None))
    assert "does not end" in str(caught.value.data["reason"])
    assert stream.taken <= MOST + 65_536
    assert stream.closed


def test_a_drip_is_given_up() -> None:
    seconds = iter(range(10_000))
    stream = Stream(endless(b"G"), None)
    with pytest.raises(errors.HubUnreachable) as caught:
        read_remote_header(OneStream(stream), offered(None), clock=lambda: float(next(seconds)))
    assert caught.value.data["reason"]
    assert stream.taken < 200


def corrupted(data: bytes, source: random.Random) -> bytes:
    """Some bytes changed, a stretch cut out, doubled or swapped for large numbers."""
    made = bytearray(data)
    for _ in range(source.randint(1, 8)):
        at = source.randrange(len(made))
        match source.randrange(5):
            case 0:
                made[at] = source.randrange(256)
            case 1:
                made[at : at + 8] = struct.pack("<Q", source.choice([0, 1, 1 << 31, 1 << 40, (1 << 64) - 1]))
            case 2:
                del made[at : at + source.randint(1, 64)]
            case 3:
                made[at:at] = made[at : at + source.randint(1, 64)]
            case 4:
                made[at : at + 4] = struct.pack("<I", source.randrange(16))
        if not made:
            return b"G"
    return bytes(made)


def kind_of(attempt: Callable[[], ModelHeader]) -> type:
    try:
        return type(attempt())
    except errors.ModelFileError as error:
        return type(error)


def test_headers_of_nonsense_end_quickly_and_in_our_words(tmp_path: Path) -> None:
    """Whatever stands in a header: a description, or one of our errors, soon, here and remotely alike."""
    source = random.Random(20_261)
    tensors = [Tensor(f"blk.{n}.attn_norm.weight", (64,), 0, 256 * n) for n in range(28)]
    values: dict[str, Value] = {**GOOD, "chatglm.attention.head_count_kv": [2] * 28}
    good = header(values, tensors) + bytes(256 * 28)
    path = tmp_path / "m.gguf"
    refused = 0
    begun = time.monotonic()
    for _ in range(1500):
        data = corrupted(good, source)
        path.write_bytes(data)
        outcome = kind_of(partial(read_header, path))
        assert outcome is kind_of(partial(lambda some: read(some, chunk=512)[0], data))
        refused += outcome is not ModelHeader
    assert 300 < refused < 1500
    assert time.monotonic() - begun < 60
