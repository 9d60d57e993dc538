"""`models search|files|pull|downloads|pause|resume|cancel`: sources, and downloads that other processes work on."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, TINY, Program
from tests.hubserver import CHUNK, Fault, HubServer

SHA256 = hashlib.sha256(TINY.read_bytes()).hexdigest()
REPOSITORY, FILE = "test/tiny-GGUF", "chatglm3-tiny.gguf"
WAIT_S = 60


def test_search_and_files(program: Program, hub: HubServer) -> None:
    hub.add("test/GLM-4-tiny-GGUF", "model-Q8_0.gguf", TINY)
    hub.add("test/GLM-4-tiny-GGUF", "mmproj-model-f16.gguf", b"eyes")
    found = program("models", "search", "tiny", "--json")
    assert found.code == 0, found.err
    (row,) = found.json  # of the GLM family only
    assert row["repository"] == "test/GLM-4-tiny-GGUF"
    assert row.keys() >= {"downloads", "likes", "updated", "licence", "gated"}
    every = program("models", "search", "tiny", "--all", "--json").json
    assert [one["repository"] for one in every] == ["test/GLM-4-tiny-GGUF", REPOSITORY]
    files = program("models", "files", "test/GLM-4-tiny-GGUF", "--json").json
    assert files == [{"file": "model-Q8_0.gguf", "size": TINY.stat().st_size, "sha256": SHA256}]
    assert "Q8_0" in program("models", "files", "test/GLM-4-tiny-GGUF").out


def test_from_a_folder(program: Program, tmp_path: Path) -> None:
    stick = tmp_path / "U 盘 🐼"
    (stick / REPOSITORY).mkdir(parents=True)
    shutil.copy(TINY, stick / REPOSITORY / FILE)
    source = f"folder:{stick}"
    assert (
        program("models", "search", "tiny", "--all", "--source", source, "--json").json[0]["repository"] == REPOSITORY
    )
    done = program("models", "pull", REPOSITORY, FILE, "--source", source, "--json")
    assert done.code == 0, done.err
    assert done.lines[-1]["sha256"] == SHA256
    gone = program("models", "pull", REPOSITORY, "other.gguf", "--source", f"folder:{tmp_path / 'pulled'}")
    assert (gone.code, "cannot be reached" in gone.err) == (3, True)


def test_a_source_that_is_none(program: Program) -> None:
    assert program("models", "pull", REPOSITORY, FILE, "--source", "nonsense").code == 2


def test_the_next_source_is_offered(program: Program) -> None:
    result = program("models", "pull", REPOSITORY, FILE, "--endpoint", "http://127.0.0.1:9")
    assert result.code == 3
    assert "--source hub" in result.err
    assert "Traceback" not in result.err


def test_offline(program: Program, hub: HubServer) -> None:
    assert program("settings", "set", "offline", "on").code == 0
    for words in (("search", "glm"), ("files", REPOSITORY), ("pull", REPOSITORY, FILE)):
        result = program("models", *words)
        assert (result.code, "offline" in result.err.lower()) == (3, True)
    assert hub.requests == []


def test_pause_resume_cancel_from_another_terminal(
    program: Program, hub: HubServer, wait_until: Callable[..., None]
) -> None:
    with _pulling(program, hub) as pull:
        (row,) = program("models", "downloads", "--json").json
        assert (row["state"], row["file"]) == ("running", FILE)
        number = str(row["download"])
        assert program("models", "pause", number, "--json").json["state"] == "paused"
        assert pull.wait(WAIT_S) == 0
        assert program("models", "downloads", "--json").json[0]["received"] >= 10 * CHUNK
    done = program("models", "resume", number, "--json")
    assert (done.code, done.lines[-1]["sha256"]) == (0, SHA256)
    assert program("models", "downloads", "--json").json == []
    for command in ("pause", "resume", "cancel"):
        result = program("models", command, "99")
        assert (result.code, "99" in result.err) == (3, True)


def test_cancel_from_another_terminal(program: Program, hub: HubServer) -> None:
    with _pulling(program, hub) as pull:
        number = str(program("models", "downloads", "--json").json[0]["download"])
        assert program("models", "cancel", number, "--json").json == {"download": int(number), "state": "cancelled"}
        assert pull.wait(WAIT_S) == 3
    assert [path for path in (program.home / "models").rglob("*") if path.is_file()] == []


@contextmanager
def _pulling(program: Program, hub: HubServer) -> Iterator[subprocess.Popen[Any]]:
    """A download in another process that does not get on."""
    fault = Fault(hold=10 * CHUNK)
    hub.faults.append(fault)
    words = program.command("models", "pull", REPOSITORY, FILE)
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as pull:
        try:
            assert fault.reached.wait(WAIT_S)
            yield pull
        finally:
            pull.kill()
            fault.release.set()


@pytest.mark.skipif(sys.platform != "linux", reason="needs network namespaces")
def test_nothing_needs_a_network_to_say_that_it_is_offline(program: Program) -> None:
    """In a network namespace of its own there is not even a loopback: whatever sent a packet would fail otherwise."""
    alone = ["unshare", "-n", "--"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("cannot make a network namespace")
    assert program("settings", "set", "offline", "on").code == 0
    words = program.command("models", "pull", "glm-edge-1.5b-q4_k_m")
    done = subprocess.run([*alone, *words], cwd=ROOT, capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert (done.returncode, "offline" in done.stderr.lower()) == (3, True)
