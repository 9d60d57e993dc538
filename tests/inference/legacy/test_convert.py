"""Generations 2 and 3 as GGUF: every byte of the weights the same, and llama.cpp says what chatglm_cpp said."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import CorruptModel, FileTruncated, LegacyModel
from desktop.core.models import FileFormat
from desktop.inference.gguf import read_header
from desktop.inference.legacy import ggml_file
from desktop.inference.legacy.convert import prepare
from tests.inference.conftest import Start
from tests.inference.legacy.oracle import NEAR_TIE, ORACLE
from tests.inference.legacy.tiny import write_tiny
from tests.legacy_factory import SMALL, TYPES, proto, write

ROOT = Path(__file__).resolve().parents[3]


def rewritten(source: Path) -> Path:
    rewriting = prepare(source)
    target = source.with_suffix(".gguf")
    target.write_bytes(b"".join(bytes(chunk) for chunk in rewriting.chunks()))
    assert target.stat().st_size == rewriting.size
    return target


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("generation", [2, 3])
@pytest.mark.parametrize("kind", TYPES)
def test_the_numbers_are_untouched(tmp_path: Path, kind: str, generation: int, version: int) -> None:
    source = write(tmp_path / "模型.bin", SMALL[generation], kind, version)
    target = rewritten(source)
    found = read_header(target)
    assert (found.family, found.quantization) == (f"chatglm{generation}", kind)
    assert (found.layers, found.context, found.vocabulary) == (3, 512, 2016)
    before, after = source.read_bytes(), target.read_bytes()
    for tensor in ggml_file.read_file(source).tensors.values():
        data = before[tensor.offset : tensor.offset + tensor.size]
        at = after.find(data)
        assert at >= 0
        assert at % 32 == 0
    assert read_header(source).footprint == found.footprint


def test_what_a_file_says_of_itself(tmp_path: Path) -> None:
    found = read_header(write(tmp_path / "one.bin", SMALL[1], "Q4_1"))
    assert (found.format, found.family, found.architecture) == (FileFormat.CHATGLM_CPP, "chatglm", "chatglm")
    assert (found.quantization, found.context, found.layers, found.name) == ("Q4_1", 512, 3, "ChatGLM")
    assert found.kv_per_token == 3 * 2 * 128 * 2
    assert found.footprint is not None
    assert found.footprint.tied


_LLAMA = """
import json, sys
from pathlib import Path
from typing import Any
import llama_cpp.llama_cpp as L
from desktop.inference import families, gguf
from desktop.inference.prompts import Prompts
from desktop.inference.vocabulary import Vocabulary
from tests.inference.legacy import talks
from tests.inference.legacy.oracle import ORACLE, digest, gap
quiet = L.llama_log_callback(lambda level, text, data: None)
L.llama_log_set(quiet, None)
L.llama_backend_init()
generation, order = sys.argv[1:3]
for path in sys.argv[3:]:
    model = L.llama_model_load_from_file(path.encode(), L.llama_model_default_params())
    vocabulary = Vocabulary(L, L.llama_model_get_vocab(model))
    prompts = Prompts(families.FAMILIES[gguf.read_header(Path(path)).family], vocabulary, None)
    if order == "prompts":
        print(json.dumps([digest(prompts.tokens(talk, True)) for talk in talks.conversations(500)]))
        continue
    options = L.llama_context_default_params()
    options.n_ctx = options.n_batch = options.n_ubatch = 512
    options.n_threads = options.n_threads_batch = 1
    context = L.llama_init_from_model(model, options)
    distances = []
    rows = zip(ORACLE["prompts"][generation]["short"], ORACLE["next"][generation + "/" + order], strict=True)
    for number, (prompt, wanted) in enumerate(rows):
        tokens = prompt + talks.forced(32, vocabulary.size - 40, 100 + number)
        L.llama_memory_clear(L.llama_get_memory(context), True)
        batch = L.llama_batch_init(512, 0, 1)
        batch.n_tokens = len(tokens)
        for at, token in enumerate(tokens):
            batch.token[at], batch.pos[at], batch.n_seq_id[at], batch.logits[at] = token, at, 1, 1
            batch.seq_id[at][0] = 0
        assert L.llama_decode(context, batch) == 0
        for step, token in enumerate(wanted):
            distances.append(gap(L.llama_get_logits_ith(context, len(prompt) - 1 + step)[: vocabulary.size], token))
        L.llama_batch_free(batch)
    print(json.dumps([max(distances), sum(distance == 0 for distance in distances), len(distances)]))
"""


def llama(*arguments: str) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", _LLAMA, *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=120, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.model
@pytest.mark.parametrize("generation", ["2", "3"])
def test_prompts_are_the_oracles(tmp_path: Path, generation: str) -> None:
    target = rewritten(write(tmp_path / "m.bin", SMALL[int(generation)]))
    assert llama(generation, "prompts", str(target)) == [ORACLE["prompts"][generation]["hashes"]]


@pytest.mark.model
@pytest.mark.parametrize("generation", ["2", "3"])
@pytest.mark.parametrize("kind", TYPES)
def test_next_tokens_are_the_oracles(tmp_path: Path, kind: str, generation: str) -> None:
    targets = [
        rewritten(write(tmp_path / f"{version}.bin", SMALL[int(generation)], kind, version)) for version in (1, 2)
    ]
    for result in llama(generation, kind, *map(str, targets)):
        largest, same, total = result
        assert largest < NEAR_TIE
        assert same > total * 0.9


@pytest.mark.model
@pytest.mark.parametrize("version", [1, 2])
def test_a_real_model_says_the_same_words(start: Start, tmp_path: Path, version: int) -> None:
    target = rewritten(write_tiny(tmp_path / "微型 chatglm3-ggml-q8_0.bin", version))
    driver = start("llama")
    assert driver.load(target, probe=True).loaded().family == "chatglm3"
    for question, said in (
        ("你好", "你好！我是一个很小的测试模型，很高兴见到你。"),
        ("中国的首都是哪里？", "中国的首都是北京。"),
    ):
        answer = driver.ask(question)
        answer.done()
        assert answer.text == said


def test_the_first_generation_has_no_such_form(tmp_path: Path) -> None:
    with pytest.raises(LegacyModel):
        prepare(write(tmp_path / "one.bin", SMALL[1]))


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LegacyModel):
        prepare(write(tmp_path / "m.bin", SMALL[2], vocabulary=proto("first")))
    with pytest.raises(CorruptModel):
        prepare(write(tmp_path / "m.bin", replace(SMALL[2], vocabulary=320)))


def test_a_file_that_shrinks_meanwhile_is_noticed(tmp_path: Path) -> None:
    source = write(tmp_path / "m.bin", SMALL[2])
    rewriting = prepare(source)
    source.write_bytes(source.read_bytes()[:100_000])
    with pytest.raises(FileTruncated):
        list(rewriting.chunks())
