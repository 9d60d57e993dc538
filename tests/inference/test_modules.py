from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path

import pytest

from desktop.inference.drivers import LIBRARY_FOLDER, LIBRARY_VARIABLE
from desktop.inference.modules import VERSION_FILE, use_modules
from tests.conftest import ExpectedLog
from tests.inference.conftest import Start


@pytest.fixture(autouse=True)
def _own_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIBRARY_VARIABLE, "")  # put back at the end, whatever the test does


def folder(at: Path, version: str | None = None) -> Path:
    at.mkdir(parents=True)
    (at / "libllama.so").write_bytes(b"")
    if version is not None:
        (at / VERSION_FILE).write_text(version + "\n", encoding="utf-8")
    return at


def test_nothing_is_set_for_an_ordinary_installation() -> None:
    assert use_modules({}) is None


def test_a_folder_that_the_variable_names(tmp_path: Path) -> None:
    named = folder(tmp_path / "我的 backends", metadata.version("llama-cpp-python"))
    assert use_modules({LIBRARY_VARIABLE: str(named)}) == named
    assert os.environ[LIBRARY_VARIABLE] == str(named.resolve())


def test_a_folder_beside_a_frozen_program(tmp_path: Path) -> None:
    program = tmp_path / "app" / "chatglm-desktop"
    assert use_modules({}, program) is None
    beside = folder(program.parent / LIBRARY_FOLDER)
    assert use_modules({}, program) == beside


def test_a_folder_without_a_library_or_of_another_version_is_not_used(
    tmp_path: Path, expected_log: ExpectedLog
) -> None:
    expected_log(r"is not used: (no llama\.cpp is there|it is of llama-cpp-python 0\.0\.1)")
    (tmp_path / "empty").mkdir()
    assert use_modules({LIBRARY_VARIABLE: str(tmp_path / "empty")}) is None
    assert use_modules({LIBRARY_VARIABLE: str(folder(tmp_path / "old", "0.0.1"))}) is None
    assert LIBRARY_VARIABLE not in os.environ
    assert len(expected_log.seen) == 2


@pytest.mark.model
def test_a_worker_with_a_bad_folder_uses_its_own_library(start: Start, tmp_path: Path) -> None:
    driver = start("llama", environment={LIBRARY_VARIABLE: str(tmp_path / "gone")})
    loaded = driver.load().loaded()
    assert loaded.layers == 4
