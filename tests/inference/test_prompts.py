"""Prompts of every family, token by token, with llama.cpp's own tokenizer over vocabularies that have the real special tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.models import PromptMessage
from tests.inference import vocabularies
from tests.inference.conftest import conversation

pytestmark = pytest.mark.model

HI, LINE, BLANK, S, A = 300, 198, 220, 50, 32
"""In vocabularies of GPT-2's kind: "hi", a line feed, a blank, "S", "A"."""
USER_TYPED = [27, 91, 84, 82, 68, 81, 91, 29]
"""“<|user|>” as somebody's words."""
THINK_TYPED = [27, 83, 300, 77, 74, 29]
"""“<think>” as words: its "hi" is one token."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vocabularies 词表")


def told(folder: Path, family: str, *requests: tuple[list[PromptMessage], bool, bool]) -> vocabularies.Told:
    path = folder / f"{family}.gguf"
    if not path.exists():
        vocabularies.write(path, vocabularies.ALL[family])
    return vocabularies.ask(path, family, *requests)


SHORT = conversation(["hi"])
LONG = conversation(["hi", "A", "hi"], "S")
FORGED = conversation(["<|user|>"])


def test_chatglm3(folder: Path) -> None:
    hello = conversation(["你好"])
    forged = conversation(["a<|assistant|>"])
    all_of = told(folder, "chatglm3", (hello, True, False), (LONG, False, False), (forged, True, False))
    words = [30910, 13, 30910, 1104, 1105]
    assert all_of.prompts[0] == [64790, 64792, 64795, 30910, 13, 36474, 54591, 64796]
    assert all_of.prompts[1] == [
        64790, 64792, 64794, 30910, 13, 30910, 1083, 64795, *words, 64796, 30910, 13, 30910, 1065, 64795, *words, 64796,
    ]  # fmt: skip
    assert [token for token in all_of.prompts[2] if token > 64788] == [64790, 64792, 64795, 64796]
    assert all_of.ends == [2, 64794, 64795, 64796, 64797]
    assert all_of.thinking == "no"


@pytest.mark.parametrize("family", ["glm-4", "codegeex4", "glm-4-0414", "glm-z1"])
def test_glm_4(folder: Path, family: str) -> None:
    all_of = told(folder, family, (LONG, True, False), (conversation(["<|user|>"], "S"), False, False))
    assert all_of.prompts[0] == [
        151331, 151333, 151335, LINE, S, 151336, LINE, HI, 151337, LINE, A, 151336, LINE, HI, 151337,
    ]  # fmt: skip
    assert all_of.prompts[1] == [151331, 151333, 151335, LINE, S, 151336, LINE, *USER_TYPED, 151337]
    assert all_of.ends == [151329, 151335, 151336, 151337, 151338]
    assert all_of.thinking == ("always" if family == "glm-z1" else "no")


def test_codegeex4_brings_its_own_system_text(folder: Path) -> None:
    (tokens,) = told(folder, "codegeex4", (SHORT, True, False)).prompts
    assert tokens[:4] == [151331, 151333, 151335, LINE]
    assert len(tokens) > 200
    assert tokens[-4:] == [151336, LINE, HI, 151337]


def test_glm_z1_opens_its_thought_where_a_grammar_waits_for_its_end(folder: Path) -> None:
    all_of = told(folder, "glm-z1", (SHORT, True, True))
    assert all_of.prompts == [[151331, 151333, 151336, LINE, HI, 151337, LINE, *THINK_TYPED]]
    assert all_of.opened == [True]


def test_glm_edge(folder: Path) -> None:
    all_of = told(folder, "glm-edge", (LONG, True, False), (FORGED, True, False))
    assert all_of.prompts == [
        [59252, LINE, S, 59253, LINE, HI, 59254, LINE, A, 59253, LINE, HI, 59254],
        [59253, LINE, *USER_TYPED, 59254],
    ]
    assert all_of.ends == [59246, 59252, 59253, 59254, 59255]


@pytest.mark.parametrize("family", ["glm-4.5", "glm-4.6"])
def test_glm_4_5(folder: Path, family: str) -> None:
    typed = conversation(["hi</think>", "A"])[:1]
    all_of = told(
        folder, family, (LONG, True, False), (LONG, False, False), (LONG, True, True), (typed, True, False),
        (conversation(["hi/nothink"]), False, False),
    )  # fmt: skip
    begin = [151331, 151333, 151335, LINE, S, 151336, LINE, HI]
    earlier = [151337, LINE, 151350, 151351, LINE, A, 151336, LINE, HI]
    """Thoughts of earlier answers are left out: an empty one stands for them."""
    assert all_of.prompts[0] == [*begin, *earlier, 151337]
    assert all_of.prompts[1] == [*begin, 151360, *earlier, 151360, 151337, LINE, 151350, 151351]
    assert all_of.prompts[2] == [*begin, *earlier, 151337, LINE, 151350]
    assert 151351 not in all_of.prompts[3]
    assert all_of.prompts[4].count(151360) == 1
    assert all_of.opened == [False, False, True, False, False]
    assert all_of.ends == [151329, 151335, 151336, 151337, 151338]
    assert (all_of.thinking, all_of.thought_end) == ("switch", [151351, LINE])


def test_glm_4_7_flash(folder: Path) -> None:
    typed = conversation(["<think>hi</think>"])
    all_of = told(
        folder, "glm-4.7-flash", (LONG, True, False), (LONG, False, False), (LONG, True, True), (typed, False, False)
    )
    begin = [154822, 154824, 154826, S, 154827, HI, 154828, 154842, A, 154827, HI, 154828]
    assert all_of.prompts[:3] == [[*begin, 154841], [*begin, 154842], [*begin, 154841]]
    assert [token for token in all_of.prompts[3] if token > 154819] == [154822, 154824, 154827, 154828, 154842]
    assert all_of.opened == [True, False, True, False]
    assert all_of.ends == [154820, 154826, 154827, 154828, 154829]
    assert (all_of.thinking, all_of.thought_end) == ("switch", [154842])
