"""The program as a whole from a terminal: versions, settings, exit codes, languages."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import pytest

import desktop
from desktop.storage.database import VERSION
from tests.cli.conftest import ROOT, Program


def test_version(program: Program) -> None:
    result = program("--version")
    assert (result.code, result.out.strip()) == (0, f"chatglm-desktop {desktop.__version__}")


@pytest.mark.parametrize("words", [["nonsense"], ["models"], ["ask"], ["settings", "get"], ["--log-level", "loud"]])
def test_wrong_usage(program: Program, words: list[str]) -> None:
    assert program(*words).code == 2


def test_settings(program: Program) -> None:
    rows = program("settings", "list", "--json").json
    assert all(row.keys() >= {"name", "value", "default", "type"} for row in rows)
    assert {row["name"] for row in rows} >= {"language", "theme", "font_size", "endpoint", "proxy", "threads"}
    assert program("settings", "set", "context", "2048").code == 0
    assert program("settings", "get", "context").out.strip() == "2048"
    assert program("settings", "get", "context", "--json").json[0]["value"] == 2048
    assert program("settings", "set", "context", "minus one").code == 3
    assert program("settings", "get", "colour").code == 3


@pytest.mark.parametrize(("language", "said"), [("zh_CN", "没有"), ("ko", "없습니다")])
def test_messages_come_in_the_language_of_the_settings(program: Program, language: str, said: str) -> None:
    assert program("settings", "set", "language", language).code == 0
    result = program("settings", "get", "colour")
    assert result.code == 3
    assert said in result.err


def test_no_command_imports_qt(program: Program) -> None:
    code = (
        "import sys; from desktop.__main__ import main\n"
        f"assert main(['--home', {str(program.home)!r}, 'models', 'list']) == 0\n"
        f"assert main(['--home', {str(program.home)!r}, 'conversations', 'list']) == 0\n"
        "bad = [m for m in sys.modules if m.startswith(('PySide6', 'shiboken', 'llama_cpp', 'huggingface_hub'))]\n"
        "assert not bad, bad"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_database_of_a_newer_version_is_refused_and_untouched(program: Program) -> None:
    assert program("conversations", "list").code == 0
    (file,) = program.home.glob("*.sqlite3")
    with sqlite3.connect(file) as db:
        db.execute(f"PRAGMA user_version={VERSION + 1}")
    db.close()
    result = program("conversations", "list")
    assert result.code == 3
    assert "newer version" in result.err


def test_a_damaged_database_is_moved_aside_and_told(program: Program) -> None:
    assert program("conversations", "list").code == 0
    (file,) = program.home.glob("*.sqlite3")
    file.write_bytes(b"not a database at all" * 1000)
    result = program("conversations", "list", "--json")
    assert (result.code, result.json) == (0, [])
    assert "damaged" in result.err
    (kept,) = (program.home / "backups").glob("*damaged*")
    assert kept.read_bytes().startswith(b"not a database")
    assert "damaged" not in program("conversations", "list").err


def test_a_damaged_settings_file_is_moved_aside_and_told(program: Program) -> None:
    program("settings", "set", "theme", "dark")
    (program.home / "settings.json").write_text("{", encoding="utf-8")
    result = program("settings", "get", "theme")
    assert (result.code, result.out.strip()) == (0, "system")
    assert "damaged" in result.err


def test_self_test(program: Program) -> None:
    result = program("self-test", "--json")
    assert result.code == 0, result.err
    assert result.json.keys() >= {"ok", "version", "llama_cpp", "devices", "mode"}
    assert result.json["ok"] is True
    assert result.json["mode"] in ("full", "no_repack", "cpu")
    assert json.dumps(result.json["devices"])
    assert (result.json["runs_on"].startswith("CPU, ")) is (result.json["placement"] == "no_card")
    assert bool(result.json["why_not_more"]) is (result.json["placement"] != "all")
    assert "llama" in program("self-test").out


def test_self_test_measures_when_asked(program: Program) -> None:
    result = program("self-test", "--measure", "--json")
    assert result.code == 0, result.err
    found = result.json["measured"]
    # tests run beside each other, and a machine with too much to do says so instead of guessing
    assert found["gain"] >= 1.0 if found else result.json["measured_error"] == "engine.machine_busy"
    assert result.json["measured_text"]
