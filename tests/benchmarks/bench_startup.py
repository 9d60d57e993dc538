"""Start to a usable window, with 10,000 conversations stored, against a bare PySide6 window on the same machine.

    python tests/benchmarks/bench_startup.py [--rounds N] [--conversations N] [--json]

Both are child processes, one after the other in turn, measured from before the process is made until a key that is pressed after the
first paint appears in the text field. On Linux without a display they run under Xvfb. Exit code 1 above the goal.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CHILDREN = Path(__file__).with_name("startup_children.py")
GOAL = 2.5
DAY = 86_400_000


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="start-up time against a bare window")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, display() as environment:
        home = Path(folder, "home")
        populate(home, arguments.conversations)
        environment["PYTHONPATH"] = str(ROOT)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the users' Python keeps what it compiled
        times: dict[str, list[float]] = {"bare": [], "window": []}
        for number in range(arguments.rounds + 1):
            for child, taken in times.items():
                seconds = measure(child, home, environment)
                if number:  # the first round fills the system's caches
                    taken.append(seconds)
    bare, window = statistics.median(times["bare"]), statistics.median(times["window"])
    ratio = window / bare
    if arguments.json:
        print(json.dumps({"bare_s": bare, "window_s": window, "ratio": ratio, "goal": GOAL, "times": times}))
    else:
        print(f"bare window    median {bare:.3f} s   ({min(times['bare']):.3f} to {max(times['bare']):.3f})")
        print(f"ChatGLM Desktop median {window:.3f} s  ({min(times['window']):.3f} to {max(times['window']):.3f})")
        print(f"ratio {ratio:.2f}, goal at most {GOAL}")
    return 0 if ratio <= GOAL else 1


def measure(child: str, home: Path, environment: dict[str, str]) -> float:
    """Seconds one child took until it was usable."""
    command = [sys.executable, str(CHILDREN), child, str(home), repr(time.monotonic())]
    answer = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    if answer.returncode:
        raise SystemExit(f"the {child} window failed:\n{answer.stdout}{answer.stderr}")
    return float(answer.stdout.split()[-1])


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """An environment with a display: the present one, else a fresh Xvfb, else Qt's offscreen platform."""
    environment = dict(os.environ)
    if sys.platform != "linux" or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        yield environment
        return
    if not shutil.which("Xvfb"):
        yield {**environment, "QT_QPA_PLATFORM": "offscreen"}
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()  # written when the server is ready
        try:
            yield {**environment, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()


def populate(home: Path, count: int) -> None:
    """A home with a model and `count` conversations over the last years, two messages each."""
    sys.path.insert(0, str(ROOT))
    from desktop import paths
    from desktop.app import Application, now
    from desktop.storage.database import Database

    place = paths.in_home(home)
    place.create()
    app = Application(place, backend="echo")
    app.library.import_file(app.test_model, copy=False).result(60)
    app.close()
    database = Database(place.database)
    latest = now()
    with database.transaction() as db:
        for number in range(1, count + 1):
            at = latest - number * DAY // 8
            db.execute(
                "INSERT INTO conversation (id, title, created, updated) VALUES (?, ?, ?, ?)",
                (number, f"北京和上海两座城市有什么不同？{number}", at, at),
            )
            for offset, role in ((1, "user"), (2, "assistant")):
                parent = None if role == "user" else 2 * number - 1
                db.execute(
                    "INSERT INTO message (id, conversation, parent, role, text, state, created)"
                    " VALUES (?, ?, ?, ?, ?, 'complete', ?)",
                    (2 * number - 2 + offset, number, parent, role, f"{role} {number} " + "文字" * 100, at),
                )
            db.execute("UPDATE conversation SET leaf = ? WHERE id = ?", (2 * number, number))
    database.close()


if __name__ == "__main__":
    sys.exit(main())
