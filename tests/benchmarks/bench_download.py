"""How fast a file comes over the loopback, with its SHA-256, next to curl; and over a server that limits each connection.

    python tests/benchmarks/bench_download.py [--megabytes 1024] [--rounds 3] [--folder DIR]

The server is a process of its own that sends with sendfile, so that it is not what is measured. Ours writes, hashes, makes the
bytes last and renames; curl writes. Printed are the best rounds, the ratio, and our peak memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

REPOSITORY, FILE = "bench/model-GGUF", "model.gguf"
_RANGE = re.compile(rb"range: bytes=(\d+)-(\d*)", re.IGNORECASE)


def serve(path: Path, sha256: str, rate: int) -> None:
    """Answer on a port that is printed first, until the process is ended. `rate`: bytes per second of a connection; 0 = none."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=(connection, path, sha256, rate), daemon=True).start()


def _answer(connection: socket.socket, path: Path, sha256: str, rate: int) -> None:
    size = path.stat().st_size
    with connection, path.open("rb") as file:
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            if not (more := connection.recv(65536)):
                return
            data += more
        found = _RANGE.search(data)
        first = int(found[1]) if found else 0
        end = int(found[2]) + 1 if found and found[2] else size
        head = [
            f"HTTP/1.1 {'206 Partial Content' if found else '200 OK'}",
            f"Content-Length: {end - first}",
            f'ETag: "{sha256}"',
            f"X-Repo-Commit: {'0' * 40}",
            f'X-Linked-Etag: "{sha256}"',
            f"X-Linked-Size: {size}",
            "Content-Type: application/octet-stream",
            "Connection: close",
            *([f"Content-Range: bytes {first}-{end - 1}/{size}"] if found else []),
        ]
        connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        if data.startswith(b"HEAD"):
            return
        never = threading.Event()
        step = max(16_384, rate // 20) if rate else 8 << 20
        try:
            while first < end:
                first += os.sendfile(connection.fileno(), file.fileno(), first, min(step, end - first))
                if rate:
                    never.wait(step / rate)
        except OSError:
            return


def ours(url: str, folder: Path, connections: int) -> None:
    """One download in this process; prints what it took as JSON."""
    from desktop.hub.lazy import LazyHub
    from desktop.services.fetch import fetch
    from desktop.services.trying import Halt, Manner

    class Quiet:
        def verifying(self, done: int, total: int) -> None: ...
        def receiving(self, received: int) -> None: ...
        def changed(self, remote: object) -> None: ...
        def noticed(self, code: str) -> None: ...

    hub = LazyHub(url)
    remote = hub.file(REPOSITORY, FILE)
    began = time.perf_counter()
    fetch(hub, remote, folder / FILE, Halt(), Quiet(), Manner(connections=lambda: connections))
    took = time.perf_counter() - began
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]
    print(json.dumps({"seconds": took, "peak": peak}))


def _run_ours(url: str, folder: Path, connections: int) -> tuple[float, int]:
    words = [sys.executable, __file__, "--ours", url, "--folder", str(folder), "--connections", str(connections)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    (folder / FILE).unlink()
    result = json.loads(done.stdout)
    return float(result["seconds"]), int(result["peak"])


def _run_curl(url: str, folder: Path) -> float:
    address = f"{url}/{REPOSITORY}/resolve/main/{FILE}"
    target = folder / "curl.bin"
    began = time.perf_counter()
    subprocess.run(["curl", "-sS", "-o", str(target), address], check=True)
    took = time.perf_counter() - began
    target.unlink()
    return took


def _server(path: Path, sha256: str, rate: int) -> tuple[subprocess.Popen[str], str]:
    words = [sys.executable, __file__, "--serve", str(path), "--sha256", sha256, "--rate", str(rate)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, f"http://127.0.0.1:{process.stdout.readline().strip()}"


def measure(folder: Path, megabytes: int, rounds: int) -> None:
    """Print the table."""
    path = folder / "source.bin"
    digest = hashlib.sha256()
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(megabytes):
            piece = block[:-8] + number.to_bytes(8, "big")
            digest.update(piece)
            file.write(piece)
    size = path.stat().st_size
    for what, rate, count, connections in (("one stream", 0, rounds, 1), ("limited per connection", 8_000_000, 1, 4)):
        if rate:
            with path.open("r+b") as file:
                file.truncate(min(size, 64 << 20))
            digest = hashlib.sha256(path.read_bytes())
            size = path.stat().st_size
        process, url = _server(path, digest.hexdigest(), rate)
        try:
            theirs, mine, peak = [], [], 0
            for _ in range(count):  # in turn, so that a busy moment hits both
                theirs.append(_run_curl(url, folder))
                took, memory = _run_ours(url, folder, connections)
                mine.append(took)
                peak = max(peak, memory)
        finally:
            process.kill()
            process.wait()
        print(
            f"{what:<24} curl {size / min(theirs) / 1e6:7.0f} MB/s   ours {size / min(mine) / 1e6:7.0f} MB/s"
            f"   ratio {min(theirs) / min(mine):.2f}   peak {peak / 1e6:.0f} MB"
        )


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="downloads next to curl")
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--sha256", default="", help=argparse.SUPPRESS)
    parser.add_argument("--rate", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--ours", help=argparse.SUPPRESS)
    parser.add_argument("--connections", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.sha256, options.rate)
    elif options.ours:
        ours(options.ours, options.folder, options.connections)
    elif shutil.which("curl") is None:
        raise SystemExit("needs curl")
    else:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            measure(Path(folder), options.megabytes, options.rounds)


if __name__ == "__main__":
    main()
