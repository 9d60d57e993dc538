"""The table of settings and its file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.core.errors import BadSetting, DiskDenied, UnknownSetting
from desktop.storage.settings import SETTINGS, Kind, Settings


def test_defaults_are_possible_values() -> None:
    for setting in SETTINGS:
        assert setting.check(setting.default) == setting.default


def test_a_value_survives_and_the_default_leaves_the_file(tmp_path: Path) -> None:
    file = tmp_path / "配置" / "settings.json"
    Settings(file).set("font_size", "18")
    assert Settings(file).number("font_size") == 18
    Settings(file).set("font_size", 15)
    assert json.loads(file.read_text(encoding="utf-8")) == {}
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("font_size", "9"),
        ("font_size", "many"),
        ("font_size", True),
        ("theme", "blue"),
        ("endpoint", "huggingface.co"),
        ("proxy", "ftp://x"),
        ("proxy", "http://"),
        ("gpu_layers", "-2"),
    ],
)
def test_impossible_values_are_refused_and_nothing_changes(tmp_path: Path, name: str, value: object) -> None:
    settings = Settings(tmp_path / "settings.json")
    before = settings.get(name)
    with pytest.raises(BadSetting):
        settings.set(name, value)
    assert settings.get(name) == before
    assert not (tmp_path / "settings.json").exists()


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownSetting):
        Settings(tmp_path / "settings.json").get("colour")


@pytest.mark.parametrize("content", ["{", "[1]", "nonsense", '{"theme": "dark"', "\x00\x00"])
def test_a_damaged_file_is_moved_aside_not_overwritten(tmp_path: Path, content: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(content, encoding="utf-8")
    settings = Settings(file)
    assert settings.text("theme") == "system"
    assert settings.moved_to is not None
    assert settings.moved_to.read_text(encoding="utf-8") == content


def test_values_of_other_versions_are_passed_over(tmp_path: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("impossible value")
    file = tmp_path / "settings.json"
    file.write_text('{"from_the_future": 1, "font_size": 900, "theme": "dark"}', encoding="utf-8")
    settings = Settings(file)
    assert (settings.text("theme"), settings.number("font_size")) == ("dark", 15)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("settings cannot be read")
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "settings.json")
    with pytest.raises(DiskDenied):
        settings.set("theme", "dark")
    assert settings.text("theme") == "system"


def test_every_kind_is_used_or_gone() -> None:
    assert {setting.kind for setting in SETTINGS} >= {Kind.CHOICE, Kind.TEXT, Kind.INTEGER}
