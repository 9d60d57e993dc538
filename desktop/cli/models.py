"""`models list|catalog|import|verify|remove|move`: what is on this computer, and what could be."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from desktop import messages
from desktop.app import Application
from desktop.cli import fitting, moving, pulling
from desktop.cli.output import Commands, Progress, application, group, leaf, local, moment, put, say, wait
from desktop.core.errors import WorldError
from desktop.core.events import ModelChecked
from desktop.core.models import Fit, ModelFile, ModelId
from desktop.i18n import size, tr
from desktop.paths import Paths


def add(commands: Commands) -> None:
    """Add the commands."""
    ours = group(commands, "models", "models on this computer and where to get them")
    leaf(ours, "list", "what is on this computer", _list)
    leaf(ours, "catalog", "recommended builds, with fit for this machine", _catalog)
    bring = leaf(ours, "import", "use a GGUF or chatglm.cpp file that is already here", _import)
    bring.add_argument("path", type=Path, metavar="PATH")
    how = bring.add_mutually_exclusive_group()
    how.add_argument("--link", action="store_true", help="use the file where it is (default)")
    how.add_argument("--copy", action="store_true", help="copy it into the models folder")
    for name, help, carry_out in (
        ("verify", "read a model whole and compare its SHA-256", _verify),
        ("remove", "take a model from the list and delete what was downloaded", _remove),
    ):
        leaf(ours, name, help, carry_out).add_argument("id", metavar="ID")
    pulling.add(ours)
    moving.add(ours)
    fitting.add(ours)


def _row(model: ModelFile) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.name,
        "path": str(model.path),
        "size": model.size,
        "sha256": model.sha256,
        "family": model.family,
        "quantization": model.quantization,
        "context": model.context,
        "state": str(model.state),
        "last_used": moment(model.last_used),
    }


def _list(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        if app.folders.list():
            wait(app.folders.rescan())
        models = app.library.models()
    if arguments.json:
        put([_row(model) for model in models])
    elif not models:
        say(messages.sentence("engine.no_model", {}))
    else:
        for model in models:
            print(
                f"{model.id:<32} {size(model.size):>9}  {model.quantization:<8} {model.state:<8} {local(model.last_used)}"
            )
    return 0


def _catalog(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        machine = app.library.machine()
        rows = [(entry, app.library.fit(entry, machine)) for entry in app.library.catalog()]
    if arguments.json:
        put(
            [
                {
                    "id": entry.id,
                    "repository": entry.repository,
                    "file": entry.files[0].file,
                    "files": [file.file for file in entry.files],
                    "size": entry.size,
                    "licence": entry.licence,
                    "registration": entry.registration,
                    "fit": str(fit),
                }
                for entry, fit in rows
            ]
        )
        return 0
    words = {
        Fit.GOOD: tr("fits well"),
        Fit.TIGHT: tr("tight"),
        Fit.TOO_LARGE: tr("too large for the memory"),
        Fit.NO_DISK: tr("not enough room on the disk"),
    }
    for entry, fit in rows:
        print(f"{entry.id:<32} {size(entry.size):>9}  {entry.licence:<12} {words[fit]}")
    return 0


def _checked(app: Application, label: str, future: Future[ModelFile], arguments: argparse.Namespace) -> ModelFile:
    progress = Progress(label)
    if not arguments.json:
        app.bus.subscribe(ModelChecked, lambda event: progress.show(event.done, event.total))
    try:
        return wait(future)
    finally:
        progress.end()


def _import(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        future = app.library.import_file(arguments.path.expanduser().absolute(), copy=arguments.copy)
        model = _checked(app, arguments.path.name, future, arguments)
    if arguments.json:
        put(_row(model))
    else:
        print(model.id)
    return 0


def _verify(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        id = app.library.get(ModelId(arguments.id)).id
        try:
            model = _checked(app, str(id), app.library.verify(id), arguments)
        except WorldError as error:
            if arguments.json:
                put({**_row(app.library.get(id)), "error": error.code})
            raise
    if arguments.json:
        put(_row(model))
    else:
        print(tr("{name} is complete and unchanged.", name=model.name), file=sys.stdout)
    return 0


def _remove(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        model = app.library.get(ModelId(arguments.id))
        removal = wait(app.library.remove(model.id))
    if arguments.json:
        put({"id": model.id, "state": "removed", "size": removal.size, "to_trash": removal.to_trash})
    elif removal.to_trash:
        text = tr("{name} is in the trash. Emptying it frees {size}.", name=model.name, size=size(removal.size))
        say(text)
    elif removal.size:
        say(tr("{name} is removed. {size} are free again.", name=model.name, size=size(removal.size)))
    else:
        say(tr("{name} is off the list. Its file stays where it is.", name=model.name))
    return 0
