"""Ranges, the hash that keeps up, and the part file: what it claims is there."""

from __future__ import annotations

import errno
import hashlib
import os
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from desktop.core.errors import DiskDenied, DownloadBusy, WrongBytes, WrongSize
from desktop.core.models import RemoteFile
from desktop.storage import partfile
from desktop.storage.hashing import FrontHash
from desktop.storage.partfile import Found, PartFile, received
from desktop.storage.ranges import Ranges

DATA = random.Random(5).randbytes(3_000_000)
SHA256 = hashlib.sha256(DATA).hexdigest()


def remote(size: int | None = len(DATA), sha256: str | None = SHA256, etag: str = "e") -> RemoteFile:
    return RemoteFile("a/b", "x.gguf", "main", size, sha256, etag, "http://x")


@pytest.mark.parametrize("seed", range(20))
def test_ranges_are_a_set_of_bytes(seed: int) -> None:
    dice = random.Random(seed)
    ranges, there = Ranges(), set[int]()
    for _ in range(60):
        start = dice.randrange(200)
        end = start + dice.randrange(0, 25)
        ranges.add(start, end)
        there.update(range(start, end))
        pairs = ranges.pairs()
        assert {at for start, end in pairs for at in range(start, end)} == there
        assert all(before[1] < after[0] for before, after in pairwise(pairs))
        assert ranges.total == len(there)
        assert ranges.front() == next(at for at in range(300) if at not in there)
        missing = {at for start, end in ranges.missing(210) for at in range(start, end)}
        assert missing == set(range(210)) - there
        assert ranges.below(100).total == len([at for at in there if at < 100])


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "模型 🐼" / "x.gguf"


@pytest.fixture
def part(target: Path) -> Iterator[PartFile]:
    part = PartFile(target)
    yield part
    part.close()


def _quiet(done: int, total: int) -> None: ...


@pytest.mark.parametrize("seed", range(5))
def test_pieces_in_any_order(part: PartFile, target: Path, seed: int) -> None:
    part.open(remote())
    pieces = list(range(0, len(DATA), 70_000))
    random.Random(seed).shuffle(pieces)
    for start in pieces:
        part.write(start, DATA[start : start + 70_000])
    assert part.missing(len(DATA)) == []
    assert part.finish(_quiet) == SHA256
    assert target.read_bytes() == DATA
    assert list(target.parent.iterdir()) == [target]


def test_what_is_here_is_known_again(target: Path) -> None:
    with_gap = PartFile(target)
    with_gap.open(remote())
    with_gap.write(0, DATA[:1000])
    with_gap.write(500_000, DATA[500_000:600_000])
    with_gap.close()
    assert received(target) == 101_000
    again = PartFile(target)
    assert again.open(remote()) is Found.SAME
    assert again.missing(len(DATA)) == [(1000, 500_000), (600_000, len(DATA))]
    again.write(1000, DATA[1000:500_000])
    again.write(600_000, DATA[600_000:])
    assert again.finish(_quiet) == SHA256


def test_a_map_that_was_cut_off(part: PartFile, target: Path) -> None:
    part.open(remote())
    part.write(0, DATA[:1000])
    part.write(1000, DATA[1000:2000])
    part.close()
    file = target.with_name("x.gguf.part.json")
    file.write_text(file.read_text().replace("[[0, 2000]]", "[]"))  # as if nothing had been synced
    lines = target.with_name("x.gguf.part.map")
    lines.write_bytes(lines.read_bytes()[:-2])
    assert received(target) == 1000


def test_a_part_that_became_shorter(part: PartFile, target: Path) -> None:
    part.open(remote())
    part.write(0, DATA[:100_000])
    part.close()
    with target.with_name("x.gguf.part").open("r+b") as file:
        file.truncate(4000)
    assert received(target) == 4000


@pytest.mark.parametrize("other", [remote(sha256="f" * 64), remote(size=5), remote(sha256=None, etag="f")])
def test_another_version_begins_anew(part: PartFile, target: Path, other: RemoteFile) -> None:
    part.open(remote())
    part.write(0, DATA[:1000])
    part.close()
    again = PartFile(target)
    assert again.open(other) is Found.OTHER
    assert again.received == 0
    again.discard()
    assert list(target.parent.iterdir()) == []


def test_nothing_wrong_becomes_the_file(part: PartFile, target: Path) -> None:
    part.open(remote())
    part.write(0, DATA[:-10])
    with pytest.raises(WrongSize):
        part.finish(_quiet)
    part.write(len(DATA) - 10, b"0123456789")
    with pytest.raises(WrongBytes):
        part.finish(_quiet)
    assert not target.exists()


def test_one_at_a_time(part: PartFile, target: Path) -> None:
    with pytest.raises(DownloadBusy):
        PartFile(target)


def test_many_syncs(part: PartFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partfile, "SYNC_EVERY", 100_000)
    part.open(remote())
    for start in range(0, len(DATA), 50_000):
        part.write(start, DATA[start : start + 50_000])
    assert part.finish(_quiet) == SHA256


def test_the_hash_reads_back_what_memory_cannot_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.storage.hashing._BUDGET", 100_000)
    path = tmp_path / "x"
    path.write_bytes(DATA)
    hashing = FrontHash(path)
    for start in range(1_000_000, len(DATA), 50_000):  # far ahead of the front
        hashing.grown(start, DATA[start : start + 50_000], 0)
    hashing.grown(0, DATA[:1_000_000], len(DATA))
    assert hashing.digest(len(DATA), _quiet) == SHA256
    hashing.close()


def test_a_file_that_shrinks_under_the_hash(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(DATA[:100])
    hashing = FrontHash(path)
    with pytest.raises(DiskDenied):
        hashing.digest(len(DATA), _quiet)
    hashing.close()


def test_a_sync_that_failed_is_told_at_the_end_though_the_next_one_works(
    part: PartFile, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system tells of bytes it lost only once, whoever asks first."""
    failures = [OSError(errno.EIO, "Input/output error")]
    fsync = os.fsync

    def failing(descriptor: int) -> None:
        if failures:
            raise failures.pop()
        fsync(descriptor)

    part.open(remote())
    monkeypatch.setattr(partfile, "SYNC_EVERY", len(DATA))
    monkeypatch.setattr(os, "fsync", failing)
    part.write(0, DATA)
    with pytest.raises(DiskDenied):
        part.finish(_quiet)
    assert not target.exists()
    assert failures == []
