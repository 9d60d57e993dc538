"""Processor time of the whole program while it has nothing to do: the real window with a model loaded, and its worker.

    python -m tests.benchmarks.bench_idle [--seconds N] [--json]

The window is a child process on Qt's offscreen platform with the tiny model. Time is counted once it has settled. Exit code 1 above
the goal.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
GOAL = 0.005
"""Of one core."""
_SETTLING_S = 12.0
"""After the start: loading, warming up, and what the program does for itself when it first has nothing to do."""
_PATIENCE_S = 60.0

PAUSE = threading.Event()
"""Never set: time has to pass here."""
CHILD = """
import sys
from pathlib import Path
from desktop import paths
from desktop.app import Application
place = paths.in_home(Path(sys.argv[1]))
place.create()
app = Application(place)
app.library.import_file(app.test_model, copy=False).result(30)
app.close()
from desktop.__main__ import main
sys.exit(main(["--home", sys.argv[1]]))
"""


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="processor time of the idle program")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(Path(folder, "home"))], env=environment)
        try:
            program = psutil.Process(child.pid)
            wait_for_worker(program)
            PAUSE.wait(_SETTLING_S)
            while any("--measure" in child.cmdline() for child in program.children()):
                PAUSE.wait(0.5)
            before, begun = spent(program), time.monotonic()
            PAUSE.wait(arguments.seconds)
            used = spent(program)
            share = {name: (used[name] - before.get(name, 0.0)) / (time.monotonic() - begun) for name in used}
        finally:
            child.terminate()  # its worker follows it
            child.wait(10)
    whole = sum(share.values())
    if arguments.json:
        print(json.dumps({"share": share, "whole": whole, "goal": GOAL}))
    else:
        for name, part in share.items():
            print(f"{name:8} {part:.3%} of a core")
        print(f"whole    {whole:.3%}, goal below {GOAL:.1%}")
    return 0 if whole < GOAL else 1


def wait_for_worker(program: psutil.Process) -> None:
    """Until the window has started its worker."""
    until = time.monotonic() + _PATIENCE_S
    while not any("worker" in child.cmdline() for child in program.children()):
        if time.monotonic() > until or not program.is_running():
            raise SystemExit("the window did not start a worker")
        PAUSE.wait(0.1)


def spent(program: psutil.Process) -> dict[str, float]:
    """Seconds of processor time so far."""
    found = {"window": sum(program.cpu_times()[:2])}
    for child in program.children(recursive=True):
        found["worker"] = found.get("worker", 0.0) + sum(child.cpu_times()[:2])
    return found


if __name__ == "__main__":
    raise SystemExit(main())
