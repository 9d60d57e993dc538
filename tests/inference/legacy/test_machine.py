"""The computation of generation 1 against chatglm_cpp's recorded answers and against plain double-precision arithmetic."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.inference.legacy import known, machine
from desktop.inference.legacy.ggml_file import read_file
from tests.inference.legacy import reference
from tests.inference.legacy.oracle import NEAR_TIE
from tests.legacy_factory import SMALL, TYPES, write

pytestmark = pytest.mark.model


def child(*order: str) -> Any:
    """This process must stay free of llama.cpp."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.inference.legacy.machine_child", *order],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", TYPES)
def test_next_tokens_are_the_oracles(tmp_path: Path, kind: str) -> None:
    paths = [str(write(tmp_path / f"模型 {version}.bin", SMALL[1], kind, version)) for version in (1, 2)]
    for largest, same, total in child("gaps", kind, *paths):
        assert largest < NEAR_TIE
        assert same > total * 0.9


def test_prompts_in_pieces_are_the_same(tmp_path: Path) -> None:
    """Of several pieces, and of one token more or less than a piece."""
    assert child("pieces", str(write(tmp_path / "m.bin", replace(SMALL[1], context=1024)))) < 0.01


def test_the_known_numbers_are_those_of_double_precision() -> None:
    assert reference.expected() == known.EXPECTED


def test_the_check_passes_and_can_fail() -> None:
    good, bad = child("check")
    assert good == ""
    assert bad != ""


def test_an_abort_ends_it_and_the_next_prompt_works(tmp_path: Path) -> None:
    assert child("abort", str(write(tmp_path / "m.bin", SMALL[1]))) == [0, True, True]


@pytest.mark.parametrize(("declared", "given"), [(300, 300), (2048, 2048), (1 << 20, machine.MOST_CONTEXT)])
def test_the_whole_context_can_be_read(tmp_path: Path, declared: int, given: int) -> None:
    small = replace(SMALL[1], hidden=32, heads=2, kv_heads=2, ffn=64, layers=2, context=declared)
    assert child("context", str(write(tmp_path / "m.bin", small))) == given


def test_numbers_that_are_none_are_said(tmp_path: Path) -> None:
    path = write(tmp_path / "m.bin", SMALL[1])
    data = bytearray(path.read_bytes())
    at = read_file(path).tensors["transformer.layers.1.mlp.dense_h_to_4h.weight"].offset
    data[at : at + 4] = b"\x00\x00\xc0\x7f"
    path.write_bytes(data)
    assert child("damaged", str(path)) == ["Refused"]


def test_numbers_that_become_none_cost_no_text_and_are_not_gone_on_with(tmp_path: Path) -> None:
    assert child("refused", str(write(tmp_path / "m.bin", SMALL[1], "Q8_0"))) == [True, 0, True]
