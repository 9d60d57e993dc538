"""A file in memory without being copied there: its address, for as long as it is open."""

from __future__ import annotations

import ctypes
import mmap
from pathlib import Path


class _Buffer(ctypes.Structure):
    """Py_buffer, part of Python's stable interface; a read-only map gives its address no other way."""

    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.py_object),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    )


class Mapped:
    """A file mapped for reading. Raises OSError, ValueError (empty)."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._buffer = _Buffer()
        get = ctypes.pythonapi.PyObject_GetBuffer
        get.argtypes = (ctypes.py_object, ctypes.c_void_p, ctypes.c_int)
        get.restype = ctypes.c_int
        get(self._map, ctypes.byref(self._buffer), 0)
        self.address = int(self._buffer.buf or 0)
        self.size = len(self._map)

    def close(self) -> None:
        """Unmap; nothing may look at the address afterwards."""
        release = ctypes.pythonapi.PyBuffer_Release
        release.argtypes, release.restype = (ctypes.c_void_p,), None
        release(ctypes.byref(self._buffer))
        self._map.close()
