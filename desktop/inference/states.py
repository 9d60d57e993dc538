"""Conversations' caches on disk: what was read once comes back after a switch or a restart without being read again.

A state is two files, `c<conversation>-<hash of its tokens>.state` as llama.cpp writes it and `.json` with its tokens and its
checksum, below a folder that identifies the model. The second file is written last: a state without it does not exist, and
one that is not what it says is removed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.inference.slots import common_prefix

log = logging.getLogger(__name__)

_VERSION = 1
_SAMPLES, _SAMPLE = 16, 65_536
SPARE = 500_000_000
"""Bytes of the disk that are left to the conversations themselves: states are a convenience."""


@dataclass(frozen=True)
class State:
    """One that is on disk. `checked`: what it says of itself was compared with the file."""

    path: Path
    conversation: int
    tokens: list[int]
    size: int
    digest: str


class States:
    """The states of one model. Never raises: without them everything works, only slower. `limit` in bytes, over all models."""

    def __init__(self, folder: Path, model: str, limit: int, *, spare: int = SPARE) -> None:
        self._root = folder
        self._folder = folder / model
        self._limit = limit
        self._spare = spare
        self._known = {state.path: state for state in self._scan()}

    def best(self, prompt: Sequence[int], least: int) -> State | None:
        """The one that begins most like `prompt`, if it saves the reading of more than `least` tokens."""
        most = len(prompt) - 1
        found = [(min(common_prefix(state.tokens, prompt), most), state) for state in self._known.values()]
        keep, state = max(found, key=lambda pair: pair[0], default=(0, None))
        return state if keep > least else None

    def is_sound(self, state: State) -> bool:
        """Whether the file is what was written; removes it if not."""
        try:
            sound = state.path.stat().st_size == state.size and _digest(state.path) == state.digest
            if sound:
                os.utime(state.path)  # the least recently used ones are removed first
        except OSError:
            sound = False
        if not sound:
            log.info("a saved state is not what was written: %s", state.path.name)
            self.remove(state)
        return sound

    def save(self, tokens: Sequence[int], conversation: int, write: Callable[[Path], bool]) -> None:
        """Have `write` write the file, unless more of this conversation is there already."""
        held = list(tokens)
        shorter = []
        for state in [state for state in self._known.values() if state.conversation == conversation]:
            common = common_prefix(state.tokens, held)
            if common == len(held):
                return
            if common == len(state.tokens):
                shorter.append(state)
        name = hashlib.sha256(json.dumps(held).encode()).hexdigest()[:16]
        path = self._folder / f"c{conversation}-{name}.state"
        unfinished = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < self._spare:
                raise OSError("the disk is nearly full")
            if not write(unfinished):
                raise OSError("llama.cpp did not write it")
            state = State(path, conversation, held, unfinished.stat().st_size, _digest(unfinished))
            if state.size > self._limit:
                raise OSError("it is larger than all states together may be")
            os.replace(unfinished, path)
            self._describe(state)
        except OSError as error:
            log.info("a state is not saved: %s", error)
            for file in (unfinished, path):
                _delete(file)
            return
        self._known[path] = state
        for old in shorter:
            self.remove(old)
        self._make_room()

    def remove(self, state: State) -> None:
        """Delete it."""
        self._known.pop(state.path, None)
        _delete(state.path)

    def forget(self, conversation: int) -> None:
        """Delete everything of a conversation, also what was read by another model."""
        for state in [state for state in self._known.values() if state.conversation == conversation]:
            self.remove(state)
        with suppress(OSError):  # another process may remove a folder meanwhile
            for path in self._root.glob(f"*/c{conversation}-*.state"):
                _delete(path)

    def _describe(self, state: State) -> None:
        record = {
            "version": _VERSION,
            "conversation": state.conversation,
            "size": state.size,
            "sha256": state.digest,
            "tokens": state.tokens,
        }
        unfinished = state.path.with_suffix(".json.part")
        unfinished.write_text(json.dumps(record, separators=(",", ":")), encoding="ascii")
        os.replace(unfinished, state.path.with_suffix(".json"))

    def _scan(self) -> Iterator[State]:
        """What earlier processes left; what they did not finish is removed."""
        with suppress(OSError):
            for leftover in [*self._root.glob("*/*.part")]:
                with suppress(OSError):  # another process may be writing it
                    leftover.unlink(missing_ok=True)
            for path in self._folder.glob("*.state"):
                try:
                    yield _described(path)
                except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
                    _delete(path)

    def _make_room(self) -> None:
        files = []
        with suppress(OSError):
            for path in self._root.glob("*/*.state"):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._limit:
                break
            self._known.pop(path, None)
            _delete(path)
            total -= size


def _described(path: Path) -> State:
    """Raises OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError."""
    record = json.loads(path.with_suffix(".json").read_text(encoding="ascii"))
    tokens = record["tokens"]
    if record["version"] != _VERSION or not all(type(token) is int for token in tokens) or not tokens:
        raise ValueError("not a description of this version")
    return State(path, int(record["conversation"]), list(tokens), int(record["size"]), str(record["sha256"]))


def _delete(path: Path) -> None:
    for file in (path, path.with_suffix(".json")):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            log.info("a saved state cannot be removed: %s", error)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(path: Path, *more: object) -> str:
    """Identifies a model file by samples of its bytes, and everything else that states depend on. Raises OSError."""
    size = path.stat().st_size
    digest = hashlib.sha256(repr((size, *more)).encode())
    with path.open("rb") as file:
        for part in range(_SAMPLES):
            file.seek(max(0, size - _SAMPLE) * part // (_SAMPLES - 1))
            digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:16]
