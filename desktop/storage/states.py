"""Where the worker keeps what it has read of conversations: only the removal is done here, for when there is no worker."""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger(__name__)


def forget_states(folder: Path, conversation: int) -> None:
    """Delete what is kept of a conversation, for every model. `inference.states` names the files. Never raises."""
    try:
        for path in folder.glob(f"*/c{conversation}-*"):
            path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("saved states cannot be removed: %s", error)
