"""Generation 1 as a backend: ChatGLM-6B, which llama.cpp cannot express, on the ggml that comes with llama.cpp.

Every turn is read as a whole: in the original, the words of a prompt see those that follow them. Only the same prompt again,
for another answer, need not be read.
"""

from __future__ import annotations

import array
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from desktop.core.errors import (
    BadGrammar,
    CorruptModel,
    EngineUnavailable,
    FirstGenerationFails,
    LoadCancelled,
    LoadFailed,
    NoModel,
    PromptTooLong,
)
from desktop.core.loading import Placement
from desktop.core.models import (
    EngineHello,
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
from desktop.inference import devices, families, gguf
from desktop.inference.answers import most_tokens
from desktop.inference.backend import Job, OneAtATime
from desktop.inference.fit import fit
from desktop.inference.legacy import header as legacy
from desktop.inference.legacy import known
from desktop.inference.legacy.choosing import Choice
from desktop.inference.legacy.first import FirstTokens
from desktop.inference.legacy.ggml import Ggml
from desktop.inference.legacy.ggml_file import LegacyFile, read_file
from desktop.inference.legacy.machine import Aborted, Logits, Machine, Refused
from desktop.inference.legacy.proto import ProtoError, read_proto
from desktop.inference.legacy.punctuation import Punctuation
from desktop.inference.library import Library
from desktop.inference.plan import Plan
from desktop.inference.text import AnswerText, TextStream

log = logging.getLogger(__name__)

_STEP = 8 << 20
_EVERY = 0.2
"""Seconds between two reports of progress."""
_LONG = 0.25
"""Seconds: a token that takes longer looks for a cancellation while it is computed."""
_OPERATIONS = 0.6
"""Part of a graph's nodes that are operations, before the first prompt has told."""


class FirstGeneration(OneAtATime):
    """Satisfies `Backend`. `binding` is llama.cpp's low-level module."""

    def __init__(self, binding: Any, library: Library, plan: Callable[[LoadOptions, ModelHeader], Plan]) -> None:
        """`plan` tells what goes to a graphics card."""
        self._native = binding
        self._library = library
        self._plan = plan
        self._ggml: Ggml | None = None
        self._model: _Model | None = None

    def hello(self) -> EngineHello:
        """See `Backend`; who chooses between backends asks another one."""
        raise NotImplementedError

    def load(self, options: LoadOptions, probe: bool, job: Job) -> LoadedModel:
        """See `Backend`. Also raises ModelFileError, LoadFailed, FirstGenerationFails."""
        begun = time.monotonic()
        self.close()
        file = read_file(options.path)
        header = legacy.describe(file.config)
        ggml = self._checked()
        tokens = _tokens(file)
        _read_through(file, job)
        plan = self._plan(options, header)
        wanted = min(plan.gpu_layers, header.layers)
        threads = options.threads or devices.physical_cores()
        context = gguf.usable_context(header, options.context)
        try:
            try:
                model = _Model(self._native, ggml, file, tokens, context, threads, wanted)
            except (Refused, MemoryError):
                if not wanted:
                    raise
                wanted, plan = 0, replace(plan, placement=Placement.REFUSED, notice="engine.no_layers")
                model = _Model(self._native, ggml, file, tokens, context, threads, 0)
            self._model = model
            if probe:
                job.phase("probe")
                model.probe()
            if job.cancelled:
                raise LoadCancelled
        except (Refused, MemoryError, OSError) as error:
            self.close()
            raise LoadFailed(path=str(options.path), reason=str(error) or "not enough memory") from error
        except BaseException:
            self.close()
            raise
        sizes = model.machine.sizes
        return LoadedModel(
            family=header.family,
            architecture=header.architecture,
            name=header.name,
            context=model.machine.context,
            layers=header.layers,
            gpu_layers=wanted,
            device=self._device(wanted > 0),
            threads=threads,
            size=file.size,
            load_ms=(time.monotonic() - begun) * 1000,
            mode=options.mode,
            weights_bytes=sizes.weights,
            kv_bytes=sizes.cache,
            compute_bytes=sizes.work,
            graphics_bytes=sizes.graphics,
            placement=plan.placement,
            graphics_needed=plan.needed,
            graphics_free=plan.free,
            notice=plan.notice,
        )

    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Answer; see `Backend`."""
        if self._model is None:
            raise NoModel
        if options.grammar or options.json_schema:
            raise BadGrammar(reason="this model cannot follow any")
        if options.embed:
            raise EngineUnavailable(reason="this model makes no vectors")
        try:
            return self._model.generate(messages, options, job)
        except Refused as error:
            self._model.forget()  # what the machine holds of it is not to be gone on with
            raise LoadFailed(path=str(self._model.path), reason=str(error)) from error

    def check(self) -> str:
        """Compute with a model whose answer is known: what is wrong with it, empty if nothing is."""
        try:
            return known.check(Ggml(self._library))
        except (OSError, Refused, Aborted, MemoryError) as error:
            return str(error) or type(error).__name__

    def forget(self, conversation: int) -> None:
        """See `Backend`: nothing is kept but the last prompt."""
        if self._model is not None:
            self._model.forget()

    def close(self) -> None:
        """Free the model, if there is one."""
        model, self._model = self._model, None
        if model is not None:
            model.close()

    def _checked(self) -> Ggml:
        if self._ggml is None:
            if reason := self.check():
                log.error("generation 1: %s", reason)
                raise FirstGenerationFails
            self._ggml = Ggml(self._library)
        return self._ggml

    def _device(self, graphics: bool) -> str:
        seen = self._library.devices()
        kinds = ("gpu", "igpu") if graphics else ("cpu",)
        found = [device.description or device.name for device in seen if device.kind in kinds]
        return found[0] if found else "CPU"


class _Model:
    """A loaded one: its tokens, its machine, and the last prompt."""

    def __init__(
        self,
        binding: Any,
        ggml: Ggml,
        file: LegacyFile,
        tokens: FirstTokens,
        context: int,
        threads: int,
        gpu_layers: int,
    ) -> None:
        self._native = binding
        self._tokens = tokens
        self.path = file.path
        self._job: Job | None = None
        self._total = 0
        self._calls = 0
        self._operations = _OPERATIONS
        self._nodes = 0
        self._told = 0.0
        self.machine = Machine(ggml, file, context, threads, gpu_layers, self._asked)
        self._prompt: list[int] = []
        self._after: Logits = array.array("f")
        """The logits after it."""

    def probe(self) -> None:
        """Read some tokens and one more, as every answer does. Raises Refused."""
        count = min(80, self.machine.context - 2)
        self.machine.read([3 + index % (self._tokens.count - 3) for index in range(count)])
        self.machine.write(3)

    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Answer the last message. Raises PromptTooLong, ConversationFull, Refused."""
        begun = time.monotonic()
        prompt, left_out = self._fitted(messages, options)
        reused = len(prompt) if prompt == self._prompt else 0
        job.send(PromptRead(len(prompt), reused, left_out))
        self._job = job
        said, first, last, reason = 0, 0.0, 0.0, FinishReason.STOPPED
        try:
            logits = self._again() if reused else self._read(prompt, job)
            said, first, last, reason = self._write(prompt, logits, options, job)
        except Aborted:
            pass
        finally:
            self._job = None
        rate = (said - 1) / (last - first) if said > 1 and last > first else 0.0
        usage = Usage(len(prompt), reused, said, left_out)
        return Done(reason, usage, Timings((first - begun) * 1000 if first else 0.0, rate))

    def forget(self) -> None:
        """The last prompt is nobody's any more."""
        self._prompt = []

    def close(self) -> None:
        """Free everything."""
        self.machine.close()

    def _fitted(self, messages: Sequence[PromptMessage], options: GenerateOptions) -> tuple[list[int], int]:
        if options.raw:
            prompt = self._tokens.prompt(messages, raw=True)
            if len(prompt) >= self.machine.context:
                raise PromptTooLong(tokens=len(prompt), context=self.machine.context)
            return prompt, 0
        fitted = fit(
            messages,
            lambda some: len(self._tokens.prompt(some, tools=options.tools)),
            self.machine.context,
            options.max_tokens,
            options.overflow,
            options.recap,
        )
        return self._tokens.prompt(fitted.messages, tools=options.tools), fitted.left_out

    def _again(self) -> Logits:
        self.machine.rewind()
        return array.array("f", self._after)

    def _read(self, prompt: list[int], job: Job) -> Logits:
        self._prompt = []
        self._total, self._calls, self._told = len(prompt), 0, time.monotonic()
        logits, nodes = self.machine.read(prompt, self._begun)
        if self._calls:
            self._operations = self._calls / nodes
        self._total = 0
        job.send(PromptProgress(len(prompt), len(prompt)))
        self._prompt, self._after = prompt, array.array("f", logits)
        return logits

    def _write(
        self, prompt: list[int], logits: Logits, options: GenerateOptions, job: Job
    ) -> tuple[int, float, float, FinishReason]:
        """Choose and compute until the answer ends: how many tokens, when the first and the last came, why it ended."""
        said, first, last, reason = 0, 0.0, 0.0, FinishReason.STOPPED
        context = self.machine.context
        most = most_tokens(options, context, len(prompt))
        text, punctuation = AnswerText(False, stops=options.stop), Punctuation()
        stream = TextStream(job.send, text, exact=any(options.stop))
        choice = Choice(self._native, families.CHATGLM.sampling, options, prompt, self._tokens.ends)
        took = 0.0
        try:
            while not job.cancelled:
                token = choice.choose(logits)
                last = time.monotonic()
                first = first or last
                if token in self._tokens.ends:
                    reason = FinishReason.STOP
                    break
                said += 1
                stream.add(punctuation.add(self._tokens.bytes_of(token)), last)
                if text.stopped:
                    reason = FinishReason.STOP
                    break
                if said == most or len(prompt) + said >= context:
                    reason = FinishReason.LENGTH
                    break
                logits = self.machine.write(token, watched=took > _LONG)
                took = time.monotonic() - last
        except Aborted:
            pass
        finally:
            choice.close()
            stream.add(punctuation.end(), time.monotonic())
            stream.end()
        return said, first, last, reason

    def _begun(self, nodes: int) -> None:
        self._nodes = nodes

    def _asked(self) -> bool:
        """Between two operations."""
        job = self._job
        if job is None:
            return False
        self._calls += 1
        now = time.monotonic()
        if self._total and now - self._told >= _EVERY:
            self._told = now
            part = min(0.99, self._calls / max(1.0, self._nodes * self._operations))
            job.send(PromptProgress(int(self._total * part), self._total))
        else:
            job.alive()
        return job.cancelled


def _tokens(file: LegacyFile) -> FirstTokens:
    try:
        tokens = FirstTokens(read_proto(file.read_proto()))
    except ProtoError as error:
        raise CorruptModel(path=str(file.path), reason=str(error)) from error
    if tokens.count > file.config.vocabulary:
        raise CorruptModel(path=str(file.path), reason=f"{tokens.count} tokens for {file.config.vocabulary} rows")
    return tokens


def _read_through(file: LegacyFile, job: Job) -> None:
    """Have the system fetch the file into memory, with progress; it is mapped and would be fetched by the first question."""
    buffer = memoryview(bytearray(_STEP))
    done = 0
    shown = -1
    try:
        with file.path.open("rb", buffering=0) as source:
            while count := source.readinto(buffer):
                if job.cancelled:
                    raise LoadCancelled
                done += count
                job.alive()
                if (percent := done * 100 // file.size) > shown:
                    shown = percent
                    job.send(LoadProgressed(min(1.0, done / file.size)))
    except OSError as error:
        raise LoadFailed(path=str(file.path), reason=error.strerror or str(error)) from error
