"""Import one module of a package without running the package's `__init__`.

`llama_cpp/__init__.py` imports the high-level interface and with it numpy and a chat server's worth of code that the
worker never uses: skipping it halves the worker's start and its memory.
"""

from __future__ import annotations

import importlib.util
import sys


def package(name: str) -> None:
    """Register the package so that its modules can be imported one by one. Raises ImportError if it is not installed."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ImportError(f"{name} is not installed", name=name)
    sys.modules[name] = importlib.util.module_from_spec(spec)
