from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import TINY, Program
from tests.hubserver import HubServer
from tests.models_factory import SHAPES, few_layers, write_model

NUMBERS = {"verdict", "context", "weights", "kv", "compute", "overhead", "total", "memory", "graphics", "memory_free"}


def test_a_model_here(program: Program) -> None:
    id = program("models", "import", str(TINY), "--json").json["id"]
    found = program("models", "fit", id, "--json").json
    assert found.keys() >= NUMBERS
    assert (found["model"], found["context"], found["learnt"]) == (id, 2048, False)
    assert found["weights"] + found["kv"] + found["compute"] + found["overhead"] == found["total"]
    shorter = program("models", "fit", id, "--context", "512", "--json").json
    assert shorter["context"] == 512
    assert shorter["kv"] * 4 == found["kv"]
    text = program("models", "fit", id)
    assert text.code == 0
    assert "Context of 2,048 tokens" in text.out


@pytest.mark.model
def test_what_a_load_really_took_is_remembered(program: Program) -> None:
    id = program("models", "import", str(TINY), "--json").json["id"]
    assert program("ask", "--max-tokens", "2", "你好").code == 0
    found = program("models", "fit", id, "--json").json
    assert found["learnt"] is True
    assert found["weights"] > 3_000_000


def test_a_recommended_build_needs_no_network(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    found = program("models", "fit", "chatglm3-6b-q4_k_m", "--json").json
    assert found["kv"] == 8192 * 28_672
    assert abs(found["weights"] / 4_140_000_000 - 1) < 0.01


def test_a_file_on_the_hub_without_downloading_it(program: Program, hub: HubServer, tmp_path: Path) -> None:
    path = write_model(tmp_path / "glm Q4_K_M.gguf", few_layers(SHAPES["chatglm3-6b"], 2), "Q4_K_M", data=False)
    hub.add("test/more-GGUF", "sub/glm Q4_K_M.gguf", path)
    before = hub.bytes_sent()
    first = program("models", "fit", "test/more-GGUF", "sub/glm Q4_K_M.gguf", "--context", "4096", "--json")
    assert first.code == 0, first.err
    assert first.json["kv"] == 4096 * 2 * 1024
    fetched = hub.bytes_sent() - before
    assert 0 < fetched < 40_000_000 < path.stat().st_size
    again = program("models", "fit", "test/more-GGUF", "sub/glm Q4_K_M.gguf", "--context", "8192", "--json")
    assert again.json["kv"] == 8192 * 2 * 1024
    assert hub.bytes_sent() - before == fetched  # the header is kept
    assert program("models", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nothing",), 3, "nothing"),
        (("test/tiny-GGUF", "other.gguf"), 3, "other.gguf"),
        (("nothing", "--context", "0"), 2, "--context"),
        (("nothing", "--context", "many"), 2, "--context"),
        ((), 2, "usage"),
    ],
)
def test_what_cannot_be_told(program: Program, hub: HubServer, words: tuple[str, ...], code: int, said: str) -> None:
    result = program("models", "fit", *words)
    assert (result.code, "Traceback" in result.err) == (code, False), result.err
    assert said in result.err
