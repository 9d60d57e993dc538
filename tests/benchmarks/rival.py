"""llama-bench beside us, suspended while it is our turn: both are measured within the same seconds, whatever else the machine does."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_RUN = re.compile(r" run (\d+)/")


class Rival:
    """llama-bench with a loaded model. Of its runs every other one is spoilt by the pause; the rest is what `finish` returns."""

    def __init__(self, program: Path, model: Path, threads: int, tokens: tuple[int, int], rounds: int) -> None:
        """`tokens` to read and to write, one of them 0. Returns once the model is loaded."""
        sizes = ["-p", str(tokens[0]), "-n", str(tokens[1]), "-r", str(2 * rounds)]
        command = [str(program), "-m", str(model), "-t", str(threads), *sizes, "-o", "json", "--progress"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._control = psutil.Process(self._process.pid)
        self._rounds = rounds
        self._done = 0
        self._run_until(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def turn(self) -> None:
        """Let it have its turn: the rest of a run, and a whole one."""
        self._done += 1
        if self._done < self._rounds:
            self._run_until(2 * self._done + 1)

    def finish(self) -> list[float]:
        """Tokens per second of each round's whole run."""
        self._control.resume()
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise SystemExit(f"llama-bench ended with {self._process.returncode}")
        return [float(sample) for sample in json.loads(output)[0]["samples_ts"][1::2]]

    def _run_until(self, number: int) -> None:
        """Until this run begins."""
        if self._process.stderr is None:
            raise AssertionError
        self._control.resume()
        for line in self._process.stderr:
            if (found := _RUN.search(line)) is not None and int(found[1]) >= number:
                self._control.suspend()
                return
        raise SystemExit("llama-bench ended early")
