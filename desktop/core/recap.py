"""What stands in a prompt for messages that no longer fit."""

from __future__ import annotations

from desktop.core.value import dataclass


@dataclass(frozen=True)
class PromptRecap:
    """A summary as the engine gets it. `covers` counts messages from the oldest on, the system message not among them."""

    text: str
    covers: int
