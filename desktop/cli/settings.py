"""`settings list|get|set`: the table of settings."""

from __future__ import annotations

import argparse
from typing import Any

from desktop.cli.output import Commands, application, group, leaf, put
from desktop.core.errors import UnknownSetting
from desktop.paths import Paths
from desktop.storage.settings import BY_NAME, SETTINGS, Setting, Settings


def add(commands: Commands) -> None:
    """Add the commands."""
    ours = group(commands, "settings", "the table of settings")
    leaf(ours, "list", "all settings", _list)
    get = leaf(ours, "get", "one setting", _get)
    get.add_argument("name")
    change = leaf(ours, "set", "change a setting", _set)
    change.add_argument("name")
    change.add_argument("value")


def _row(settings: Settings, setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "value": settings.get(setting.name),
        "default": setting.default,
        "type": str(setting.kind),
    }


def _show(settings: Settings, rows: tuple[Setting, ...], arguments: argparse.Namespace) -> None:
    if arguments.json:
        put([_row(settings, setting) for setting in rows])
    elif arguments.subcommand == "list":
        for setting in rows:
            print(f"{setting.name} = {settings.get(setting.name)}")
    else:
        print(settings.get(rows[0].name))


def _list(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        _show(app.settings, SETTINGS, arguments)
    return 0


def _get(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        app.settings.get(arguments.name)
        _show(app.settings, (BY_NAME[arguments.name],), arguments)
    return 0


def _set(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        if arguments.name not in BY_NAME:
            raise UnknownSetting(name=arguments.name)
        app.settings.set(arguments.name, arguments.value)
        if arguments.json:
            _show(app.settings, (BY_NAME[arguments.name],), arguments)
    return 0
