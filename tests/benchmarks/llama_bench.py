"""Builds llama-bench against the very libraries llama-cpp-python installed: same kernels, compiled with the same flags.

    python -m tests.benchmarks.llama_bench SOURCES PROGRAM

SOURCES is the unpacked source distribution of llama-cpp-python 0.3.36. Needs g++ or clang++ (CXX), Linux or macOS.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sysconfig
from pathlib import Path


def build(sources: Path, program: Path) -> None:
    """Compile and link. Raises CalledProcessError."""
    vendored = sources / "vendor" / "llama.cpp"
    tool = vendored / "tools" / "llama-bench"
    installed = Path(sysconfig.get_path("platlib"))
    includes = [vendored / "common", vendored / "vendor", installed / "include", tool]
    libraries = ["llama-common", "llama", "ggml", "ggml-base", "ggml-cpu", "pthread"]
    subprocess.run(
        [
            os.environ.get("CXX", "g++"), "-std=c++17", "-O3", "-DNDEBUG",
            *(f"-I{folder}" for folder in includes),
            str(tool / "llama-bench.cpp"), str(tool / "main.cpp"),
            f"-L{installed / 'lib'}", *(f"-l{name}" for name in libraries), f"-Wl,-rpath,{installed / 'lib'}",
            "-o", str(program),
        ],
        check=True,
    )  # fmt: skip


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="build llama-bench")
    parser.add_argument("sources", type=Path)
    parser.add_argument("program", type=Path)
    arguments = parser.parse_args()
    build(arguments.sources, arguments.program)


if __name__ == "__main__":
    main()
