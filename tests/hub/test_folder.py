"""A folder as a source, laid out in each of its ways, and what happens when it goes away."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from desktop.core.errors import HubNotFound, HubUnreachable
from desktop.hub.lazy import Access, LazyHub

DATA = b"GGUF" + bytes(range(256)) * 20_000
REPOSITORY, FILE = "zai-org/glm-tiny-gguf", "Q8_0/glm tiny.gguf"


def _stick(tmp_path: Path, where: str) -> LazyHub:
    root = tmp_path / "U 盘 🐼"
    place = root / where / FILE
    place.parent.mkdir(parents=True)
    place.write_bytes(DATA)
    return LazyHub(f"folder:{root}", Access(offline=lambda: True))  # no matter of the network


@pytest.mark.parametrize("where", ["zai-org/glm-tiny-gguf", "glm-tiny-gguf", "."])
def test_every_layout(tmp_path: Path, where: str) -> None:
    hub = _stick(tmp_path, where)
    remote = hub.file(REPOSITORY, FILE)
    assert (remote.size, remote.revision, remote.sha256) == (len(DATA), "folder", None)
    assert hub.files(REPOSITORY) == (remote,)
    assert b"".join(hub.open(remote, 0)) == DATA
    part = hub.open(remote, 1000, 5000)
    assert (part.offset, part.total, part.etag) == (1000, len(DATA), remote.etag)
    assert b"".join(part) == DATA[1000:5000]


def test_a_noted_hash_counts(tmp_path: Path) -> None:
    hub = _stick(tmp_path, REPOSITORY)
    path = Path(hub.file(REPOSITORY, FILE).url)
    path.with_name(path.name + ".sha256").write_text(f"{hashlib.sha256(DATA).hexdigest()}  {path.name}\n")
    assert hub.file(REPOSITORY, FILE).sha256 == hashlib.sha256(DATA).hexdigest()


def test_search(tmp_path: Path) -> None:
    hub = _stick(tmp_path, REPOSITORY)
    assert [one.repository for one in hub.search("glm", 10)] == [REPOSITORY]
    assert hub.search("qwen", 10) == ()


@pytest.mark.parametrize("file", ["other.gguf", "../secret.gguf", "../../U 盘 🐼x/secret.gguf"])
def test_what_is_not_in_it(tmp_path: Path, file: str) -> None:
    hub = _stick(tmp_path, ".")
    (tmp_path / "secret.gguf").write_bytes(b"secret")
    with pytest.raises(HubNotFound):
        hub.file(REPOSITORY, file)


def test_the_stick_is_pulled(tmp_path: Path) -> None:
    hub = _stick(tmp_path, REPOSITORY)
    remote = hub.file(REPOSITORY, FILE)
    os.rename(tmp_path / "U 盘 🐼", tmp_path / "away")
    for call in (
        lambda: hub.file(REPOSITORY, FILE),
        lambda: hub.files(REPOSITORY),
        lambda: hub.search("glm", 10),
        lambda: hub.open(remote, 0),
    ):
        with pytest.raises(HubUnreachable):
            call()


def test_close_ends_a_reader(tmp_path: Path) -> None:
    hub = _stick(tmp_path, REPOSITORY)
    stream = hub.open(hub.file(REPOSITORY, FILE), 0)
    chunks = iter(stream)
    next(chunks)
    thread = threading.Thread(target=stream.close)
    thread.start()
    thread.join()
    rest = b""
    try:
        rest = b"".join(chunks)
    except HubUnreachable:
        pass
    assert len(rest) < len(DATA)
