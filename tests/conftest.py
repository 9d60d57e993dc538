"""What every test lives under: a home of its own, no network but this machine, no unexpected log record, nothing left behind."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import psutil
import pytest

from desktop import i18n

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before any Qt; a test that wants a display says so to its child
# nobody's own keyring is touched, here or in children; a test that wants one brings it
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

PATIENCE_S = 5.0
"""How long threads and children that are already ending may take."""

DEAD_ENDPOINT = "http://127.0.0.1:9"
"""An address of this machine where nobody listens."""

_FOREIGN = re.compile(r"(HF_|HUGGING|XDG_|CHATGLM_|LC_|LANG)|.*_proxy$", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fresh home for this test and its children, with a blank and a Chinese character in its name."""
    home = tmp_path_factory.mktemp("家 home", numbered=True)
    for name in [name for name in os.environ if _FOREIGN.match(name)]:
        monkeypatch.delenv(name)
    (home / "runtime").mkdir(mode=0o700)
    for name, value in {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home / "AppData" / "Roaming",
        "LOCALAPPDATA": home / "AppData" / "Local",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_STATE_HOME": home / ".local" / "state",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_RUNTIME_DIR": home / "runtime",
        "HF_ENDPOINT": DEAD_ENDPOINT,
        "LANG": "en_US.UTF-8",
    }.items():
        monkeypatch.setenv(name, str(value))
    i18n.set_language("en")
    yield
    i18n.set_language("en")


class ExpectedLog:
    """Call it with a regular expression to allow records whose message matches; `seen` are those that came."""

    def __init__(self) -> None:
        self._patterns: list[re.Pattern[str]] = []
        self.seen: list[logging.LogRecord] = []

    def __call__(self, pattern: str) -> None:
        """Allow records whose "name: message" the pattern finds something in."""
        self._patterns.append(re.compile(pattern))

    def allows(self, record: logging.LogRecord) -> bool:
        """Whether the test said so, now or later: asked when the test is over."""
        text = f"{record.name}: {record.getMessage()}"
        return any(pattern.search(text) for pattern in self._patterns)


class _Collector(logging.Handler):
    def __init__(self, into: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._into = into

    def emit(self, record: logging.LogRecord) -> None:
        self._into.append(record)


@pytest.fixture
def expected_log() -> ExpectedLog:
    """A test that provokes a warning says which: `expected_log(r"settings cannot be read")`."""
    return ExpectedLog()


@pytest.fixture(autouse=True)
def _no_unexpected_log(expected_log: ExpectedLog) -> Iterator[None]:
    """A record of WARNING or above that nobody expected fails the test. The root logger is put back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    collector = _Collector(expected_log.seen)
    root.addHandler(collector)
    yield
    root.removeHandler(collector)
    root.setLevel(level)
    for handler in [handler for handler in root.handlers if handler not in handlers and _is_ours(handler)]:
        root.removeHandler(handler)
        handler.close()
    unexpected = [record for record in expected_log.seen if not expected_log.allows(record)]
    if unexpected:
        lines = [logging.Formatter("%(levelname)s %(name)s: %(message)s").format(record) for record in unexpected]
        pytest.fail("unexpected log:\n" + "\n".join(lines), pytrace=False)


def _is_ours(handler: logging.Handler) -> bool:
    return not type(handler).__module__.startswith("_pytest")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Threads and child processes that a test started are gone soon after it; a child nobody waited for counts too."""
    threads = set(threading.enumerate())
    children = set(_children())
    yield
    deadline = time.monotonic() + PATIENCE_S
    left = _new_threads(threads)
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    ended = threading.Event()
    while (orphans := [child for child in _children() if child not in children]) and time.monotonic() < deadline:
        ended.wait(0.02)  # never set: a bounded pause between two looks, as a child of a child cannot be waited for
    names = [f"thread {thread.name}" for thread in left if thread.is_alive()]
    for child in orphans:
        names.append(_describe(child))
        child.kill()
    if names:
        pytest.fail("left behind: " + ", ".join(names), pytrace=False)


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in before]


def _children() -> list[psutil.Process]:
    try:
        return psutil.Process().children(recursive=True)
    except psutil.Error:  # one vanished while the list was made: the next look tells
        return []


def _describe(child: psutil.Process) -> str:
    try:
        return f"process {child.pid} ({child.status()}): {' '.join(child.cmdline())[:200]}"
    except psutil.ZombieProcess:
        return f"process {child.pid} (ended, but nobody waited for it)"
    except psutil.Error:
        return f"process {child.pid}"


_violations: list[str] = []
_guarding = threading.Event()


def _is_local(host: object) -> bool:
    if host is None or host in ("", b"", "localhost", b"localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host).split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _guard(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: raised inside the connecting code, and remembered in case that code swallows it."""
    if not event.startswith("socket.") or not _guarding.is_set():
        return
    host: object = None
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        target = args[1]
        host = target[0] if isinstance(target, tuple) else None  # None: a Unix socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    if not _is_local(host):
        _violations.append(f"{event} {host!r}")
        raise PermissionError(f"tests may not use the network: {event} {host!r}; use a port of 127.0.0.1")


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """A test that reaches for anything but this machine fails."""
    _violations.clear()
    _guarding.set()
    yield
    _guarding.clear()
    if _violations:
        pytest.fail(f"the test used the network: {', '.join(sorted(set(_violations)))}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything was installed on purpose, a test that lacks a tool has failed and not been skipped."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple) and os.environ.get("CI") and sys.platform == "linux":
        reason = report.longrepr[2]
        if reason.startswith("Skipped: needs "):
            report.outcome = "failed"
            report.longrepr = f"{reason}, and CI must have it"
    return report


@pytest.fixture
def repository() -> Path:
    """The root of the clone."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """`wait_until(condition, timeout=10)`: looks until the condition holds; fails when it does not in `timeout` seconds."""

    def wait(condition: Callable[[], object], timeout: float = 10.0, what: str = "") -> None:
        deadline = time.monotonic() + timeout
        pause = threading.Event()
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"not within {timeout} s: {what or getattr(condition, '__qualname__', condition)}")
            pause.wait(0.01)

    return wait
