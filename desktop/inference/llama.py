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
from dataclasses import replace
from pathlib import Path

import llama_cpp.llama_cpp as native
import psutil

from desktop.core import placing
from desktop.core.errors import LoadCancelled, LoadFailed, MachineBusy, NoModel, NotMeasured
from desktop.core.loading import FlashAttention, Measured
from desktop.core.models import (
    EngineHello,
    GenerateOptions,
    LoadedModel,
    LoadOptions,
    ModelHeader,
    PromptMessage,
)
from desktop.inference import devices, drivers, gguf, mapped, tuning
from desktop.inference import plan as planning
from desktop.inference.backend import Job
from desktop.inference.buffers import Buffers
from desktop.inference.extract import Unsuitable, write_extract
from desktop.inference.glm1 import FirstGeneration
from desktop.inference.library import Library
from desktop.inference.model import Model, Refused
from desktop.inference.plan import Plan
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
        notice = "engine.no_cards" if drivers.are_avoided() else None
        return EngineHello(PROTOCOL, "llama", version, build, self._library.devices(), notice)

    def load(self, options: LoadOptions, probe: bool, job: Job) -> LoadedModel:
        """Load; see `Backend`. Also raises ModelFileError and LoadFailed with llama.cpp's own last word."""
        begun = time.monotonic()
        self.close()
        header = gguf.read_header(options.path)
        model, plan = self._open_somehow(options, header, devices.model_size(options.path), job)
        try:
            if probe:
                job.phase("probe")
                model.probe(job)
            self._check_cancelled(job)
        except BaseException:
            model.close()
            raise
        self._model = model
        if self._buffers.copied:  # what the copies replace was read for the last time
            for part in devices.model_parts(options.path):
                mapped.give_back(part)
        seen = self._library.devices()
        cards = placing.cards(plan.how, seen) if plan.gpu_layers else []
        used = [card.description or card.name for card in cards]
        return LoadedModel(
            family=header.family,
            architecture=header.architecture,
            name=header.name,
            context=model.context,
            layers=header.layers,
            gpu_layers=plan.gpu_layers,
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
            how=replace(plan.how, flash=FlashAttention.OFF) if self._buffers.no_flash else plan.how,
            placement=plan.placement,
            graphics_needed=plan.needed,
            graphics_free=plan.free,
            notice=plan.notice or ("engine.not_locked" if self._buffers.not_locked else None),
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

    def measure(self, path: Path, folder: Path, may_repack: bool) -> Measured:
        """See `Backend`."""
        gguf.read_header(path)
        room = psutil.virtual_memory().available // 6  # the extract lies in the memory twice, and once more repacked
        try:
            file = write_extract(path, folder / "extract.gguf", room)
            cores, processors = devices.physical_cores(), devices.processors()
            return tuning.measure(native, file, may_repack=may_repack, cores=cores, processors=processors)
        except tuning.Busy:
            raise MachineBusy from None
        except (Unsuitable, tuning.Refused, OSError) as error:
            raise NotMeasured(reason=str(error) or (self._errors[-1] if self._errors else "no layers")) from error

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

    def _open_somehow(self, options: LoadOptions, header: ModelHeader, size: int, job: Job) -> tuple[Model, Plan]:
        """As planned, or in the ways that are left when the machine does not take that. Raises LoadFailed, LoadCancelled."""
        plan = planning.first(options, header, size, self._library.devices())
        while True:
            try:
                return self._open(options, header, plan, job), plan
            except LoadFailed as failure:
                reason = str(failure.data["reason"])
                other = planning.after(plan, reason, options, header, size, self._library.devices())
                if other is None or job.cancelled:
                    raise
                log.warning(
                    "loading with %d GPU layers failed, trying %d: %s", plan.gpu_layers, other.gpu_layers, reason
                )
                plan = other

    def first_generation(self) -> FirstGeneration:
        """The backend for what llama.cpp cannot express, on the same library."""
        return FirstGeneration(native, self._library, self._plan)

    def _plan(self, options: LoadOptions, header: ModelHeader) -> Plan:
        return planning.first(options, header, devices.model_size(options.path), self._library.devices())

    def _open(self, options: LoadOptions, header: ModelHeader, plan: Plan, job: Job) -> Model:
        self._errors.clear()
        self._buffers = Buffers()
        try:
            return Model(native, options, header, plan, job)
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
