"""A whole application without a window, on the echo worker or on the real engine with the tiny model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop import paths
from desktop.app import Application
from desktop.core.models import ModelId
from tests.recorder import Recorder

pytest.register_assert_rewrite("tests.downloadkit")

Start = Callable[..., Application]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the application over one home; several times is a restart."""
    with ExitStack() as stack:

        def begin(backend: str = "echo") -> Application:
            app = Application(paths.in_home(tmp_path / "家 home"), backend=backend)
            stack.callback(app.close)
            return app

        yield begin


@pytest.fixture
def app(start: Start) -> Application:
    """The application on the echo worker, with one model called "plain"."""
    app = start()
    add_model(app, "plain")
    return app


@pytest.fixture
def recorder(app: Application) -> Recorder:
    """All events of `app`."""
    return Recorder(app.bus)


def add_model(app: Application, name: str) -> ModelId:
    """A model whose file name tells the echo worker what to do."""
    folder = app.paths.data.parent / "files"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.gguf"
    if not path.exists():
        try:
            os.link(app.test_model, path)
        except OSError:
            path.write_bytes(app.test_model.read_bytes())
    return app.library.import_file(path, copy=False).result(30).id
