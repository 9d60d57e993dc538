"""What the operating system must bring: a compiler, the libraries Qt opens, and for tests a display without a screen."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What the window's parts of Qt open, and the Debian and Ubuntu package that has it."""

PROBE = "#include <atomic>\n#include <vector>\nint main() { return 0; }\n"


class Missing(Exception):
    """Something only an administrator can install is not there. The text says what and how."""


def ensure(*, tests: bool, log: Callable[[Sequence[str]], bool]) -> None:
    """See that everything is there; on Debian and Ubuntu install what is not, where that is allowed.

    `log` runs a command with its output in the log and says whether it succeeded. Raises Missing.
    """
    if sys.platform == "win32":
        _windows()
    elif sys.platform == "darwin":
        _macos()
    else:
        _linux(tests, log)


def missing_on_linux(tests: bool) -> dict[str, str]:
    """What is not there → the Debian package that has it. Every check tries the thing itself."""
    found: dict[str, str] = {}
    if importlib.util.find_spec("ensurepip") is None:
        found["Python's venv module"] = f"python3.{sys.version_info.minor}-venv"
    if not _compiles():
        found["a C and C++ compiler"] = "g++"
    for soname, package in LIBRARIES.items():
        try:
            ctypes.CDLL(soname)
        except OSError:
            found[soname] = package
    if tests:
        for program, package in (("Xvfb", "xvfb"), ("xdotool", "xdotool")):
            if not shutil.which(program):
                found[program] = package
        # elsewhere, as on Ubuntu, the package of this name only sends for a snap; the test with a browser is skipped then
        if _is_debian() and not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
            found["a web browser"] = "chromium"
        if not _has_chinese_font():
            found["a font with Chinese and Korean characters"] = "fonts-noto-cjk"
    return found


def _is_debian() -> bool:
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def _linux(tests: bool, log: Callable[[Sequence[str]], bool]) -> None:
    missing = missing_on_linux(tests)
    if not missing:
        return
    packages = sorted(set(missing.values()))
    if not shutil.which("apt-get"):
        raise Missing(f"Please install with your system's package manager: {', '.join(missing)}.")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    rights: list[str] | None = None
    if os.geteuid() == 0:
        rights = []
    elif shutil.which("sudo") and log(["sudo", "-n", "true"]):
        rights = ["sudo", "-n"]
    if rights is not None:
        print(f"Installing system packages: {' '.join(packages)}", flush=True)
        quiet = [*rights, "env", "DEBIAN_FRONTEND=noninteractive"]
        log([*quiet, "apt-get", "update"])
        if log([*quiet, *install]) and not missing_on_linux(tests):
            return
    raise Missing(
        f"These are missing on this computer: {', '.join(missing)}.\n"
        "Please install them (an administrator's password is needed), then start this again:\n\n"
        f"    sudo apt-get update && sudo apt-get install {' '.join(packages)}\n"
    )


def _macos() -> None:
    if not os.environ.get("CC") and subprocess.run(["xcode-select", "-p"], capture_output=True).returncode:
        raise Missing("Apple's command line tools are missing. Please run:\n\n    xcode-select --install\n")


def _windows() -> None:
    if os.environ.get("CC") or os.environ.get("CMAKE_GENERATOR") or shutil.which("cl"):
        return
    vswhere = Path(os.environ.get("PROGRAMFILES(X86)", ""), "Microsoft Visual Studio", "Installer", "vswhere.exe")
    if vswhere.is_file():
        tools = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
        ask = [str(vswhere), "-products", "*", "-requires", tools, "-property", "installationPath"]
        if subprocess.run(ask, capture_output=True).stdout.strip():
            return
    raise Missing(
        "A C++ compiler is missing. Please install the Visual Studio Build Tools with the workload "
        "“Desktop development with C++”, then start this again:\n\n"
        "    winget install Microsoft.VisualStudio.2022.BuildTools --override "
        '"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"\n'
    )


def _compiles() -> bool:
    """Whether a small C++ program that uses the standard library compiles and links."""
    if not shutil.which(os.environ.get("CC", "cc").split()[0]):
        return False
    command = [*os.environ.get("CXX", "c++").split(), "-x", "c++", "-", "-o", os.devnull]
    try:
        return subprocess.run(command, input=PROBE.encode(), capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _has_chinese_font() -> bool:
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", Path.home() / ".local/share/fonts", Path.home() / ".fonts")
    names = ("notosanscjk", "notosanssc", "sourcehansans", "wqy", "droidsansfallback")
    return any(
        file.lower().replace("-", "").startswith(names)
        for folder in folders
        for _, _, files in os.walk(folder)
        for file in files
    )
