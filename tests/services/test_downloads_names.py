from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.errors import HubNotFound
from desktop.services.pace import Pace
from desktop.services.targets import all_parts, remove_empty, safe_name, stem, target

MODELS = Path("models")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("x.gguf", "x.gguf"),
        ("Q4/x.gguf", "Q4/x.gguf"),
        ("模型 ①.gguf", "模型 ①.gguf"),
        ("a:b?.gguf", "a_b_.gguf"),
        ("nul.gguf", "_nul.gguf"),
        ("COM1", "_COM1"),
        ("dir./x.gguf ", "dir/x.gguf"),
        ("a\\..\\b.gguf", "a_.._b.gguf"),
        ("line\nbreak", "line_break"),
    ],
)
def test_every_file_system_takes_the_name(file: str, expected: str) -> None:
    assert target(MODELS, "", "o/r", file) == MODELS.joinpath("o", "r", *expected.split("/"))
    assert safe_name(safe_name(file.split("/")[-1])) == safe_name(file.split("/")[-1])


@pytest.mark.parametrize(
    ("repository", "file"),
    [
        ("o/r", ".."),
        ("o/r", "a/../b"),
        ("o/r", "/a"),
        ("o/r", "a/"),
        ("..", "x"),
        ("o/..", "x"),
        ("o/r/s", "x"),
        ("o\\r", "x"),
    ],
)
def test_names_that_climb(repository: str, file: str) -> None:
    with pytest.raises(HubNotFound):
        target(MODELS, "http://h", repository, file)


def test_parts() -> None:
    assert all_parts(Path("a/x-00001-of-00003.gguf")) == [Path(f"a/x-0000{n}-of-00003.gguf") for n in (1, 2, 3)]
    assert all_parts(Path("a/x-00002-of-00003.gguf")) == [Path("a/x-00002-of-00003.gguf")]
    assert all_parts(Path("x.gguf")) == [Path("x.gguf")]
    assert stem("x-00001-of-00003.gguf") == "x"
    assert stem("GLM.Q4.GGUF") == "GLM.Q4"


def test_empty_folders_go_up_to_the_root(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (tmp_path / "a" / "keep").write_bytes(b"")
    remove_empty(deep, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "keep"]
    remove_empty(tmp_path, tmp_path)
    assert tmp_path.exists()


def test_pace() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.step(0) == 0.0
    told = []
    for step in range(1, 101):
        now[0] = step / 100
        if (rate := pace.step(step * 1000)) is not None:
            told.append(rate)
    assert len(told) == 4  # in one second
    assert told == pytest.approx([100_000] * 4, rel=0.05)
    now[0] = 1.5
    halted = pace.step(100_000)
    assert halted is not None
    assert 0 < halted < 100_000  # it falls slowly
    now[0] = 2.0
    assert pace.step(50) == 0.0  # from the beginning again
