"""What this computer is, as far as choosing a model needs to know it."""

from __future__ import annotations

import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

from desktop.core.errors import DiskDenied
from desktop.core.models import Machine
from desktop.storage.disk import free_bytes


def look(models: Path) -> Machine:
    """Memory and the disk under `models` as they are now; a few milliseconds after the first call. No devices: the engine knows them."""
    import psutil  # only here: the window starts without it

    memory = psutil.virtual_memory()
    try:
        disk_free = free_bytes(models)
    except DiskDenied:
        disk_free = 0
    return Machine(
        memory_total=memory.total,
        memory_available=memory.available,
        disk_free=disk_free,
        cpu=processor(),
        cores=psutil.cpu_count(logical=False) or psutil.cpu_count() or 1,
    )


@cache
def processor() -> str:
    """The processor's name for people; may start a short-lived process on macOS the first time."""
    if sys.platform == "win32":
        name = _from_registry()
    elif sys.platform == "darwin":
        name = _from_sysctl()
    else:
        name = from_proc(Path("/proc/cpuinfo"))
    return " ".join((name or platform.processor() or platform.machine()).split())


def from_proc(file: Path) -> str:
    """The name in /proc/cpuinfo, or an empty text."""
    try:
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Hardware", "cpu model") and value.strip():
                return value.strip()
    except OSError:
        pass
    return ""


def _from_sysctl() -> str:
    try:
        return subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _from_registry() -> str:
    if sys.platform != "win32":
        return ""
    import winreg  # only this system has it

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"HARDWARE\DESCRIPTION\System\CentralProcessor\0") as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0])
    except OSError:
        return ""
