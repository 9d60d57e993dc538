"""`serve`: the local server without a window."""

from __future__ import annotations

import argparse
import os
import threading
import time

from desktop.app import Application
from desktop.cli.output import Commands, Progress, application, leaf, put, say, wait
from desktop.core.errors import NoModel, from_code
from desktop.core.events import EngineChanged, RequestAnswered
from desktop.core.models import EngineState, ModelId
from desktop.core.serving import LOOPBACK, RequestRecord
from desktop.i18n import tr
from desktop.messages import sentence
from desktop.paths import Paths
from desktop.server.policy import PORT, Binding
from desktop.server.service import LocalServer

KEY_VARIABLE = "CHATGLM_DESKTOP_API_KEY"
"""Says the key without showing it in the list of processes."""


def add(commands: Commands) -> None:
    """Add the command."""
    serve = leaf(commands, "serve", "answer other programs over HTTP, without a window", _serve)
    serve.add_argument("--host", default=LOOPBACK, help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=_port, default=PORT, help="default: 8000; 0 takes any that is free")
    serve.add_argument("--model", metavar="ID", help="default: the last used")
    serve.add_argument(
        "--api-key", metavar="K", help=f"what clients must know (default: {KEY_VARIABLE}, else the kept one)"
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("must be between 0 and 65535")
    return port


def _serve(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        model = app.library.get(ModelId(arguments.model)).id if arguments.model else app.engine.next_model()
        if model is None:
            raise NoModel
        server = LocalServer(app)
        try:
            key = arguments.api_key or os.environ.get(KEY_VARIABLE, "") or wait(server.key())
            status = wait(server.start(Binding(arguments.host, arguments.port, key)))
            _load(app, model)
            say(tr("The server listens at {address}. Ctrl+C ends it.", address=status.address))
            if arguments.json:
                put({"address": status.address, "host": status.host, "port": status.port, "model": model})
            app.bus.subscribe(RequestAnswered, lambda event: _show(event.record, arguments))
            never = threading.Event()
            while not never.wait(0.5):  # bounded, so that signals are noticed on every system
                pass
        finally:
            server.close()
    return 0


def _load(app: Application, model: ModelId) -> None:
    """Begin to load; the first requests wait for it. Raises the error of a load that fails."""
    changed = threading.Event()
    unsubscribe = app.bus.subscribe(EngineChanged, lambda _: changed.set())
    progress = Progress(tr("Loading the model"))
    try:
        app.engine.load(model)
        while (status := app.engine.status).state is not EngineState.READY:
            if status.error is not None and status.state is EngineState.NONE:
                raise from_code(status.error, dict(status.error_data))
            progress.percent(status.progress)
            changed.wait(0.5)
            changed.clear()
        progress.end()
        if status.notice is not None:
            say(sentence(status.notice, {}))
    finally:
        unsubscribe()


def _show(record: RequestRecord, arguments: argparse.Namespace) -> None:
    """One line for each request."""
    if arguments.json:
        put(
            {
                "time": record.time,
                "client": record.client,
                "request": record.path,
                "model": record.model,
                "status": record.status,
                "error": record.error or None,
                "prompt_tokens": record.prompt_tokens,
                "completion_tokens": record.completion_tokens,
                "duration_ms": record.duration_ms,
            }
        )
        return
    moment = time.strftime("%H:%M:%S", time.localtime(record.time / 1000))
    tokens = f"{record.prompt_tokens}+{record.completion_tokens}"
    say(f"{moment}  {record.client}  {record.path}  {record.status}  {tokens}  {record.duration_ms / 1000:.1f} s")
