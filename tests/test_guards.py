"""The guards of conftest.py guard: each of these small tests must be stopped by one of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent

BAD = """
import logging, os, pytest, socket, subprocess, sys, threading, warnings
from pathlib import Path
from desktop import i18n

def test_good(expected_log):
    expected_log("as expected")
    logging.getLogger("x").warning("as %s", "expected")
    logging.getLogger("x").info("nobody minds")
    assert Path.home() == Path(os.environ["HOME"])
    assert not list(Path.home().glob("*.txt"))
    (Path.home() / "a.txt").touch()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    i18n.set_language("ko")

def test_good_again():
    assert not list(Path.home().glob("*.txt"))
    assert i18n.language() == "en"
    assert not any("proxy" in name.lower() for name in os.environ)
    thread = threading.Thread(target=threading.Event().wait, args=(0.05,))
    thread.start()

def test_bad_log():
    logging.getLogger("x").error("not expected")

def test_bad_other_log(expected_log):
    expected_log("something else")
    logging.getLogger("x").warning("not expected")

def test_bad_warning():
    warnings.warn("careful")

def test_bad_network():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    except OSError:
        pass

def test_bad_name():
    try:
        socket.getaddrinfo("example.com", 443)
    except OSError:
        pass

def test_bad_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def test_bad_child():
    global child
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

def test_bad_zombie():
    global other
    other = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)

def test_bad_skip():
    pytest.skip("needs a tool")
"""

WANTED = {
    "test_good": "",
    "test_good_again": "",
    "test_bad_log": "unexpected log:\nERROR x: not expected",
    "test_bad_other_log": "unexpected log:\nWARNING x: not expected",
    "test_bad_warning": "UserWarning: careful",
    "test_bad_network": "the test used the network: socket.getaddrinfo '192.0.2.1'",
    "test_bad_name": "the test used the network: socket.getaddrinfo 'example.com'",
    "test_bad_thread": "left behind: thread ",
    "test_bad_child": "left behind: process ",
    "test_bad_skip": "Skipped: needs a tool, and CI must have it",
    "test_bad_zombie": "(ended, but nobody waited for it)",
}


def test_each_guard_stops_what_it_is_there_for(tmp_path: Path) -> None:
    text = (TESTS / "conftest.py").read_text(encoding="utf-8")
    impatient = text.replace("PATIENCE_S = 5.0", "PATIENCE_S = 0.3")
    assert impatient != text
    (tmp_path / "conftest.py").write_text(impatient, encoding="utf-8")
    (tmp_path / "test_bad.py").write_text(BAD, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    names = list(WANTED) if sys.platform == "linux" else list(WANTED)[:-2]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:pytestqt", "--color=no"]
    code = f"import sys; sys.path.insert(0, {str(TESTS.parent)!r}); import pytest; sys.exit(pytest.main())"
    command[1:3] = ["-c", code]
    chosen = [f"{tmp_path / 'test_bad.py'}::{name}" for name in names]
    answer = subprocess.run(
        [*command, *chosen],
        cwd=tmp_path,
        env={**os.environ, "CI": "true"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert answer.returncode == 1, answer.stdout + answer.stderr
    sections = dict(
        re.findall(r"^_+ (?:ERROR at teardown of )?(test_\w+) _+\n(.*?)(?=^[_=])", answer.stdout, re.M | re.S)
    )
    for name in names:
        if WANTED[name]:
            assert WANTED[name] in sections.get(name, ""), answer.stdout
        else:
            assert name not in sections, answer.stdout
