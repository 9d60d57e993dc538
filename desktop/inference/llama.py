"""llama.cpp over its low-level binding: the only file that imports llama_cpp.

Everything ctypes calls back is kept in an attribute for as long as llama.cpp may call it: a collected callback crashes.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import llama_cpp.llama_cpp as native

from desktop.core import memory
from desktop.core.errors import LoadCancelled, LoadFailed, NoModel
from desktop.core.footprint import with_size
from desktop.core.models import (
    EngineHello,
    EngineMode,
    FinishReason,
    GenerateOptions,
    LoadedModel,
    LoadOptions,
    ModelHeader,
    PromptMessage,
    Timings,
    Usage,
)
from desktop.core.ports import Done, LoadProgressed, PromptProgress, PromptRead
from desktop.inference import devices, families, gguf, sampling
from desktop.inference.backend import Job
from desktop.inference.buffers import Buffers
from desktop.inference.fit import fit
from desktop.inference.library import Library
from desktop.inference.prompts import Prompts
from desktop.inference.protocol import PROTOCOL
from desktop.inference.template import Template, TemplateFailed
from desktop.inference.text import AnswerText, TextStream
from desktop.inference.vocabulary import Vocabulary

log = logging.getLogger(__name__)

_BATCH = memory.BATCH
_FIRST_CHUNK = 64
_CHUNK_SECONDS = 0.5
"""How long one step of reading should take, so that progress moves on slow machines too."""
_LOG_ERROR = 4
_ABORTED = 2
"""What llama_decode returns when the abort callback said so."""


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
        self._model: _Model | None = None

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
        wanted = self._gpu_layers(options, header)
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
        )

    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Answer; see `Backend`."""
        if self._model is None:
            raise NoModel
        return self._model.generate(messages, options, job)

    def close(self) -> None:
        """Free the model, if there is one."""
        model, self._model = self._model, None
        if model is not None:
            model.close()

    def _gpu_layers(self, options: LoadOptions, header: ModelHeader) -> int:
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

    def _open(self, options: LoadOptions, header: ModelHeader, gpu_layers: int, job: Job) -> _Model:
        self._buffers = Buffers()
        try:
            flash = not gpu_layers or memory.flash_works(header.family, self._library.devices())
            return _Model(options, header, gpu_layers, flash, job)
        except _Refused as error:
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


class _Refused(Exception):
    """llama.cpp said no; the reason is in its log unless the exception has one."""


