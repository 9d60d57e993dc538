"""A loaded model and its context, over llama.cpp's binding, which is given and not imported: tokens in, tokens out."""

from __future__ import annotations

import ctypes
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from desktop.core.models import (
    GenerateOptions,
    LoadOptions,
    ModelHeader,
    PromptMessage,
    Role,
)
from desktop.core.ports import LoadProgressed
from desktop.inference import devices, families, gguf, settings
from desktop.inference.answers import Answer
from desktop.inference.backend import Job
from desktop.inference.cache import Cache, Outcome, Part, native_path
from desktop.inference.embedding import Embedding
from desktop.inference.fit import fit
from desktop.inference.lookup import Costs, Lookup
from desktop.inference.plan import Plan
from desktop.inference.prompts import Prompts
from desktop.inference.sampling import Samplers
from desktop.inference.slots import Slot, common_prefix
from desktop.inference.speech import Speech
from desktop.inference.states import States, identity
from desktop.inference.steps import Steps
from desktop.inference.template import Template, TemplateFailed
from desktop.inference.vocabulary import Vocabulary
from desktop.inference.watch import Flag, Watch

log = logging.getLogger(__name__)

_CONVERSATIONS = 8
"""How many are kept in the cache at most, as long as there is room."""
_WORTH_A_FILE = 64
"""Tokens that are sooner read from a file than again."""
_SAVE_SECONDS = 1.5
"""Time there is for saving at the end …"""
_SAVE_RATE = 200_000_000
"""… and bytes per second to count on, checksum included."""


class Refused(Exception):
    """llama.cpp said no; the reason is in its log unless the exception has one."""


@dataclass(slots=True)
class Ahead:
    """What is read before it is asked for."""

    tokens: list[int]
    conversation: int | None
    slot: Slot | None = None
    """Once it was begun."""


