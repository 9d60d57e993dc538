"""A graphics driver that crashes while it is asked for its cards, from the user's side: real engine, real crash."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests import native_crash
from tests.cli.conftest import Program

MODULES = os.environ.get("CHATGLM_TEST_BACKENDS", "")
"""Read now: the tests' home hides it."""
pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not native_crash.available, reason="needs gcc on Linux"),
]
SAID = "The graphics driver crashes when it is asked for its cards."
ANSWER = "你好！我是一个很小的测试模型，很高兴见到你。\n"


@pytest.fixture(
    autouse=True,
    params=[
        "",
        pytest.param(
            MODULES, marks=pytest.mark.skipif(not MODULES, reason="CHATGLM_TEST_BACKENDS names modules with Vulkan")
        ),
    ],
    ids=["linked in", "modules"],
)
def manifest(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Such a driver is installed; the file that describes it."""
    preloaded = native_crash.build(tmp_path, "bad_driver")
    path = tmp_path / "bad_driver.json"
    describe(path, "1.3.0")
    monkeypatch.setenv("VK_DRIVER_FILES", str(path))
    if request.param:
        monkeypatch.setenv("LLAMA_CPP_LIB_PATH", request.param)
    else:
        monkeypatch.setenv("LD_PRELOAD", preloaded["LD_PRELOAD"])
    return path


def describe(manifest: Path, version: str) -> None:
    driver = {"library_path": str(manifest.with_suffix(".so")), "api_version": version}
    manifest.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": driver}), encoding="utf-8")


def crashes(program: Program) -> int:
    log = program.home / "logs" / "chatglm-desktop.log"
    return len(re.findall("the worker did not start .*SIGSEGV", log.read_text(encoding="utf-8")))


def ask(program: Program) -> str:
    result = program("--log-level", "info", "ask", "--temperature", "0", "你好")
    assert (result.code, result.out) == (0, ANSWER), result.err
    return result.err


def test_the_question_is_answered_and_the_cards_are_left_alone_until_the_driver_changes(
    ready: Program, manifest: Path
) -> None:
    first = ask(ready)
    assert first.count(SAID) == 1
    assert crashes(ready) == 1
    second = ask(ready)
    assert second.count(SAID) == 1
    assert crashes(ready) == 1
    describe(manifest, "1.3.275")
    ask(ready)
    assert crashes(ready) == 2


def test_the_self_test_asks_the_cards_again_and_says_what_came_of_it(program: Program) -> None:
    result = program("--log-level", "info", "self-test", "--measure", "--json")
    found = result.json
    assert (result.code, found["ok"], found["mode"], found["notice"]) == (0, True, "full", "engine.no_cards")
    assert (found["placement"], found["gpu_layers"]) == ("no_card", 0)
    assert found["why_not_more"] == "The engine found no graphics card it can use."
    assert [device["kind"] for device in found["devices"]] == ["cpu"]
    assert found.get("measured_error") in (None, "engine.machine_busy"), "to measure is no reason to ask the cards"
    assert crashes(program) == 1
    assert program("--log-level", "info", "self-test").err.count(SAID) == 1
    assert crashes(program) == 2
