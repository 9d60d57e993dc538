"""The main job from end to end: the real program on a real display, a hub on this machine, real keys, kill -9."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.fitness import recommended
from desktop.core.models import CatalogEntry
from desktop.hub.catalog import load_catalog
from desktop.services.machine import look
from desktop.storage.partfile import received
from tests.end_to_end.desktop import Desktop, Display, available, until
from tests.hubserver import Fault, HubServer

ROOT = Path(__file__).resolve().parent.parent.parent
TINY = ROOT / "resources" / "chatglm3-tiny.gguf"
ANSWER = "SELECT text, state FROM message WHERE role = 'assistant' ORDER BY id DESC LIMIT 1"

pytestmark = pytest.mark.skipif(not available, reason="needs Xvfb, xdotool and gcc")


@pytest.fixture
def display() -> Iterator[Display]:
    with Display() as display:
        yield display


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Makes the real engine write about 30 tokens a second."""
    library = tmp_path_factory.mktemp("slow") / "slow.so"
    source = Path(__file__).parent / "data" / "slow.c"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(source), "-ldl"],
        check=True,
        timeout=60,
    )
    return {"LD_PRELOAD": str(library)}


@pytest.fixture
def entry(tmp_path: Path) -> CatalogEntry:
    """The build that the welcome page proposes on this machine."""
    return recommended(load_catalog(), look(tmp_path))


@pytest.fixture
def hub(entry: CatalogEntry, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with HubServer() as server:
        for file in entry.files:
            server.add(entry.repository, file.file, TINY, commit=entry.revision)
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def test_download_chat_kill_and_find_it_again(
    tmp_path: Path, display: Display, hub: HubServer, slow: dict[str, str]
) -> None:
    home = tmp_path / "家 home"
    size = TINY.stat().st_size

    # first start: the welcome page; Enter downloads what it proposes; killed in the middle
    hold = Fault(on="cdn", hold=size // 2)
    hub.faults.append(hold)
    desktop = Desktop(display, home)
    _press_until(desktop, "Return", lambda: bool(desktop.rows("SELECT 1 FROM download")), "a download")
    assert hold.reached.wait(60)
    until(lambda: _part(home) >= size // 2 - 65536, "half of the file")
    had = _part(home)
    desktop.kill()
    hold.release.set()

    # second start: it goes on by itself; nothing comes twice; the model is loaded
    sent = hub.bytes_sent()
    desktop = Desktop(display, home)
    until(lambda: bool(desktop.rows("SELECT 1 FROM model")), "a model")
    assert hub.bytes_sent() - sent <= size - had + 65536
    until(lambda: bool(desktop.rows("SELECT 1 FROM model WHERE last_used IS NOT NULL")), "a loaded model")
    _ask(desktop, "My name is Zoe.", "Nice to meet you, Zoe!")
    desktop.quit()

    # third start: the open conversation is there, and the engine knows its history
    desktop = Desktop(display, home)
    _ask(desktop, "What is my name?", "Your name is Zoe.")
    assert len(desktop.rows("SELECT 1 FROM conversation")) == 1
    desktop.quit()

    # fourth start, network gone, engine slow: killed in the middle of an answer
    hub.close()
    desktop = Desktop(display, home, slow)
    _type(desktop, "Tell me a long story.")
    until(lambda: bool(desktop.rows(ANSWER)) and len(desktop.rows(ANSWER)[0][0]) > 60, "some of the story")
    text, state = desktop.rows(ANSWER)[0]
    assert state == "running"
    desktop.kill()

    # fifth start: the text is there
    desktop = Desktop(display, home)
    until(lambda: desktop.rows(ANSWER)[0][1] == "interrupted", "the answer marked as interrupted")
    assert desktop.rows(ANSWER)[0][0].startswith(text)
    assert text.startswith("Once upon a time")
    _ask(desktop, "What is my name?", "Your name is Zoe.")
    desktop.quit()
    assert "Traceback" not in desktop.said
    assert "ERROR" not in desktop.said


def _part(home: Path) -> int:
    parts = list((home / "models").rglob("*.part"))
    return received(parts[0].with_suffix("")) if parts else 0


def _press_until(desktop: Desktop, key: str, condition: object, what: str) -> None:
    """Press a key when the page is there: the button that has the focus is the one to press."""
    assert callable(condition)
    for _ in range(20):
        desktop.keys(key)
        try:
            until(condition, what, limit=4)
        except AssertionError:
            continue
        return
    raise AssertionError(f"in vain: {what}; {desktop.said}")


def _type(desktop: Desktop, text: str) -> None:
    """Type into the composer, which has the focus, and press Enter."""
    asked = "SELECT count(*) FROM message WHERE role = 'user'"
    before = desktop.rows(asked)[0][0]
    desktop.type(text)
    draft = "SELECT draft FROM conversation UNION SELECT value FROM memory WHERE name = 'draft'"
    until(lambda: (text,) in desktop.rows(draft), f"the draft {text!r}, not {desktop.rows(draft)}")
    desktop.keys("Return")
    until(lambda: desktop.rows(asked)[0][0] == before + 1, "the question")


def _ask(desktop: Desktop, question: str, answer: str) -> None:
    _type(desktop, question)
    until(lambda: desktop.rows(ANSWER)[0][1] != "running", "an answer")
    assert desktop.rows(ANSWER)[0] == (answer, "complete")
