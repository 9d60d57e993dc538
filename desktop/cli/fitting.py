"""`models fit`: will a model fit, with the numbers."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from desktop.app import Application
from desktop.cli.output import Commands, application, leaf, put, wait
from desktop.core.builds import builds
from desktop.core.errors import HubNotFound, UnknownModel
from desktop.core.memory import MemoryEstimate, Verdict
from desktop.core.models import ModelId
from desktop.i18n import size, tr
from desktop.paths import Paths


def add(commands: Commands) -> None:
    """Add the command."""
    fit = leaf(commands, "fit", "whether a model fits the free memory, and what it takes", _fit)
    fit.add_argument("model", metavar="ID|REPO", help="a model here, a catalogue id, or owner/name of a repository")
    fit.add_argument("file", nargs="?", metavar="FILE", help="file in the repository; only its header is read")
    fit.add_argument(
        "--context", type=_tokens, default=0, metavar="N", help="tokens of context (default: what a load takes)"
    )


def _tokens(text: str) -> int:
    if (tokens := int(text)) < 1:
        raise ValueError
    return tokens


def _fit(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        if arguments.file is None:
            found = _known(app, arguments.model, arguments.context)
        else:
            found = _remote(app, arguments.model, arguments.file, arguments.context)
    if arguments.json:
        put({"model": arguments.model, "file": arguments.file, **asdict(found), "total": found.total})
    else:
        _print(found)
    return 0


def _known(app: Application, name: str, context: int) -> MemoryEstimate:
    try:
        return wait(app.fit.installed(ModelId(name), context))
    except UnknownModel:
        entry = next((entry for entry in app.library.catalog() if entry.id == name), None)
        found = wait(app.fit.catalog(entry, context)) if entry else None
        if found is None:
            raise
        return found


def _remote(app: Application, repository: str, file: str, context: int) -> MemoryEstimate:
    files = wait(app.search.files(repository))
    for build in builds(files):
        if any(part.file == file for part in build.files):
            return wait(app.fit.remote(build, context))
    raise HubNotFound(endpoint=app.endpoint(), repository=repository, file=file)


def _print(found: MemoryEstimate) -> None:
    words = {
        Verdict.GPU: tr("Fits on the graphics card"),
        Verdict.PARTLY: tr("Fits, {n} of {count} layers on the graphics card", n=found.gpu_layers, count=found.layers),
        Verdict.CPU: tr("Fits in memory"),
        Verdict.SLOW: tr("Slow: does not fit in memory"),
    }
    print(words[found.verdict])
    rows = [
        (tr("Weights"), size(found.weights)),
        (tr("Context of {n} tokens", n=f"{found.context:,}"), size(found.kv)),
        (tr("Working memory"), size(found.compute + found.overhead)),
        (tr("In all"), size(found.total)),
        (tr("Free memory"), size(found.memory_free)),
    ]
    if found.graphics_free:
        rows.append((tr("Free on the graphics card"), size(found.graphics_free)))
    for what, much in rows:
        print(f"  {much:>9}  {what}")
