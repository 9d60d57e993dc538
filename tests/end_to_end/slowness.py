"""Makes the real engine write slowly: see data/slow.c."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "data" / "slow.c"


def slow_library(folder: Path) -> str:
    """A library to preload into the worker, built now."""
    if sys.platform != "linux" or shutil.which("gcc") is None:
        pytest.skip("needs gcc on Linux")
    library = folder / "slow.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE), "-ldl"],
        check=True,
        timeout=60,
    )
    return str(library)
