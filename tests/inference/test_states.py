"""What was read once comes back from the disk, and nothing else does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.inference.states import States, identity
from tests.inference.conftest import TINY, Driver, Start

MIB = 1 << 20
FOX = "Once upon a time a small fox lived at the edge of a quiet forest. " * 6
STORY = "Tell me a long story."


def writes(data: bytes) -> Callable[[Path], bool]:
    def write(path: Path) -> bool:
        path.write_bytes(data)
        return True

    return write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "状态 states"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_they_come_back_in_another_process(folder: Path) -> None:
    States(folder, "m", MIB).save([1, 2, 3, 4], 7, writes(b"x" * 100))
    again = States(folder, "m", MIB)
    state = again.best([1, 2, 3, 9, 9], 1)
    assert state is not None
    assert again.is_sound(state)
    assert state.path.read_bytes() == b"x" * 100
    assert again.best([1, 2, 3, 9, 9], 3) is None
    assert again.best([5, 2, 3], 0) is None
    assert States(folder, "another", MIB).best([1, 2, 3, 9], 0) is None


def test_the_longest_beginning_wins(folder: Path) -> None:
    states = States(folder, "m", MIB)
    states.save([1, 2], 1, writes(b"x"))
    states.save([1, 2, 3], 2, writes(b"y"))
    state = states.best([1, 2, 3, 4], 0)
    assert state is not None
    assert state.conversation == 2


@pytest.mark.parametrize("damage", ["changed", "truncated", "longer", "gone"])
def test_a_damaged_file_is_ignored_and_removed(folder: Path, damage: str) -> None:
    states = States(folder, "m", MIB)
    states.save([1, 2, 3], 1, writes(b"x" * 100))
    state = states.best([1, 2, 3], 0)
    assert state is not None
    if damage == "gone":
        state.path.unlink()
    else:
        state.path.write_bytes(
            {"changed": b"x" * 50 + b"y" + b"x" * 49, "truncated": b"x" * 99, "longer": b"x" * 101}[damage]
        )
    assert not states.is_sound(state)
    assert states.best([1, 2, 3], 0) is None
    assert files(folder) == []


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "[1]",
        '{"version":1,"tokens":[]}',
        '{"version":1,"tokens":["a"]}',
        '{"version":1,"tokens":[1],"conversation":1e999}',
        "[" * 100_000,
        "\0",
    ],
    ids=range(8),
)
def test_a_description_that_is_none_is_removed_with_its_state(folder: Path, said: str) -> None:
    States(folder, "m", MIB).save([1, 2, 3], 1, writes(b"x"))
    next(folder.rglob("*.json")).write_text(said)
    assert States(folder, "m", MIB).best([1, 2, 3], 0) is None
    assert files(folder) == []


def test_what_was_not_finished_is_removed(folder: Path) -> None:
    (folder / "m").mkdir(parents=True)
    for name in ("c1-a.part", "c1-a.json.part", "c2-b.state"):
        (folder / "m" / name).write_bytes(b"x")
    States(folder, "m", MIB)
    assert files(folder) == []


def test_a_state_that_cannot_be_described_leaves_nothing(folder: Path) -> None:
    states = States(folder, "m", MIB)

    def write(path: Path) -> bool:
        path.with_suffix(".json.part").mkdir()  # in the way of the description
        return writes(b"x" * 100)(path)

    states.save([1, 2, 3], 1, write)
    assert states.best([1, 2, 3, 4], 0) is None
    assert files(folder) == []


def test_a_longer_one_takes_the_place_of_its_beginning(folder: Path) -> None:
    states = States(folder, "m", MIB)
    states.save([1, 2], 1, writes(b"x"))
    states.save([1, 2, 3], 1, writes(b"yy"))
    states.save([1, 2], 1, lambda path: pytest.fail("it is there already"))
    states.save([1, 9], 1, writes(b"z"))
    assert len(files(folder)) == 4


def test_the_least_recently_used_make_room(folder: Path) -> None:
    states = States(folder, "m", 250)
    for number in range(3):
        states.save([number], number, writes(b"x" * 100))
        for path in folder.rglob("*.state"):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    assert [states.best([number, 0], 0) is not None for number in range(3)] == [False, True, True]
    states.save([9], 9, writes(b"x" * 251))
    assert states.best([9, 0], 0) is None
    assert len(files(folder)) == 4


def test_a_conversation_is_forgotten(folder: Path) -> None:
    states = States(folder, "m", MIB)
    states.save([1], 1, writes(b"x"))
    states.save([2], 12, writes(b"x"))
    states.forget(1)
    assert [name[:4] for name in files(folder)] == ["c12-", "c12-"]


def test_where_nothing_can_be_written_nothing_is_kept(folder: Path) -> None:
    folder.write_text("a file")
    states = States(folder, "m", MIB)
    states.save([1], 1, writes(b"x"))
    assert states.best([1, 2], 0) is None


def test_a_disk_that_is_nearly_full_is_left_to_the_conversations(folder: Path) -> None:
    states = States(folder, "m", MIB, spare=1 << 60)
    states.save([1, 2], 1, writes(b"x"))
    assert files(folder) == []
    assert states.best([1, 2, 3], 0) is None


def test_a_write_that_fails_leaves_nothing(folder: Path) -> None:
    states = States(folder, "m", MIB)
    states.save([1], 1, lambda path: False)
    assert files(folder) == []


def test_the_identity_of_a_model(tmp_path: Path) -> None:
    data = bytearray(TINY.read_bytes())
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    assert identity(path) == identity(TINY)
    assert identity(path, 1) != identity(TINY)
    data[-1] ^= 1
    path.write_bytes(data)
    assert identity(path) != identity(TINY)


# --- with llama.cpp and the tiny model


def load(start: Start, folder: Path, context: int = 0) -> Driver:
    driver = start("llama")
    driver.load(states=folder, states_limit=100 * MIB, context=context).loaded()
    return driver


@pytest.mark.model
def test_a_conversation_goes_on_after_a_restart(start: Start, folder: Path) -> None:
    first = load(start, folder)
    before = first.ask("Hello", FOX, STORY, conversation=5)
    before.done()
    first.engine.stop()
    assert [name[:3] for name in files(folder)] == ["c5-", "c5-"]
    second = load(start, folder)
    again = second.ask("Hello", FOX, STORY, conversation=5)
    assert again.done().usage.cached_tokens == again.read.tokens - 1
    assert again.text == before.text


@pytest.mark.model
def test_a_conversation_that_made_room_comes_back(start: Start, folder: Path) -> None:
    driver = load(start, folder, context=256)
    first = driver.ask("Hello", FOX, "你好", conversation=1)
    first.done()
    for number, question in enumerate("ABC", 2):
        driver.ask(question, FOX, "你好", conversation=number).done()
    again = driver.ask("Hello", FOX, "你好", conversation=1)
    assert again.done().usage.cached_tokens == again.read.tokens - 1
    assert again.text == first.text


@pytest.mark.model
def test_a_file_that_was_tampered_with_changes_nothing(start: Start, folder: Path) -> None:
    first = load(start, folder)
    before = first.ask("Hello", FOX, STORY, conversation=5)
    before.done()
    first.engine.stop()
    state = next(folder.rglob("*.state"))
    data = bytearray(state.read_bytes())
    data[len(data) // 2] ^= 0xFF
    state.write_bytes(data)
    again = load(start, folder).ask("Hello", FOX, STORY, conversation=5)
    assert again.done().usage.cached_tokens == 0
    assert again.text == before.text


@pytest.mark.model
def test_what_belongs_to_no_conversation_is_not_kept(start: Start, folder: Path) -> None:
    driver = load(start, folder)
    driver.ask("Hello", FOX, STORY).done()
    driver.engine.stop()
    assert files(folder) == []


@pytest.mark.model
def test_a_deleted_conversation_leaves_nothing(start: Start, folder: Path) -> None:
    driver = load(start, folder)
    driver.ask("Hello", FOX, STORY, conversation=5).done()
    driver.engine.forget(5)
    again = driver.ask("Hello", FOX, STORY)
    assert again.done().usage.cached_tokens == 0
    driver.engine.stop()
    assert files(folder) == []


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_killed_worker_leaves_a_folder_that_can_be_used(start: Start, folder: Path) -> None:
    first = load(start, folder)
    first.ask("Hello", FOX, STORY, conversation=5).done()
    os.kill(first.pid, signal.SIGKILL)
    assert first.exited.wait(30)
    again = load(start, folder).ask("Hello", FOX, STORY, conversation=5)
    assert again.done().usage.cached_tokens == 0


@pytest.mark.model
def test_what_was_brought_back_for_another_conversation_is_still_the_first_ones(start: Start, folder: Path) -> None:
    """They begin alike; the words of the first must leave with it."""
    first = load(start, folder)
    first.ask(FOX, "Hello", FOX, "你好", conversation=5).done()
    first.engine.stop()
    second = load(start, folder)
    assert second.ask(FOX, "你好", conversation=9).done().usage.cached_tokens > 64
    second.engine.forget(5)
    assert second.ask(FOX, "Hello", FOX, "你好").done().usage.cached_tokens < 150
    second.engine.stop()
    assert {name[:3] for name in files(folder)} == {"c9-"}


def test_a_conversation_is_forgotten_for_every_model(folder: Path) -> None:
    States(folder, "one", MIB).save([1, 2], 1, writes(b"x"))
    States(folder, "one", MIB).save([1, 2, 3], 12, writes(b"x"))
    States(folder, "other", MIB).forget(1)
    assert {name[:4] for name in files(folder)} == {"c12-"}
