"""How a process died, in words people and bug reports can use."""

from __future__ import annotations

import signal

_WINDOWS = {
    0xC0000005: "access violation",
    0xC000001D: "illegal instruction",
    0xC0000094: "integer division by zero",
    0xC00000FD: "stack overflow",
    0xC0000135: "a DLL is missing",
    0xC000013A: "Ctrl+C",
    0xC0000374: "heap corruption",
    0xC0000409: "abort",
    0xC0000017: "out of memory",
    0xC0000142: "a DLL failed to start",
}


def describe(returncode: int) -> str:
    """ "SIGSEGV" for a return code of -11, "access violation" for Windows' 0xC0000005, else "exit code 3"."""
    if 0xC0000000 <= (status := returncode & 0xFFFFFFFF) <= 0xCFFFFFFF:
        return _WINDOWS.get(status, f"status 0x{status:08X}")
    if returncode < 0:
        try:
            return signal.Signals(-returncode).name
        except ValueError:
            return f"signal {-returncode}"
    return f"exit code {returncode}"


def is_native(returncode: int) -> bool:
    """Whether it died in native code or by a signal, rather than by a decision of its own."""
    return returncode < 0 or 0xC0000000 <= (returncode & 0xFFFFFFFF) <= 0xCFFFFFFF
