"""Generation 1 is tried once for each build of the library, and where it does not work nothing else is touched."""

from __future__ import annotations

import errno
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.app import Application, now
from desktop.core.errors import DiskFull, FirstGenerationFails
from desktop.core.events import EngineChanged
from desktop.core.models import EngineHello, EngineState, ModelFile
from desktop.services.rewriting import FIRST_GENERATION
from desktop.services.safemode import SafeModes
from desktop.storage.database import Database
from desktop.storage.library import EngineModeStore
from tests.legacy_factory import SMALL, write
from tests.recorder import Recorder
from tests.services.conftest import Start

pytestmark = pytest.mark.model
_NEVER = threading.Event()


def modes(app: Application, database: Path, content: bytes | None = None) -> SafeModes:
    """Those of an application whose check writes `content` in place of the known model."""
    store = EngineModeStore(Database(database))
    return SafeModes(
        store, app.make_engine, app.test_model, now, lambda path: path.write_bytes(content) if content else None
    )


@pytest.fixture
def real(start: Start) -> Application:
    return start("llama")


def test_it_works_here_and_is_tried_once(real: Application) -> None:
    assert real.engine.first_generation().result(60) is True
    begun = now()
    assert real.engine.first_generation().result(60) is True
    assert now() - begun < 200  # no child was started
    assert real.engine.first_generation(again=True).result(60) is True


def test_where_it_fails_only_its_models_are_refused(real: Application, tmp_path: Path) -> None:
    damaged = write(tmp_path / "m.bin", SMALL[1]).read_bytes()[:5000]
    hello = real.make_engine(lambda error: None)
    greeting = hello.start()
    hello.stop()
    broken = modes(real, tmp_path / "learnt.sqlite3", damaged)
    assert broken.prove_first(greeting, _NEVER) is False
    model = real.library.import_file(real.test_model, copy=False).result(30)
    broken.require_family(greeting, model, _NEVER)
    with pytest.raises(FirstGenerationFails):
        broken.require_family(greeting, replace(model, family=FIRST_GENERATION), _NEVER)
    again = modes(real, tmp_path / "learnt.sqlite3", None)
    assert again.prove_first(greeting, _NEVER) is False  # remembered
    other = replace(greeting, build="another build")
    sound = modes(real, tmp_path / "learnt.sqlite3", _known(tmp_path))
    assert sound.prove_first(other, _NEVER) is True


def test_a_model_of_it_is_loaded_through_the_whole_application(real: Application, tmp_path: Path) -> None:
    recorder = Recorder(real.bus)
    model: ModelFile = real.library.import_file(write(tmp_path / "chatglm.bin", SMALL[1]), copy=False).result(30)
    real.engine.load(model.id)
    event = recorder.wait(EngineChanged, lambda event: event.status.state is EngineState.READY)
    assert event.status.loaded is not None
    assert (event.status.loaded.family, event.status.loaded.parallel) == ("chatglm", 1)


def _known(folder: Path) -> bytes:
    from desktop.inference.legacy import content  # the worker's own

    content.write(folder / "known.bin")
    return (folder / "known.bin").read_bytes()


def test_where_the_known_model_cannot_be_written_that_is_told(real: Application, tmp_path: Path) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = EngineModeStore(Database(tmp_path / "learnt.sqlite3"))
    hello = EngineHello(1, "llama", "0", "a build")
    with pytest.raises(DiskFull):
        SafeModes(store, real.make_engine, real.test_model, now, full).prove_first(hello, _NEVER)
