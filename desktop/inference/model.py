"""A loaded model and its context, over llama.cpp's binding, which is given and not imported: tokens in, tokens out."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from desktop.core import memory
from desktop.core.models import (
    EngineMode,
    FinishReason,
    GenerateOptions,
    LoadOptions,
    ModelHeader,
    PromptMessage,
    Timings,
    Usage,
)
from desktop.core.ports import Done, LoadProgressed, PromptProgress, PromptRead
from desktop.inference import devices, families, gguf, sampling
from desktop.inference.backend import Job
from desktop.inference.cache import Cache
from desktop.inference.fit import fit
from desktop.inference.prompts import Prompts
from desktop.inference.slots import Slot
from desktop.inference.template import Template, TemplateFailed
from desktop.inference.text import AnswerText, TextStream
from desktop.inference.vocabulary import Vocabulary

_BATCH = memory.BATCH
_FIRST_CHUNK = 64
_CHUNK_SECONDS = 0.5
"""How long one step of reading should take, so that progress moves on slow machines too."""
_CONVERSATIONS = 8
"""How many are kept in the cache at most, as long as there is room."""
_QUICK = 0.1
"""Seconds: a step that is shorter need not look for a cancellation while it runs."""


class Refused(Exception):
    """llama.cpp said no; the reason is in its log unless the exception has one."""


@dataclass(slots=True)
class Written:
    """How far an answer came. `first` and `last` are the monotonic times of its tokens, 0 if there was none."""

    said: int = 0
    reason: FinishReason = FinishReason.STOPPED
    first: float = 0.0
    last: float = 0.0


class Model:
    """A loaded model with its context: tokens in, tokens out. `close` frees both."""

    def __init__(
        self, binding: Any, options: LoadOptions, header: ModelHeader, gpu_layers: int, flash: bool, job: Job
    ) -> None:
        self._native = binding
        self._model: Any = None
        self._context: Any = None
        self._job: Job | None = job
        self._family = families.FAMILIES.get(header.family)
        self.threads = options.threads or devices.physical_cores()
        self.context = gguf.usable_context(header, options.context)
        self._on_abort = binding.ggml_abort_callback(self._should_abort)
        self._no_abort = binding.ggml_abort_callback()
        self._watched = True
        self._pieces: dict[int, bytes | None] = {}
        try:
            self._load(options, header, gpu_layers, job)
            self._vocabulary = Vocabulary(binding, self._native.llama_model_get_vocab(self._model))
            self._create_context(gpu_layers, flash)
            self.context = min(self.context, int(self._native.llama_n_ctx(self._context)))
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

        params = self._native.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.use_extra_bufts = options.mode is EngineMode.FULL
        params.progress_callback = callback = self._native.llama_progress_callback(progress)
        no_devices = (ctypes.c_void_p * 1)(None)
        if options.mode is EngineMode.CPU:
            params.devices = ctypes.cast(no_devices, ctypes.c_void_p)
        overrides = (self._native.llama_model_kv_override * 2)()  # the empty second one ends the list
        if header.context:
            key = f"{header.architecture}.context_length".encode()
            value = self._native.llama_model_kv_override_value(val_i64=header.context)
            overrides[0] = self._native.llama_model_kv_override(self._native.LLAMA_KV_OVERRIDE_TYPE_INT, key, value)
            params.kv_overrides = overrides
        path = os.fsencode(options.path) if sys.platform != "win32" else str(options.path).encode("utf-8")
        self._model = self._native.llama_model_load_from_file(path, params)
        del callback
        if not self._model:
            raise Refused

    def _create_context(self, gpu_layers: int, flash: bool) -> None:
        params = self._native.llama_context_default_params()
        params.n_ctx = self.context
        params.n_batch = params.n_ubatch = min(_BATCH, self.context)
        whole = self._native.llama_model_is_recurrent(self._model) or self._native.llama_model_is_hybrid(self._model)
        params.n_seq_max = sequences = 1 if whole else _CONVERSATIONS  # each of them would cost such models memory
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = self.threads
        params.flash_attn_type = -1 if flash else 0  # -1: on where llama.cpp can
        params.offload_kqv = params.op_offload = gpu_layers > 0
        params.abort_callback = self._on_abort
        params.no_perf = True
        self._context = self._native.llama_init_from_model(self._model, params)
        if not self._context:
            raise Refused
        memory_of_context = self._native.llama_get_memory(self._context)
        if not memory_of_context:
            raise Refused("the model keeps no conversation in memory")
        self._cache = Cache(
            self._native, self._context, memory_of_context, int(params.n_batch), sequences, self._on_evict
        )

    def close(self) -> None:
        """Free everything."""
        if self._context:
            self._native.llama_free(self._context)
            self._context = None
        if self._model:
            self._native.llama_model_free(self._model)
            self._model = None

    def probe(self, job: Job) -> None:
        """Read a batch and one more token, as every answer does, and forget both."""
        count = self._vocabulary.size
        tokens = [index % count for index in range(3, 3 + min(80, self.context - 1))]
        self._cache.begin(tokens, None)
        with self._working(job):
            # after an abort there is nothing to sample from, and llama.cpp would end the process
            if self._cache.decode(tokens) and self._cache.decode(tokens[:1]):
                self._sampled(GenerateOptions(temperature=0.0))
        self._cache.rewind(0)

    # --- answers

    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Answer the last message. Raises PromptTooLong."""
        begun = time.monotonic()
        fitted = fit(
            messages, lambda some: len(self._prompts.tokens(some, options.thinking)), self.context, options.max_tokens
        )
        prompt = self._prompts.tokens(fitted.messages, options.thinking)
        reused = self._cache.begin(prompt, None)
        job.send(PromptRead(len(prompt), reused, fitted.left_out))
        written = Written()
        with self._working(job):
            if self._read(prompt, job):
                text = AnswerText(self._prompts.thinks, self._prompts.opens_thought(prompt))
                stream = TextStream(job.send, text)
                with self._sampler(options) as sampler:
                    self._write(sampler, options.max_tokens, stream, job, written)
                stream.end()
        said, spent = written.said, written.last - written.first
        rate = (said - 1) / spent if said > 1 and spent > 0 else 0.0
        usage = Usage(len(prompt), reused, said, fitted.left_out)
        first = (written.first - begun) * 1000 if written.first else 0.0
        return Done(written.reason, usage, Timings(first, rate))

    def _write(self, sampler: Any, most: int | None, stream: TextStream, job: Job, written: Written) -> None:
        sample, context, decode, tokens = (
            self._native.llama_sampler_sample,
            self._context,
            self._cache.decode,
            self._cache.tokens,
        )
        while not job.cancelled:
            token = sample(sampler, context, -1)
            written.last = now = time.monotonic()
            written.first = written.first or now
            if (piece := self._piece(token)) is None:
                written.reason = FinishReason.STOP
                break
            written.said += 1
            stream.add(piece, now)
            if written.said == most or len(tokens) + 1 >= self.context:
                written.reason = FinishReason.LENGTH
                break
            if not decode([token]):
                break
            self._watch(time.monotonic() - now > _QUICK)

    def _piece(self, token: int) -> bytes | None:
        """What a token says; None if it ends the answer."""
        try:
            return self._pieces[token]
        except KeyError:
            ends = token in self._prompts.role_marks or self._vocabulary.ends(token)
            piece = None if ends else self._vocabulary.bytes_of(token, token in self._prompts.thought_marks)
            self._pieces[token] = piece
            return piece

    def _read(self, prompt: Sequence[int], job: Job) -> bool:
        """Decode what of the prompt is not in the cache, in steps that keep progress and cancellation lively."""
        self._watch(True)
        held = self._cache.tokens
        begin, chunk = len(held), _FIRST_CHUNK
        while (at := len(held)) < len(prompt):
            if job.cancelled:
                return False
            begun = time.monotonic()
            step = prompt[at : at + min(chunk, _BATCH)]
            if not self._cache.decode(step):
                return False
            job.send(PromptProgress(len(held) - begin, len(prompt) - begin))
            taken = max(time.monotonic() - begun, 1e-6)
            chunk = max(32, min(_BATCH, chunk * 2, int(len(step) * _CHUNK_SECONDS / taken)))
        return True

    def _watch(self, wanted: bool) -> None:
        """Have llama.cpp ask between two operations whether to go on, or not: asking takes as long as a small operation."""
        if wanted is not self._watched:
            self._watched = wanted
            callback = self._on_abort if wanted else self._no_abort
            self._native.llama_set_abort_callback(self._context, callback, None)

    def _on_evict(self, slot: Slot) -> None:
        """A conversation leaves the cache."""

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
        return sampling.chain(self._native, usual, options, self._vocabulary.size)

    def _sampled(self, options: GenerateOptions) -> int:
        with self._sampler(options) as sampler:
            return int(self._native.llama_sampler_sample(sampler, self._context, -1))

    def _read_template(self) -> Template:
        source = self._native.llama_model_chat_template(self._model, None)
        if not source:
            raise Refused("the file has no chat template, and the model is none we know")
        try:
            return Template(source.decode("utf-8", "replace"), self._vocabulary.bos_text, self._vocabulary.eos_text)
        except TemplateFailed as error:
            raise Refused(f"its chat template does not work: {error}") from error
