"""The local hub as a process, as end-to-end tests and people use it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.hub.lazy import LazyHub


def test_it_serves(tmp_path: Path, repository: Path, wait_until: Callable[..., None]) -> None:
    file = tmp_path / "模型.gguf"
    file.write_bytes(b"x" * 100_000)
    port = tmp_path / "port"
    words = ["-m", "tests.hubserver", "--port-file", str(port), "--file", f"a/b={file}", "--rate", "1e9"]
    with subprocess.Popen([sys.executable, *words], cwd=repository) as server:
        try:
            wait_until(port.exists, 30)
            hub = LazyHub(f"http://127.0.0.1:{port.read_text()}")
            (remote,) = hub.files("a/b")
            assert remote == hub.file("a/b", "模型.gguf")
            assert b"".join(hub.open(remote, 99_990)) == b"x" * 10
        finally:
            server.kill()
