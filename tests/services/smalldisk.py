"""Disks that are small, read-only or go away, where this system lets a test mount one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own at `folder`, of a size such as "20m"; skips the test where that cannot be."""
    _mount(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_read_only(folder: Path) -> None:
    """From now on nothing can be written to the disk at `folder`."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def fill(file: Path, leave: int) -> None:
    """Use up a disk but for about `leave` bytes."""
    if sys.platform == "win32":
        raise NotImplementedError
    status = os.statvfs(file.parent)
    with file.open("wb") as other:
        os.posix_fallocate(other.fileno(), 0, status.f_bavail * status.f_frsize - leave)


def _mount(folder: Path, *words: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("cannot mount a disk here")
    if subprocess.run(["mount", *words, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a disk here")
