"""A rotating log that never holds a token or a text of the user, and a net for uncaught exceptions."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

_SECRETS = re.compile(
    r"(hf_[A-Za-z0-9]{8,}|Bearer\s+[^\s'\"]+|(?:api_key|token|password)=[^\s&'\"]+|(?<=://)[^/\s@]+:[^/\s@]+(?=@))"
)


class _Redacted(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def redacted(text: str) -> str:
    """The text without tokens, keys and passwords in addresses."""
    return _SECRETS.sub("[removed]", text)


def start(directory: Path, level: str = "warning") -> None:
    """Log into `directory`/chatglm-desktop.log, 1 MB times 3. A directory that cannot be written means no log."""
    root = logging.getLogger()
    root.setLevel(level.upper())
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            directory / "chatglm-desktop.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Redacted("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    for chatty in ("httpx2", "httpcore2", "huggingface_hub", "filelock", "markdown_it"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def report(directory: Path, error: BaseException) -> Path:
    """Write a report of a bug of ours and return its path."""
    path = directory / f"report-{time.strftime('%Y%m%d-%H%M%S')}.txt"
    text = "".join(traceback.format_exception(error))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path.write_text(redacted(text), encoding="utf-8")
    except OSError:
        sys.stderr.write(redacted(text))
    return path


def catch_uncaught(directory: Path, tell: Callable[[Path], None]) -> None:
    """Report exceptions nobody caught, from any thread, and call `tell` with the report's path."""

    def handle(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logging.getLogger("desktop").critical("uncaught", exc_info=(kind, error, trace))
        tell(report(directory, error))

    sys.excepthook = handle

    def handle_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            handle(args.exc_type, args.exc_value, args.exc_traceback)

    threading.excepthook = handle_in_thread
