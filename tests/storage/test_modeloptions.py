"""The table of a model's own options: types, ranges, rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from desktop.core.errors import BadSetting, UnknownSetting
from desktop.core.library import ModelOptions
from desktop.core.models import GenerateOptions, ModelId
from desktop.storage.database import Database
from desktop.storage.library import ModelStore
from desktop.storage.modeloptions import BY_NAME, OPTIONS, ModelOptionsStore, OptionKind, changed
from tests.conftest import ExpectedLog
from tests.storage.test_library import MODEL


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(tmp_path / "d.sqlite3")
    ModelStore(one).save(MODEL)
    yield one
    one.close()


def test_the_table_describes_the_fields() -> None:
    assert sorted(option.name for option in OPTIONS) == sorted(field.name for field in fields(ModelOptions()))
    sampling = {field.name for field in fields(GenerateOptions())}
    assert {option.name for option in OPTIONS} - sampling == {"context", "gpu_layers", "threads", "system_prompt"}
    for option in OPTIONS:
        assert option.title
        assert option.help
        if option.kind is not OptionKind.SWITCH:
            assert option.maximum > option.minimum
        if option.kind in (OptionKind.INTEGER, OptionKind.NUMBER):
            assert option.check(option.minimum) == option.minimum
            assert option.check(option.maximum) == option.maximum


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("context", 4096, 4096),
        ("context", "4096", 4096),
        ("context", 4096.0, 4096),
        ("gpu_layers", -1, -1),
        ("temperature", "0.7", 0.7),
        ("temperature", 0, 0.0),
        ("top_p", 1, 1.0),
        ("max_tokens", 1, 1),
        ("system_prompt", "  你是一只猫。\n喵 ", "你是一只猫。\n喵"),
        ("system_prompt", "", ""),
        ("min_p", None, None),
        ("thinking", False, False),
        ("mirostat", "True", True),
        ("stop", "END\n 完 ", "END\n 完"),
        ("presence_penalty", "-2", -2.0),
        ("thought_tokens", 0, 0),
    ],
)
def test_good_values(name: str, value: object, stored: object) -> None:
    checked = BY_NAME[name].check(value)
    assert checked == stored
    assert type(checked) is type(stored)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("context", -1),
        ("context", 4096.5),
        ("context", "many"),
        ("context", True),
        ("context", 10**9),
        ("context", float("inf")),
        ("context", float("nan")),
        ("temperature", "nan"),
        ("temperature", "inf"),
        ("temperature", 5.01),
        ("temperature", [1]),
        ("top_p", -0.1),
        ("top_k", -1),
        ("repeat_penalty", 0),
        ("max_tokens", 0),
        ("system_prompt", 7),
        ("thinking", 1),
        ("thinking", "perhaps"),
        ("stop", "x" * 2001),
        ("typical_p", 0),
        ("frequency_penalty", 2.1),
        ("dry_multiplier", -1),
        ("system_prompt", "x" * 100_001),
        ("system_prompt", "a\0b"),
    ],
)
def test_bad_values_change_nothing(name: str, value: object) -> None:
    with pytest.raises(BadSetting) as caught:
        changed(ModelOptions(), {"threads": 2, name: value})
    assert caught.value.data["name"] == name


def test_unknown_names() -> None:
    with pytest.raises(UnknownSetting):
        changed(ModelOptions(), {"colour": 1})


def test_rows(database: Database) -> None:
    store = ModelOptionsStore(database)
    assert store.get(MODEL.id) == ModelOptions()
    assert store.get(ModelId("nobody")) == ModelOptions()
    full = ModelOptions(
        4096, 10, 2, 0.5, 0.9, 40, 0.05, 1.1, 512, "Be brief. 简短 😀", False, 100, "END", 0.5, -0.5, 0.8, 0.9, True
    )
    store.put(MODEL.id, full)
    assert store.get(MODEL.id) == full
    store.put(MODEL.id, ModelOptions(temperature=0.0, system_prompt=""))
    assert store.get(MODEL.id) == ModelOptions(temperature=0.0, system_prompt="")


def test_they_survive_a_save_of_the_model_and_go_with_it(database: Database) -> None:
    store, models = ModelOptionsStore(database), ModelStore(database)
    store.put(MODEL.id, ModelOptions(threads=3))
    models.save(MODEL)
    models.mark_used(MODEL.id, 5)
    assert store.get(MODEL.id) == ModelOptions(threads=3)
    models.delete(MODEL.id)
    models.save(MODEL)
    assert store.get(MODEL.id) == ModelOptions()


def test_rows_of_a_newer_version_are_ignored(database: Database, expected_log: ExpectedLog) -> None:
    expected_log("has an impossible value and is ignored")
    store = ModelOptionsStore(database)
    store.put(MODEL.id, ModelOptions(threads=3))
    with database.transaction() as db:
        for name, value in (("colour", '"red"'), ("top_p", "9"), ("min_p", "{broken")):
            db.execute("INSERT INTO model_option VALUES (?, ?, ?)", (MODEL.id, name, value))
    assert store.get(MODEL.id) == ModelOptions(threads=3)
    assert len(expected_log.seen) == 3
