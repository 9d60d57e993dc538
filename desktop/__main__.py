"""One program, several faces: the window (default), the commands, the worker. Only the chosen one is imported."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["worker"]:  # our own child: no settings, no log file, nothing but the engine
        from desktop.inference.worker import main as work

        return work(words[1:])
    if not words:  # the usual start: the window need not wait for the command line to be built
        return _window(None, "warning")
    from desktop.cli import run

    return run(words, _window)


def _window(home: str | None, log_level: str) -> int:
    gc.disable()  # nothing that a start makes is garbage; the window turns it on again after its first paint
    from desktop.ui.main import run

    return run(home, log_level)


if __name__ == "__main__":
    sys.exit(main())
