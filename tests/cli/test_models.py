"""`models …`: the contract's fields and exit codes."""

from __future__ import annotations

import hashlib
import shutil
import struct
from pathlib import Path

import pytest

from tests.cli.conftest import TINY, Program
from tests.hubserver import HubServer

SHA256 = hashlib.sha256(TINY.read_bytes()).hexdigest()
FIELDS = {"id", "name", "path", "size", "sha256", "family", "quantization", "context", "state", "last_used"}


def test_nothing_is_on_a_new_computer(program: Program) -> None:
    assert program("models", "list", "--json").json == []
    empty = program("models", "list")
    assert (empty.code, empty.out) == (0, "")
    assert "No model" in empty.err


def test_the_catalogue_has_its_fields(program: Program) -> None:
    rows = program("models", "catalog", "--json").json
    assert len(rows) >= 14
    for row in rows:
        assert row.keys() >= {"id", "repository", "file", "size", "licence", "fit"}
        assert row["fit"] in ("good", "tight", "too_large", "no_disk")


def test_pull_downloads_verifies_and_registers(program: Program, hub: HubServer) -> None:
    first = program("models", "pull", "test/tiny-GGUF", "chatglm3-tiny.gguf", "--json")
    assert first.code == 0, first.err
    last = first.lines[-1]
    assert (last["state"], last["sha256"]) == ("done", SHA256)
    assert Path(last["path"]).read_bytes() == TINY.read_bytes()
    (row,) = program("models", "list", "--json").json
    assert row.keys() >= FIELDS
    assert (row["id"], row["family"], row["quantization"], row["state"]) == (last["id"], "chatglm3", "Q8_0", "ready")
    again = program("models", "pull", "test/tiny-GGUF", "chatglm3-tiny.gguf", "--json")
    assert again.lines[-1] == last


def test_pull_with_an_endpoint_of_its_own(program: Program, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    done = program("models", "pull", "test/tiny-GGUF", "chatglm3-tiny.gguf", "--endpoint", hub.url)
    assert done.code == 0, done.err
    assert done.out.strip().endswith("chatglm3-tiny.gguf")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody/nothing", "x.gguf"), "may not exist"),  # the hub tells strangers 401, not 404
        (("test/tiny-GGUF", "other.gguf"), "does not have"),
    ],
)
def test_pull_of_what_is_not_there(program: Program, hub: HubServer, words: tuple[str, str], said: str) -> None:
    result = program("models", "pull", *words)
    assert result.code == 3
    assert said in result.err
    assert "Traceback" not in result.err


def test_pull_without_a_network(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    result = program("models", "pull", "test/tiny-GGUF", "x.gguf")
    assert result.code == 3
    assert "cannot be reached" in result.err


def test_pull_of_an_unknown_catalogue_id(program: Program) -> None:
    result = program("models", "pull", "no-such-build")
    assert result.code == 3
    assert "no-such-build" in result.err


def test_import_links_or_copies(program: Program, tmp_path: Path) -> None:
    mine = tmp_path / "我的 模型.gguf"
    shutil.copy(TINY, mine)
    linked = program("models", "import", str(mine), "--json").json
    assert linked["path"] == str(mine)
    assert program("models", "remove", linked["id"]).code == 0
    assert mine.exists()
    copied = program("models", "import", str(mine), "--copy", "--json").json
    assert Path(copied["path"]).is_relative_to(program.home / "models")
    assert program("models", "remove", copied["id"]).code == 0
    assert not Path(copied["path"]).exists()
    assert mine.exists()


def test_verify_notices_a_changed_file(program: Program, tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    shutil.copy(TINY, mine)
    id = program("models", "import", str(mine), "--copy", "--json").json["id"]
    good = program("models", "verify", id, "--json")
    assert (good.code, good.json["sha256"]) == (0, SHA256)
    path = Path(good.json["path"])
    with path.open("r+b") as file:
        file.seek(-10, 2)
        file.write(b"\xff")
    bad = program("models", "verify", id, "--json")
    assert bad.code == 3
    assert bad.json["state"] == "broken"


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"hello, this is a text\n" * 100, "not a model in GGUF format"),
        (b"ggml" + struct.pack("<ii", 4, 2) + b"\0" * 1000, "chatglm.cpp"),
        (TINY.read_bytes()[:3_000_000], "incomplete"),
        (TINY.read_bytes()[:700], "incomplete"),
        (TINY.read_bytes().replace(b"chatglm", b"chatxyz"), "architecture"),
    ],
    ids=["empty", "text", "chatglm.cpp", "truncated", "truncated header", "architecture"],
)
def test_bad_files_are_refused_in_one_sentence(program: Program, tmp_path: Path, content: bytes, said: str) -> None:
    path = write(tmp_path / "bad.gguf", content)
    result = program("models", "import", str(path))
    assert result.code == 3
    assert said in result.err
    assert len(result.err.strip().splitlines()) == 1
    assert program("models", "list", "--json").json == []


def test_unknown_ids(program: Program) -> None:
    for command in ("verify", "remove"):
        result = program("models", command, "nothing")
        assert (result.code, "nothing" in result.err) == (3, True)
