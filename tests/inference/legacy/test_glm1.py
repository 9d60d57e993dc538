"""Generation 1 in the real worker, through the client."""

from __future__ import annotations

import json
import math
import struct
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from desktop.core import errors
from desktop.core.models import EngineMode, FinishReason, LogitBias, Overflow, PromptMessage, Role
from desktop.core.ports import LoadProgressed, PromptProgress
from desktop.inference.legacy.first import FirstTokens
from desktop.inference.legacy.ggml_file import read_file
from desktop.inference.legacy.proto import read_proto
from desktop.inference.tools import plain
from tests.inference.conftest import TINY, Driver, Start
from tests.legacy_factory import SMALL, proto, write

pytestmark = pytest.mark.model


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "第一代 chatglm-ggml-q8_0.bin", SMALL[1], "Q8_0")


@pytest.fixture
def first(start: Start, path: Path) -> Driver:
    driver = start("llama")
    driver.load(path).loaded()
    return driver


@pytest.mark.parametrize("mode", list(EngineMode))
def test_loading(start: Start, path: Path, mode: EngineMode) -> None:
    replies = start("llama").load(path, probe=True, mode=mode)
    model = replies.loaded()
    assert (model.family, model.name, model.context, model.layers) == ("chatglm", "ChatGLM", 512, 3)
    assert (model.gpu_layers, model.threads, model.size) == (0, 1, path.stat().st_size)
    assert model.weights_bytes > 900_000
    assert model.kv_bytes >= 2 * 3 * 512 * 128 * 2
    assert model.compute_bytes > 0
    fractions = [reply.fraction for reply in replies.all if isinstance(reply, LoadProgressed)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_an_answer_and_its_figures(first: Driver) -> None:
    answer = first.ask("你好", max_tokens=12)
    done = answer.done()
    prompt = FirstTokens(read_proto(proto("first"))).prompt([PromptMessage(Role.USER, "你好")])
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (len(prompt), 12)
    assert done.reason is FinishReason.LENGTH
    assert done.timings.first_token_ms > 0
    assert done.timings.tokens_per_second > 0
    assert answer.text
    assert any(isinstance(reply, PromptProgress) for reply in answer.all)


def test_prompt_and_answer_together_are_bounded(first: Driver) -> None:
    tokens = len(FirstTokens(read_proto(proto("first"))).prompt([PromptMessage(Role.USER, "你好")]))
    for length, written in ((tokens + 3, 3), (1, 1)):
        done = first.ask("你好", max_length=length, max_tokens=50).done()
        assert (done.usage.completion_tokens, done.reason) == (written, FinishReason.LENGTH)


def test_functions_are_told_in_words(first: Driver) -> None:
    tools = json.dumps([{"name": "get_weather", "parameters": {"type": "object", "properties": {}}}])
    asked = [PromptMessage(Role.USER, "你好")]
    told = FirstTokens(read_proto(proto("first"))).encode("".join(m.text for m in plain(asked, tools)))
    assert first.ask("你好", tools=tools, max_tokens=1).done().usage.prompt_tokens > len(told)


def test_the_same_question_again_is_not_read_again(first: Driver) -> None:
    one = first.ask("안녕하세요", max_tokens=20)
    one.done()
    two = first.ask("안녕하세요", max_tokens=20)
    done = two.done()
    assert done.usage.cached_tokens == done.usage.prompt_tokens
    assert two.text == one.text
    first.engine.forget(1)
    three = first.ask("안녕하세요", max_tokens=20)
    assert three.done().usage.cached_tokens == 0
    assert three.text == one.text


def test_a_seed_repeats_and_another_does_not(first: Driver) -> None:
    warm: dict[str, Any] = {"temperature": 2.0, "top_p": 1.0, "max_tokens": 16}
    texts = []
    for seed in (7, 7, 8):
        answer = first.ask("Tell me something.", seed=seed, **warm)
        answer.done()
        texts.append(answer.text)
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_the_words_of_the_logits_can_be_forbidden(first: Driver) -> None:
    answer = first.ask("Hello", max_tokens=1)
    answer.done()
    tokens = FirstTokens(read_proto(proto("first")))
    said = [n for n in range(tokens.count) if tokens.bytes_of(n).decode("utf-8", "replace").strip() == answer.text]
    other = first.ask("Hello", max_tokens=1, logit_bias=tuple(LogitBias(token, -100) for token in said))
    other.done()
    assert said
    assert other.text != answer.text


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 1.0, "top_k": 5},
        {"temperature": 1.0, "min_p": 0.3},
        {"temperature": 1.0, "typical_p": 0.5},
        {"temperature": 1.0, "mirostat": True},
        {"repeat_penalty": 1.5},
        {"frequency_penalty": 1.0, "presence_penalty": 1.0},
    ],
    ids=str,
)
def test_every_way_to_choose_works(first: Driver, options: dict[str, Any]) -> None:
    answer = first.ask("One two three", max_tokens=8, seed=1, **options)
    assert answer.done().usage.completion_tokens > 0


