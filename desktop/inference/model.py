"""A loaded model and its context, over llama.cpp's binding, which is given and not imported: tokens in, tokens out."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from desktop.core.models import (
    FinishReason,
    GenerateOptions,
    LoadOptions,
    ModelHeader,
    PromptMessage,
    Timings,
    Usage,
)
from desktop.core.ports import Done, LoadProgressed, PromptProgress, PromptRead
from desktop.inference import devices, families, gguf, sampling, settings
from desktop.inference.backend import Job
from desktop.inference.cache import Cache, native_path
from desktop.inference.fit import fit
from desktop.inference.lookup import Costs, Lookup
from desktop.inference.plan import Plan
from desktop.inference.prompts import Prompts
from desktop.inference.slots import Slot
from desktop.inference.states import States, identity
from desktop.inference.template import Template, TemplateFailed
from desktop.inference.text import AnswerText, TextStream
from desktop.inference.vocabulary import Vocabulary
from desktop.inference.watch import Watch

_FIRST_CHUNK = 64
_MOST_SECONDS = 0.35
"""How long the longest operation of a step of reading may take: a cancellation waits for its end, half of it as a rule."""
_CONVERSATIONS = 8
"""How many are kept in the cache at most, as long as there is room."""
_WORTH_A_FILE = 64
"""Tokens that are sooner read from a file than again."""
_SAVE_SECONDS = 1.5
"""Time there is for saving at the end …"""
_SAVE_RATE = 200_000_000
"""… and bytes per second to count on, checksum included."""
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

    def __init__(self, binding: Any, options: LoadOptions, header: ModelHeader, plan: Plan, job: Job) -> None:
        self._native = binding
        self._model: Any = None
        self._context: Any = None
        self._family = families.FAMILIES.get(header.family)
        self.threads = options.threads or devices.physical_cores()
        self.context = gguf.usable_context(header, options.context)
        self._asked = Watch()
        self._on_abort = binding.ggml_abort_callback(lambda _: self._asked.asked())
        self._no_abort = binding.ggml_abort_callback()
        self._watched = True
        self._chunk = _FIRST_CHUNK
        self._costs = Costs()
        self._states: States | None = None
        self._pieces: dict[int, bytes | None] = {}
        try:
            self._load(options, header, plan, job)
            self._vocabulary = Vocabulary(binding, self._native.llama_model_get_vocab(self._model))
            self._create_context(options, plan)
            self.context = min(self.context, int(self._native.llama_n_ctx(self._context)))
            source = self._family or self._read_template()
            self._prompts = Prompts(source, self._vocabulary, None if self._family else self._vocabulary.leading_bos)
        except BaseException:
            self.close()
            raise

    # --- life

    def _load(self, options: LoadOptions, header: ModelHeader, plan: Plan, job: Job) -> None:
        shown = [-1.0]

        def progress(fraction: float, _: object) -> bool:
            if fraction - shown[0] >= 0.01 or fraction >= 1.0:
                shown[0] = fraction
                job.send(LoadProgressed(min(1.0, max(0.0, fraction))))
            job.alive()
            return not job.cancelled

        params = self._native.llama_model_default_params()
        settings.model(params, options, plan)
        params.progress_callback = callback = self._native.llama_progress_callback(progress)
        no_devices = (ctypes.c_void_p * 1)(None)
        if not plan.gpu_layers:
            params.devices = ctypes.cast(no_devices, ctypes.c_void_p)
        overrides = (self._native.llama_model_kv_override * 2)()  # the empty second one ends the list
        if header.context:
            key = f"{header.architecture}.context_length".encode()
            value = self._native.llama_model_kv_override_value(val_i64=header.context)
            overrides[0] = self._native.llama_model_kv_override(self._native.LLAMA_KV_OVERRIDE_TYPE_INT, key, value)
            params.kv_overrides = overrides
        self._model = self._native.llama_model_load_from_file(native_path(options.path), params)
        del callback
        if not self._model:
            raise Refused

    def _create_context(self, options: LoadOptions, plan: Plan) -> None:
        params = self._native.llama_context_default_params()
        params.n_ctx = self.context
        settings.context(params, plan, self.threads)
        self._most = int(params.n_batch)
        whole = self._native.llama_model_is_recurrent(self._model) or self._native.llama_model_is_hybrid(self._model)
        params.n_seq_max = sequences = 1 if whole else _CONVERSATIONS  # each of them would cost such models memory
        params.kv_unified = True
        params.abort_callback = self._on_abort
        params.no_perf = True
        self._context = self._native.llama_init_from_model(self._model, params)
        if not self._context:
            raise Refused
        memory_of_context = self._native.llama_get_memory(self._context)
        if not memory_of_context:
            raise Refused("the model keeps no conversation in memory")
        if options.states is not None and options.states_limit > 0 and not whole:
            version = self._native.llama_print_system_info(), *settings.fingerprint(plan)
            known_as = identity(options.path, devices.model_size(options.path), *version)
            self._states = States(options.states, known_as, options.states_limit)
        self._can_rewind = not whole
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
        self._bring_back(prompt, options.conversation)
        reused = self._cache.begin(prompt, options.conversation)
        job.send(PromptRead(len(prompt), reused, fitted.left_out))
        written = Written()
        with self._working(job):
            if self._read(prompt, job):
                text = AnswerText(self._prompts.thinks, self._prompts.opens_thought(prompt))
                stream = TextStream(job.send, text)
                with self._sampler(options) as sampler:
                    written = self._write(sampler, prompt, options, stream, job)
                stream.end()
        said, spent = written.said, written.last - written.first
        rate = (said - 1) / spent if said > 1 and spent > 0 else 0.0
        usage = Usage(len(prompt), reused, said, fitted.left_out)
        first = (written.first - begun) * 1000 if written.first else 0.0
        return Done(written.reason, usage, Timings(first, rate))

    def _write(
        self, sampler: Any, prompt: Sequence[int], options: GenerateOptions, stream: TextStream, job: Job
    ) -> Written:
        """Sample and decode until the answer ends. Guesses are decoded together with the token before them; those that are not
        what is sampled then are dropped again."""
        sample, context, cache = self._native.llama_sampler_sample, self._context, self._cache
        self._costs.relax()
        # a seed is there to repeat exactly, and steps of other lengths round differently: that matters where much is possible
        exact = options.seed is not None and options.temperature != 0
        lookup = (
            Lookup(self._costs, self._prompts.role_marks) if options.lookup and self._can_rewind and not exact else None
        )
        most = options.max_tokens or self.context
        written = Written()
        guess: list[int] = []
        held, right, row, begun = len(prompt), 0, -1, 0.0
        while not job.cancelled:
            token = sample(sampler, context, row)
            written.last = now = time.monotonic()
            if begun:
                self._costs.learn(1 + len(guess), now - begun)
                self._watch(now - begun > _QUICK)
                begun = 0.0
            elif not written.first:
                written.first = now
            if (piece := self._piece(token)) is None:
                written.reason = FinishReason.STOP
                break
            written.said += 1
            stream.add(piece, now)
            if written.said == most or held + 1 >= self.context:
                written.reason = FinishReason.LENGTH
                break
            if lookup is not None:
                if written.said == 1:
                    lookup.start(prompt)
                lookup.add(token)
            held += 1
            if right < len(guess) and guess[right] == token:
                right += 1
                row += 1
                continue
            if right < len(guess):
                cache.rewind(held - 1)
            guess = lookup.guess(min(most - written.said, self.context - held) - 1) if lookup is not None else []
            begun = time.monotonic()
            if not cache.decode([token, *guess], every=bool(guess)):
                guess, right = [], 0
                break
            right, row = 0, 0 if guess else -1
        if right < len(guess):
            cache.rewind(held)
        return written

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
        begin = len(held)
        total = len(prompt) - begin
        while (at := len(held)) < len(prompt):
            if job.cancelled:
                return False
            step = prompt[at : at + self._chunk]
            begun = time.monotonic()
            self._asked.begin(at - begin, len(step), total)
            if not self._cache.decode(step):
                return False
            self._asked.end()
            self._costs.read(len(step), time.monotonic() - begun)
            job.send(PromptProgress(len(held) - begin, total))
            if len(step) >= _FIRST_CHUNK:
                fitting = int(len(step) * _MOST_SECONDS / max(self._asked.longest, 1e-6))
                self._chunk = max(_FIRST_CHUNK, min(self._most, fitting // _FIRST_CHUNK * _FIRST_CHUNK))
        return True

    def _watch(self, wanted: bool) -> None:
        """Have llama.cpp ask between two operations whether to go on, or not: asking takes as long as a small operation."""
        if wanted is not self._watched:
            self._watched = wanted
            callback = self._on_abort if wanted else self._no_abort
            self._native.llama_set_abort_callback(self._context, callback, None)

    def _on_evict(self, slot: Slot) -> None:
        """A conversation leaves the cache: keep it on the disk, if it may be and is worth it."""
        if self._states is not None and slot.conversation is not None and len(slot.tokens) >= _WORTH_A_FILE:
            self._states.save(slot.tokens, slot.conversation, lambda path: self._cache.save(slot, path))

    def _bring_back(self, prompt: Sequence[int], conversation: int | None) -> None:
        """Take from the disk what is not in the cache, where that saves much reading."""
        if self._states is None:
            return
        held = self._cache.slots.plan(prompt).keep
        while (state := self._states.best(prompt, held + _WORTH_A_FILE)) is not None:
            if self._states.is_sound(state):
                if not self._cache.restore(state.path, state.tokens, conversation):
                    self._states.remove(state)
                return

    def save(self) -> None:
        """Write what is in the cache to the disk, the newest first, as far as that goes quickly."""
        if self._states is None:
            return
        until = time.monotonic() + _SAVE_SECONDS
        for slot in self._cache.slots.newest_first():
            if self._cache.size(slot) <= (until - time.monotonic()) * _SAVE_RATE:
                self._on_evict(slot)

    def forget(self, conversation: int) -> None:
        """Give up what is kept of a conversation."""
        for slot in self._cache.slots.of(conversation):
            self._cache.drop(slot)
        if self._states is not None:
            self._states.forget(conversation)

    @contextmanager
    def _working(self, job: Job) -> Iterator[None]:
        self._asked.job = job
        try:
            yield
        finally:
            self._asked.job = None

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
