"""The root of the tree in `core.errors`."""

from __future__ import annotations

from typing import ClassVar

ErrorValue = str | int | float | None


class WorldError(Exception):
    """The world failed: a sentence and an action for the user, no traceback."""

    code: ClassVar[str] = "world"

    def __init__(self, **data: ErrorValue) -> None:
        super().__init__(f"{self.code} {data}")
        self.data: dict[str, ErrorValue] = data