def test_a_cancellation_is_obeyed_while_reading_and_writing(first: Driver) -> None:
    answer = first.ask("word " * 400, "x", "go on")
    answer.wait_kind(PromptProgress)
    first.cancel()
    assert answer.done().reason in (FinishReason.STOPPED, FinishReason.STOP, FinishReason.LENGTH)
    again = first.ask("Hello", max_tokens=3)
    assert again.done().usage.completion_tokens <= 3


def test_what_does_not_fit_is_left_out(first: Driver) -> None:
    answer = first.ask(*["many words and more words " * 6] * 21, max_tokens=4)
    done = answer.done()
    assert done.usage.left_out > 0
    assert done.usage.prompt_tokens < 512
    assert isinstance(first.ask("word " * 3000).error(), errors.PromptTooLong)


def test_a_stop_text_ends_it(first: Driver) -> None:
    whole = first.ask("Hello", max_tokens=20)
    whole.done()
    stop = whole.text[4:6]
    answer = first.ask("Hello", max_tokens=20, stop=(stop,))
    assert answer.done().reason is FinishReason.STOP
    assert answer.text == whole.text[: whole.text.index(stop)].rstrip() or answer.text == whole.text.split(stop)[0]


@pytest.mark.parametrize("rule", [{"grammar": 'root ::= "a"'}, {"json_schema": "{}"}])
def test_what_an_answer_must_follow_is_refused(first: Driver, rule: dict[str, str]) -> None:
    assert isinstance(first.ask("Hello", **rule).error(), errors.BadGrammar)
    assert first.ask("Hello", max_tokens=2).done().usage.completion_tokens == 2


def test_vectors_are_refused_and_the_next_question_is_answered(first: Driver) -> None:
    assert isinstance(first.ask("Hello", embed=True).error(), errors.EngineUnavailable)
    assert first.ask("Hello", max_tokens=2).done().usage.completion_tokens == 2


def test_a_full_conversation_is_treated_as_wished(first: Driver) -> None:
    talk = ["many words and more words " * 6] * 21
    assert isinstance(first.ask(*talk, overflow=Overflow.STOP).error(), errors.ConversationFull)
    assert first.ask(*talk, overflow=Overflow.DROP, max_tokens=2).done().usage.left_out > 0


def test_a_text_is_continued_as_it_is(first: Driver) -> None:
    tokens = FirstTokens(read_proto(proto("first")))
    answer = first.ask("Once upon a time", raw=True, max_tokens=3)
    assert answer.done().usage.prompt_tokens == len(tokens.encode("Once upon a time")) + 2


def test_both_kinds_of_models_take_turns(start: Start, path: Path) -> None:
    driver = start("llama")
    for _ in range(2):
        assert driver.load(path).loaded().family == "chatglm"
        driver.ask("你好", max_tokens=3).done()
        assert driver.load(TINY).loaded().family == "chatglm3"
        answer = driver.ask("你好")
        answer.done()
        assert answer.text == "你好！我是一个很小的测试模型，很高兴见到你。"


def test_later_generations_must_be_rewritten_first(start: Start, tmp_path: Path) -> None:
    driver = start("llama")
    path = write(tmp_path / "two.bin", SMALL[2])
    assert isinstance(driver.load(path).error(), errors.NotRewritten)
    assert driver.load(TINY).loaded()


def test_a_broken_file_is_an_error_and_the_worker_lives(start: Start, path: Path) -> None:
    driver = start("llama")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert isinstance(driver.load(path).error(), errors.FileTruncated)
    path.write_bytes(whole)
    assert driver.load(path).loaded()


@pytest.mark.skipif(sys.platform != "linux", reason="only there it can be seen what is mapped")
def test_a_model_whose_numbers_make_no_sense_is_not_kept(start: Start, tmp_path: Path) -> None:
    path = write(tmp_path / "broken.bin", SMALL[1])
    with path.open("r+b") as file:
        file.seek(read_file(path).tensors["transformer.final_layernorm.bias"].offset)
        file.write(struct.pack("<f", math.nan))
    driver = start("llama")
    assert isinstance(driver.load(path, probe=True).error(), errors.LoadFailed)
    assert path.name not in Path(f"/proc/{driver.pid}/maps").read_text()
    assert isinstance(driver.ask("Hello").error(), errors.NoModel)


def test_loading_and_leaving_gives_memory_back(start: Start, tmp_path: Path) -> None:
    large = replace(SMALL[1], hidden=512, heads=8, kv_heads=8, ffn=2048, context=2048)
    path = write(tmp_path / "large.bin", large, "Q8_0")
    driver = start("llama")
    sizes = []
    for _ in range(6):
        driver.load(path).loaded()
        driver.ask("word " * 300, max_tokens=2).done()
        driver.load(TINY).loaded()
        sizes.append(psutil.Process(driver.pid).memory_info().rss)
    assert sizes[-1] - sizes[1] < 8_000_000


def test_time_is_bounded(first: Driver) -> None:
    begun = time.monotonic()
    first.ask("Hello", max_tokens=200).done()
    assert time.monotonic() - begun < 20
