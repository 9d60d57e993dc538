"""A folder with another build of llama.cpp, such as an installer carries: one module for each kind of processor and card.

`LLAMA_CPP_LIB_PATH` names it; a frozen program looks for `backends` beside itself. It must be of the version of
llama-cpp-python whose binding is used: the structs that are passed must be the same.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from desktop.inference.drivers import LIBRARY_FOLDER, LIBRARY_VARIABLE

log = logging.getLogger(__name__)

VERSION_FILE = "llama-cpp-python.version"
"""Written by packaging/backends.py."""
_LIBRARIES = ("libllama.so", "libllama.dylib", "llama.dll", "libllama.dll")


def use_modules(environment: Mapping[str, str] | None = None, program: Path | None = None) -> Path | None:
    """Have `llama_cpp`, which must not be imported yet, use such a folder; the folder, or None for the library it came with.

    `program` is the frozen program, if this is one.
    """
    given = (os.environ if environment is None else environment).get(LIBRARY_VARIABLE)
    if given:
        folder = Path(given).expanduser()
    else:
        if program is None and getattr(sys, "frozen", False):
            program = Path(sys.executable)
        if program is None:
            return None
        folder = program.resolve().parent / LIBRARY_FOLDER
        if not folder.is_dir():
            return None
    if (trouble := unusable(folder)) is not None:
        log.warning("%s is not used: %s", folder, trouble)
        os.environ.pop(LIBRARY_VARIABLE, None)
        return None
    os.environ[LIBRARY_VARIABLE] = str(folder.resolve())
    return folder


def unusable(folder: Path) -> str | None:
    """What is wrong with a folder; None if it can be used."""
    if not any((folder / name).is_file() for name in _LIBRARIES):
        return "no llama.cpp is there"
    try:
        said = (folder / VERSION_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None  # somebody's own build: they know what they do
    try:
        here = metadata.version("llama-cpp-python")
    except metadata.PackageNotFoundError:  # a frozen program without metadata carries its own folder
        return None
    return None if said == here else f"it is of llama-cpp-python {said}, and {here} is needed"
