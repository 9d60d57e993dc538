from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.errors import EngineCrashed
from desktop.core.models import EngineMode
from tests import native_crash
from tests.inference.conftest import Start

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not native_crash.available, reason="needs LD_PRELOAD and gcc"),
]


def test_a_crash_of_the_real_library_is_found_by_the_probe_and_avoided_by_safe_mode(
    start: Start, tmp_path: Path
) -> None:
    driver = start("llama", environment=native_crash.build(tmp_path))
    error = driver.load(probe=True, mode=EngineMode.FULL).error()
    assert isinstance(error, EngineCrashed)
    assert error.data["signal"] == "SIGSEGV"
    assert error.data["phase"] == "probe"
    assert "imitating ldtilecfg" in str(error.data["detail"])
    assert driver.engine.hello is None

    driver.engine.start()
    model = driver.load(probe=True, mode=EngineMode.NO_REPACK).loaded()
    assert model.mode is EngineMode.NO_REPACK
    answer = driver.ask("你好")
    answer.done()
    assert answer.text.startswith("你好！")


def test_without_a_probe_the_first_question_finds_it(start: Start, tmp_path: Path) -> None:
    driver = start("llama", environment=native_crash.build(tmp_path))
    driver.load(probe=False, mode=EngineMode.FULL).loaded()
    error = driver.ask("你好").error()
    assert isinstance(error, EngineCrashed)
    assert error.data["phase"] == "generate"
