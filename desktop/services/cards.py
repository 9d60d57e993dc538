"""What was learnt about the drivers of the graphics cards: whether asking them for their cards ends the worker.

A worker that dies before its greeting cannot say what build it is. Therefore this is remembered under what can be seen from
outside (`inference.drivers`): with another build, driver or card the cards are tried again by themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from desktop.core.errors import EngineError, EngineHung, WorldError
from desktop.core.models import EngineMode
from desktop.services.safemode import is_native, remember
from desktop.storage.library import EngineModeStore

log = logging.getLogger(__name__)

_CARDS = "* cards"


class CardMemory:
    """Satisfies the port `Cards`. A disk that cannot be written costs a crash at the next start, nothing more."""

    def __init__(self, store: EngineModeStore, identity: Callable[[], str], clock: Callable[[], int]) -> None:
        """`identity` changes with the build, the drivers and the cards."""
        self._store = store
        self._identity = identity
        self._clock = clock
        self._avoided = ""
        """Also kept here: what could not be written counts until the end of this process."""

    def are_avoided(self) -> bool:
        """See `Cards`."""
        identity = self._identity()
        try:
            known = self._store.get(identity, _CARDS)
        except WorldError as error:
            log.info("not known whether the cards crash: %s", error)
            known = None
        return identity == self._avoided or (known is not None and known[0] is EngineMode.CPU)

    def may_be_to_blame(self, error: EngineError) -> bool:
        """See `Cards`."""
        return error.data.get("phase") == "start" and (is_native(error) or isinstance(error, EngineHung))

    def avoid(self) -> None:
        """See `Cards`."""
        self._avoided = self._identity()
        self._put(self._avoided, EngineMode.CPU)

    def try_again(self) -> None:
        """See `Cards`."""
        if self.are_avoided():
            self._avoided = ""
            self._put(self._identity(), EngineMode.FULL)

    def _put(self, identity: str, mode: EngineMode) -> None:
        remember(self._store, identity, _CARDS, mode, False, self._clock())
