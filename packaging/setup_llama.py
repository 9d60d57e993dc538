"""Compiles llama.cpp, as the wheel of llama-cpp-python, and keeps the wheel for the next clone on this computer."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

PACKAGING = Path(__file__).resolve().parent
OPTIONS = PACKAGING / "llama_options.cmake"
NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
STEP = re.compile(r"^\s*\[(\d+)/(\d+)\] ")
SAYS = ("CMAKE_ARGS", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS", "CUDACXX", "CMAKE_GENERATOR")
"""Variables of the environment that change what is built."""

Run = Callable[[Sequence[str], dict[str, str], Callable[[str], None]], None]
"""Runs a command with this environment, its lines given to the function, and raises when it fails."""


def cmake_args() -> str:
    """What CMake is told: the user's own CMAKE_ARGS untouched; otherwise what this program needs and no more."""
    if (given := os.environ.get("CMAKE_ARGS")) is not None:
        return given
    parts = ["-DLLAVA_BUILD=OFF", f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={OPTIONS.as_posix()}"]
    if amx_is_broken():
        parts += [f"-DCMAKE_C_FLAGS={NO_AMX}", f"-DCMAKE_CXX_FLAGS={NO_AMX}"]
    return shlex.join(parts)


def amx_is_broken(target: str = "native") -> bool:
    """Whether the compiler would use this CPU's AMX unit and is a GCC before 13, whose code for it crashes.

    Answered by the compiler's own macros. llama.cpp without AMX still repacks the weights for the other units.
    """
    macros = _macros(f"-march={target}")
    version = re.search(r"#define __GNUC__ (\d+)", macros)
    if "__AMX_TILE__" not in macros or "__clang__" in macros or version is None:
        return False
    return int(version[1]) < 13 and "__AMX" not in _macros(f"-march={target}", *NO_AMX.split())


def _macros(*flags: str) -> str:
    command = [*shlex.split(os.environ.get("CC", "cc")), *flags, "-dM", "-E", "-x", "c", "-"]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def build(python: Path, requirement: str, run: Run, build_constraints: Path, log_only: Path) -> Path:
    """The wheel for this very computer: from the store if an equal one was built before, else compiled, in minutes.

    `requirement` is the pinned line with its hashes. Raises whatever `run` raises.
    """
    arguments = cmake_args()
    shelf = _store() / fingerprint(requirement, arguments)
    if stored := next(iter(sorted(shelf.glob("*.whl"))), None):
        return stored
    environment = {**os.environ, "CMAKE_ARGS": arguments}
    environment.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(_jobs()))
    print(f"Compiling llama.cpp for this computer, some minutes, once. Details: {log_only}", flush=True)
    with tempfile.TemporaryDirectory(prefix="llama-") as folder:
        pinned = Path(folder, "requirement.txt")
        pinned.write_text(requirement, encoding="utf-8")
        # Without pip's cache: it would hand out a wheel that was built here before with other arguments.
        command = [str(python), "-m", "pip", "wheel", "--verbose", "--no-cache-dir", "--no-deps", "--require-hashes"]
        command += ["--no-binary", "llama-cpp-python", "--wheel-dir", folder, "--requirement", str(pinned)]
        run([*command, "--build-constraint", str(build_constraints)], environment, _Progress())
        wheel = next(iter(Path(folder).glob("*.whl")))
        return _keep(wheel, shelf)


def fingerprint(requirement: str, arguments: str) -> str:
    """Equal for two builds that give the same wheel: sources, arguments, compiler, processor."""
    said = [f"{name}={os.environ.get(name, '')}" for name in SAYS if name != "CMAKE_ARGS"]
    arguments = arguments.replace(OPTIONS.as_posix(), OPTIONS.name)  # the same in every clone
    options = OPTIONS.read_text(encoding="utf-8")
    libc = os.confstr("CS_GNU_LIBC_VERSION") if sys.platform == "linux" else ""
    system = f"{sys.platform} {platform.machine()} {libc}"
    parts = [requirement, arguments, options, *said, system, _processor(), _compiler()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def _processor() -> str:
    if sys.platform == "linux":
        try:
            lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return platform.processor()
        return "\n".join(dict.fromkeys(line for line in lines if line.startswith(("model name", "flags", "Features"))))
    if sys.platform == "darwin":
        return subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True).stdout
    return platform.processor()


def _compiler() -> str:
    if sys.platform == "win32":
        return ""
    try:
        command = [*shlex.split(os.environ.get("CXX", "c++")), "--version"]
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _store() -> Path:
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "chatglm-desktop" / "wheels"


def _keep(wheel: Path, shelf: Path) -> Path:
    """Put the wheel into the store in one step; where that cannot be written, beside the virtual environment."""
    for place in (shelf, PACKAGING.parent / "build" / "wheels"):
        try:
            place.mkdir(parents=True, exist_ok=True)
            half = place / f"{wheel.name}.{os.getpid()}.part"
            shutil.copyfile(wheel, half)
            os.replace(half, place / wheel.name)
        except OSError as error:
            problem = error
            continue
        return place / wheel.name
    raise problem


def _jobs() -> int:
    """One per processor, but each compiler may take a gigabyte."""
    processors = os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return processors
    return max(1, min(processors, memory // 1_000_000_000))


class _Progress:
    """Shows ninja's [n/total] as a percentage: in place on a terminal, in quarters elsewhere."""

    def __init__(self) -> None:
        self._shown = -1

    def __call__(self, line: str) -> None:
        if not (step := STEP.match(line)):
            return
        percent = 100 * int(step[1]) // max(1, int(step[2]))
        if sys.stdout.isatty():
            print(f"\r  {percent:3d} %", end="\n" if percent == 100 else "", flush=True)
        elif percent // 25 > self._shown // 25:
            print(f"  {percent} %", flush=True)
        self._shown = percent
