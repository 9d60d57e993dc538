from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.models import ConversationId
from desktop.ui.window_state import WindowState, read, write


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "新 folder" / "window.json"
    state = WindowState(-5, 10, 1120, 760, True, True, ConversationId(7))
    write(file, state)
    assert read(file) == state
    assert [path.name for path in file.parent.iterdir()] == ["window.json"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2]", "null", '"x"', "[" * 100_000, '{"width": "wide"}', '{"width": true}', '{"x": 1e99}', "\x00"],
)
def test_nonsense_means_the_defaults(tmp_path: Path, text: str) -> None:
    file = tmp_path / "window.json"
    file.write_text(text, encoding="utf-8")
    assert read(file) == WindowState()


def test_a_folder_in_the_way_is_no_obstacle(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    file.mkdir()
    write(file, WindowState(width=5))
    assert read(file) == WindowState()
