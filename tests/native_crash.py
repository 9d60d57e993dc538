"""Libraries that make the real llama.cpp fail: as it does on AMX processors, or as a graphics card does (Linux)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parent / "inference" / "data"

available = sys.platform == "linux" and shutil.which("gcc") is not None
"""Whether `build` can work here; skip the test otherwise."""


def build(directory: Path, name: str = "native_crash") -> dict[str, str]:
    """Compile one into `directory`; the environment variables that put it into a child process."""
    library, source = directory / f"{name}.so", SOURCES / f"{name}.c"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    return {"LD_PRELOAD": str(library)}
