"""Which backend a file needs: llama.cpp, or the one for generation 1. One at a time holds a model."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.core.errors import NotRewritten
from desktop.core.loading import Measured
from desktop.core.models import EngineHello, FileFormat, GenerateOptions, LoadedModel, LoadOptions, PromptMessage
from desktop.inference import gguf
from desktop.inference.backend import Backend, Job
from desktop.inference.legacy.ggml_file import is_legacy
from desktop.inference.legacy.header import FAMILIES


class AnyBackend:
    """Satisfies `Backend` by passing everything on. The usual one speaks for both."""

    def __init__(self, usual: Backend, first: Backend) -> None:
        self._usual = usual
        self._first = first
        self._current = usual

    @property
    def parallel(self) -> int:
        """See `Backend`."""
        return self._current.parallel

    def hello(self) -> EngineHello:
        """See `Backend`."""
        return self._usual.hello()

    def load(self, options: LoadOptions, probe: bool, job: Job) -> LoadedModel:
        """See `Backend`. Raises NotRewritten for files that must become GGUF first."""
        self._current.close()
        _give_back()
        self._current = self._usual
        if is_legacy(options.path):
            header = gguf.read_header(options.path)
            if header.format is FileFormat.CHATGLM_CPP and header.family != FAMILIES[1]:
                raise NotRewritten(path=str(options.path))
            self._current = self._first
        return self._current.load(options, probe, job)

    def begin(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> None:
        """See `Backend`."""
        self._current.begin(messages, options, job)

    def step(self) -> None:
        """See `Backend`."""
        self._current.step()

    def abandon(self) -> None:
        """See `Backend`."""
        self._current.abandon()

    def interrupt(self) -> None:
        """See `Backend`."""
        self._current.interrupt()

    def read_ahead(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> bool:
        """See `Backend`."""
        return self._current.read_ahead(messages, options)

    def read_on(self, asked: Callable[[], bool]) -> bool:
        """See `Backend`."""
        return self._current.read_on(asked)

    def measure(self, path: Path, folder: Path, may_repack: bool) -> Measured:
        """See `Backend`."""
        return (self._first if is_legacy(path) else self._usual).measure(path, folder, may_repack)

    def forget(self, conversation: int) -> None:
        """See `Backend`."""
        self._current.forget(conversation)

    def close(self) -> None:
        """See `Backend`."""
        self._current.close()


def _give_back() -> None:
    """Return to the system what a model has left behind in the heap; elsewhere than with glibc that happens by itself."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
