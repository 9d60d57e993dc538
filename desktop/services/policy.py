"""What decides how downloads go on, and what becomes of one that ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.core.errors import DiskDenied, DiskFull, ErrorValue, HubOffline
from desktop.core.fitness import DISK_MARGIN
from desktop.core.models import CatalogEntry, Download, DownloadFile, DownloadState
from desktop.services.rewriting import is_rewritten
from desktop.services.trying import Manner
from desktop.storage.disk import free_bytes

ACTIVE = frozenset({DownloadState.QUEUED, DownloadState.RUNNING, DownloadState.VERIFYING})
"""States of a download that goes on by itself."""
RESTING = frozenset({DownloadState.PAUSED, DownloadState.FAILED})
"""States of one that can be resumed."""
_OF_THE_SOURCE = frozenset(
    {"hub.unreachable", "hub.busy", "hub.nonsense", "download.wrong_bytes", "download.wrong_size"}
)
"""Errors that another source may not have."""
OF_THE_LINE = frozenset({"hub.unreachable", "hub.busy"})
"""Errors that pass."""
_WAITED_FOR = OF_THE_LINE | {DiskFull.code, HubOffline.code}
"""Errors after which a wanted download goes on as soon as it can."""
_NOT_OF_THE_HUB = ("master", "folder")
"""Revisions of sources that have none: they mean nothing elsewhere."""


@dataclass(frozen=True)
class Policy:
    """What decides how downloads go on: mostly settings, read when they are needed."""

    parallel: Callable[[], int] = lambda: 2
    """Downloads at a time."""
    offline: Callable[[], bool] = lambda: False
    next_source: Callable[[str], str | None] = lambda endpoint: None
    """The source to offer when this one fails."""
    catalog: Callable[[], Sequence[CatalogEntry]] = lambda: ()
    manner: Manner = field(default_factory=Manner)
    room_every: float = 10.0
    """Seconds between two looks whether a full disk has room again."""
    line_every: float = 60.0
    """Seconds after which a download that the network stopped in the middle is tried again."""


def ended(download: Download, code: str, data: Mapping[str, ErrorValue], policy: Policy) -> Download:
    """The download after an error: failed, or waiting for what ends without anybody's help."""
    if code in (DiskFull.code, HubOffline.code):
        return replace(download, state=DownloadState.PAUSED, error=code, error_data=dict(data), wanted=True)
    if code in _OF_THE_SOURCE:
        data = {**data, "next_source": policy.next_source(download.endpoint)}
    # one that was on its way survives the night in which the network was away; one that never began is the user's to look at
    return replace(failed(download, code, data), wanted=code in OF_THE_LINE and download.received > 0)


def goes_on_by_itself(download: Download) -> bool:
    """Whether it rests now and may begin at any moment: the line, the room on the disk or the network may come back."""
    return download.state in RESTING and download.wanted and download.error in _WAITED_FOR


def has_room(models: Path, download: Download, needs: int) -> bool:
    """Whether a download that a full disk stopped may go on; `needs`: bytes it still takes, as far as its sizes are known."""
    asked = download.error_data.get("needed")
    try:
        return free_bytes(models) >= (asked if isinstance(asked, int) else needs + DISK_MARGIN)
    except DiskDenied:  # the disk is away
        return False


def is_whole(path: Path, file: DownloadFile) -> bool:
    """Whether a finished file is there, by its size, or what it was rewritten as."""
    return (path.is_file() and path.stat().st_size == file.size) or is_rewritten(path)


def failed(download: Download, code: str, data: Mapping[str, ErrorValue]) -> Download:
    """The download after an error that somebody must look at."""
    return replace(download, state=DownloadState.FAILED, error=code, error_data=dict(data), model=None, wanted=False)


def at(download: Download, endpoint: str, entry: CatalogEntry | None) -> Download:
    """The download from this source on."""
    if endpoint != download.endpoint and download.revision in _NOT_OF_THE_HUB:
        download = replace(download, revision=(entry.revision if entry else None) or "main")
    return replace(download, endpoint=endpoint)


def emptied(download: Download) -> Download:
    """The download as if nothing of it had come."""
    files = tuple(replace(file, received=0, done=False) for file in download.files)
    return replace(download, files=files, model=None)