class Model:
    """A loaded model with its context: tokens in, tokens out. `close` frees both."""

    def __init__(self, binding: Any, options: LoadOptions, header: ModelHeader, plan: Plan, job: Job) -> None:
        self._native = binding
        self._model: Any = None
        self._context: Any = None
        self._samplers: Samplers | None = None
        self._family = families.FAMILIES.get(header.family)
        self.threads = options.threads or devices.physical_cores()
        self.context = gguf.usable_context(header, options.context)
        self._parallel = max(1, options.parallel)
        self._graphics = plan.gpu_layers > 0
        self._flag = Flag(binding.ggml_abort_callback)
        self._ahead: Ahead | None = None
        self._costs = Costs()
        self._states: States | None = None
        self._embeddings: list[Embedding] = []
        self._pieces: dict[int, bytes | None] = {}
        try:
            self._load(options, header, plan, job)
            self._vocabulary = Vocabulary(binding, self._native.llama_model_get_vocab(self._model))
            self._create_context(options, plan)
            self.context = min(self.context, int(self._native.llama_n_ctx(self._context)))
            source = self._family or self._read_template()
            self._prompts = Prompts(source, self._vocabulary, None if self._family else self._vocabulary.leading_bos)
            usual = self._family.sampling if self._family else families.OTHER_SAMPLING
            self._samplers = Samplers(binding, self._vocabulary, usual, self._prompts.role_marks)
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
        whole = self._native.llama_model_is_recurrent(self._model) or self._native.llama_model_is_hybrid(self._model)
        params.n_seq_max = sequences = 1 if whole else _CONVERSATIONS  # each of them would cost such models memory
        params.kv_unified = True
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
        self._parallel = min(self._parallel, sequences)
        batch = int(params.n_batch)
        self._cache = Cache(self._native, self._context, memory_of_context, batch, sequences, self._on_evict)
        self._watch = Watch(self._native, self._context, self._flag)
        self._steps = Steps(self._cache, self._watch, self._flag, self._costs, batch, self._find)

    def close(self) -> None:
        """Free everything."""
        if self._samplers is not None:
            self._samplers.close()
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
        slot = self._cache.begin(tokens, None)
        self._watch.begin(None, job)
        # after an abort there is nothing to sample from, and llama.cpp would end the process
        if all(self._cache.decode([Part(slot, some, 1)]) is Outcome.DONE for some in (tokens, tokens[:1])):
            self._sampled(GenerateOptions(temperature=0.0))
        self._watch.end()
        self._cache.drop(slot)

    # --- answers

    @property
    def thinking(self) -> str:
        """See `families.Family.thinking`."""
        return self._prompts.thinking

    @property
    def parallel(self) -> int:
        """How many answers may be under way."""
        return self._parallel

    def begin(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> None:
        """Take up an answer to the last message; it advances with `step`. Raises PromptTooLong, ConversationFull, BadGrammar."""
        self._ahead = None
        if options.embed:
            self._embed([message.text for message in messages], job)
            return
        prompt, left_out = self._prompt(messages, options)
        assert self._samplers is not None
        speech = Speech(self._samplers, self._prompts, prompt, options, self._context, job.send, self._piece)
        # a seed is there to repeat exactly, and steps of other lengths round differently: that matters where much is possible
        exact = options.seed is not None and options.temperature != 0
        lookup = None
        if options.lookup and self._can_rewind and not exact:
            self._costs.relax()
            lookup = Lookup(self._costs, self._prompts.role_marks)
        self._steps.answers.append(Answer(job, prompt, options, speech, lookup, self.context, left_out))

    def step(self) -> None:
        """Advance all answers for a moment."""
        if self._embeddings:
            self._flag.lower()
            embedding = self._embeddings[0]
            ended = embedding.step()
            del self._embeddings[0]
            if not ended:
                self._embeddings.append(embedding)
        self._steps.step()

    def abandon(self) -> None:
        """All answers end otherwise."""
        while self._embeddings:
            self._embeddings.pop().close()
        self._steps.abandon()

    def interrupt(self) -> None:
        """From any thread: end the running step early."""
        self._flag.raise_()

    def read_ahead(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> bool:
        """Prepare for a question that may be asked; whether there is anything to read. Raises as `begin`."""
        self._ahead = None
        if messages and self._can_rewind:  # the others would have to begin anew with each word that changes
            prompt, _ = self._prompt(messages, options)
            # what comes after the last word, and perhaps the last word itself, changes with the next that is typed
            last = messages[-1]
            longer, _ = self._prompt([*messages[:-1], replace(last, text=f"{last.text}\n\n.")], options)
            tokens = prompt[: common_prefix(prompt, longer)]
            if tokens:
                self._ahead = Ahead(tokens, options.conversation)
        return self._ahead is not None

    def read_on(self, asked: Callable[[], bool]) -> bool:
        """Read ahead for a moment, unless `asked()`; whether more is to be done."""
        ahead = self._ahead
        if ahead is None:
            return False
        self._flag.lower()
        if asked():
            return True
        if ahead.slot is None:
            self._bring_back(ahead.tokens)
            # one more than there is, as the last one of a prompt is never taken for known
            ahead.slot = self._cache.begin([*ahead.tokens, -1], ahead.conversation, ahead=True)
        if len(ahead.slot.tokens) >= len(ahead.tokens):
            self._ahead = None
            return False
        try:
            done = self._steps.read(ahead.slot, ahead.tokens)
        except RuntimeError:
            log.exception("reading ahead failed")
            done = None
        if done is not False:
            self._ahead = None
        return done is False

    def _embed(self, texts: Sequence[str], job: Job) -> None:
        tokens = [self._prompts.tokens([PromptMessage(Role.USER, text)], False, raw=True) for text in texts]
        how = self.threads, self._graphics
        self._embeddings.append(Embedding(self._native, self._model, tokens, *how, job, self._flag))

    def _prompt(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> tuple[list[int], int]:
        """The tokens before the answer, and how many messages did not fit. Raises as `begin`."""

        # what a grammar is for comes after the thought, so that has to begin before it
        def tokens(some: Sequence[PromptMessage], *, open_thought: bool = False) -> list[int]:
            return self._prompts.tokens(some, options.thinking, open_thought, tools=options.tools, raw=options.raw)

        fitted = fit(
            messages,
            lambda some: len(tokens(some)),
            self.context,
            options.max_tokens,
            options.overflow,
            options.recap,
        )
        return tokens(fitted.messages, open_thought=bool(options.grammar or options.json_schema)), fitted.left_out

    def _find(self, answer: Answer) -> Slot:
        """The slot that an answer continues."""
        self._bring_back(answer.tokens)
        return self._cache.begin(answer.tokens, answer.conversation)

    def _piece(self, token: int) -> bytes | None:
        """What a token says; None if it ends the answer."""
        try:
            return self._pieces[token]
        except KeyError:
            ends = token in self._prompts.role_marks or self._vocabulary.ends(token)
            piece = None if ends else self._vocabulary.bytes_of(token, token in self._prompts.written_marks)
            self._pieces[token] = piece
            return piece

    def _on_evict(self, slot: Slot) -> None:
        """A conversation leaves the cache: keep it on the disk, if it may be and is worth it."""
        if self._states is not None and slot.conversation is not None and len(slot.tokens) >= _WORTH_A_FILE:
            self._states.save(slot.tokens, slot.conversation, lambda path: self._cache.save(slot, path))

    def _bring_back(self, prompt: Sequence[int]) -> None:
        """Take from the disk what is not in the cache, where that saves much reading."""
        if self._states is None:
            return
        held = self._cache.slots.plan(prompt).keep
        while (state := self._states.best(prompt, held + _WORTH_A_FILE)) is not None:
            if not self._cache.has_room(len(state.tokens)):
                return
            if self._states.is_sound(state):
                if not self._cache.restore(state.path, state.tokens, state.conversation):
                    self._states.remove(state)
                return

    def save(self) -> None:
        """Write what is in the cache to the disk, the newest first, as far as that goes quickly."""
        if self._states is None:
            return
        until = time.monotonic() + _SAVE_SECONDS
        for slot in self._cache.slots.newest_first():
            self._cache.settle(slot)
            if self._cache.size(slot) <= (until - time.monotonic()) * _SAVE_RATE:
                self._on_evict(slot)

    def forget(self, conversation: int) -> None:
        """Give up what is kept of a conversation; what is busy is given up when its answer has ended."""
        if self._ahead is not None and self._ahead.conversation == conversation:
            self._ahead = None
        for answer in self._steps.answers:
            if answer.conversation == conversation:
                answer.forget()
        for slot in self._cache.slots.of(conversation):
            self._cache.drop(slot)
        if self._states is not None:
            self._states.forget(conversation)

    def _sampled(self, options: GenerateOptions) -> int:
        assert self._samplers is not None
        with closing(self._samplers.start(options, ())) as sampler:
            return sampler.sample(self._context, -1)

    def _read_template(self) -> Template:
        source = self._native.llama_model_chat_template(self._model, None)
        if not source:
            raise Refused("the file has no chat template, and the model is none we know")
        try:
            return Template(source.decode("utf-8", "replace"), self._vocabulary.bos_text, self._vocabulary.eos_text)
        except TemplateFailed as error:
            raise Refused(f"its chat template does not work: {error}") from error
