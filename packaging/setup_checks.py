"""All checks, then the tests: what a change must pass."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

CHECKS: dict[str, list[str]] = {
    "ruff": ["-m", "ruff", "check"],
    "ruff format": ["-m", "ruff", "format", "--check"],
    "mypy": ["-m", "mypy"],
    "import contracts": ["-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
}


def run(python: str, root: str, pytest_arguments: Sequence[str]) -> int:
    """Run every check even when one fails, pytest last. Returns 0 only if all passed."""
    failed = []
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    for name, arguments in CHECKS.items():
        print(f"--- {name}", flush=True)
        if subprocess.run([python, *arguments], cwd=root, env=environment).returncode:
            failed.append(name)
    print(f"--- pytest{' (failed before: ' + ', '.join(failed) + ')' if failed else ''}", flush=True)
    code = subprocess.run([python, "-m", "pytest", *pytest_arguments], cwd=root, env=environment).returncode
    return code or (1 if failed else 0)