class _Model:
    """A loaded model with its context: tokens in, tokens out. `close` frees both."""

    def __init__(self, options: LoadOptions, header: ModelHeader, gpu_layers: int, flash: bool, job: Job) -> None:
        self._model: Any = None
        self._context: Any = None
        self._job: Job | None = job
        self._family = families.FAMILIES.get(header.family)
        self.threads = options.threads or devices.physical_cores()
        self.context = gguf.usable_context(header, options.context)
        self._in_cache: list[int] = []
        """Tokens whose keys and values llama.cpp holds."""
        self._on_abort = native.ggml_abort_callback(self._should_abort)
        try:
            self._load(options, header, gpu_layers, job)
            self._vocabulary = Vocabulary(native, native.llama_model_get_vocab(self._model))
            self._create_context(gpu_layers, flash)
            self.context = min(self.context, int(native.llama_n_ctx(self._context)))
            source = self._family or self._read_template()
            self._prompts = Prompts(source, self._vocabulary, None if self._family else self._vocabulary.leading_bos)
        except BaseException:
            self.close()
            raise
        finally:
            self._job = None

    # --- life

    def _load(self, options: LoadOptions, header: ModelHeader, gpu_layers: int, job: Job) -> None:
        shown = [-1.0]

        def progress(fraction: float, _: object) -> bool:
            if fraction - shown[0] >= 0.01 or fraction >= 1.0:
                shown[0] = fraction
                job.send(LoadProgressed(min(1.0, max(0.0, fraction))))
            job.alive()
            return not job.cancelled

        params = native.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.use_extra_bufts = options.mode is EngineMode.FULL
        params.progress_callback = callback = native.llama_progress_callback(progress)
        no_devices = (ctypes.c_void_p * 1)(None)
        if options.mode is EngineMode.CPU:
            params.devices = ctypes.cast(no_devices, ctypes.c_void_p)
        overrides = (native.llama_model_kv_override * 2)()  # the empty second one ends the list
        if header.context:
            key = f"{header.architecture}.context_length".encode()
            value = native.llama_model_kv_override_value(val_i64=header.context)
            overrides[0] = native.llama_model_kv_override(native.LLAMA_KV_OVERRIDE_TYPE_INT, key, value)
            params.kv_overrides = overrides
        path = os.fsencode(options.path) if sys.platform != "win32" else str(options.path).encode("utf-8")
        self._model = native.llama_model_load_from_file(path, params)
        del callback
        if not self._model:
            raise _Refused

    def _create_context(self, gpu_layers: int, flash: bool) -> None:
        params = native.llama_context_default_params()
        params.n_ctx = self.context
        params.n_batch = params.n_ubatch = min(_BATCH, self.context)
        params.n_threads = params.n_threads_batch = self.threads
        params.flash_attn_type = -1 if flash else 0  # -1: on where llama.cpp can
        params.offload_kqv = params.op_offload = gpu_layers > 0
        params.abort_callback = self._on_abort
        params.no_perf = True
        self._context = native.llama_init_from_model(self._model, params)
        if not self._context:
            raise _Refused
        self._memory = native.llama_get_memory(self._context)
        if not self._memory:
            raise _Refused("the model keeps no conversation in memory")

    def close(self) -> None:
        """Free everything."""
        if self._context:
            native.llama_free(self._context)
            self._context = None
        if self._model:
            native.llama_model_free(self._model)
            self._model = None

    def probe(self, job: Job) -> None:
        """Read a batch and one more token, as every answer does, and forget both."""
        count = self._vocabulary.size
        tokens = [index % count for index in range(3, 3 + min(80, self.context - 1))]
        with self._working(job):
            # after an abort there is nothing to sample from, and llama.cpp would end the process
            if self._decode(tokens) and self._decode(tokens[:1]):
                self._sampled(GenerateOptions(temperature=0.0))
        self._forget(0)

    # --- answers

    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Answer the last message. Raises PromptTooLong."""
        begun = time.monotonic()
        fitted = fit(
            messages, lambda some: len(self._prompts.tokens(some, options.thinking)), self.context, options.max_tokens
        )
        prompt = self._prompts.tokens(fitted.messages, options.thinking)
        reused = self._keep_common_prefix(prompt)
        job.send(PromptRead(len(prompt), reused, fitted.left_out))
        said, reason, first, last = 0, FinishReason.STOPPED, 0.0, 0.0
        with self._working(job):
            if self._read(prompt, job):
                text = AnswerText(self._prompts.thinks, self._prompts.opens_thought(prompt))
                stream = TextStream(job.send, text)
                with self._sampler(options) as sampler:
                    while True:
                        if job.cancelled:
                            break
                        token = int(native.llama_sampler_sample(sampler, self._context, -1))
                        last = time.monotonic()
                        first = first or last
                        if token in self._prompts.role_marks or self._vocabulary.ends(token):
                            reason = FinishReason.STOP
                            break
                        said += 1
                        stream.add(self._vocabulary.bytes_of(token, token in self._prompts.thought_marks))
                        if said == options.max_tokens or len(self._in_cache) + 1 >= self.context:
                            reason = FinishReason.LENGTH
                            break
                        if not self._decode([token]):
                            break
                stream.end()
        rate = (said - 1) / (last - first) if said > 1 and last > first else 0.0
        usage = Usage(len(prompt), reused, said, fitted.left_out)
        return Done(reason, usage, Timings((first - begun) * 1000 if first else 0.0, rate))

    def _keep_common_prefix(self, prompt: Sequence[int]) -> int:
        """Forget what the cache holds beyond the beginning it shares with `prompt`; how many tokens remain."""
        same = 0
        for ours, theirs in zip(self._in_cache, prompt[:-1], strict=False):  # the last one is read again for its logits
            if ours != theirs:
                break
            same += 1
        self._forget(same)
        return len(self._in_cache)

    def _forget(self, keep: int) -> None:
        """Drop everything from token `keep` on; all of it for models that cannot forget a part."""
        if keep and native.llama_memory_seq_rm(self._memory, 0, keep, -1):
            del self._in_cache[keep:]
            return
        native.llama_memory_clear(self._memory, True)
        self._in_cache.clear()

    def _read(self, prompt: Sequence[int], job: Job) -> bool:
        """Decode what of the prompt is not in the cache, in steps that keep progress and cancellation lively."""
        begin, chunk = len(self._in_cache), _FIRST_CHUNK
        while (at := len(self._in_cache)) < len(prompt):
            if job.cancelled:
                return False
            begun = time.monotonic()
            step = prompt[at : at + min(chunk, _BATCH)]
            if not self._decode(step):
                return False
            job.send(PromptProgress(len(self._in_cache) - begin, len(prompt) - begin))
            taken = max(time.monotonic() - begun, 1e-6)
            chunk = max(32, min(_BATCH, chunk * 2, int(len(step) * _CHUNK_SECONDS / taken)))
        return True

    def _decode(self, tokens: Sequence[int]) -> bool:
        """Run the model over more tokens; False if it was aborted. Raises RuntimeError for anything else."""
        array = (native.llama_token * len(tokens))(*tokens)
        result = native.llama_decode(self._context, native.llama_batch_get_one(array, len(tokens)))
        if result == 0:
            self._in_cache.extend(tokens)
            return True
        self._forget(len(self._in_cache))
        if result == _ABORTED:
            return False
        raise RuntimeError(f"llama_decode returned {result}")

    @contextmanager
    def _working(self, job: Job) -> Iterator[None]:
        self._job = job
        try:
            yield
        finally:
            self._job = None

    def _should_abort(self, _: object) -> bool:
        job = self._job
        if job is None:
            return False
        job.alive()
        return job.cancelled

    def _sampler(self, options: GenerateOptions) -> AbstractContextManager[Any]:
        usual = self._family.sampling if self._family else families.OTHER_SAMPLING
        return sampling.chain(native, usual, options, self._vocabulary.size)

    def _sampled(self, options: GenerateOptions) -> int:
        with self._sampler(options) as sampler:
            return int(native.llama_sampler_sample(sampler, self._context, -1))

    def _read_template(self) -> Template:
        source = native.llama_model_chat_template(self._model, None)
        if not source:
            raise _Refused("the file has no chat template, and the model is none we know")
        try:
            return Template(source.decode("utf-8", "replace"), self._vocabulary.bos_text, self._vocabulary.eos_text)
        except TemplateFailed as error:
            raise _Refused(f"its chat template does not work: {error}") from error


def _version() -> str:
    try:
        return importlib.metadata.version("llama-cpp-python")
    except importlib.metadata.PackageNotFoundError:  # a frozen program without metadata
        return str(native.llama_version().decode())
