"""What the window remembers between starts: place and size, the open conversation, whether the side list is folded."""

from __future__ import annotations

import json
import logging
import os
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop.core.models import ConversationId

log = logging.getLogger(__name__)

FILE = "window.json"


@dataclass(frozen=True)
class WindowState:
    """Device-independent pixels. A size of 0 means: choose."""

    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    maximized: bool = False
    folded: bool = False
    conversation: ConversationId | None = None


def read(file: Path) -> WindowState:
    """What was written; the defaults where that is missing or makes no sense. Never fails: this is a convenience."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return WindowState()
    if not isinstance(raw, dict):
        return WindowState()
    conversation = _number(raw, "conversation")
    return WindowState(
        x=_number(raw, "x"),
        y=_number(raw, "y"),
        width=_number(raw, "width"),
        height=_number(raw, "height"),
        maximized=raw.get("maximized") is True,
        folded=raw.get("folded") is True,
        conversation=ConversationId(conversation) if conversation > 0 else None,
    )


def write(file: Path, state: WindowState) -> None:
    """Replace the file in one step. A disk that refuses is logged: losing a window's place is no loss."""
    temporary = file.with_name(f"{file.name}.{threading.get_ident()}.tmp")  # the end may meet a write that is under way
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(asdict(state)), encoding="utf-8")
        os.replace(temporary, file)
    except OSError as error:
        log.info("the window's place was not saved: %s", error)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _number(raw: dict[str, object], name: str) -> int:
    value = raw.get(name)
    return value if type(value) is int and abs(value) < 1 << 40 else 0
