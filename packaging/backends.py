"""Builds llama.cpp for every computer: one module for each kind of processor, and one for graphics cards (Vulkan).

    python packaging/backends.py TARGET [--sources DIR] [--no-vulkan] [--build DIR] [-D NAME=VALUE …]

TARGET gets the libraries; the program uses them when LLAMA_CPP_LIB_PATH names it, or when it lies beside a frozen program as
`backends`. Without --sources, the sources of the pinned llama-cpp-python are fetched, and their hash is checked.
Needs CMake, a C++ compiler and for Vulkan: its headers from 1.3.275 on, SPIRV-Headers and glslc.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGING = Path(__file__).resolve().parent
VERSION_FILE = "llama-cpp-python.version"
OPTIONS = (
    "CMAKE_BUILD_TYPE=Release",
    "BUILD_SHARED_LIBS=ON",
    "GGML_NATIVE=OFF",
    "GGML_BACKEND_DL=ON",
    "GGML_CPU_ALL_VARIANTS=ON",
    "LLAMA_BUILD_COMMON=OFF",
    "LLAMA_BUILD_TESTS=OFF",
    "LLAMA_BUILD_TOOLS=OFF",
    "LLAMA_BUILD_EXAMPLES=OFF",
    "LLAMA_BUILD_SERVER=OFF",
    "LLAMA_BUILD_APP=OFF",
    "CMAKE_BUILD_WITH_INSTALL_RPATH=ON",
)
NO_VARIANTS = {"darwin"}
"""Systems whose processors need no variants, and whose graphics are built in."""
AMX = "sapphirerapids"
"""The variant that GCC before 13 compiles into code that crashes."""
LIBRARIES = re.compile(r"(lib)?(ggml|llama)[\w.-]*\.(so|dll|dylib)([.\d]*)")


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="build llama.cpp for every computer")
    parser.add_argument("target", type=Path)
    parser.add_argument("--sources", type=Path, help="llama.cpp, unpacked")
    parser.add_argument("--build", type=Path, help="where to compile; kept")
    parser.add_argument("--no-vulkan", action="store_true", help="for processors only")
    parser.add_argument("-D", dest="more", action="append", default=[], metavar="NAME=VALUE", help="for CMake")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="backends-") as folder:
        sources = arguments.sources or fetch(Path(folder))
        build = arguments.build or Path(folder, "build")
        compile_all(sources, build, options(not arguments.no_vulkan) + arguments.more)
        for name in collect(build / "bin", arguments.target):
            print(f"{(arguments.target / name).stat().st_size / 1e6:8.1f} MB  {name}")
    return 0


def pinned() -> tuple[str, str]:
    """The version of llama-cpp-python that the program is made for, and its line with hashes."""
    text = (PACKAGING / "constraints-build.txt").read_text(encoding="utf-8")
    text += (PACKAGING / "constraints.txt").read_text(encoding="utf-8")
    match = re.search(r"^llama[-_]cpp[-_]python==([\w.]+)(?:.*\\\n)*.*$", text, re.MULTILINE)
    if match is None:
        raise SystemExit("packaging/constraints.txt does not pin llama-cpp-python")
    return match[1], match[0]


def fetch(folder: Path) -> Path:
    """The sources of llama.cpp inside the pinned release, from the package index."""
    version, line = pinned()
    wanted = folder / "wanted.txt"
    wanted.write_text(line + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "llama-cpp-python"]
    subprocess.run([*command, "--require-hashes", "-r", str(wanted), "-d", str(folder)], check=True)
    archive = next(folder.glob("llama_cpp_python-*.tar.gz"))
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / f"llama_cpp_python-{version}" / "vendor" / "llama.cpp"


def options(vulkan: bool) -> list[str]:
    """What CMake is told on this system."""
    chosen = list(OPTIONS)
    if sys.platform in NO_VARIANTS:
        chosen = ["GGML_CPU_ALL_VARIANTS=OFF" if option.startswith("GGML_CPU_ALL") else option for option in chosen]
        vulkan = False
    origin = "@loader_path" if sys.platform == "darwin" else "$ORIGIN"
    return [*chosen, f"CMAKE_INSTALL_RPATH={origin}", *(["GGML_VULKAN=ON"] if vulkan else [])]


def compile_all(sources: Path, build: Path, chosen: Sequence[str]) -> None:
    """Configure and compile. Raises CalledProcessError."""
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    subprocess.run(
        ["cmake", "-S", str(sources), "-B", str(build), *generator, *(f"-D{option}" for option in chosen)], check=True
    )
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    subprocess.run(["cmake", "--build", str(build), "--config", "Release", "--parallel", jobs], check=True)


def collect(built: Path, target: Path) -> list[str]:
    """Copy the libraries; their names. Links become files: archives and installers for Windows know none."""
    target.mkdir(parents=True, exist_ok=True)
    folders = [built, built / "Release"]
    files = {file.name: file for folder in folders if folder.is_dir() for file in folder.iterdir()}
    names = sorted(name for name in files if LIBRARIES.fullmatch(name) and not _is_left_out(name, files))
    for name in names:
        shutil.copyfile(files[name], target / name)
    (target / VERSION_FILE).write_text(pinned()[0] + "\n", encoding="utf-8")
    return names


def _is_left_out(name: str, files: dict[str, Path]) -> bool:
    """What is never opened by its name, and the variant that crashes."""
    if AMX in name and amx_is_broken():
        return True
    full = re.fullmatch(r"(.*\.so\.\d+)(\.\d+)+", name)
    if full is not None:
        return full[1] in files  # libllama.so.0.5.0, beside libllama.so.0
    if name == "libllama.so.0" and "libllama.so" in files:
        return True  # nobody but the binding opens it, by the other name
    plain = re.fullmatch(r"(libggml(?:-base)?)\.so", name)
    return plain is not None and f"{name}.0" in files  # a second copy with a registry of its own


def amx_is_broken() -> bool:
    """Whether the compiler is a GCC before 13."""
    if sys.platform == "win32" or platform.machine() not in ("x86_64", "AMD64"):
        return False
    command = [*shlex.split(os.environ.get("CXX", "c++")), "-dM", "-E", "-x", "c++", "-"]
    macros = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    version = re.search(r"#define __GNUC__ (\d+)", macros)
    return version is not None and "__clang__" not in macros and int(version[1]) < 13


if __name__ == "__main__":
    raise SystemExit(main())
