from __future__ import annotations

import pytest

from desktop.core.builds import builds, is_glm, quantization
from desktop.core.models import RemoteFile


def remote(name: str, size: int | None = 10) -> RemoteFile:
    return RemoteFile("who/what-GGUF", name, "c0ffee", size, None, None, f"https://hub/{name}")


def test_what_is_no_chat_model_is_not_offered() -> None:
    names = ["README.md", "glm-Q4_K_M.gguf", "mmproj-F16.gguf", "glm.imatrix.gguf", "imatrix.dat", "glm-lora-F16.gguf"]
    assert [build.file for build in builds(remote(name) for name in names)] == ["glm-Q4_K_M.gguf"]


def test_a_split_model_is_one_entry_with_all_its_bytes() -> None:
    parts = [remote(f"Q4_K_M/GLM-4.5-Air-Q4_K_M-0000{n}-of-00003.gguf", n * 100) for n in (3, 1, 2)]
    (build,) = builds(parts)
    assert build.name == "GLM-4.5-Air-Q4_K_M"
    assert build.quantization == "Q4_K_M"
    assert build.size == 600
    assert [file.file[-14:-5] for file in build.files] == ["-of-00003"] * 3
    assert build.file.endswith("00001-of-00003.gguf")


def test_a_split_model_without_all_parts_is_left_out() -> None:
    assert builds([remote("a-00001-of-00002.gguf")]) == ()


def test_the_smallest_comes_first_and_unknown_sizes_last() -> None:
    found = builds([remote("b-Q8_0.gguf", 80), remote("x.gguf", None), remote("a-Q4_0.gguf", 40)])
    assert [build.size for build in found] == [40, 80, None]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("chatglm3-6b.Q4_K_M.gguf", "Q4_K_M"),
        ("ggml-model-Q8_0.gguf", "Q8_0"),
        ("GLM-4.7-Flash-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("glm-4-9b-chat-IQ4_XS.gguf", "IQ4_XS"),
        ("glm-4-9b-chat-fp16.gguf", "F16"),
        ("BF16/GLM-4.5-Air-BF16-00001-of-00005.gguf", "BF16"),
        ("gpt-oss-mxfp4.gguf", "MXFP4"),
        ("codegeex4-all-9b.gguf", ""),
        ("q3vl-9b.gguf", ""),
        ("Q6_K/model.gguf", "Q6_K"),
    ],
)
def test_the_quantization_is_read_from_the_name(name: str, wanted: str) -> None:
    assert quantization(name) == wanted


def test_the_family_is_known_by_name() -> None:
    assert is_glm("bartowski/THUDM_GLM-Z1-9B-0414-GGUF")
    assert is_glm("zai-org/codegeex4-all-9b-GGUF")
    assert not is_glm("Qwen/Qwen3-8B-GGUF")
