"""The architecture as a test: who may import whom, what is loaded when, and the limits of style that a machine can see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("desktop", "tests", "packaging")
LONGEST_FILE = 450
MOST_METHODS = 40

WITHOUT_QT = """
import sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6"):
            raise SystemExit(f"imported {name}")

sys.meta_path.insert(0, NoQt())
from desktop.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (file for file in sorted((ROOT / folder).rglob("*.py")) if "data" not in file.parts)


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120)


def test_the_import_contracts_hold() -> None:
    answer = python("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "0 broken" in answer.stdout


def test_the_heavy_libraries_wait_until_they_are_needed() -> None:
    code = "import desktop.cli, desktop.app, sys; print(*sorted(name for name in sys.modules if '.' not in name))"
    answer = python("-c", code)
    assert answer.returncode == 0, answer.stderr
    heavy = {
        "starlette",
        "uvicorn",
        "asyncio",
        "PySide6",
        "shiboken6",
        "llama_cpp",
        "numpy",
        "huggingface_hub",
        "httpx2",
        "jinja2",
    }
    assert heavy.isdisjoint(answer.stdout.split())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["settings", "list"], 0),
        (["settings", "get", "nonsense"], 3),
        (["models", "list"], 0),
        (["models", "catalog", "--json"], 0),
        (["conversations", "list"], 0),
        (["ask", "你好"], 3),
        (["serve", "--port", "0"], 3),
        pytest.param(["self-test"], 0, marks=pytest.mark.model),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_no_command_but_the_window_imports_qt(words: list[str], code: int, tmp_path: Path) -> None:
    answer = python("-c", WITHOUT_QT, "--home", str(tmp_path), *words)
    assert answer.returncode == code, answer.stdout + answer.stderr


def test_the_check_for_qt_can_fail() -> None:
    answer = python("-c", WITHOUT_QT.replace("from desktop.__main__ import main", "import PySide6.QtCore"))
    assert "imported PySide6" in answer.stderr


def test_files_and_classes_stay_small() -> None:
    found = []
    for file in sources(*FOLDERS):
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            found.append(f"{file.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
                if methods > MOST_METHODS:
                    found.append(f"{file.relative_to(ROOT)}: {node.name} has {methods} methods")
    assert not found


def test_nobody_pumps_events() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources("desktop")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr == "processEvents"
    ]
    assert not found


def test_tests_do_not_sleep() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources("tests")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in ("sleep", "qWait", "qSleep"))
            or (isinstance(node.func, ast.Name) and node.func.id == "sleep")
        )
    ]
    assert not found


MACHINE = re.compile(r"(?<![\w.}/~])(?:/(?:home|root|Users|work|tmp/w)/(?!me/|user/)|[A-Z]:\\\\?Users\\)")


def test_no_file_names_a_directory_of_somebodys_machine() -> None:
    texts = [*sources(*FOLDERS), *ROOT.glob("*.md"), *ROOT.glob("packaging/*.txt"), ROOT / "pyproject.toml"]
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in texts
        if file != Path(__file__)
        for line in file.read_text(encoding="utf-8").splitlines()
        if MACHINE.search(line)
    ]
    assert not found
