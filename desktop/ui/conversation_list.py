"""The side list's rows: conversations newest first under the headings of their days, read in steps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from desktop.core.models import Conversation, ConversationId, ConversationSummary
from desktop.i18n import language, tr

STEP = 200
"""Conversations read at a time: a start with 10,000 of them must not read them all."""

_LOOK = 50
"""Conversations compared to see whether another process changed the list: what changes comes to the top."""

_MONTH = {"zh_CN": "yyyy年M月", "ko": "yyyy년 M월"}

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ItemRole(IntEnum):
    """What the delegate and the view ask a row for, beside its text."""

    ID = Qt.ItemDataRole.UserRole + 1
    IS_HEADING = Qt.ItemDataRole.UserRole + 2
    IS_RUNNING = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True)
class _Heading:
    text: str


_Row = _Heading | ConversationSummary


def summary_of(conversation: Conversation) -> ConversationSummary:
    """The row of a conversation read alone; the number of its messages is not shown and stays 0."""
    return ConversationSummary(conversation.id, conversation.title, conversation.updated, 0, conversation.model)


def heading(updated: int, today: date) -> str:
    """The group of a conversation last changed at `updated` (milliseconds since the epoch)."""
    day = datetime.fromtimestamp(updated / 1000).date()
    age = (today - day).days
    if age <= 0:
        return tr("Today")
    if age == 1:
        return tr("Yesterday")
    if age <= 7:
        return tr("Previous 7 days")
    pattern = _MONTH.get(language(), "MMMM yyyy")
    return QLocale(language()).toString(QDate(day.year, day.month, 1), pattern)


class ConversationListModel(QAbstractListModel):
    """Rows are read through `fetch(offset, limit)`; without it the model holds what `show` was given, ungrouped."""

    def __init__(
        self,
        fetch: Callable[[int, int], tuple[ConversationSummary, ...]] | None,
        rename: Callable[[ConversationId, str], None],
        today: Callable[[], date] = date.today,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._rename = rename
        self._today = today
        self._day = today()
        self._rows: list[_Row] = []
        self._loaded = 0
        self._exhausted = fetch is None
        self._running: set[ConversationId] = set()

    # what there is

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Headings and conversations read so far."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title or heading, id, and whether an answer is being written."""
        row = self._rows[index.row()]
        if isinstance(row, _Heading):
            match role:
                case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                    return row.text
                case ItemRole.IS_HEADING:
                    return True
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row.title or tr("New chat")
            case Qt.ItemDataRole.EditRole:
                return row.title
            case Qt.ItemDataRole.ToolTipRole:
                when = QLocale(language()).toString(
                    QDateTime.fromMSecsSinceEpoch(row.updated), QLocale.FormatType.ShortFormat
                )
                return f"{row.title}\n{when}"
            case ItemRole.ID:
                return row.id
            case ItemRole.IS_HEADING:
                return False
            case ItemRole.IS_RUNNING:
                return row.id in self._running
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings are scenery."""
        if not index.isValid() or isinstance(self._rows[index.row()], _Heading):
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A new title, shown at once; the service confirms it with an event."""
        row = self._rows[index.row()]
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or isinstance(row, _Heading) or not title or title == row.title:
            return False
        self._rows[index.row()] = replace(row, title=title)
        self.dataChanged.emit(index, index)
        self._rename(row.id, title)
        return True

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        """Whether older conversations are left in the database."""
        return not parent.isValid() and not self._exhausted

    def fetchMore(self, parent: Index = _ROOT) -> None:
        """Read the next STEP conversations."""
        if self._fetch is None or self._exhausted:
            return
        page = self._fetch(self._loaded, STEP)
        self._exhausted = len(page) < STEP
        self._append(page)

    def index_of(self, conversation: ConversationId | None) -> QModelIndex:
        """Where a conversation is; invalid if it is not among those read."""
        for number, row in enumerate(self._rows):
            if isinstance(row, ConversationSummary) and row.id == conversation:
                return self.index(number)
        return QModelIndex()

    def neighbour(self, conversation: ConversationId) -> ConversationId | None:
        """The conversation below, else the one above: where to go when this one is deleted."""
        ids = [row.id for row in self._rows if isinstance(row, ConversationSummary)]
        if conversation not in ids:
            return None
        place = ids.index(conversation)
        around = ids[place + 1 : place + 2] or ids[max(0, place - 1) : place]
        return around[0] if around else None

    # what happens to it

    def reload(self) -> None:
        """Forget all rows and read the first step again."""
        page = self._fetch(0, STEP) if self._fetch is not None else ()
        self.beginResetModel()
        self._day = self._today()
        self._exhausted = len(page) < STEP
        self._rows = []
        self._rows = self._grouped(page)
        self._loaded = len(page)
        self.endResetModel()

    def reload_if_stale(self) -> None:
        """“Today” of a window left open overnight would be a lie, and the command line may have asked something."""
        if self._fetch is None:
            return
        shown = [row for row in self._rows if isinstance(row, ConversationSummary)][:_LOOK]
        page = self._fetch(0, _LOOK)
        same = [(a.id, a.title, a.updated) for a in page] == [(b.id, b.title, b.updated) for b in shown]
        if self._today() != self._day or not same:
            self.reload()

    def show(self, summaries: Iterable[ConversationSummary]) -> None:
        """Hold exactly these (search results)."""
        self.beginResetModel()
        self._rows = list(summaries)
        self._loaded = len(self._rows)
        self.endResetModel()

    def put(self, summary: ConversationSummary) -> None:
        """A conversation is new, renamed or moved by its date."""
        here = self.index_of(summary.id)
        if here.isValid():
            old = self._rows[here.row()]
            if isinstance(old, ConversationSummary) and (old.updated == summary.updated or self._fetch is None):
                self._rows[here.row()] = replace(summary, updated=old.updated)
                self.dataChanged.emit(here, here)
                return
            self.remove(summary.id)
        if self._fetch is None:
            return
        row = self._place(summary)
        if row == len(self._rows) and not self._exhausted:
            return  # older than everything read so far: fetchMore will meet it
        text = heading(summary.updated, self._day)
        new: list[_Row] = [summary]
        above = self._heading_above(row)
        if above != text:
            # the first of its group: either the group below begins here, or a new heading is needed
            if row < len(self._rows) and self._rows[row] == _Heading(text):
                row += 1
            else:
                new = [_Heading(text), summary]
        self.beginInsertRows(_ROOT, row, row + len(new) - 1)
        self._rows[row:row] = new
        self._loaded += 1
        self.endInsertRows()

    def remove(self, conversation: ConversationId) -> None:
        """A conversation is gone; its heading goes with the last of its group."""
        index = self.index_of(conversation)
        if not index.isValid():
            return
        first = last = index.row()
        alone = last + 1 == len(self._rows) or isinstance(self._rows[last + 1], _Heading)
        if alone and first > 0 and isinstance(self._rows[first - 1], _Heading):
            first -= 1
        self.beginRemoveRows(_ROOT, first, last)
        del self._rows[first : last + 1]
        self._loaded -= 1
        self.endRemoveRows()

    def set_running(self, conversation: ConversationId, running: bool) -> None:
        """An answer is being written, or no longer."""
        (self._running.add if running else self._running.discard)(conversation)
        if (index := self.index_of(conversation)).isValid():
            self.dataChanged.emit(index, index)

    def _append(self, page: Iterable[ConversationSummary]) -> None:
        known = {row.id for row in self._rows if isinstance(row, ConversationSummary)}
        page = [summary for summary in page if summary.id not in known]  # another process may have written in between
        if new := self._grouped(page):
            self.beginInsertRows(_ROOT, len(self._rows), len(self._rows) + len(new) - 1)
            self._rows.extend(new)
            self._loaded += len(page)
            self.endInsertRows()

    def _grouped(self, page: Iterable[ConversationSummary]) -> list[_Row]:
        """Rows that continue the present ones."""
        rows: list[_Row] = []
        last = self._heading_above(len(self._rows))
        for summary in page:
            if (text := heading(summary.updated, self._day)) != last:
                rows.append(_Heading(text))
                last = text
            rows.append(summary)
        return rows

    def _place(self, summary: ConversationSummary) -> int:
        """The row before which a conversation belongs, after the heading of its group if that is there already."""
        conversations = [(number, row) for number, row in enumerate(self._rows) if isinstance(row, ConversationSummary)]
        key = (-summary.updated, -summary.id)
        place = bisect_left(conversations, key, key=lambda pair: (-pair[1].updated, -pair[1].id))
        if place == len(conversations):
            return len(self._rows)
        row = conversations[place][0]
        heads_group = row > 0 and isinstance(self._rows[row - 1], _Heading)
        return row - 1 if heads_group else row

    def _heading_above(self, row: int) -> str | None:
        for above in reversed(self._rows[:row]):
            if isinstance(above, _Heading):
                return above.text
        return None
