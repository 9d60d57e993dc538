"""The order in which Tab goes through the transcript: as it is read, though messages are made from the last one upwards."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.ui.chat.transcript import TranscriptView


def transcript_stops(transcript: TranscriptView, focused: QWidget | None) -> Iterator[QWidget]:
    """Each message, then what can be used in it, from top to bottom and left to right; the divider in its place.

    Only next to what is `focused`, and at both ends, is it asked what can be used: the next step leads nowhere else, and in a
    long conversation asking everybody takes too long.
    """
    places: list[QWidget] = [*transcript.items]
    if transcript.divider is not None:
        places.append(transcript.divider)
    places.sort(key=lambda place: place.y())
    here = next(
        (
            n
            for n, place in enumerate(places)
            if focused is not None and (focused is place or place.isAncestorOf(focused))
        ),
        None,
    )
    near = {0, len(places) - 1} if here is None else {here - 1, here, here + 1}
    for number, place in enumerate(places):
        if place.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield place
        if number in near:
            yield from _inside(place)


def _inside(place: QWidget) -> list[QWidget]:
    found = [
        child
        for child in place.findChildren(QWidget)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisibleTo(place)
    ]
    return sorted(found, key=lambda child: _middle(child, place))


def _middle(child: QWidget, place: QWidget) -> tuple[int, int]:
    middle = child.mapTo(place, child.rect().center())
    return middle.y(), middle.x()
