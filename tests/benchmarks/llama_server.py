"""Builds llama-server against the very libraries llama-cpp-python installed: same kernels, compiled with the same flags.

    python -m tests.benchmarks.llama_server SOURCES PROGRAM

SOURCES is the unpacked source distribution of llama-cpp-python 0.3.36. Its web page is left out. Takes some minutes of
one core. Needs g++ or clang++ (CXX), Linux or macOS.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sysconfig
import tempfile
from pathlib import Path

_NO_PAGE = """#pragma once
#include <array>
#include <string>
struct llama_ui_asset {
    std::string name; const unsigned char * data; std::size_t size; std::string etag; std::string type;
};
inline const llama_ui_asset * llama_ui_find_asset(const std::string &) { return nullptr; }
inline bool llama_ui_use_gzip() { return false; }
inline const std::array<llama_ui_asset, 0> & llama_ui_get_assets() { static std::array<llama_ui_asset, 0> a; return a; }
"""
"""What its build makes where there is no page."""


def build(sources: Path, program: Path) -> None:
    """Compile and link. Raises CalledProcessError."""
    vendored = sources / "vendor" / "llama.cpp"
    server = vendored / "tools" / "server"
    installed = Path(sysconfig.get_path("platlib"))
    compiler = os.environ.get("CXX", "g++")
    with tempfile.TemporaryDirectory() as folder:
        objects = Path(folder)
        (objects / "ui.h").write_text(_NO_PAGE, encoding="utf-8")
        includes = [
            objects,
            server,
            vendored,
            vendored / "tools" / "mtmd",
            vendored / "common",
            vendored / "vendor",
            vendored / "include",
            vendored / "ggml" / "include",
        ]
        flags = ["-std=c++17", "-O2", "-DNDEBUG", *(f"-I{include}" for include in includes)]
        files = [*sorted(server.glob("*.cpp")), vendored / "vendor" / "cpp-httplib" / "httplib.cpp"]
        for file in files:
            subprocess.run([compiler, *flags, "-c", str(file), "-o", str(objects / f"{file.stem}.o")], check=True)
        libraries = ["llama-common", "mtmd", "llama", "ggml", "ggml-base", "ggml-cpu", "pthread"]
        linked = [str(objects / f"{file.stem}.o") for file in files]
        where = installed / "lib"
        places = [f"-L{where}", *(f"-l{name}" for name in libraries), f"-Wl,-rpath,{where}"]
        subprocess.run([compiler, *linked, *places, "-o", str(program)], check=True)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="build llama-server")
    parser.add_argument("sources", type=Path)
    parser.add_argument("program", type=Path)
    arguments = parser.parse_args()
    build(arguments.sources, arguments.program)


if __name__ == "__main__":
    main()
