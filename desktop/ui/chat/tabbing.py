"""The order in which Tab goes through the transcript: as it is read, though messages are made from the last one upwards."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.ui.chat.transcript import TranscriptView


def transcript_stops(transcript: TranscriptView) -> Iterator[QWidget]:
    """Each message, then what can be used in it, from top to bottom and left to right; the divider in its place."""
    places: list[QWidget] = [*transcript.items]
    if transcript.divider is not None:
        places.append(transcript.divider)
    for place in sorted(places, key=lambda widget: widget.y()):
        if place.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield place
        inside = [
            child
            for child in place.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisibleTo(place)
        ]
        yield from sorted(inside, key=lambda child: _middle(child, place))


def _middle(child: QWidget, place: QWidget) -> tuple[int, int]:
    middle = child.mapTo(place, child.rect().center())
    return middle.y(), middle.x()
