"""A backend that repeats words and misbehaves on request: for tests of everything above the pipe, and for demonstrations.

What the last message says decides:
    `!crash SIGSEGV`  dies of that signal after two words (any number ends with that exit code)
    `!hang`           never answers, deaf to cancellation
    `!deaf`           writes words for ever and ignores cancellation
    `!garbage`        writes nonsense on the pipe
    `!slow N`         says the rest, N milliseconds between two words
    `!fail CODE`      answers with that error
    `!think WORDS`    thinks the words before it says them, unless thoughts are not wanted
    `!print WORDS`    prints to standard output, as native code does, before it says them
    `!history`        tells how many messages it got
The name of the file decides about the load: a part such as `crash-load`, `crash-probe`, `hang-load`, `hang-probe`,
`garbage-load`, `fail-load`, `slow-load`, `busy-measure`, `crash-measure`, `slow-measure`; `thinks` leaves the choice of thoughts;
`crash-probe-full` crashes in mode FULL only, `crash-probe-gpu` in any but CPU.
No file is read, so it need not exist.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.core.errors import LoadCancelled, LoadFailed, MachineBusy, NoModel, from_code
from desktop.core.loading import Measured, Placement
from desktop.core.models import (
    Device,
    EngineHello,
    EngineMode,
    FinishReason,
    GenerateOptions,
    LoadedModel,
    LoadOptions,
    PromptMessage,
    Role,
    Timings,
    Usage,
)
from desktop.core.ports import Done, LoadProgressed, PromptProgress, PromptRead, TextPiece, Vectors
from desktop.inference.backend import Job, OneAtATime
from desktop.inference.protocol import PROTOCOL

VERSION = "echo-1"


class EchoBackend(OneAtATime):
    """Satisfies `Backend`. `raw` writes bytes on the pipe as they are, for the nonsense."""

    def __init__(self, raw: Callable[[bytes], None]) -> None:
        self._raw = raw
        self._model: LoadedModel | None = None

    def hello(self) -> EngineHello:
        """A greeting with one made-up device."""
        return EngineHello(PROTOCOL, "echo", VERSION, "echo-build", (Device("CPU", "Echo", "cpu"),))

    def load(self, options: LoadOptions, probe: bool, job: Job) -> LoadedModel:
        """Pretend to load; the file's name may ask for trouble."""
        self._model = None
        name = options.path.name
        begun = time.monotonic()
        steps = 100 if "slow-load" in name else 4
        for step in range(steps):
            if job.cancelled:
                raise LoadCancelled
            job.send(LoadProgressed(step / steps))
            if step == steps // 2:
                self._trouble(name, "load", options.mode)
                if "fail-load" in name:
                    raise LoadFailed(path=str(options.path), reason="the name of the file asks for it")
            if "slow-load" in name:
                job.wait_cancelled(0.05)
        job.send(LoadProgressed(1.0))
        if probe:
            job.phase("probe")
            self._trouble(name, "probe", options.mode)
        self._model = LoadedModel(
            family="echo",
            architecture="echo",
            name=options.path.stem,
            context=options.context or 4096,
            layers=4,
            gpu_layers=0,
            device="CPU",
            threads=options.threads or 1,
            size=0,
            load_ms=(time.monotonic() - begun) * 1000,
            mode=options.mode,
            how=options.how,
            placement=Placement.NO_CARD,
            thinking="switch" if "thinks" in name else "no",
        )
        return self._model

    def measure(self, path: Path, folder: Path, may_repack: bool) -> Measured:
        """Invented, or trouble if the file's name asks for it."""
        (folder / "extract.gguf").write_bytes(b"")
        if "busy-measure" in path.name:
            raise MachineBusy
        if "crash-measure" in path.name:
            die("SIGSEGV")
        if "slow-measure" in path.name:
            hang()
        return Measured(repack=False, threads=2, reading_threads=3, reading=0.9, writing=1.5, gain=1.25)

    def generate(self, messages: Sequence[PromptMessage], options: GenerateOptions, job: Job) -> Done:
        """Repeat the last message word by word."""
        if self._model is None:
            raise NoModel
        if options.embed:
            job.send(Vectors(tuple((0.6, 0.8) if message.text else (1.0, 0.0) for message in messages)))
            return Done(FinishReason.STOP, Usage(sum(len(message.text.split()) for message in messages)), Timings())
        begun = time.monotonic()
        text = messages[-1].text if messages else ""
        order, _, rest = text.partition(" ") if text.startswith("!") else ("", "", text)
        prompt = sum(len(message.text.split()) for message in messages)
        job.send(PromptRead(prompt, 0, 0))
        job.send(PromptProgress(prompt, prompt))
        delay = 0.0
        match order:
            case "!crash":
                job.send(TextPiece("about to ", ""))
                job.send(TextPiece("crash ", ""))
                die(rest)
            case "!hang":
                hang()
            case "!garbage":
                self._raw(b"%!PS-Adobe \xff\xfe not a message\n")
                hang()
            case "!fail":
                raise from_code(rest, {})
            case "!deaf":
                while True:
                    job.send(TextPiece("words ", ""))
                    time.sleep(0.02)
            case "!slow":
                milliseconds, _, rest = rest.partition(" ")
                delay = int(milliseconds) / 1000
            case "!think":
                if options.thinking:
                    job.send(TextPiece("", rest))
            case "!print":
                os.write(1, f"{rest}\n".encode())
                sys.stdout.write(f"{rest}\n")
                sys.stdout.flush()
            case "!history":
                roles = "".join(Role(message.role)[0] for message in messages)
                rest = f"{len(messages)} messages: {roles}"
        reason, said, first = FinishReason.STOP, 0, 0.0
        for word in rest.split(" "):
            if said == options.max_tokens:
                reason = FinishReason.LENGTH
                break
            if job.cancelled or (delay and job.wait_cancelled(delay)):
                reason = FinishReason.STOPPED
                break
            job.send(TextPiece(word if said == 0 else f" {word}", ""))
            first = first or time.monotonic()
            said += 1
        taken = time.monotonic() - (first or begun)
        rate = (said - 1) / taken if said > 1 and taken > 0 else 0.0
        return Done(reason, Usage(prompt, 0, said, 0), Timings(((first or begun) - begun) * 1000, rate))

    def forget(self, conversation: int) -> None:
        """Nothing is kept here."""

    def close(self) -> None:
        """Nothing is held."""
        self._model = None

    def _trouble(self, name: str, phase: str, mode: EngineMode) -> None:
        if f"hang-{phase}" in name:
            hang()
        if f"garbage-{phase}" in name:
            self._raw(b"{}\n")
            hang()
        if f"crash-{phase}" in name:
            full_only, gpu_only = f"crash-{phase}-full" in name, f"crash-{phase}-gpu" in name
            if (full_only and mode is not EngineMode.FULL) or (gpu_only and mode is EngineMode.CPU):
                return
            die("SIGSEGV")


def die(how: str) -> None:
    """End at once, of a signal by its name or with an exit code."""
    if how.isdigit():
        os._exit(int(how))
    sys.stderr.write(f"about to die of {how}\n")
    sys.stderr.flush()
    if sys.platform == "win32":
        os._exit(0xC0000005 - (1 << 32) if how == "SIGSEGV" else 3)
    number = signal.Signals[how]
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    hang()


def hang() -> None:
    """Do nothing for longer than anybody waits."""
    while True:
        time.sleep(60)
