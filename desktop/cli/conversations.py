"""`conversations list|show`: what was said."""

from __future__ import annotations

import argparse

from desktop.cli.output import Commands, application, group, leaf, local, moment, put
from desktop.core.models import ConversationId
from desktop.i18n import tr
from desktop.paths import Paths


def add(commands: Commands) -> None:
    """Add the commands."""
    ours = group(commands, "conversations", "what was said")
    listing = leaf(ours, "list", "newest first", _list)
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="default: 50; 0 = all")
    show = leaf(ours, "show", "one conversation", _show)
    show.add_argument("id", type=int)


def _list(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        rows = app.conversations.page(0, arguments.limit if arguments.limit > 0 else -1)
    if arguments.json:
        put(
            [
                {
                    "id": row.id,
                    "title": row.title,
                    "updated": moment(row.updated),
                    "messages": row.messages,
                    "model": row.model,
                }
                for row in rows
            ]
        )
    else:
        for row in rows:
            print(f"{row.id:>6}  {local(row.updated)}  {row.title}")
    return 0


def _show(arguments: argparse.Namespace, place: Paths) -> int:
    with application(place) as app:
        conversation = app.conversations.get(ConversationId(arguments.id))
        messages = app.conversations.messages(conversation.id)
    if arguments.json:
        put(
            {
                "id": conversation.id,
                "title": conversation.title,
                "system": conversation.system,
                "messages": [
                    {
                        "id": message.id,
                        "parent": message.parent,
                        "role": str(message.role),
                        "text": message.text,
                        "thought": message.thought,
                        "state": str(message.state),
                        "created": moment(message.created),
                        "model": message.model,
                        "finish_reason": str(message.finish_reason) if message.finish_reason else None,
                    }
                    for message in messages
                ],
            }
        )
        return 0
    print(conversation.title)
    names = {"system": tr("System"), "user": tr("You"), "assistant": tr("Answer")}
    for message in messages:
        print(f"\n{names[message.role]} · {local(message.created)}\n{message.text}")
    return 0
