"""`models search|files|pull|downloads|pause|resume|cancel`: what a source has, and bringing it here."""

from __future__ import annotations

import argparse
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop import messages
from desktop.app import Application
from desktop.cli.output import Commands, Progress, application, leaf, moment, put, say, wait
from desktop.core.builds import builds
from desktop.core.errors import DownloadBusy, UnknownDownload, UnknownModel, WorldError, from_code
from desktop.core.events import DownloadChanged, DownloadProgressed, DownloadRemoved, Event
from desktop.core.models import CatalogEntry, Download, DownloadId, DownloadState
from desktop.hub.endpoints import FOLDER, SOURCES, endpoint_from, source_name
from desktop.i18n import size, tr
from desktop.paths import Paths

_OBEYS_S = 10.0
"""Seconds that another process may take to do what it is asked."""


def add(ours: Commands) -> None:
    """Add the commands below `models`."""
    search = leaf(ours, "search", "look for models at the source", _search)
    search.add_argument("text", metavar="TEXT")
    search.add_argument("--all", action="store_true", help="models of any family, not only GLM")
    files = leaf(ours, "files", "the files of a repository", _files)
    files.add_argument("repository", metavar="REPO")
    pull = leaf(ours, "pull", "download, resume, verify, register", _pull)
    pull.add_argument("repository", metavar="REPO|CATALOG-ID", help="owner/name of a repository, or a catalogue id")
    pull.add_argument("file", nargs="?", metavar="FILE", help="file in the repository")
    for command in (files, pull):
        command.add_argument("--revision", metavar="R", help="branch, tag or commit")
    leaf(ours, "downloads", "downloads that are not done, with their ids", _downloads)
    for name, help, carry_out in (
        ("pause", "stop a download and keep what is here", _pause),
        ("resume", "continue a download", _resume),
        ("cancel", "forget a download and remove what is here of it", _cancel),
    ):
        one = leaf(ours, name, help, carry_out)
        one.add_argument("id", metavar="ID", type=int)
        if name == "resume":
            _sources(one)
    for command in (search, files, pull):
        _sources(command)


def _sources(command: argparse.ArgumentParser) -> None:
    where = command.add_mutually_exclusive_group()
    where.add_argument("--endpoint", metavar="URL", help="a hub or mirror, this time only")
    where.add_argument(
        "--source",
        dest="endpoint",
        type=_source,
        metavar="SOURCE",
        help="hub, hf-mirror, modelscope or folder:PATH, this time only",
    )


def _source(text: str) -> str:
    """The address of a source; argparse says what is wrong with it."""
    if text.startswith(FOLDER) and text != FOLDER:
        return FOLDER + str(Path(text.removeprefix(FOLDER)).expanduser().absolute())
    if text == "hub":
        return endpoint_from("")
    if text in SOURCES:
        return SOURCES[text]
    raise argparse.ArgumentTypeError(f"{text!r} is none of hub, hf-mirror, modelscope, folder:PATH")


