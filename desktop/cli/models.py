"""`models list|catalog|pull|import|verify|remove|move`: what is on this computer, and what could be."""

from __future__ import annotations

import argparse
import queue
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from desktop import messages
from desktop.app import Application
from desktop.cli import fitting, moving
from desktop.cli.output import Commands, Progress, application, group, leaf, local, moment, put, say, wait
from desktop.core.errors import UnknownModel, WorldError, from_code
from desktop.core.events import DownloadChanged, DownloadProgressed, Event, ModelChecked
from desktop.core.models import CatalogEntry, Download, DownloadState, Fit, ModelFile, ModelId
from desktop.i18n import size, tr
from desktop.paths import Paths


def add(commands: Commands) -> None:
    """Add the commands."""
    ours = group(commands, "models", "models on this computer and where to get them")
    leaf(ours, "list", "what is on this computer", _list)
    leaf(ours, "catalog", "recommended builds, with fit for this machine", _catalog)
    pull = leaf(ours, "pull", "download, resume, verify, register", _pull)
    pull.add_argument("repository", metavar="REPO|CATALOG-ID", help="owner/name of a repository, or a catalogue id")
    pull.add_argument("file", nargs="?", metavar="FILE", help="file in the repository")
    pull.add_argument("--revision", metavar="R", help="branch, tag or commit")
    pull.add_argument("--endpoint", metavar="URL", help="a hub or mirror for this download only")
    bring = leaf(ours, "import", "use a GGUF file that is already here", _import)
    bring.add_argument("path", type=Path, metavar="PATH")
    how = bring.add_mutually_exclusive_group()
    how.add_argument("--link", action="store_true", help="use the file where it is (default)")
    how.add_argument("--copy", action="store_true", help="copy it into the models folder")
    for name, help, carry_out in (
        ("verify", "read a model whole and compare its SHA-256", _verify),
        ("remove", "take a model from the list and delete what was downloaded", _remove),
    ):
        leaf(ours, name, help, carry_out).add_argument("id", metavar="ID")
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


def _pull(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        entry = _entry(app, arguments.repository) if arguments.file is None else None
        if arguments.file is None and entry is None:
            raise UnknownModel(id=arguments.repository)
        repository = entry.repository if entry else arguments.repository
        files = [file.file for file in entry.files] if entry else [arguments.file]
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        app.bus.subscribe(DownloadChanged, events.put)
        app.bus.subscribe(DownloadProgressed, events.put)
        started = app.downloads.start(
            repository,
            files,
            revision=arguments.revision or (entry.revision if entry else None),
            endpoint=arguments.endpoint,
            catalog=entry,
        )
        download = wait(started)
        try:
            download = _follow(app, events, download, arguments.json)
        except KeyboardInterrupt:
            app.downloads.pause(download.id)
            say(tr("Paused. The same command continues the download."))
            raise
        if download.state is DownloadState.DONE and download.model is not None:
            model = app.library.get(download.model)
            if arguments.json:
                put({"state": "done", "id": model.id, "path": str(model.path), "sha256": model.sha256})
            else:
                say(tr("{name} is ready.", name=model.name))
                print(model.path)
            return 0
        raise from_code(download.error or "", download.error_data)


def _entry(app: Application, id: str) -> CatalogEntry | None:
    return next((entry for entry in app.library.catalog() if entry.id == id), None)


def _follow(app: Application, events: queue.SimpleQueue[Event], download: Download, json: bool) -> Download:
    progress = Progress(Path(download.files[0].file).name, json=json)
    said: set[str] = set()
    try:
        while download.state not in (DownloadState.DONE, DownloadState.FAILED, DownloadState.PAUSED):
            try:
                event = events.get(timeout=0.5)
            except queue.Empty:
                continue
            match event:
                case DownloadProgressed(id, received, total, rate) if id == download.id:
                    progress.show(received, total, rate, state=str(download.state))
                case DownloadChanged(changed) if changed.id == download.id:
                    download = changed
                    if changed.notice and changed.notice not in said:
                        said.add(changed.notice)
                        progress.end()
                        say(messages.sentence(changed.notice, {}))
                case _:
                    pass
    finally:
        progress.end()
    return download


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
