from __future__ import annotations

import os
from pathlib import Path

from desktop.inference.devices import model_size, physical_cores


def test_cores() -> None:
    assert 1 <= physical_cores() <= (os.cpu_count() or 1)


def test_the_size_of_a_split_model_is_that_of_all_parts(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"Große 模型-{number:05d}-of-00003.gguf").write_bytes(bytes(number))
    assert model_size(tmp_path / "Große 模型-00001-of-00003.gguf") == 6
    (tmp_path / "single.gguf").write_bytes(bytes(7))
    assert model_size(tmp_path / "single.gguf") == 7
