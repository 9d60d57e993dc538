"""Pins every direct and transitive dependency, with the SHA-256 of all its published files, into the constraints files.

    python packaging/pin.py [--upgrade NAME]... [--upgrade-all] [--python PATH]...

Run it inside `.venv` (it needs `packaging`). Present pins are kept unless an upgrade is asked for. Versions are chosen by
pip itself, once for every Python given (3.11, 3.12 and 3.13 should all be); hashes come from the index that pip is configured
with. The files hold no address, so that any index with the same files serves.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

PACKAGING = Path(__file__).resolve().parent
PINS = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; (.+?))? \\$", re.MULTILINE)

BUILD_ROOTS = ("scikit-build-core", "cmake", "ninja")
"""What compiles llama.cpp."""
TOOL_ROOTS = ("pip",)
"""What installs: old pips build a wheel again although they have it."""

PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64", "os_name": "posix"},
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "x86_64", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "os_name": "nt"},
)
ENVIRONMENTS: tuple[dict[str, str], ...] = tuple(
    {
        **platform,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "implementation_version": f"{python}.0",
        "platform_release": "",
        "platform_version": "",
    }
    for python, platform in product(PYTHONS, PLATFORMS)
)
MARKERS = tuple(
    " and ".join(part for part in parts if part)
    for parts in product(
        ("", "python_version < '3.12'", "python_version >= '3.12'", "python_version < '3.13'"),
        (
            "",
            "sys_platform == 'win32'",
            "sys_platform == 'darwin'",
            "sys_platform == 'linux'",
            "sys_platform != 'win32'",
        ),
    )
)

WANTED_PLATFORM = re.compile(r"any|(many|musl)linux.*_(x86_64|aarch64)|macosx_.*|win_amd64|win_arm64")
WANTED_INTERPRETER = re.compile(r"py3|py2\.py3|py31[1-3]|cp31[1-3]")


@dataclass
class Package:
    """One version of one package: what it asks for, and in which of ENVIRONMENTS it is wanted."""

    name: str
    version: str
    requires: list[Requirement]
    environments: set[int] = field(default_factory=set)


Chosen = dict[tuple[str, str], Package]
"""(canonical name, Python version) → package."""


def resolve(python: Path, requirements: Iterable[str], keep: Iterable[str]) -> list[Package]:
    """What pip would install into an empty environment of this Python."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "keep.txt"
        kept.write_text("\n".join(keep), encoding="utf-8")
        report = Path(folder) / "report.json"
        command = [str(python), "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--constraint", str(kept), "--report", str(report), *requirements]
        subprocess.run(command, check=True)
        data = json.loads(report.read_text(encoding="utf-8"))
    found = []
    for item in data["install"]:
        metadata = item["metadata"]
        requires = [Requirement(text) for text in metadata.get("requires_dist", [])]
        found.append(Package(metadata["name"], metadata["version"], requires))
    return found


def close(roots: Iterable[Requirement], chosen: Chosen, number: int) -> Iterator[Requirement]:
    """Mark what `roots` need in ENVIRONMENTS[number]; yields what nobody has chosen a version of."""
    environment = ENVIRONMENTS[number]
    waiting = [(root, "") for root in roots]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra}):
            continue
        package = chosen.get((canonicalize_name(requirement.name), environment["python_version"]))
        if package is None:
            yield requirement
            continue
        package.environments.add(number)
        for wanted in ("", *sorted(requirement.extras)):
            if (package.name, wanted) not in seen:
                seen.add((package.name, wanted))
                waiting += [(below, wanted) for below in package.requires]


def choose(roots: list[str], pythons: Mapping[str, Path], keep: Mapping[str, list[str]]) -> list[Package]:
    """Every package needed anywhere. pip only chooses for the system it runs on; the others' extras are added after."""
    chosen: Chosen = {}
    for version, python in pythons.items():
        _add(chosen, version, resolve(python, roots, keep[version]))
    requirements = [Requirement(root) for root in roots]
    while True:
        missing: set[tuple[str, str]] = set()
        for number, environment in enumerate(ENVIRONMENTS):
            for requirement in close(requirements, chosen, number):
                missing.add((environment["python_version"], f"{requirement.name}{requirement.specifier}"))
        if not missing:
            break
        for version, python in pythons.items():
            if wanted := sorted(text for at, text in missing if at == version):
                have = [f"{package.name}=={package.version}" for (_, at), package in chosen.items() if at == version]
                _add(chosen, version, resolve(python, wanted, [*have, *keep[version]]))
    merged: dict[tuple[str, str], Package] = {}
    for package in chosen.values():
        same = merged.setdefault((canonicalize_name(package.name), package.version), package)
        same.environments |= package.environments
    return sorted(merged.values(), key=lambda package: (canonicalize_name(package.name), package.version))


def _add(chosen: Chosen, version: str, packages: Iterable[Package]) -> None:
    for package in packages:
        chosen.setdefault((canonicalize_name(package.name), version), package)


