"""Facts about the compiled library, asked over ctypes: its backends, its devices, and what makes this build this build."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop.core.models import Device
from desktop.inference import drivers

_KINDS = {0: "cpu", 1: "gpu", 2: "igpu"}


class Library:
    """ggml, in the very copy that libllama uses: opening its file by another name would register backends elsewhere."""

    def __init__(self, llama: ctypes.CDLL) -> None:
        self.folder = Path(str(llama._name)).parent
        self._libraries = [llama]
        if sys.platform == "win32":  # there a handle does not see the libraries it depends on
            self._libraries += [ctypes.CDLL(str(self.folder / name)) for name in ("ggml-base.dll", "ggml.dll")]

    def function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        """A function by its C name and types. Raises OSError if there is none."""
        for library in self._libraries:
            if (function := getattr(library, name, None)) is not None:
                function.restype, function.argtypes = result, arguments
                return function  # type: ignore[no-any-return]
        raise OSError(f"{name} is missing in the library")

    def load_backends(self) -> None:
        """Builds with loadable backends have none until they are loaded from the library's own folder."""
        if self._count() > 0:
            return
        if not drivers.are_avoided():
            self.function("ggml_backend_load_all_from_path", None, ctypes.c_char_p)(os.fsencode(self.folder))
            return
        load = self.function("ggml_backend_load", ctypes.c_void_p, ctypes.c_char_p)
        for kind in ("blas", "cpu"):
            if (module := best_module(self.folder, kind)) is not None:
                load(os.fsencode(module))

    def devices(self) -> tuple[Device, ...]:
        """What models can run on, as llama.cpp counts it. The memory of the processor's device is that of the machine."""
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        get = self.function("ggml_backend_dev_get", pointer, size)
        name = self.function("ggml_backend_dev_name", ctypes.c_char_p, pointer)
        description = self.function("ggml_backend_dev_description", ctypes.c_char_p, pointer)
        kind = self.function("ggml_backend_dev_type", ctypes.c_int, pointer)
        memory = self.function("ggml_backend_dev_memory", None, pointer, ctypes.POINTER(size), ctypes.POINTER(size))
        properties = self.function("ggml_backend_dev_get_props", None, pointer, ctypes.POINTER(_Properties))
        backend = self.function("ggml_backend_dev_backend_reg", pointer, pointer)
        found = []
        for index in range(self._count()):
            device = get(index)
            free, total = size(), size()
            memory(device, ctypes.byref(free), ctypes.byref(total))
            known_as, described = (_text(name(device)), _text(description(device)))
            seen = Device(known_as, described, _KINDS.get(kind(device), "accel"), total.value, free.value)
            properties(device, ctypes.byref(more := _Properties()))
            found.append((seen, _text(more.id), backend(device) or 0))
        return distinct(found)

    def build(self, version: str, features: bytes) -> str:
        """Changes with the compiled library and with the processor; `features` is llama.cpp's own list of its switches."""
        digest = hashlib.sha256(version.encode())
        for file in sorted({*self.folder.glob("*ggml*"), *self.folder.glob("*llama*")}):
            stat = file.stat()
            digest.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns}".encode())
        digest.update(features)
        digest.update(f"{platform.machine()} {_processor()}".encode())
        if drivers.are_avoided():
            digest.update(b"without cards")  # what works so says nothing of the cards
        return digest.hexdigest()[:16]

    def _count(self) -> int:
        return int(self.function("ggml_backend_dev_count", ctypes.c_size_t)())


class _Properties(ctypes.Structure):
    """ggml_backend_dev_props."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
        ("free", ctypes.c_size_t),
        ("total", ctypes.c_size_t),
        ("type", ctypes.c_int),
        ("id", ctypes.c_char_p),
        ("capabilities", ctypes.c_byte * 64),
    )


def distinct(found: Sequence[tuple[Device, str, int]]) -> tuple[Device, ...]:
    """The devices without those that llama.cpp leaves out because another backend brings them too (CUDA and Vulkan, say).

    With each comes its id, "" if it has none, and a number of its backend. Counted twice, a card would seem to have twice its
    memory, and the number of the card to use would mean another one.
    """
    kept: list[Device] = []
    ids: set[str] = set()
    built_in = 0
    for device, id, backend in found:
        if device.kind == "gpu" and id:
            if id in ids:
                continue
            ids.add(id)
        if device.kind == "igpu":
            if built_in not in (0, backend):
                continue
            built_in = backend
        kept.append(device)
    return tuple(kept)


def best_module(folder: Path, kind: str) -> Path | None:
    """The module that llama.cpp itself would load: of several, the one that gives itself the most points on this processor."""
    name = ("ggml-" if sys.platform == "win32" else "libggml-") + kind
    ending = ".dll" if sys.platform == "win32" else ".so"
    best, points = folder / (name + ending), 0
    for module in folder.glob(f"{name}-*{ending}"):
        try:
            score = int(ctypes.CDLL(str(module)).ggml_backend_score())
        except (OSError, AttributeError):
            continue
        if score > points:
            best, points = module, score
    return best if best.is_file() else None


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace").strip()


def _processor() -> str:
    if sys.platform != "linux":
        return platform.processor()
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            return next((line for line in file if line.startswith("model name")), "").strip()
    except OSError:
        return ""
