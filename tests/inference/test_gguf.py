from __future__ import annotations

import os
import struct
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from desktop.core import errors
from desktop.inference import gguf
from desktop.inference.gguf import read_header, usable_context
from tests.inference.conftest import TINY
from tests.inference.gguf_files import GOOD, Tensor, Value, header, text, value, write


def failure(path: Path) -> errors.ModelFileError:
    with pytest.raises(errors.ModelFileError) as caught:
        read_header(path)
    assert caught.value.data["path"] == str(path)
    return caught.value


def test_the_tiny_model() -> None:
    found = read_header(TINY)
    assert (found.architecture, found.family, found.quantization) == ("chatglm", "chatglm3", "Q8_0")
    assert (found.context, found.layers, found.vocabulary) == (2048, 4, 1632)
    assert found.parameters == 3_985_664
    assert found.name == "ChatGLM3 tiny (test model)"


def test_the_cache_of_chatglm3_is_28_kb_per_token(tmp_path: Path) -> None:
    found = read_header(write(tmp_path / "模型 1.gguf"))
    assert found.kv_per_token == 28_672
    assert found.quantization == "Q4_K_M"
    assert usable_context(found, 0) == 8192


def test_the_cache_of_compressed_attention_is_54_kb_per_token(tmp_path: Path) -> None:
    changes: dict[str, Value | None] = {
        "general.architecture": "deepseek2",
        "deepseek2.context_length": 202_752,
        "deepseek2.block_count": 47,
        "deepseek2.attention.head_count": 20,
        "deepseek2.attention.kv_lora_rank": 512,
        "deepseek2.rope.dimension_count": 64,
        "tokenizer.ggml.tokens": ["[gMASK]", "<sop>", "<|user|>", "<|assistant|>", "<think>"],
    }
    found = read_header(write(tmp_path / "flash.gguf", changes))
    assert found.family == "glm-4.7-flash"
    assert found.kv_per_token == 54_144


def test_a_wrong_context_is_corrected(tmp_path: Path) -> None:
    edge: list[str] = ["<sop>", "[gMASK]", "<|user|>", "<|assistant|>", *map(str, range(59_260))]
    changes: dict[str, Value | None] = {"chatglm.context_length": 2048, "tokenizer.ggml.tokens": edge}
    found = read_header(write(tmp_path / "edge.gguf", changes))
    assert (found.family, found.context) == ("glm-edge", 8192)
    assert usable_context(found, 0) == 8192
    assert usable_context(found, 100_000) == 8192
    assert usable_context(found, 512) == 512


def test_one_value_per_layer_is_understood(tmp_path: Path) -> None:
    found = read_header(write(tmp_path / "m.gguf", {"chatglm.attention.head_count_kv": [2] * 28}))
    assert found.kv_per_token == 28_672


@pytest.mark.parametrize(("declared", "context"), [(-1, 0), (0, 0), (1 << 40, (1 << 31) - 1)])
def test_impossible_numbers_become_possible_ones(tmp_path: Path, declared: int, context: int) -> None:
    found = read_header(write(tmp_path / "m.gguf", {"chatglm.context_length": declared}))
    assert found.context == context
    assert usable_context(found, 0) == 8192


def test_other_families_are_other(tmp_path: Path) -> None:
    changes: dict[str, Value | None] = {
        "general.architecture": "qwen3",
        "qwen3.context_length": 40_960,
        "tokenizer.ggml.tokens": ["<|im_start|>"],
    }
    found = read_header(write(tmp_path / "q.gguf", changes))
    assert (found.family, found.context) == ("other", 40_960)


def test_no_file(tmp_path: Path) -> None:
    assert isinstance(failure(tmp_path / "none.gguf"), errors.FileMissing)
    assert isinstance(failure(tmp_path / "a\0b.gguf"), errors.FileMissing)


def test_a_folder(tmp_path: Path) -> None:
    assert isinstance(failure(tmp_path), errors.FileUnreadable)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_forbidden_file(tmp_path: Path) -> None:
    path = write(tmp_path / "m.gguf")
    path.chmod(0)
    error = failure(path)
    assert isinstance(error, errors.FileUnreadable)
    assert error.data["reason"]


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.touch()
    assert isinstance(failure(path), errors.FileEmpty)


@pytest.mark.parametrize("content", [b"x", "这不是模型".encode(), b"<!DOCTYPE html>", b"PK\x03\x04", b"ggjt1234"])
def test_not_a_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert isinstance(failure(path), errors.NotAModel)


def test_a_chatglm_cpp_file(tmp_path: Path) -> None:
    path = tmp_path / "chatglm3-ggml-q4_0.bin"
    path.write_bytes(b"ggml" + bytes(100))
    assert isinstance(failure(path), errors.LegacyModel)


def test_every_truncation_of_the_header_is_noticed(tmp_path: Path) -> None:
    whole = header(GOOD)
    path = tmp_path / "m.gguf"
    for length in range(4, len(whole), 7):
        path.write_bytes(whole[:length])
        error = failure(path)
        assert isinstance(error, errors.FileTruncated), length
        assert isinstance(error.data["expected"], int)
        assert error.data["expected"] > length


