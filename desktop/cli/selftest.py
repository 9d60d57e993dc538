"""`self-test`: load the built-in test model in the worker, answer, measure, say which mode this machine needs."""

from __future__ import annotations

import argparse
import queue
from dataclasses import asdict
from typing import Any

from desktop import __version__, messages
from desktop.app import Application
from desktop.cli.output import Commands, application, leaf, put, say
from desktop.core.errors import EngineError, EngineHung, WorldError
from desktop.core.models import EngineMode, FinishReason, GenerateOptions, LoadOptions, PromptMessage, Role, TurnId
from desktop.core.ports import Done, Failed, GenerateReply, Loaded, LoadReply, TextPiece
from desktop.i18n import tr
from desktop.paths import Paths

_QUESTION, _ANSWER = "中国的首都是哪里？", "中国的首都是北京。"
_LIMIT = 120.0
"""Seconds; far more than a working machine needs."""


def add(commands: Commands) -> None:
    """Add the command."""
    command = leaf(commands, "self-test", "try the engine with the built-in test model", _self_test)
    command.add_argument(
        "--measure",
        action="store_true",
        help="also find out how the chosen model runs fastest on this computer: some seconds",
    )


def _self_test(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        try:
            result = _run(app)
            if arguments.measure:
                result |= _measure(app)
        except WorldError as error:
            if arguments.json:
                put({"ok": False, "version": __version__, "error": error.code})
            raise
    if arguments.json:
        put(result)
    else:
        print(f"chatglm-desktop {result['version']} · llama.cpp ({result['llama_cpp']})")
        for device in result["devices"]:
            print(f"  {device['name']}: {device['description']}")
        print(result["runs_on"] + (f" ({result['why_not_more']})" if result["why_not_more"] else ""))
        print(tr("Mode: {mode}", mode=result["mode"]))
        print(tr("Answer: {text}", text=result["answer"]))
        print(tr("{rate} tokens per second", rate=f"{result['tokens_per_second']:.0f}"))
        if "measured_text" in result:
            print(result["measured_text"])
        if result["notice"]:
            say(messages.sentence(result["notice"], {}))
        if not result["first_generation"]:
            say(messages.sentence("engine.first_generation", {}))
        say(tr("The engine works.") if result["ok"] else tr("The engine answers, but not what it should."))
    return 0 if result["ok"] else 3


def _run(app: Application) -> dict[str, Any]:
    mode: EngineMode = app.engine.prove(again=True).result(timeout=_LIMIT)
    first: bool = app.engine.first_generation(again=True).result(timeout=_LIMIT)
    engine = app.make_engine(lambda error: None)
    try:
        hello = engine.start()
        loads: queue.SimpleQueue[LoadReply] = queue.SimpleQueue()
        engine.load(LoadOptions(app.test_model, context=512, mode=mode), loads.put, probe=False)
        while not isinstance(load := _next(loads), Loaded):
            if isinstance(load, Failed):
                raise load.error
        replies: queue.SimpleQueue[GenerateReply] = queue.SimpleQueue()
        question = [PromptMessage(Role.USER, _QUESTION)]
        engine.generate(TurnId(1), question, GenerateOptions(temperature=0.0, max_tokens=64), replies.put)
        text = ""
        while not isinstance(reply := _next(replies), Done):
            if isinstance(reply, Failed):
                raise reply.error
            if isinstance(reply, TextPiece):
                text += reply.text
    finally:
        engine.stop()
    return {
        "ok": text.strip() == _ANSWER and reply.reason is FinishReason.STOP,
        "version": __version__,
        "llama_cpp": hello.version,
        "devices": [
            {
                "name": device.name,
                "description": device.description,
                "kind": device.kind,
                "memory_total": device.memory_total,
                "memory_free": device.memory_free,
            }
            for device in hello.devices
        ],
        "mode": str(mode),
        "first_generation": first,
        "notice": hello.notice,
        "build": hello.build,
        "runs_on": messages.runs_on(load.model),
        "why_not_more": messages.why_not_more(load.model),
        "placement": str(load.model.placement),
        "gpu_layers": load.model.gpu_layers,
        "layers": load.model.layers,
        "threads": load.model.threads,
        "answer": text.strip(),
        "first_token_ms": round(reply.timings.first_token_ms, 1),
        "tokens_per_second": round(reply.timings.tokens_per_second, 1),
    }


def _measure(app: Application) -> dict[str, Any]:
    """Of the model that would answer now, or of the test model where there is none yet."""
    try:
        if (model := app.engine.next_model()) is not None:
            found = app.tuning.measure(model).result(timeout=_LIMIT)
        else:
            found = app.measurer.run(app.test_model, True, lambda: True)
    except EngineError as error:
        return {"measured": None, "measured_error": error.code, "measured_text": messages.of(error)}
    return {"measured": asdict(found), "measured_model": model, "measured_text": messages.measured(found, None)}


def _next(replies: queue.SimpleQueue[GenerateReply] | queue.SimpleQueue[LoadReply]) -> GenerateReply | LoadReply:
    try:
        return replies.get(timeout=_LIMIT)
    except queue.Empty:
        raise _hung() from None


def _hung() -> EngineError:
    return EngineHung(phase="self-test")
