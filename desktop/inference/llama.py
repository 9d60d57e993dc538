"""llama.cpp over its low-level binding: the only file that imports llama_cpp.

Everything ctypes calls back is kept in an attribute for as long as llama.cpp may call it: a collected callback crashes.
"""

from __future__ import annotations

import importlib.metadata
import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence

import llama_cpp.llama_cpp as native

from desktop.core import memory
from desktop.core.errors import LoadCancelled, LoadFailed, NoModel
from desktop.core.footprint import with_size
from desktop.core.models import (
    EngineHello,
    EngineMode,
    GenerateOptions,
    LoadedModel,
    LoadOptions,
    ModelHeader,
    PromptMessage,
)
from desktop.inference import devices, gguf
from desktop.inference.backend import Job
from desktop.inference.buffers import Buffers
from desktop.inference.glm1 import FirstGeneration
from desktop.inference.library import Library
from desktop.inference.model import Model, Refused
from desktop.inference.protocol import PROTOCOL

log = logging.getLogger(__name__)

_LOG_ERROR = 4


class LlamaBackend:
    """Satisfies `Backend`. Raises OSError, RuntimeError or ImportError when the library is missing or broken."""

    def __init__(self) -> None:
        self._errors: deque[str] = deque(maxlen=20)
        self._buffers = Buffers()
        self._on_log = native.llama_log_callback(self._log)
        native.llama_log_set(self._on_log, None)
        self._library = Library(native._lib)
        self._library.load_backends()
        native.llama_backend_init()
        self._model: Model | None = None

    def hello(self) -> EngineHello:
        """Version, build and devices."""
        version = _version()
        build = self._library.build(version, native.llama_print_system_info())
        return EngineHello(PROTOCOL, "llama", version, build, self._library.devices())

    def load(self, options: LoadOptions, probe: bool, job: Job) -> LoadedModel:
        """Load; see `Backend`. Also raises ModelFileError and LoadFailed with llama.cpp's own last word."""
        begun = time.monotonic()
        self.close()
        header = gguf.read_header(options.path)
        self._errors.clear()
        wanted = self.gpu_layers(options, header)
        try:
            model = self._open(options, header, wanted, job)
        except LoadFailed as failure:
            if not wanted or job.cancelled:
                raise
            log.warning("loading with %d GPU layers failed, trying without: %s", wanted, failure)
            wanted = 0
            model = self._open(options, header, wanted, job)
        try:
            if probe:
                job.phase("probe")
                model.probe(job)
            self._check_cancelled(job)
        except BaseException:
            model.close()
            raise
        self._model = model
        seen = self._library.devices()
        used = (
            [device.description or device.name for device in seen if device.kind in ("gpu", "igpu")] if wanted else []
        )
        return LoadedModel(
            family=header.family,
            architecture=header.architecture,
            name=header.name,
            context=model.context,
            layers=header.layers,
            gpu_layers=wanted,
            device=", ".join(used) or next((d.description for d in seen if d.kind == "cpu"), "CPU"),
            threads=model.threads,
            size=devices.model_size(options.path),
            load_ms=(time.monotonic() - begun) * 1000,
            mode=options.mode,
            weights_bytes=self._buffers.weights,
            kv_bytes=self._buffers.cache,
            compute_bytes=self._buffers.work,
            graphics_bytes=self._buffers.graphics,
            copied_bytes=self._buffers.copied,
            thinking=model.thinking,
            parallel=model.parallel,
        )

    @property
    def parallel(self) -> int:
        """See `Backend`."""
        return self._model.parallel if self._model is not None else 1

    def begin(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> None:
        """See `Backend`."""
        if self._model is None:
            raise NoModel
        self._model.begin(messages, options, job)

    def step(self) -> None:
        """See `Backend`."""
        if self._model is not None:
            self._model.step()

    def abandon(self) -> None:
        """See `Backend`."""
        if self._model is not None:
            self._model.abandon()

    def interrupt(self) -> None:
        """See `Backend`."""
        model = self._model
        if model is not None:
            model.interrupt()

    def read_ahead(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> bool:
        """See `Backend`."""
        return self._model is not None and self._model.read_ahead(messages, options)

    def read_on(self, asked: Callable[[], bool]) -> bool:
        """See `Backend`."""
        return self._model is not None and self._model.read_on(asked)

    def forget(self, conversation: int) -> None:
        """See `Backend`."""
        if self._model is not None:
            self._model.forget(conversation)

    def close(self) -> None:
        """Free the model, if there is one."""
        model, self._model = self._model, None
        if model is not None:
            model.save()
            model.close()

    def first_generation(self) -> FirstGeneration:
        """The backend for what llama.cpp cannot express, on the same library."""
        return FirstGeneration(native, self._library, self.gpu_layers)

    def gpu_layers(self, options: LoadOptions, header: ModelHeader) -> int:
        """How many layers go to graphics cards."""
        graphics = [device for device in self._library.devices() if device.kind in ("gpu", "igpu")]
        if options.mode is EngineMode.CPU or not graphics:
            return 0
        if options.gpu_layers >= 0:
            return min(options.gpu_layers, header.layers + 1)
        if header.footprint is None:
            return header.layers + 1
        footprint = with_size(header.footprint, devices.model_size(options.path))
        context = gguf.usable_context(header, options.context)
        fitting = memory.layers_that_fit(
            footprint, context, graphics, flash=memory.flash_works(header.family, graphics)
        )
        return fitting + footprint.skipped if fitting else 0

    def _open(self, options: LoadOptions, header: ModelHeader, gpu_layers: int, job: Job) -> Model:
        self._buffers = Buffers()
        try:
            flash = not gpu_layers or memory.flash_works(header.family, self._library.devices())
            return Model(native, options, header, gpu_layers, flash, job)
        except Refused as error:
            self._check_cancelled(job)
            reason = str(error) or (self._errors[-1] if self._errors else "llama.cpp gave no reason")
            raise LoadFailed(path=str(options.path), reason=reason) from error

    @staticmethod
    def _check_cancelled(job: Job) -> None:
        if job.cancelled:
            raise LoadCancelled

    def _log(self, level: int, text: bytes, _: object) -> None:
        line = text.decode("utf-8", "replace").strip()
        self._buffers.read(line)
        if level != _LOG_ERROR or not line:
            return
        if "failed to load model" not in line:  # comes last and says least
            self._errors.append(line.rpartition("error loading model: ")[2])
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _version() -> str:
    try:
        return importlib.metadata.version("llama-cpp-python")
    except importlib.metadata.PackageNotFoundError:  # a frozen program without metadata
        return str(native.llama_version().decode())
