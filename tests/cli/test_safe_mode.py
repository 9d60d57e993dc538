"""A build of llama.cpp that dies with its default settings, as on AMX processors, from the user's side: real engine, real crash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import native_crash
from tests.cli.conftest import Program

pytestmark = pytest.mark.skipif(not native_crash.available, reason="needs gcc on Linux")

SAID = "it now runs in safe mode"


@pytest.fixture
def crashing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in native_crash.build(tmp_path).items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("crashing")
def test_the_self_test_finds_the_mode_this_machine_needs(program: Program) -> None:
    result = program("self-test", "--json")
    assert (result.code, result.json["ok"], result.json["mode"]) == (0, True, "no_repack")


@pytest.mark.usefixtures("crashing")
def test_the_first_question_is_answered_and_the_second_start_does_not_crash(ready: Program) -> None:
    first = ready("--log-level", "info", "ask", "--temperature", "0", "你好")
    assert (first.code, first.out) == (0, "你好！我是一个很小的测试模型，很高兴见到你。\n")
    assert first.err.count(SAID) == 1
    log = ready.home / "logs" / "chatglm-desktop.log"
    crashes = len(re.findall("SIGSEGV", log.read_text(encoding="utf-8")))
    assert crashes > 0
    second = ready("--log-level", "info", "ask", "--temperature", "0", "你好")
    assert second.out == first.out
    assert len(re.findall("SIGSEGV", log.read_text(encoding="utf-8"))) == crashes
