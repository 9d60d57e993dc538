"""The steps of the set-up. Each may be interrupted and is then taken up again; what is done already takes seconds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import dev
import setup_llama
import setup_system

ROOT = Path(dev.ROOT)
VENV = Path(dev.VENV)
PYTHON = Path(dev.PYTHON)
BUILD = ROOT / "build"
LOG = BUILD / "setup.log"
CHOSEN_ARGS = BUILD / "cmake-args"
"""The CMAKE_ARGS a person once chose: a later set-up, after an update, builds with them again."""
LLAMA = re.compile(r"^llama_cpp_python==.*?\n(?!\s)", re.MULTILINE | re.DOTALL)


class Failed(Exception):
    """A command failed; its last lines are in the log."""


def set_up(kind: str) -> int:
    """Make `.venv` ready to run the program, or to test it. Returns an exit code: 0, 3 (said on stderr) or 130."""
    try:
        BUILD.mkdir(exist_ok=True)
        with open(BUILD / "setup.lock", "w") as lock:
            _lock(lock.fileno())
            if dev.is_ready(kind):  # another start did it while this one waited
                return 0
            with open(LOG, "w", encoding="utf-8", errors="replace") as log:
                _Setup(kind, _Runner(log)).run()
    except KeyboardInterrupt:
        print("\nInterrupted. The next start goes on from here.", file=sys.stderr)
        return 130
    except setup_system.Missing as missing:
        print(missing, file=sys.stderr)
        return 3
    except Failed as failed:
        tail = LOG.read_text(encoding="utf-8", errors="replace").splitlines()[-25:]
        print("\n".join(tail), file=sys.stderr)
        print(f"\nThe set-up failed: {failed}. The whole story is in {LOG}.", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"The set-up failed: {error}.", file=sys.stderr)
        return 3
    return 0


class _Runner:
    """Runs commands with their output in the log."""

    def __init__(self, log: TextIO) -> None:
        self._log = log

    def __call__(
        self,
        command: Sequence[str],
        environment: dict[str, str] | None = None,
        each: Callable[[str], None] | None = None,
    ) -> None:
        """Raises Failed."""
        if not self.succeeds(command, environment, each):
            raise Failed(f"“{' '.join(command[:6])} …” did not succeed")

    def succeeds(
        self,
        command: Sequence[str],
        environment: dict[str, str] | None = None,
        each: Callable[[str], None] | None = None,
    ) -> bool:
        """Whether it ended with 0."""
        self._write(f"$ {' '.join(command)}\n")
        try:
            child = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            self._write(f"{error}\n")
            return False
        assert child.stdout is not None
        with child:
            try:
                for line in child.stdout:
                    self._write(line)
                    if each:
                        each(line)
            except BaseException:
                child.terminate()
                raise
        return child.returncode == 0

    def _write(self, text: str) -> None:
        print(text, end="", file=self._log, flush=True)


class _Setup:
    def __init__(self, kind: str, runner: _Runner) -> None:
        self._kind = kind
        self._run = runner

    def run(self) -> None:
        """All steps. Raises Missing, Failed, OSError."""
        began = time.monotonic()
        print("Setting up. This happens once and needs the network.", flush=True)
        if CHOSEN_ARGS.exists():
            os.environ.setdefault("CMAKE_ARGS", CHOSEN_ARGS.read_text(encoding="utf-8"))
        setup_system.ensure(tests=self._kind == "test", log=self._run.succeeds)
        for stamp in VENV.glob("ready-*"):
            stamp.unlink()
        self._environment()
        self._pip("install", "--requirement", str(ROOT / "packaging" / "constraints-tools.txt"))
        print("Installing the Python packages", flush=True)
        self._packages()
        self._llama()
        self._pip_check()
        self._program()
        self._run.succeeds(
            [str(PYTHON), "-m", "compileall", "-q", str(ROOT / "desktop")]
        )  # the first start is quick too
        if chosen := os.environ.get("CMAKE_ARGS"):
            CHOSEN_ARGS.write_text(chosen, encoding="utf-8")
        else:
            CHOSEN_ARGS.unlink(missing_ok=True)
        for kind in {"run", self._kind}:
            text = f"{dev.fingerprint(kind)}\n{os.environ.get('CMAKE_ARGS', '')}"
            Path(dev.stamp(kind)).write_text(text, encoding="utf-8")
        print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)

    def _environment(self) -> None:
        """A virtual environment with a pip that answers; one that was left half made is made again."""
        if PYTHON.exists() and self._run.succeeds([str(PYTHON), "-m", "pip", "--version"]):
            version = subprocess.run([PYTHON, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True)
            if version.stdout.decode().strip() == str(sys.version_info[:2]):
                return
        base = getattr(sys, "_base_executable", None) or sys.executable
        self._run([base, "-m", "venv", "--clear", str(VENV)])

    def _pip(self, *arguments: str) -> None:
        """Pip with the index of its own configuration, and nothing that is not pinned and hashed."""
        command = [
            str(PYTHON),
            "-m",
            "pip",
            "--disable-pip-version-check",
            arguments[0],
            "--no-deps",
            "--require-hashes",
        ]
        self._run([*command, *arguments[1:]])

    def _packages(self) -> None:
        """All but llama-cpp-python."""
        with tempfile.TemporaryDirectory() as folder:
            for name in dev.PINNED[self._kind][2:]:
                text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
                part = Path(folder, name)
                part.write_text(LLAMA.sub("", text), encoding="utf-8")
                self._pip("install", "--requirement", str(part))

    def _llama(self) -> None:
        """Compile or fetch the wheel and install it, unless this very one is installed."""
        match = LLAMA.search((ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8"))
        assert match is not None
        wanted = setup_llama.fingerprint(match[0], setup_llama.cmake_args())
        mark = VENV / "llama-built"
        with suppress(OSError):
            if mark.read_text(encoding="utf-8") == wanted:
                return
        check = [str(PYTHON), "-c", "import llama_cpp; llama_cpp.llama_backend_init()"]
        constraints = ROOT / "packaging" / "constraints-build.txt"
        for last in (False, True):
            wheel = setup_llama.build(PYTHON, match[0], self._run, constraints, LOG)
            # By path, so no hash: it was made on this computer, from the sdist whose hash was checked.
            command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--no-index"]
            if self._run.succeeds([*command, "--force-reinstall", str(wheel)]) and self._run.succeeds(check):
                break
            wheel.unlink()  # a stored one may not fit any more, after an upgrade of the system: compile it anew, once
            if last:
                raise Failed("llama.cpp was compiled but does not load")
        mark.write_text(wanted, encoding="utf-8")

    def _pip_check(self) -> None:
        self._run([str(PYTHON), "-m", "pip", "--disable-pip-version-check", "check"])

    def _program(self) -> None:
        """`import desktop` from everywhere, and the command `chatglm-desktop`; both follow the clone when it is moved."""
        paths = sysconfig.get_paths(vars={"base": str(VENV), "platbase": str(VENV)}, scheme=_scheme())
        packages = Path(paths["purelib"])
        above = os.path.relpath(ROOT, packages)
        (packages / "chatglm-desktop.pth").write_text(f"{above}\n", encoding="ascii")
        scripts = Path(paths["scripts"])
        if os.name == "nt":
            (scripts / "chatglm-desktop.cmd").write_text('@"%~dp0python.exe" -m desktop %*\r\n', encoding="ascii")
            return
        script = scripts / "chatglm-desktop"
        script.write_text(SCRIPT, encoding="ascii")
        script.chmod(0o755)


SCRIPT = """#!/bin/sh
self=$0
while [ -L "$self" ]; do
    target=$(readlink "$self")
    case $target in /*) self=$target ;; *) self=$(dirname "$self")/$target ;; esac
done
exec "$(dirname "$self")/python" -m desktop "$@"
"""


def _scheme() -> str:
    return "nt" if os.name == "nt" else "posix_prefix"


def _lock(descriptor: int) -> None:
    """Wait for another set-up in this clone. The system lets go when the process ends."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            with suppress(OSError):
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # tries for ten seconds
                return
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
