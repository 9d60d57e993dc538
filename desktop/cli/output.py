"""How commands speak: text and JSON to stdout, progress and messages to stderr."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from desktop import i18n
from desktop.app import Application
from desktop.i18n import duration, size, tr
from desktop.messages import sentence
from desktop.paths import Paths

T = TypeVar("T")
Commands = Any
"""argparse's sub-parsers action; its type is private."""


def leaf(commands: Commands, name: str, help: str, carry_out: Any) -> argparse.ArgumentParser:
    """A command that does something, with --json."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(carry_out=carry_out)
    return parser


def group(commands: Commands, name: str, help: str) -> Commands:
    """A command that has commands."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    return parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)


@contextmanager
def application(place: Paths) -> Iterator[Application]:
    """The application for one command, in the language of the settings; what it noticed goes to stderr."""
    app = Application(place)
    try:
        i18n.set_language(app.settings.text("language"))
        for notice in app.notices:
            say(sentence(notice.code, notice.data))
        yield app
    finally:
        app.close()


def wait(future: Future[T]) -> T:
    """The result; wakes up twice a second so that signals are noticed on every system."""
    while True:
        try:
            return future.result(timeout=0.5)
        except FutureTimeout:
            if future.done():
                raise


def say(text: str) -> None:
    """A message for a person."""
    print(text, file=sys.stderr, flush=True)


def put(document: Any) -> None:
    """One JSON document."""
    print(json.dumps(document, ensure_ascii=False), flush=True)


def moment(milliseconds: int | None) -> str | None:
    """ISO 8601, UTC."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(milliseconds: int | None) -> str:
    """A time for people, here."""
    return datetime.fromtimestamp(milliseconds / 1000).strftime("%Y-%m-%d %H:%M") if milliseconds is not None else "–"


class Progress:
    """Progress on stderr: a bar on a terminal, else plain lines at most every 2 s; or JSON objects on stdout."""

    def __init__(self, label: str, *, json: bool = False) -> None:
        self._label = label
        self._json = json
        self._terminal = sys.stderr.isatty()
        self._last = 0.0
        self._drawn = False

    def show(self, done: int, total: int | None, rate: float = 0.0, **more: Any) -> None:
        """`done` of `total` bytes, `rate` bytes per second."""
        now = time.monotonic()
        if now - self._last < (0.2 if self._terminal else 2.0) and done != total:
            return
        self._last = now
        if self._json:
            put({**more, "received": done, "total": total, "rate": round(rate)})
            return
        text = f"{self._label}  {size(done)}" + (f" / {size(total)}" if total else "")
        if rate > 0:
            text += f"  {size(rate)}/s"
            if total:
                text += "  " + tr("{time} left", time=duration((total - done) / rate))
        if self._terminal:
            share = done / total if total else 0
            bar = "█" * round(share * 24)
            sys.stderr.write(f"\r\x1b[K{bar:·<24} {text}" if total else f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._drawn = True
        else:
            say(text)

    def percent(self, fraction: float) -> None:
        """Progress without bytes: on a terminal only."""
        if self._terminal and not self._json:
            sys.stderr.write(f"\r\x1b[K{self._label}  {fraction:.0%}")
            sys.stderr.flush()
            self._drawn = True

    def end(self) -> None:
        """Leave the bar's line."""
        if self._drawn:
            sys.stderr.write("\n")
            self._drawn = False
