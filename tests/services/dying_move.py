"""Moves the models again and again, and dies at the next moment each time: python dying_move.py HOME PLACE → JSON.

Each try is a fork, so that it starts from nothing; its audit hook counts the file operations of the move and kills it
before the n-th. Another fork is the next start, and tells what it finds.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from desktop import paths
from desktop.app import Application

OPERATIONS = frozenset({"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "open"})
MOST = 400


def main() -> None:
    home, place = Path(sys.argv[1]), Path(sys.argv[2])
    first = home / "models"
    outcomes: list[dict[str, Any]] = []
    number = 1
    while number < MOST:
        end = fork(partial(move, home, place, number))
        outcome = json.loads(told(partial(look, home, first, place)))
        outcomes.append({**outcome, "signal": os.WTERMSIG(end) if os.WIFSIGNALED(end) else 0})
        if not os.WIFSIGNALED(end):
            break
        if outcome["folder"] != str(first):
            fork(partial(move, home, first, MOST * 10))
        number += 1
    sys.stdout.write(json.dumps(outcomes))


def fork(call: Callable[[], object]) -> int:
    """Run it in a child; its exit status."""
    child = os.fork()
    if child == 0:
        try:
            call()
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def told(call: Callable[[], str]) -> str:
    """Run it in a child; what it returns."""
    read, write = os.pipe()

    def tell() -> None:
        with os.fdopen(write, "w") as pipe:
            pipe.write(call())

    child = os.fork()
    if child == 0:
        tell()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


def move(home: Path, to: Path, last: int) -> None:
    """Move the models; die before file operation number `last`."""
    app = Application(paths.in_home(home), backend="echo")
    seen = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in OPERATIONS:
            seen += 1
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    app.mover.move(to).result(60)


def look(home: Path, first: Path, place: Path) -> str:
    """Start again, and describe what is there."""
    app = Application(paths.in_home(home), backend="echo")
    digests = {}
    for model in app.library.models():
        for part in model.path.parent.glob(model.path.name.replace("00001-of", "*-of")):
            digests[part.name] = hashlib.sha256(part.read_bytes()).hexdigest()
    outcome = {
        "folder": str(app.library.folder),
        "digests": digests,
        "journal": (home / "move.json").exists(),
        "files": [f.name for root in (first, place) for f in root.rglob("*") if f.is_file() and f.name != "notes.txt"],
        "notes": (first / "notes.txt").read_text(),
    }
    app.close()
    return json.dumps(outcome)


if __name__ == "__main__":
    main()
