"""`models move DIR`: another folder for the models."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.cli.output import Commands, Progress, application, leaf, put, say, wait
from desktop.core.events import ModelsMoveProgressed
from desktop.i18n import tr
from desktop.paths import Paths


def add(commands: Commands) -> None:
    """Add the command."""
    move = leaf(commands, "move", "move the models into another folder", _move)
    move.add_argument("folder", type=Path, metavar="DIR")


def _move(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        progress = Progress(tr("Moving the models"), json=arguments.json)
        app.bus.subscribe(ModelsMoveProgressed, lambda event: progress.show(event.done, event.total))
        try:
            folder = wait(app.mover.move(arguments.folder))
        finally:
            progress.end()
    if arguments.json:
        put({"state": "done", "path": str(folder)})
    else:
        say(tr("The models are in {path} now.", path=folder))
    return 0
