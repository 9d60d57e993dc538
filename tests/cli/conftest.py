"""Runs the program as its user does: as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hubserver import HubServer

ROOT = Path(__file__).resolve().parent.parent.parent
TINY = ROOT / "resources" / "chatglm3-tiny.gguf"
LIMIT_S = 120


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """One object per line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Program:
    """`chatglm-desktop --home DIR`."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def command(self, *words: str) -> list[str]:
        """The words of a command line."""
        return [sys.executable, "-m", "desktop", "--home", str(self.home), *words]

    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*words),
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT_S,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program over an empty home."""
    return Program(tmp_path / "家 home")


@pytest.fixture
def ready(program: Program) -> Program:
    """The program with the tiny model."""
    assert program("models", "import", str(TINY)).code == 0
    return program


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A hub with the tiny model in it, which the program takes for the hub."""
    with HubServer() as server:
        server.add("test/tiny-GGUF", "chatglm3-tiny.gguf", TINY)
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
