"""A library that makes the real llama.cpp crash as it does on AMX processors, for tests on machines of any kind (Linux)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent / "inference" / "data" / "native_crash.c"

available = sys.platform == "linux" and shutil.which("gcc") is not None
"""Whether `build` can work here; skip the test otherwise."""


def build(directory: Path) -> dict[str, str]:
    """Compile it into `directory`; the environment variables that put it into a child process."""
    library = directory / "native_crash.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    return {"LD_PRELOAD": str(library)}
