"""Broken, foreign and hostile files: one clear error each, and never the end of the process."""

from __future__ import annotations

import random
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import CorruptModel, FileMissing, FileTruncated, LegacyModel, ModelFileError, NotAModel
from desktop.inference.legacy.convert import prepare
from desktop.inference.legacy.ggml_file import is_legacy, read_config, read_file
from tests.inference.legacy.mutations import mutated
from tests.inference.legacy.test_machine import child
from tests.legacy_factory import SMALL, head, proto_of, tensor_head, write


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("generation", [1, 2, 3])
def test_a_whole_file(tmp_path: Path, generation: int, version: int) -> None:
    path = write(tmp_path / "m.bin", SMALL[generation], "Q5_1", version)
    file = read_file(path)
    assert is_legacy(path)
    assert (file.config.generation, file.config.version, file.config.context) == (generation, version, 512)
    assert file.config.epsilon == pytest.approx(1e-5)
    assert file.config.theta == 10_000
    assert file.read_proto() == proto_of(generation)
    last = max(file.tensors.values(), key=lambda tensor: tensor.offset)
    assert last.offset + last.size == path.stat().st_size


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "m.bin", replace(SMALL[2], layers=1, vocabulary=2016), "Q4_0")
    data = path.read_bytes()
    source = random.Random(2)
    for size in [0, 3, 4, 11, 12, 60, 63, 64, *(source.randrange(64, len(data)) for _ in range(60))]:
        path.write_bytes(data[:size])
        with pytest.raises((FileTruncated, NotAModel, CorruptModel)):
            read_file(path)
    path.write_bytes(data + b"\0" * 40)
    with pytest.raises(ModelFileError):
        read_file(path)


def test_others_of_that_program_are_refused(tmp_path: Path) -> None:
    shape = replace(SMALL[2], vocabulary=2016)
    whole = head(shape, 0, 2, proto_of(2))
    for other in (
        whole[:4] + struct.pack("<i", 4) + whole[8:],  # GLM-4
        whole[:8] + struct.pack("<i", 3) + whole[12:],  # a later header
        whole[:44] + struct.pack("<i", 128) + whole[48:],  # a trained prefix
        whole + tensor_head("past_key_values", (2, 2, 4, 32), 1) + bytes(2048),
    ):
        path = tmp_path / "m.bin"
        path.write_bytes(other)
        with pytest.raises(LegacyModel):
            read_file(path)


def test_shapes_are_those_of_the_configuration(tmp_path: Path) -> None:
    path = write(tmp_path / "m.bin", SMALL[1], "Q8_0")
    data = path.read_bytes()
    wanted = struct.pack("<3i", 2, SMALL[1].ffn, SMALL[1].hidden)
    assert wanted in data
    path.write_bytes(data.replace(wanted, struct.pack("<3i", 2, SMALL[1].hidden, SMALL[1].ffn)))
    with pytest.raises(CorruptModel):
        read_file(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read_file(tmp_path / "none.bin")
    with pytest.raises(FileMissing):
        read_file(Path("a\0b"))
    assert not is_legacy(tmp_path / "none.bin")
    with pytest.raises(NotAModel):
        read_config(b"GGUF" + bytes(64), "x")


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_mutated_files_are_errors_or_models(tmp_path: Path, generation: int) -> None:
    path = write(tmp_path / "m.bin", replace(SMALL[generation], layers=2), "Q4_0", 1 + generation % 2)
    data = path.read_bytes()
    source = random.Random(generation)
    refused = 0
    for _ in range(100):
        path.write_bytes(mutated(data, source))
        try:
            if generation == 1:
                read_file(path)
            else:
                prepare(path)
        except ModelFileError:
            refused += 1
    assert refused > 30


@pytest.mark.model
def test_mutated_files_never_end_the_process(tmp_path: Path) -> None:
    data = write(tmp_path / "m.bin", replace(SMALL[1], layers=2), "Q4_0").read_bytes()
    source = random.Random(9)
    paths = []
    for number in range(60):
        paths.append(tmp_path / f"{number}.bin")
        paths[-1].write_bytes(mutated(data, source))
    outcomes = child("damaged", *map(str, paths))
    assert len(outcomes) == 60
    assert {"answered", "CorruptModel"} <= set(outcomes)
