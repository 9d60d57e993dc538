from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop.core.models import ConversationId, ConversationSummary
from desktop.ui.conversation_list import STEP, ConversationListModel, ItemRole

TODAY = date(2026, 11, 22)


def summary(number: int, days: float = 0.0, title: str | None = None) -> ConversationSummary:
    """Conversation `number`, last changed `days` before noon of TODAY."""
    when = datetime(2026, 11, 22, 12) - timedelta(days=days)
    return ConversationSummary(
        ConversationId(number), f"c{number}" if title is None else title, int(when.timestamp() * 1000), 2, None
    )


class Stored:
    """Conversations as a database would page them, counting what was read."""

    def __init__(self, *summaries: ConversationSummary) -> None:
        self.summaries = sorted(summaries, key=lambda s: (-s.updated, -s.id))
        self.read = 0

    def page(self, offset: int, limit: int) -> tuple[ConversationSummary, ...]:
        page = tuple(self.summaries[offset : offset + limit])
        self.read += len(page)
        return page


def model_of(stored: Stored, renamed: list[tuple[int, str]] | None = None) -> ConversationListModel:
    names = renamed if renamed is not None else []
    model = ConversationListModel(stored.page, lambda i, title: names.append((i, title)), lambda: TODAY)
    model.reload()
    if not model.canFetchMore():  # Qt's tester would itself read everything, in the middle of a reset
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def rows(model: ConversationListModel) -> list[str]:
    return [
        f"[{text}]" if index.data(ItemRole.IS_HEADING) else str(text)
        for index in map(model.index, range(model.rowCount()))
        for text in [index.data(Qt.ItemDataRole.DisplayRole)]
    ]


def test_groups_by_day(qtbot: QtBot) -> None:
    model = model_of(Stored(summary(5), summary(4, 1), summary(3, 6), summary(2, 20), summary(1, 40)))
    assert rows(model) == [
        *("[Today]", "c5", "[Yesterday]", "c4", "[Previous 7 days]", "c3"),
        *("[November 2026]", "c2", "[October 2026]", "c1"),
    ]


def test_ten_thousand_are_read_in_steps(qtbot: QtBot) -> None:
    stored = Stored(*(summary(number, days=(10_000 - number) / 50) for number in range(1, 10_001)))
    model = model_of(stored)
    assert stored.read == STEP
    assert model.canFetchMore()
    while model.canFetchMore():
        model.fetchMore()
    conversations = [row for row in rows(model) if not row.startswith("[")]
    assert conversations == [f"c{number}" for number in range(10_000, 0, -1)]


def test_a_new_conversation_comes_first_and_brings_its_heading(qtbot: QtBot) -> None:
    model = model_of(Stored(summary(1, 1)))
    model.put(summary(2))
    model.put(summary(3, -0.1))
    assert rows(model) == ["[Today]", "c3", "c2", "[Yesterday]", "c1"]


def test_an_answered_conversation_moves_up_and_an_empty_heading_goes(qtbot: QtBot) -> None:
    model = model_of(Stored(summary(3), summary(2, 1), summary(1, 2)))
    model.put(summary(2, -0.1))
    assert rows(model) == ["[Today]", "c2", "c3", "[Previous 7 days]", "c1"]


@pytest.mark.parametrize("days", [0, 0.1, 1, 3, 10, 200])
def test_a_restored_one_comes_back_to_its_place(qtbot: QtBot, days: float) -> None:
    everything = [summary(1, 0.05), summary(2, 1.05), summary(3, 2.05), summary(4, 15), summary(5, 300)]
    back = summary(9, days)
    expected = rows(model_of(Stored(*everything, back)))
    model = model_of(Stored(*everything))
    model.put(back)
    assert rows(model) == expected
    model.remove(back.id)
    assert rows(model) == rows(model_of(Stored(*everything)))


def test_one_older_than_what_was_read_waits_for_its_step(qtbot: QtBot) -> None:
    stored = Stored(*(summary(number, days=number / 1000) for number in range(STEP)))
    model = model_of(stored)
    old = summary(9_999, days=400)
    stored.summaries.append(old)
    model.put(old)
    assert not model.index_of(old.id).isValid()
    model.fetchMore()
    assert rows(model)[-2:] == ["[October 2025]", "c9999"]


def test_renaming_shows_at_once_and_asks_for_it(qtbot: QtBot) -> None:
    renamed: list[tuple[int, str]] = []
    model = model_of(Stored(summary(1)), renamed)
    assert model.setData(model.index(1), "  北京 \n 和上海 ")
    assert rows(model) == ["[Today]", "北京 和上海"]
    assert renamed == [(1, "北京 和上海")]
    assert not model.setData(model.index(1), "   ")
    assert not model.setData(model.index(0), "a heading")
    assert len(renamed) == 1


def test_running_and_untitled_rows_say_so(qtbot: QtBot) -> None:
    model = model_of(Stored(summary(1, title="")))
    model.set_running(ConversationId(1), True)
    assert model.index(1).data(ItemRole.IS_RUNNING) is True
    assert rows(model) == ["[Today]", "New chat"]
    model.set_running(ConversationId(1), False)
    assert model.index(1).data(ItemRole.IS_RUNNING) is False


def test_neighbour_is_below_then_above_then_nobody(qtbot: QtBot) -> None:
    model = model_of(Stored(summary(3), summary(2, 1)))
    assert model.neighbour(ConversationId(3)) == 2
    assert model.neighbour(ConversationId(2)) == 3
    model.remove(ConversationId(2))
    assert model.neighbour(ConversationId(3)) is None


def test_a_new_day_regroups(qtbot: QtBot) -> None:
    day = TODAY
    stored = Stored(summary(1))
    model = ConversationListModel(stored.page, lambda *_: None, lambda: day)
    model.reload()
    assert rows(model) == ["[Today]", "c1"]
    day = TODAY + timedelta(days=1)
    model.reload_if_stale()
    assert rows(model) == ["[Yesterday]", "c1"]


def test_search_results_are_a_plain_list(qtbot: QtBot) -> None:
    model = ConversationListModel(None, lambda *_: None, lambda: TODAY)
    model.show([summary(2), summary(1, 30)])
    assert rows(model) == ["c2", "c1"]
    assert not model.canFetchMore()
    model.put(summary(1, 0, "renamed"))
    model.put(summary(7))
    assert rows(model) == ["c2", "renamed"]


def test_what_another_process_wrote_is_seen(qtbot: QtBot) -> None:
    stored = Stored(summary(1), summary(2, 1))
    model = model_of(stored)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.reload_if_stale()
    assert resets == []
    stored.summaries.insert(0, summary(3, -0.1))
    model.reload_if_stale()
    assert rows(model) == ["[Today]", "c3", "c1", "[Yesterday]", "c2"]