def marker_for(environments: set[int]) -> str:
    """The narrowest of MARKERS that holds in all of `environments`."""
    best = ""
    size = len(ENVIRONMENTS) + 1
    for marker in MARKERS:
        holds = {n for n, env in enumerate(ENVIRONMENTS) if not marker or Marker(marker).evaluate({**env})}
        if environments <= holds and len(holds) < size:
            best, size = marker, len(holds)
    return best


def index_url() -> str:
    """The index pip is configured with; its own default where none is."""
    for name in ("global.index-url", "install.index-url"):
        answer = subprocess.run([sys.executable, "-m", "pip", "config", "get", name], capture_output=True, text=True)
        if answer.returncode == 0 and answer.stdout.strip():
            return answer.stdout.strip().rstrip("/")
    code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def hashes(index: str, package: Package) -> list[str]:
    """SHA-256 of the sdist and of the wheels for our Pythons and systems."""
    request = urllib.request.Request(
        f"{index}/{canonicalize_name(package.name)}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        page: dict[str, Any] = json.load(answer)
    found = {file["hashes"]["sha256"] for file in page["files"] if _wanted(file["filename"], package)}
    if not found:
        raise SystemExit(f"the index has no file of {package.name} {package.version}")
    return sorted(found)


def _wanted(filename: str, package: Package) -> bool:
    if not filename.endswith(".whl"):
        stem = filename.removesuffix(".tar.gz").removesuffix(".zip")
        name, _, version = stem.rpartition("-")
        return canonicalize_name(name) == canonicalize_name(package.name) and version == package.version
    try:
        _, of_wheel, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:  # of a time when nobody looked
        return False
    if str(of_wheel) != package.version:
        return False
    return any(
        (WANTED_INTERPRETER.fullmatch(tag.interpreter) or (tag.abi == "abi3" and tag.interpreter.startswith("cp3")))
        and not tag.abi.endswith("t")
        and WANTED_PLATFORM.fullmatch(tag.platform)
        for tag in tags
    )


def write(file: Path, title: str, packages: Iterable[Package], index: str) -> None:
    """One constraints file: exact versions, markers, hashes, no address."""
    lines = [f"# {title} Written by packaging/pin.py."]
    for package in packages:
        marker = marker_for(package.environments)
        lines.append(f"{package.name}=={package.version}{f' ; {marker}' if marker else ''} \\")
        lines.append(" \\\n".join(f"    --hash=sha256:{digest}" for digest in hashes(index, package)))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{file.name}: {(len(lines) - 1) // 2} packages")


def present(upgrade: Iterable[str]) -> dict[str, list[str]]:
    """The pins in force, per Python version, without those to upgrade."""
    loose = {canonicalize_name(name) for name in upgrade}
    kept: dict[str, list[str]] = {python: [] for python in PYTHONS}
    for file in PACKAGING.glob("constraints*.txt"):
        for name, version, marker in PINS.findall(file.read_text(encoding="utf-8")):
            for python in PYTHONS:
                environment = {**ENVIRONMENTS[0], "python_version": python, "python_full_version": f"{python}.0"}
                platformless = re.sub(r"(?: and )?sys_platform [!=]= '\w+'", "", marker)
                if canonicalize_name(name) not in loose and (
                    not platformless or Marker(platformless).evaluate(environment)
                ):
                    kept[python].append(f"{name}=={version}")
    return kept


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="pin all dependencies with hashes")
    parser.add_argument("--upgrade", action="append", default=[], metavar="NAME")
    parser.add_argument("--upgrade-all", action="store_true")
    parser.add_argument("--python", action="append", default=[], type=Path, metavar="PATH", help="another Python")
    arguments = parser.parse_args()
    pythons: dict[str, Path] = {}
    for python in [Path(sys.executable), *arguments.python]:
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        pythons[version] = python
    if missing := [version for version in PYTHONS if version not in pythons]:
        raise SystemExit(f"give a --python of version {' and '.join(missing)} too")
    keep = {python: [] for python in PYTHONS} if arguments.upgrade_all else present(arguments.upgrade)
    project = tomllib.loads((PACKAGING.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    index = index_url()
    run = choose(project["dependencies"], pythons, keep)
    names = {package.name for package in run}
    test = choose([*project["dependencies"], *project["optional-dependencies"]["test"]], pythons, keep)
    write(PACKAGING / "constraints.txt", "What the program runs on.", run, index)
    only_test = [package for package in test if package.name not in names]
    write(PACKAGING / "constraints-test.txt", "What checks and tests need besides.", only_test, index)
    write(PACKAGING / "constraints-build.txt", "What compiles llama.cpp.", choose([*BUILD_ROOTS], pythons, keep), index)
    write(PACKAGING / "constraints-tools.txt", "What installs.", choose([*TOOL_ROOTS], pythons, keep), index)


if __name__ == "__main__":
    main()