def test_truncated_data_says_how_much_is_missing(tmp_path: Path) -> None:
    whole = TINY.read_bytes()
    path = tmp_path / "m.gguf"
    path.write_bytes(whole[:-1])
    error = failure(path)
    assert isinstance(error, errors.FileTruncated)
    assert error.data == {"path": str(path), "size": len(whole) - 1, "expected": len(whole)}


def test_an_unknown_architecture(tmp_path: Path) -> None:
    error = failure(write(tmp_path / "m.gguf", {"general.architecture": "glm9000"}))
    assert isinstance(error, errors.UnknownArchitecture)
    assert error.data["architecture"] == "glm9000"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"general.architecture": "clip"}, "projector"),
        ({"general.type": "mmproj", "general.architecture": "clip"}, "projector"),
        ({"general.type": "imatrix", "general.architecture": None}, "imatrix"),
        ({"general.type": "adapter"}, "adapter"),
        ({"general.architecture": "bert"}, "embedding"),
        ({"split.no": 1, "split.count": 3}, "part 2 of 3"),
    ],
)
def test_not_a_chat_model(tmp_path: Path, changes: dict[str, Value | None], kind: str) -> None:
    error = failure(write(tmp_path / "m.gguf", changes))
    assert isinstance(error, errors.NotAChatModel)
    assert error.data["kind"] == kind


def test_a_vocabulary_alone(tmp_path: Path) -> None:
    path = tmp_path / "vocab.gguf"
    path.write_bytes(header(GOOD, ()))
    assert failure(path).data["kind"] == "vocabulary"


def test_the_first_part_of_a_split_model_is_the_model(tmp_path: Path) -> None:
    assert read_header(write(tmp_path / "m.gguf", {"split.no": 0, "split.count": 3})).family == "chatglm3"


def hostile() -> dict[str, bytes]:
    start = b"GGUF" + struct.pack("<I", 3)
    one = b"GGUF" + struct.pack("<IQQ", 3, 0, 1)
    many = header(GOOD, [Tensor("t", (1 << 31, 1 << 31, 2))])
    return {
        "version 1": b"GGUF" + struct.pack("<I", 1) + bytes(64),
        "big-endian": b"GGUF" + struct.pack(">IQQ", 3, 0, 1) + bytes(64),
        "tensors": start + struct.pack("<QQ", 1 << 60, 1) + bytes(64),
        "values": start + struct.pack("<QQ", 0, 1 << 60) + bytes(64),
        "key": one + struct.pack("<Q", 1 << 63) + bytes(64),
        "long text": one + text("k") + struct.pack("<IQ", 8, (1 << 64) - 1) + bytes(64),
        "long array": one + text("k") + struct.pack("<IIQ", 9, 0, (1 << 64) - 1) + bytes(64),
        "nested array": one + text("k") + struct.pack("<IIQIQ", 9, 9, 1, 9, 1) + bytes(64),
        "text in an array": one + text("k") + struct.pack("<IIQQ", 9, 8, 4, 1 << 62) + bytes(64),
        "type": one + text("k") + struct.pack("<IQ", 77, 1) + bytes(64),
        "twice": b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + value("a", 1) + value("a", 2) + bytes(64),
        "dimensions": header(GOOD, [Tensor("t", (1, 1, 1, 1, 1))]) + bytes(64),
        "no dimensions": header(GOOD, [Tensor("t", ())]) + bytes(64),
        "size": many + bytes(64),
        "alignment": header({**GOOD, "general.alignment": 3}) + bytes(64),
        "no architecture": header({"general.name": "x"}) + bytes(64),
    }


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_header_is_refused_quickly(tmp_path: Path, name: str) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(hostile()[name])
    begun = time.monotonic()
    error = failure(path)
    assert isinstance(error, errors.CorruptModel), error
    assert error.data["reason"]
    assert time.monotonic() - begun < 5


def test_many_empty_strings_are_bounded(tmp_path: Path) -> None:
    count = gguf._MAX_ITEMS + 1
    path = tmp_path / "m.gguf"
    with path.open("wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<IIQ", 9, 8, count))
        file.truncate(8 * count + 100)
    assert isinstance(failure(path), errors.CorruptModel)


def test_what_is_kept_of_a_large_header_is_bounded(tmp_path: Path) -> None:
    """As many values as are allowed, each with the longest key and the longest text that is kept, and then nonsense."""
    path = tmp_path / "m.gguf"
    count = gguf._MAX_VALUES
    with path.open("wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, count))
        for number in range(count - 1):
            file.write(value(f"{number:0{gguf._MAX_KEY}}", "x" * gguf._KEPT_STRING))
        file.write(text("k") + struct.pack("<IQ", 77, 1))
    tracemalloc.start()
    try:
        assert isinstance(failure(path), errors.CorruptModel)
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()


def test_a_large_vocabulary_is_read_fast(tmp_path: Path) -> None:
    tokens = [*(f"token{n}" for n in range(151_000)), "[gMASK]", "<sop>", "<|user|>", "<|assistant|>"]
    merges = [f"a{n} b{n}" for n in range(320_000)]
    changes: dict[str, Value | None] = {"tokenizer.ggml.tokens": tokens, "tokenizer.ggml.merges": merges}
    path = write(tmp_path / "m.gguf", {**changes, "tokenizer.chat_template": "{{ x }}" * 5000})
    begun = time.monotonic()
    found = read_header(path)
    assert time.monotonic() - begun < 10
    assert (found.family, found.vocabulary) == ("glm-4", 151_004)
