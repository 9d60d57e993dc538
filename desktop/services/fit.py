"""Will it fit? Estimates for the models here and for those a hub offers, corrected by what loads really took.

Of a file on a hub only the header is read, once; it is kept by the file's SHA-256.
"""

from __future__ import annotations

from concurrent.futures import Future

from desktop.core.builds import RemoteBuild
from desktop.core.memory import MemoryEstimate
from desktop.core.models import ModelId

MOST_CONTEXT = 1 << 30
"""Stands for as much context as a model can have."""


class FitService:
    """Futures carry WorldErrors, or CancelledError after close. Any thread. `context` 0 means what a load would take."""

    def installed(self, model: ModelId, context: int = 0) -> Future[MemoryEstimate]:
        """Of a model on this computer. Fails with UnknownModel, ModelFileError."""
        raise NotImplementedError

    def remote(self, build: RemoteBuild, context: int = 0) -> Future[MemoryEstimate]:
        """Of a build that a hub offers. Reads the header of this file, at most 32 MB, unless it is known. Fails with HubError, ModelFileError."""
        raise NotImplementedError

    def remotes(self, builds: tuple[RemoteBuild, ...], context: int = 0) -> Future[dict[str, MemoryEstimate]]:
        """Of several builds of one repository, by `RemoteBuild.file`: one header per model is read; other quantizations follow from their sizes.

        Builds whose size nobody knows are left out. Fails as `remote`.
        """
        raise NotImplementedError

    def close(self, timeout: float = 1.0) -> None:
        """Answer no more."""
