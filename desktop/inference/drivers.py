"""The drivers of graphics cards, seen from outside: how a worker is started without them, and what says that they have changed.

A driver that crashes while it is asked for its cards takes the worker with it before its greeting, so nobody can ask the worker.
"""

from __future__ import annotations

import glob
import hashlib
import importlib.util
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

LIBRARY_VARIABLE = "LLAMA_CPP_LIB_PATH"
LIBRARY_FOLDER = "backends"

NO_CARDS = "CHATGLM_NO_CARDS"
"""The worker loads no module for graphics cards, and says why."""
WITHOUT_CARDS: Mapping[str, str] = {
    NO_CARDS: "1",
    # for builds that have them linked in
    "GGML_DISABLE_VULKAN": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "HIP_VISIBLE_DEVICES": "-1",
}
"""Environment of a worker that is to leave the cards alone."""

_MANIFESTS = ("VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES", "VK_ICD_FILENAMES")
"""Variables with paths of Vulkan's drivers."""
_CHOICES = (
    *(LIBRARY_VARIABLE, *_MANIFESTS),
    *("GGML_VK_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"),
)
"""Variables that choose between drivers and cards."""
_SYSTEM = f"/usr/lib/{platform.machine()}-linux-gnu"
_FILES = (
    *("/usr/share/vulkan/icd.d/*", "/usr/local/share/vulkan/icd.d/*", "/etc/vulkan/icd.d/*"),
    *(f"{folder}/{name}*" for folder in ("/usr/lib64", "/usr/lib", _SYSTEM) for name in ("libvulkan", "libcuda.")),
)
"""What Linux' drivers install."""
_WORDS = ("/sys/module/nvidia/version", "/sys/class/drm/card[0-9]/device/uevent")
"""What Linux' kernel says of drivers and cards."""
_ADAPTERS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
_MOST_ADAPTERS = 32


def are_avoided() -> bool:
    """Whether this worker was started without cards."""
    return bool(os.environ.get(NO_CARDS))


def identity() -> str:
    """Changes with the compiled library, the drivers and the cards, as far as files tell; some milliseconds."""
    digest = hashlib.sha256()
    for fact in _facts():
        digest.update(fact.encode("utf-8", "surrogateescape") + b"\n")
    return "cards " + digest.hexdigest()[:16]


def _facts() -> Iterator[str]:
    yield from (f"{name}={os.environ.get(name)}" for name in _CHOICES)
    for folder in _libraries():
        yield from _seen(f"{glob.escape(str(folder))}/*ggml*")
    for name in _MANIFESTS:
        for path in os.environ.get(name, "").split(os.pathsep):
            yield from _seen(glob.escape(path))
    if sys.platform == "win32":
        yield from _registered()
        return
    system = os.uname()
    yield f"{system.release} {system.version}"  # the kernel's own drivers, and all of them on a Mac
    for pattern in _FILES:
        yield from _seen(pattern)
    for pattern in _WORDS:
        yield from (_read(path) for path in sorted(glob.glob(pattern)))


def _libraries() -> Iterator[Path]:
    """Folders in which the library may lie."""
    if given := os.environ.get(LIBRARY_VARIABLE):
        yield Path(given).expanduser()
    if getattr(sys, "frozen", False):
        yield Path(sys.executable).resolve().parent / LIBRARY_FOLDER
    spec = importlib.util.find_spec("llama_cpp")  # found, not imported
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        yield Path(place) / "lib"


def _seen(pattern: str) -> Iterator[str]:
    for path in sorted(glob.glob(pattern)):
        try:
            stat = os.stat(path)
        except OSError:
            continue  # a link that leads nowhere
        yield f"{path} {stat.st_size} {stat.st_mtime_ns}"


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _registered() -> Iterator[str]:
    """Windows' graphics cards with the versions of their drivers."""
    if sys.platform != "win32":
        return
    import winreg  # only this system has it

    for number in range(_MOST_ADAPTERS):
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, rf"{_ADAPTERS}\{number:04d}") as key:
                for name in ("DriverDesc", "DriverVersion", "DriverDate"):
                    yield str(winreg.QueryValueEx(key, name)[0])
        except OSError:
            continue
