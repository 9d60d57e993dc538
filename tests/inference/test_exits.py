from __future__ import annotations

import sys

import pytest

from desktop.inference.exits import describe, is_native


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("code", "words"), [(-11, "SIGSEGV"), (-6, "SIGABRT"), (-9, "SIGKILL"), (-4, "SIGILL")])
def test_signals(code: int, words: str) -> None:
    assert describe(code) == words
    assert is_native(code)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0xC0000005, "access violation"),
        (0xC0000005 - (1 << 32), "access violation"),
        (0xC000001D, "illegal instruction"),
        (0xC0001234, "status 0xC0001234"),
    ],
)
def test_windows(code: int, words: str) -> None:
    assert describe(code) == words
    assert is_native(code)


@pytest.mark.parametrize("code", [0, 1, 3, 127])
def test_plain_codes(code: int) -> None:
    assert describe(code) == f"exit code {code}"
    assert not is_native(code)


def test_a_signal_without_a_name() -> None:
    assert describe(-100) == "signal 100"
