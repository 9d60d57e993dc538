"""Starts that fail, whoever is to blame, and what is remembered of them: real processes, real deaths."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app import now
from desktop.core.errors import EngineCrashed, EngineError, EngineUnavailable
from desktop.core.events import EngineChanged
from desktop.core.models import EngineState
from desktop.inference.client import EngineClient
from desktop.services.cards import CardMemory
from desktop.storage.database import Database
from desktop.storage.library import EngineModeStore
from tests import native_crash
from tests.recorder import Recorder
from tests.services.conftest import Start

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
WORKER = """
import os, signal, sys, threading
notes, deed, deed_without = sys.argv[1:]
without = bool(os.environ.get("CHATGLM_NO_CARDS"))
with open(notes, "a") as file:
    file.write("without " if without else "with ")
exec(deed_without if without else deed)
from desktop.__main__ import main
sys.exit(main(["worker", "--backend", "echo"]))
"""
SEGV, ABRT, KILL = (f"os.kill(os.getpid(), signal.{name})" for name in ("SIGSEGV", "SIGABRT", "SIGKILL"))


class Machine:
    """One on which a worker with cards does one thing before its greeting, and one without them another."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._notes = folder / "starts"
        self.database = database
        self._engines: list[EngineClient] = []
        self.driver = "driver 1"

    def engine(self, deed: str, deed_without: str = "", *, patience: float = 60.0) -> EngineClient:
        """As after a restart of the program."""
        cards = CardMemory(EngineModeStore(self.database), lambda: self.driver, now)
        command = [sys.executable, "-c", WORKER, str(self._notes), deed, deed_without]
        self._engines.append(EngineClient(command, on_exit=lambda error: None, cards=cards, start_timeout=patience))
        return self._engines[-1]

    @property
    def starts(self) -> list[str]:
        """How workers were started since this was asked last."""
        said = self._notes.read_text(encoding="utf-8").split()
        self._notes.write_text("", encoding="utf-8")
        return said

    def close(self) -> None:
        for engine in self._engines:
            engine.stop()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    database = Database(tmp_path / "db.sqlite3")
    machine = Machine(tmp_path, database)
    yield machine
    machine.close()
    database.close()


@posix
def test_a_worker_that_dies_at_its_start_is_started_without_cards_and_so_is_the_next_one(machine: Machine) -> None:
    engine = machine.engine(SEGV)
    assert engine.start().backend == "echo"
    assert machine.starts == ["with", "without"]
    engine.stop()
    engine.start()
    assert machine.starts == ["without"]
    machine.engine(SEGV).start()
    assert machine.starts == ["without"]


@posix
def test_another_driver_is_tried(machine: Machine) -> None:
    machine.engine(SEGV).start()
    machine.driver = "driver 2"
    machine.engine("").start()
    assert machine.starts == ["with", "without", "with"]


@posix
def test_the_cards_are_tried_when_they_are_wanted_again(machine: Machine) -> None:
    machine.engine(SEGV).start()
    machine.engine("").try_cards()
    machine.engine("").start()
    machine.engine("").start()
    assert machine.starts == ["with", "without", "with", "with"]


def test_a_driver_that_never_answers(machine: Machine) -> None:
    engine = machine.engine("threading.Event().wait()", patience=8.0)
    assert engine.start().backend == "echo"
    machine.engine("threading.Event().wait()").start()
    assert machine.starts == ["with", "without", "without"]


@posix
def test_what_dies_without_cards_too_is_not_their_fault(machine: Machine) -> None:
    with pytest.raises(EngineCrashed) as caught:
        machine.engine(SEGV, ABRT).start()
    assert (caught.value.data["signal"], caught.value.data["phase"]) == ("SIGSEGV", "start")
    assert machine.starts == ["with", "without"]
    machine.engine("").start()
    assert machine.starts == ["with"]


@posix
def test_a_disk_that_cannot_be_written_costs_one_crash_for_each_start_of_the_program(machine: Machine) -> None:
    machine.database.connection.execute("PRAGMA query_only=ON")
    engine = machine.engine(SEGV)
    engine.start()
    engine.stop()
    engine.start()
    assert machine.starts == ["with", "without", "without"]
    machine.engine(SEGV).start()
    assert machine.starts == ["with", "without"]


@pytest.mark.parametrize(
    ("deed", "error"),
    [("sys.exit('libllama.so is missing')", EngineUnavailable), pytest.param(KILL, EngineCrashed, marks=posix)],
)
def test_a_missing_library_and_a_kill_say_nothing_of_cards(
    machine: Machine, deed: str, error: type[EngineError]
) -> None:
    with pytest.raises(error):
        machine.engine(deed).start()
    assert machine.starts == ["with"]


@pytest.mark.model
@pytest.mark.skipif(not native_crash.available, reason="needs gcc on Linux")
def test_the_note_in_the_window_leads_back_to_the_cards(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in native_crash.build(tmp_path, "bad_driver").items():
        monkeypatch.setenv(name, value)
    app = start("llama")
    recorder = Recorder(app.bus)
    model = app.library.import_file(app.test_model, copy=False).result(30).id
    app.engine.load(model)
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    assert app.engine.status.notice == "engine.no_cards"
    monkeypatch.delenv("LD_PRELOAD")  # the driver was updated in a way that cannot be seen
    app.engine.retry()
    recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY and event.status.notice is None)
