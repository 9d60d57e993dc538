from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.footprint import Footprint
from desktop.core.memory import kv_bytes
from desktop.inference.gguf import read_header
from tests.inference.gguf_files import Value, write
from tests.models_factory import SHAPES, few_layers, write_model


def of(path: Path) -> Footprint:
    found = read_header(path).footprint
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("shape", "per_token"),
    [
        ("chatglm3-6b", 28_672),
        ("glm-4-9b", 40_960),
        ("glm-edge-1.5b", 57_344),
        ("glm-edge-4b", 122_880),
        ("glm-4-9b-0414", 40_960),
        ("glm-4-32b-0414", 62_464),
        ("glm-4.5-air", 188_416),
        ("glm-4.7-flash", 54_144),
        ("llama-8b", 131_072),
        ("qwen3-0.6b", 114_688),
    ],
)
def test_the_cache_of_every_architecture(tmp_path: Path, shape: str, per_token: int) -> None:
    path = write_model(tmp_path / "m.gguf", SHAPES[shape], "Q4_K_M", data=False)
    found = of(path)
    assert kv_bytes(found, 1024) == 1024 * per_token
    assert read_header(path).kv_per_token == per_token
    assert 0 <= path.stat().st_size - found.weights - found.unused < 10_000_000  # the header
    assert len(found.blocks) == SHAPES[shape].layers
    assert found.skipped == SHAPES[shape].extra
    assert found.tied == SHAPES[shape].tied
    assert min(found.blocks) > 0


def test_files_are_as_large_as_those_people_download(tmp_path: Path) -> None:
    """The generator's shapes are the real ones: published sizes, within 3 %."""
    for shape, quantization, size in (
        ("glm-edge-1.5b", "Q4_K_M", 980_470_144),
        ("glm-edge-4b", "Q4_K_M", 2_627_488_704),
        ("glm-4-9b", "Q4_K_M", 6_250_926_848),
        ("glm-4-9b-0414", "Q4_K_M", 6_166_574_464),
        ("glm-4-9b-0414", "Q8_0", 9_999_611_264),
        ("glm-4-32b-0414", "Q4_K_M", 19_680_022_112),
        ("glm-4.5-air", "Q4_K_M", 72_975_748_384),
        ("glm-4.7-flash", "Q4_K_M", 18_132_721_120),
    ):
        path = write_model(tmp_path / "m.gguf", SHAPES[shape], quantization, data=False)
        assert abs(path.stat().st_size / size - 1) < 0.03, (shape, path.stat().st_size)


def test_the_widest_layer_of_experts_counts(tmp_path: Path) -> None:
    found = of(write_model(tmp_path / "m.gguf", few_layers(SHAPES["glm-4.5-air"], 2), "Q4_K_M", data=False))
    assert found.feed_forward == 8 * 1408


def test_layers_with_and_without_attention(tmp_path: Path) -> None:
    changes: dict[str, Value | None] = {"chatglm.attention.head_count_kv": [2, 0] * 14}
    found = of(write(tmp_path / "m.gguf", changes))
    assert found.keys == (256, 0) * 14


def test_compressed_attention_in_files_made_before_it_was_used(tmp_path: Path) -> None:
    """They hold whole keys and values for every head."""
    changes: dict[str, Value | None] = {
        "general.architecture": "deepseek2",
        "deepseek2.block_count": 27,
        "deepseek2.embedding_length": 2048,
        "deepseek2.attention.head_count": 16,
        "deepseek2.attention.head_count_kv": 16,
        "deepseek2.attention.key_length": 192,
        "deepseek2.attention.value_length": 128,
        "deepseek2.attention.kv_lora_rank": 512,
        "deepseek2.rope.dimension_count": 64,
    }
    found = of(write(tmp_path / "m.gguf", changes))
    assert (found.keys[0], found.values[0]) == (16 * 192, 16 * 128)


@pytest.mark.parametrize("count", [0, 1, 1 << 31, (1 << 32) - 1, -5])
def test_any_number_of_layers_is_bounded(tmp_path: Path, count: int) -> None:
    changes: dict[str, Value | None] = {"chatglm.block_count": count, "chatglm.nextn_predict_layers": 1}
    found = read_header(write(tmp_path / "m.gguf", changes))
    assert found.footprint is None or len(found.footprint.blocks) <= 1024


def test_a_first_part_without_weights_is_a_model(tmp_path: Path) -> None:
    from tests.inference.gguf_files import GOOD, header

    path = tmp_path / "big-00001-of-00002.gguf"
    path.write_bytes(header({**GOOD, "split.no": 0, "split.count": 2}, ()))
    assert of(path).blocks == (0,) * 28