def _search(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app, _hinting():
        asked = app.search.search(arguments.text, only_glm=not arguments.all, endpoint=arguments.endpoint)
        found = wait(asked)
    if arguments.json:
        put(
            [
                {
                    "repository": one.repository,
                    "downloads": one.downloads,
                    "likes": one.likes,
                    "updated": moment(one.updated),
                    "licence": one.licence,
                    "gated": one.gated,
                    "tags": list(one.tags),
                }
                for one in found
            ]
        )
    else:
        for one in found:
            downloads = tr("{n} downloads", n=one.downloads) if one.downloads is not None else ""
            print(f"{one.repository:<56} {one.licence or '':<12} {downloads}".rstrip())
        if not found:
            say(tr("Nothing was found."))
    return 0


def _files(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app, _hinting():
        asked = app.search.files(arguments.repository, arguments.revision, endpoint=arguments.endpoint)
        listed = wait(asked)
    found = builds(listed)
    if arguments.json:
        rows = [file for build in found for file in build.files]
        put([{"file": file.file, "size": file.size, "sha256": file.sha256} for file in rows])
    else:
        for build in found:
            bytes_ = size(build.size) if build.size is not None else "–"
            print(f"{build.file:<56} {bytes_:>9}  {build.quantization}".rstrip())
        if not found:
            say(tr("There is no model in GGUF format in {repository}.", repository=arguments.repository))
    return 0


def _pull(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app, _hinting():
        entry = _entry(app, arguments.repository) if arguments.file is None else None
        if arguments.file is None and entry is None:
            raise UnknownModel(id=arguments.repository)
        repository = entry.repository if entry else arguments.repository
        files = [file.file for file in entry.files] if entry else [arguments.file]
        events = _listening(app)
        started = app.downloads.start(
            repository,
            files,
            revision=arguments.revision or (entry.revision if entry else None),
            endpoint=arguments.endpoint,
            catalog=entry,
        )
        return _to_the_end(app, events, wait(started), arguments.json)


def _resume(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app, _hinting():
        events = _listening(app)
        resumed = app.downloads.resume(DownloadId(arguments.id), endpoint=arguments.endpoint)
        return _to_the_end(app, events, wait(resumed), arguments.json)


def _downloads(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        found = [one for one in app.downloads.list() if one.state is not DownloadState.DONE]
    if arguments.json:
        put([_row(one) for one in found])
    for one in [] if arguments.json else found:
        total = size(one.size) if one.size is not None else "–"
        print(f"{one.id:>4}  {one.state:<10} {size(one.received):>9} / {total:<9} {one.repository}/{one.files[0].file}")
    return 0


def _row(one: Download) -> dict[str, Any]:
    return {
        "download": one.id,
        "repository": one.repository,
        "file": one.files[0].file,
        "state": str(one.state),
        "received": one.received,
        "size": one.size,
        "source": one.endpoint,
        "error": one.error,
    }


def _pause(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        paused = wait(app.downloads.pause(DownloadId(arguments.id)))
        if paused.state is not DownloadState.PAUSED:  # another process works on it, and was asked
            paused = app.downloads.wait(paused.id, _OBEYS_S)
        if paused.state in (DownloadState.QUEUED, DownloadState.RUNNING, DownloadState.VERIFYING):
            raise DownloadBusy(file=paused.files[0].file)
    if arguments.json:
        put(_row(paused))
    return 0


def _cancel(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        identifier = DownloadId(arguments.id)
        file = app.downloads.get(identifier).files[0].file
        wait(app.downloads.cancel(identifier))
        try:
            app.downloads.wait(identifier, _OBEYS_S)
            raise DownloadBusy(file=file)
        except UnknownDownload:
            pass  # as it should be
    if arguments.json:
        put({"download": identifier, "state": "cancelled"})
    return 0


def _entry(app: Application, id: str) -> CatalogEntry | None:
    return next((entry for entry in app.library.catalog() if entry.id == id), None)


def _listening(app: Application) -> queue.SimpleQueue[Event]:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    app.bus.subscribe(DownloadChanged, events.put)
    app.bus.subscribe(DownloadProgressed, events.put)
    app.bus.subscribe(DownloadRemoved, events.put)
    return events


def _to_the_end(app: Application, events: queue.SimpleQueue[Event], download: Download, json: bool) -> int:
    try:
        download = _follow(app, events, download, json)
    except KeyboardInterrupt:
        app.downloads.pause(download.id)
        say(tr("Paused. The same command continues the download."))
        raise
    if download.state is DownloadState.DONE and download.model is not None:
        model = app.library.get(download.model)
        if json:
            put({"state": "done", "id": model.id, "path": str(model.path), "sha256": model.sha256})
        else:
            say(tr("{name} is ready.", name=model.name))
            print(model.path)
        return 0
    if download.error is None:  # another process paused it
        say(tr("Paused. The same command continues the download."))
        return 0
    raise from_code(download.error, download.error_data)


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
                    progress.show(received, total, rate, state=str(download.state), download=download.id)
                case DownloadChanged(changed) if changed.id == download.id:
                    download = changed
                    if changed.notice and changed.notice not in said:
                        said.add(changed.notice)
                        progress.end()
                        say(messages.sentence(changed.notice, {}))
                case DownloadRemoved(id) if id == download.id:
                    raise UnknownDownload(id=id)  # another process cancelled it
                case _:
                    pass
    finally:
        progress.end()
    return download


@contextmanager
def _hinting() -> Iterator[None]:
    """An error that another source may not have says which one to try."""
    try:
        yield
    except WorldError as error:
        if isinstance(source := error.data.get("next_source"), str):
            name = next((name for name, address in SOURCES.items() if address == source), source)
            option = f"--source {'hub' if name == 'huggingface' else name}"
            say(tr("{source} may have it: try again with {option}.", source=source_name(source), option=option))
        raise
