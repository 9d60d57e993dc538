"""The set-up: pins that a stranger's machine can trust, and a start that does nothing twice."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
CONSTRAINTS = sorted(PACKAGING.glob("constraints*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)(?: ; (.+?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n", re.MULTILINE)


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A script of packaging/, imported as it imports its siblings."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module(name)


def pins(name: str) -> list[tuple[str, str, str, str]]:
    return PIN.findall((PACKAGING / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", CONSTRAINTS, ids=lambda file: file.name)
def test_constraints_are_pins_with_hashes_and_nothing_else(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert PIN.findall(text)
    rest = [line for line in PIN.sub("", text).splitlines() if not line.startswith("#")]
    assert not rest
    assert "://" not in text
    assert "index" not in text.lower()


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_everything_declared_is_pinned_once_within_its_range(python: str) -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["test"]]
    environment = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    found: dict[str, str] = {}
    for name, version, marker, _ in pins("constraints.txt") + pins("constraints-test.txt"):
        if not marker or Marker(marker).evaluate({**environment}):
            assert canonicalize_name(name) not in found, name
            found[canonicalize_name(name)] = version
    for requirement in wanted:
        if requirement.marker is None or requirement.marker.evaluate({**environment}):
            assert requirement.specifier.contains(found[canonicalize_name(requirement.name)]), requirement


def test_what_is_installed_here_is_what_is_pinned() -> None:
    from importlib.metadata import version

    for name, pinned, marker, _ in pins("constraints.txt"):
        if not marker or Marker(marker).evaluate():
            assert version(name) == pinned, name


def test_an_old_python_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    dev = load("dev", monkeypatch)
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert "3.11" in dev.wrong_python()
    monkeypatch.setattr(sys, "version_info", (3, 13, 1))
    assert dev.wrong_python() == ""


@pytest.mark.parametrize("words", [[], ["nonsense"]])
def test_wrong_usage_is_explained(words: list[str]) -> None:
    answer = subprocess.run([sys.executable, PACKAGING / "dev.py", *words], capture_output=True, encoding="utf-8")
    assert answer.returncode == 2
    assert "dev.py run" in answer.stderr


@pytest.fixture
def ready_clone(tmp_path: Path) -> Path:
    """A clone whose set-up says it finished, with this Python as its own and a program that shows its arguments."""
    clone = tmp_path / "克隆 clone"
    shutil.copytree(PACKAGING, clone / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    (clone / "desktop").mkdir()
    (clone / "desktop" / "__main__.py").write_text("import sys; print(sys.argv[1:]); sys.exit(7)", encoding="utf-8")
    code = (
        "import dev, os, sys; os.makedirs(os.path.dirname(dev.PYTHON)); os.symlink(sys.executable, dev.PYTHON);"
        "open(dev.stamp('run'), 'w').write(dev.fingerprint('run') + '\\n')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=clone / "packaging", check=True)
    return clone


@pytest.mark.skipif(os.name == "nt", reason="makes a symbolic link")
def test_a_second_start_goes_straight_to_the_program(ready_clone: Path) -> None:
    command = [sys.executable, "-X", "importtime", str(ready_clone / "packaging" / "dev.py"), "run", "ask", "两个 词"]
    answer = subprocess.run(command, cwd=ready_clone, capture_output=True, encoding="utf-8")
    assert answer.stdout.strip() == "['ask', '两个 词']"
    assert answer.returncode == 7
    loaded = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert loaded.isdisjoint({"setup_steps", "subprocess", "ctypes", "venv"})
    assert not (ready_clone / "build").exists()


@pytest.mark.skipif(os.name == "nt", reason="makes a symbolic link")
@pytest.mark.parametrize("change", ["constraints.txt", "setup_steps.py", "CMAKE_ARGS", "python"])
def test_a_change_asks_for_the_set_up_again(ready_clone: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = [sys.executable, "-c", "import dev; print(dev.is_ready('run'), dev.is_ready('test'))"]

    def ready() -> str:
        return subprocess.run(
            ask, cwd=ready_clone / "packaging", capture_output=True, encoding="utf-8", check=True
        ).stdout.strip()

    assert ready() == "True False"
    if change == "CMAKE_ARGS":
        monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=ON")
    elif change == "python":
        (ready_clone / ".venv" / "bin" / "python").unlink()
    else:
        with open(ready_clone / "packaging" / change, "a", encoding="utf-8") as file:
            file.write("# changed\n")
    assert ready() == "False False"


def test_the_users_own_build_arguments_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    llama = load("setup_llama", monkeypatch)
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=ON")
    assert llama.cmake_args() == "-DGGML_CUDA=ON"
    monkeypatch.delenv("CMAKE_ARGS")
    assert "llama_options.cmake" in llama.cmake_args()


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs GCC")
def test_amx_is_left_out_only_where_gcc_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    llama = load("setup_llama", monkeypatch)
    monkeypatch.setenv("CC", "gcc")
    major = int(subprocess.run(["gcc", "-dumpversion"], capture_output=True, text=True).stdout.split(".")[0])
    machine = subprocess.run(["gcc", "-dumpmachine"], capture_output=True, text=True).stdout
    assert llama.amx_is_broken("sapphirerapids") is (11 <= major < 13 and machine.startswith("x86_64"))
    assert llama.amx_is_broken("haswell") is False


def test_builds_are_told_apart_by_what_changes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    llama = load("setup_llama", monkeypatch)
    first = llama.fingerprint("llama==1", "-DA=1")
    assert first == llama.fingerprint("llama==1", "-DA=1")
    assert first != llama.fingerprint("llama==2", "-DA=1")
    assert first != llama.fingerprint("llama==1", "-DA=2")
    monkeypatch.setenv("CFLAGS", "-O0")
    assert first != llama.fingerprint("llama==1", "-DA=1")


@pytest.mark.skipif(sys.platform != "linux", reason="reads ELF files")
def test_the_listed_libraries_are_those_that_qt_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("readelf"):
        pytest.skip("needs readelf")
    system = load("setup_system", monkeypatch)
    spec = importlib.util.find_spec("PySide6")
    assert spec is not None
    assert spec.origin is not None
    qt = Path(spec.origin).parent / "Qt"
    files = [qt / "lib" / f"libQt6{part}.so.6" for part in ("Core", "Gui", "Widgets", "Network", "DBus", "XcbQpa")]
    files += [qt / "plugins" / "platforms" / f"libq{name}.so" for name in ("xcb", "offscreen")]
    output = subprocess.run(["readelf", "-d", *files], capture_output=True, text=True, check=True).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.+?)\]", output))
    everywhere = re.compile(r"libQt6.*|libicu.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s|z|resolv)\.so\..*|ld-linux.*")
    brought_along = {"libX11.so.6", "libxcb.so.1", "libxcb-shm.so.0", "libxcb-render.so.0", "libgthread-2.0.so.0"}
    brought_along |= {"libxcb-util.so.1", "libbrotlidec.so.1", "libbrotlicommon.so.1", "libzstd.so.1"}
    assert {name for name in needed if not everywhere.fullmatch(name)} - brought_along <= set(system.LIBRARIES)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_this_machine_has_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load("setup_system", monkeypatch).missing_on_linux(tests=True) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_what_is_missing_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    system = load("setup_system", monkeypatch)
    monkeypatch.setenv("CXX", "no-such-compiler")
    monkeypatch.setitem(system.LIBRARIES, "libno-such.so.1", "libno-such1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    tried: list[str] = []

    def log(command: list[str]) -> bool:
        tried.append(command[0])
        return False

    if not shutil.which("apt-get"):
        pytest.skip("needs apt-get")
    with pytest.raises(system.Missing, match="sudo apt-get update && sudo apt-get install g\\+\\+ libno-such1"):
        system.ensure(tests=False, log=log)
    assert set(tried) <= {"sudo"}


def test_the_modules_are_those_that_are_opened_and_say_their_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backends = load("backends", monkeypatch)
    monkeypatch.setattr(backends, "amx_is_broken", lambda: True)
    built = tmp_path / "bin"
    built.mkdir()
    wanted = ["libggml-base.so.0", "libggml.so.0", "libggml-cpu-haswell.so", "libggml-vulkan.so", "libllama.so"]
    others = ["libggml-base.so", "libggml-base.so.0.25.3", "libggml.so", "libllama.so.0", "libllama.so.0.5.0"]
    for name in (*wanted, *others, "libggml-cpu-sapphirerapids.so", "llama-bench", "vulkan-shaders-gen"):
        (built / name).write_bytes(b"")
    assert backends.collect(built, tmp_path / "new") == sorted(wanted)
    version, line = backends.pinned()
    assert (tmp_path / "new" / backends.VERSION_FILE).read_text(encoding="utf-8").strip() == version
    assert "--hash=sha256:" in line
    monkeypatch.setattr(backends, "amx_is_broken", lambda: False)
    assert "libggml-cpu-sapphirerapids.so" in backends.collect(built, tmp_path / "newer")


def test_the_modules_are_what_the_worker_looks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.inference import modules

    assert load("backends", monkeypatch).VERSION_FILE == modules.VERSION_FILE
