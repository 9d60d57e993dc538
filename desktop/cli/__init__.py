"""The command line: words → a command → an exit code. One contract for all commands, and no Qt.

Exit codes: 0 fine · 2 wrong usage · 3 the world failed · 4 our bug · 130 interrupted.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from desktop import __version__, i18n, log, messages, paths
from desktop.core.errors import WorldError

FINE, USAGE, WORLD, BUG, INTERRUPTED = 0, 2, 3, 4, 130

Window = Callable[[str | None, str], int]


def run(words: Sequence[str], window: Window) -> int:
    """Carry out a command line. `window(home, log_level)` opens the window when no command is given."""
    _speak_utf8()
    i18n.set_language("system")
    arguments = _parser().parse_args(words)
    if arguments.command is None:
        return window(arguments.home, arguments.log_level)
    place = paths.in_home(Path(arguments.home)) if arguments.home else paths.of_user()
    log.start(place.logs, arguments.log_level)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        return int(arguments.carry_out(arguments, place))
    except KeyboardInterrupt:
        return INTERRUPTED
    except WorldError as error:
        print(messages.of(error), file=sys.stderr)
        return WORLD
    except BrokenPipeError:
        sys.stderr.close()
        return FINE
    except Exception as error:
        report = log.report(place.logs, error)
        print(
            i18n.tr("This is a bug in ChatGLM Desktop. A report was written to {path}.", path=report), file=sys.stderr
        )
        return BUG


def _interrupt(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends a command the same clean way as Ctrl+C."""
    raise KeyboardInterrupt


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    from desktop.cli import ask, conversations, models, selftest, serve, settings  # after the language is known

    parser = argparse.ArgumentParser(
        prog="chatglm-desktop", description="Offline desktop chat for the GLM family. Without a command: the window."
    )
    parser.add_argument("--version", action="version", version=f"chatglm-desktop {__version__}")
    parser.add_argument("--home", metavar="DIR", help="a folder for everything: conversations, models, settings, logs")
    parser.add_argument(
        "--log-level", default="warning", choices=("debug", "info", "warning", "error"), help="default: warning"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for module in (ask, models, conversations, serve, settings, selftest):
        module.add(commands)
    return parser
