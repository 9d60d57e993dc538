"""What a request can say of its answer, with the real llama.cpp: grammars, schemas, stop texts, biases, penalties, seeds, thoughts."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import BadGrammar
from desktop.core.models import FinishReason, LogitBias
from tests.inference import test_grammar
from tests.inference.conftest import TINY, Driver, Replies, Start
from tests.inference.schemas import random_schema

pytestmark = pytest.mark.model

HELLO = "你好！我是一个很小的测试模型，很高兴见到你。"
STORY = "讲一个长故事。"
WILD: dict[str, Any] = {"temperature": 1.5, "top_p": 1.0, "repeat_penalty": 1.0}


def said(replies: Replies) -> str:
    replies.done()
    return replies.text


def is_valid(schema: dict[str, Any], text: str) -> bool:
    value = json.loads(text)
    jsonschema: Any = pytest.importorskip("jsonschema")
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


# --- grammars


def test_two_hundred_random_schemas_give_valid_answers(tiny: Driver) -> None:
    cut = 0
    for number in range(200):
        dice = random.Random(number)
        schema = random_schema(dice)
        options: dict[str, Any] = {
            "temperature": dice.choice([0.0, 1.0, 5.0]),
            "top_p": 1.0,
            "seed": number,
            "max_tokens": 900,
        }
        answer = tiny.ask("你好", json_schema=json.dumps(schema), **options)
        if answer.done().reason is FinishReason.LENGTH:
            cut += 1
        else:
            assert is_valid(schema, answer.text), (number, schema, answer.text)
    assert cut < 40


def test_an_answer_follows_its_grammar(tiny: Driver) -> None:
    assert said(tiny.ask("你好", grammar='root ::= "yes" | "no"')) in ("yes", "no")
    text = said(tiny.ask("你好", grammar='root ::= "你好" ("，" [a-c]){3} "。"', **WILD, seed=1))
    assert re.fullmatch("你好(，[abc]){3}。", text), text
    assert said(tiny.ask("你好")) == HELLO


def test_what_the_model_would_say_anyhow_stays_as_it_is(tiny: Driver) -> None:
    assert said(tiny.ask("你好", grammar="root ::= [^a-z]+")) == HELLO


def test_guesses_keep_to_the_grammar(tiny: Driver) -> None:
    question = "Repeat: apple river stone cloud paper green seven window music candle orange bridge silver"
    free = said(tiny.ask(question))
    assert "river stone" in free
    assert said(tiny.ask(question, grammar="root ::= [a-z. ]+")) == free
    odd = [
        said(tiny.ask(question, grammar="root ::= [a-q ]+", max_tokens=30, lookup=lookup)) for lookup in (True, False)
    ]
    assert odd[0] == odd[1]
    assert re.fullmatch("[a-q ]+", odd[0])


def test_a_grammar_goes_before_a_schema(tiny: Driver) -> None:
    assert said(tiny.ask("你好", grammar='root ::= "x"', json_schema='{"type": "null"}')) == "x"


@pytest.mark.parametrize("what", test_grammar.BAD.values(), ids=test_grammar.BAD)
def test_a_bad_grammar_is_said_and_costs_nothing_else(tiny: Driver, what: str | tuple[str, str]) -> None:
    text = what if isinstance(what, str) else what[0]
    if not text.strip():
        pytest.skip("no grammar at all")
    pid = tiny.pid
    assert isinstance(tiny.ask("你好", grammar=text).error(), BadGrammar)
    assert said(tiny.ask("你好")) == HELLO
    assert tiny.pid == pid


@pytest.mark.parametrize("text", test_grammar.GOOD.values(), ids=test_grammar.GOOD)
def test_llama_cpp_takes_what_we_take(tiny: Driver, text: str) -> None:
    tiny.ask("你好", grammar=text.replace("<|user|>", "<[5]>"), max_tokens=10, **WILD).done()


def test_a_bad_schema_is_said(tiny: Driver) -> None:
    error = tiny.ask("你好", json_schema='{"type": "teapot"}').error()
    assert isinstance(error, BadGrammar)
    assert "teapot" in str(error.data["reason"])


def test_role_marks_are_no_text(tiny: Driver) -> None:
    """They have a text that a grammar would match; a bias for them must not end the answer before the grammar does."""
    marks = tuple(LogitBias(token, 90.0) for token in (1605, 1606, 1607, 1608))
    text = said(tiny.ask("你好", grammar='root ::= "<" [^x]{30} "."', logit_bias=marks, max_tokens=200))
    assert re.fullmatch(r"<[^x]{30}\.", text, re.DOTALL), text


def test_what_the_vocabulary_cannot_write_ends_the_answer(tiny: Driver) -> None:
    everything = tuple(LogitBias(token, -100) for token in range(1632))
    answer = tiny.ask("你好", grammar='root ::= "x"', logit_bias=everything)
    assert answer.done().reason is FinishReason.STOP
    assert answer.text == ""
    assert said(tiny.ask("你好")) == HELLO


def test_a_grammar_that_grows_for_ever_ends_in_a_sentence(tiny: Driver) -> None:
    """Every letter doubles the ways to read the text."""
    digits = 'root ::= s\ns ::= [0-9] s "x" | [0-9] s "y" | "z"'
    error = tiny.ask("你好", grammar=digits, logit_bias=tuple(LogitBias(t, 1e4) for t in range(51, 61)), **WILD).error()
    assert isinstance(error, BadGrammar)
    assert "too many ways" in str(error.data["reason"])
    assert said(tiny.ask("你好")) == HELLO


# --- stop texts


def test_every_stop_text_ends_the_answer_before_it(tiny: Driver) -> None:
    for begin in range(len(HELLO)):
        for length in (1, 2, 5):
            stop = HELLO[begin : begin + length]
            answer = tiny.ask("你好", stop=(stop, "never said"))
            assert answer.done().reason is FinishReason.STOP
            assert answer.text == HELLO[: HELLO.index(stop)], stop


def test_a_stop_text_is_no_part_of_the_conversation(tiny: Driver) -> None:
    first = said(tiny.ask("你好", stop=("很小",)))
    after = said(tiny.ask("你好", first, "你好"))
    assert after == said(tiny.ask("你好", first, "你好", lookup=False))
    assert said(tiny.ask("你好")) == HELLO


# --- choosing


def test_a_bias_forbids_and_favours(tiny: Driver) -> None:
    assert not said(tiny.ask("你好", logit_bias=(LogitBias(322, -100),))).startswith("你好")
    loud = tiny.ask("你好", logit_bias=(LogitBias(322, 1e4),), max_tokens=5)
    assert loud.done().reason is FinishReason.LENGTH
    assert loud.text == " ".join(["你好"] * 5)
    strange = (LogitBias(-1, 5.0), LogitBias(10**9, 5.0))
    assert said(tiny.ask("你好", logit_bias=strange)) == HELLO


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"typical_p": 0.5},
        {"mirostat": True},
        {"dry_multiplier": 0.8},
        {"presence_penalty": 1.0, "frequency_penalty": 0.5},
        {"min_p": 0.1, "top_k": 50},
        {"json_schema": '{"type": "array", "minItems": 8}'},
    ],
    ids=str,
)
def test_a_seed_repeats_exactly(tiny: Driver, start: Start, options: dict[str, Any]) -> None:
    def once(driver: Driver, seed: int) -> str:
        return said(driver.ask(STORY, seed=seed, max_tokens=60, **{**WILD, **options}))

    options = {"temperature": 5.0, **options}
    first = [once(tiny, seed) for seed in range(4)]
    assert [once(tiny, seed) for seed in range(4)] == first
    assert len(set(first)) > 1 or options.keys() & {"typical_p", "min_p"}  # few words are left to choose from
    other = start("llama")
    other.load().loaded()
    assert [once(other, seed) for seed in range(4)] == first


@pytest.mark.parametrize("options", [{"presence_penalty": 2.0}, {"frequency_penalty": 2.0}, {"repeat_penalty": 1.9}])
def test_penalties_make_repetitions_rarer(tiny: Driver, options: dict[str, Any]) -> None:
    """Also at temperature 0, where only what was asked for counts: the family has a penalty of its own."""
    letters: dict[str, Any] = {"grammar": "root ::= [a-z]{40}"}
    plain = said(tiny.ask("你好", **letters))
    assert plain == said(tiny.ask("你好", repeat_penalty=1.0, **letters))
    assert len(set(said(tiny.ask("你好", **letters, **options)))) > len(set(plain))


def test_dry_breaks_a_loop(tiny: Driver) -> None:
    """A grammar that leaves two letters makes any model repeat itself."""
    rule: dict[str, Any] = {"grammar": "root ::= [ab]{120}", "max_tokens": 200}
    stuck = said(tiny.ask("你好", **rule))
    freed = said(tiny.ask("你好", dry_multiplier=3.0, **rule))
    assert len(stuck) == len(freed) == 120
    parts = [{text[i : i + 6] for i in range(115)} for text in (stuck, freed)]
    assert len(parts[1]) > 2 * len(parts[0])


# --- thoughts


NO_END = tuple(LogitBias(token, -100) for token in (2, 1605, 1606, 1607, 1608))


@pytest.fixture
def thinker(start: Start, tmp_path: Path) -> Driver:
    """The tiny model behind a template that opens a thought, which it never ends by itself."""
    data = TINY.read_bytes()
    length = int.from_bytes(data[(at := data.index(b"{% for message")) - 8 : at], "little")
    template = (
        b"[gMASK]sop{% for m in messages %}<|{{ 'User' if m.role == 'user' else m.role }}|>\n {{ m.content }}"
        b"{% endfor %}<|assistant|>{{ '<think>' if enable_thinking }}"
    )
    padded = template + b"{#" + b" " * (length - len(template) - 4) + b"#}"
    path = tmp_path / "thinker.gguf"
    path.write_bytes(data[:at].replace(b"<|user|>", b"<|User|>") + padded + data[at + length :])
    driver = start("llama")
    assert driver.load(path).loaded().thinking == "switch"
    return driver


@pytest.mark.parametrize("budget", [0, 1, 7, 40])
def test_a_thought_ends_where_its_budget_does(thinker: Driver, budget: int) -> None:
    options: dict[str, Any] = {**WILD, "seed": 5, "logit_bias": NO_END}
    endless = thinker.ask(STORY, max_tokens=60, **options)
    endless.done()
    assert endless.text == ""
    answer = thinker.ask(STORY, max_tokens=90, thought_tokens=budget, **options)
    done = answer.done()
    assert answer.text
    assert "think" not in answer.text + answer.thought
    assert (answer.thought == "") is (budget == 0) or budget == 1
    assert done.usage.completion_tokens == 90


def test_a_thought_is_not_searched_for_stop_texts(thinker: Driver) -> None:
    options: dict[str, Any] = {**WILD, "seed": 5, "logit_bias": NO_END}
    plain = thinker.ask(STORY, max_tokens=90, thought_tokens=20, **options)
    plain.done()
    stop = plain.text[5:7]
    answer = thinker.ask(STORY, max_tokens=90, thought_tokens=20, stop=(stop, plain.thought[3:5]), **options)
    assert answer.done().reason is FinishReason.STOP
    assert answer.thought == plain.thought
    assert answer.text == plain.text[: min(plain.text.index(s) for s in (stop, plain.thought[3:5]) if s in plain.text)]


def test_a_grammar_holds_for_the_answer_after_the_thought(thinker: Driver) -> None:
    # without a most, one such list in sixty goes on until the context is full
    schema = '{"type": "array", "items": {"type": "integer"}, "maxItems": 5}'
    answer = thinker.ask(STORY, thought_tokens=15, json_schema=schema, **WILD)
    assert answer.done().reason is FinishReason.STOP
    assert answer.thought
    assert isinstance(json.loads(answer.text), list)


def test_without_thinking_there_is_no_thought(thinker: Driver) -> None:
    answer = thinker.ask("你好", thinking=False, thought_tokens=3)
    assert said(answer).startswith(HELLO)
    assert answer.thought == ""
