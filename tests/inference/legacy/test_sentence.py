"""Our sentencepiece against the library's own answers."""

from __future__ import annotations

import random

import pytest

from desktop.inference.legacy.first import FirstTokens
from desktop.inference.legacy.proto import BPE, UNIGRAM, ProtoError, read_proto
from desktop.inference.legacy.punctuation import Punctuation
from desktop.inference.legacy.sentence import Sentences
from tests.inference.legacy import talks
from tests.inference.legacy.oracle import ORACLE, SENTENCEPIECE, digest
from tests.legacy_factory import proto


@pytest.mark.parametrize("name", ["first", "first_bpe", "later"])
def test_texts_become_the_librarys_tokens(name: str) -> None:
    sentences = Sentences(read_proto(proto(name)))
    source = random.Random(3)
    texts = [talks.text(source) for _ in range(len(SENTENCEPIECE[name]))]
    wrong = [
        text
        for text, wanted in zip(texts, SENTENCEPIECE[name], strict=True)
        if digest(sentences.encode(text)) != wanted
    ]
    assert not wrong


def test_prompts_of_the_first_generation_are_the_oracles() -> None:
    tokens = FirstTokens(read_proto(proto("first")))
    found = [tokens.prompt(talk) for talk in talks.conversations(500)]
    assert found[:5] == ORACLE["prompts"]["1"]["first"]
    assert [digest(ids) for ids in found] == ORACLE["prompts"]["1"]["hashes"]


def test_what_a_proto_is() -> None:
    first, later = read_proto(proto("first")), read_proto(proto("later"))
    assert (first.model, first.byte_fallback, first.plain, first.normalizer) == (UNIGRAM, True, False, "nmt_nfkc")
    assert (later.model, later.byte_fallback, later.plain) == (BPE, True, True)


def test_nobodys_words_become_marks() -> None:
    tokens = FirstTokens(read_proto(proto("first")))
    ending = tokens.encode("")
    assert ending == []
    marks = set(tokens.prompt([], raw=True))
    assert len(marks) == 2
    assert not (marks | tokens.ends) & set(tokens.encode("[gMASK]<sop> <eop> [MASK]"))


def test_what_is_said_is_what_was_meant() -> None:
    tokens = FirstTokens(read_proto(proto("first")))
    for text in ("def f(x):\n    return x\n\tend", "你好 世界", "안녕하세요 🙂", "a     b", "<n>"):
        said = b"".join(tokens.bytes_of(token) for token in tokens.encode(text)).decode()
        assert said.removeprefix(" ") == text.replace("<n>", "\n")
    assert tokens.bytes_of(10**6) == tokens.bytes_of(-1) == b""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("你好,世界!", "你好，世界！"),
        ("x,你:y", "x，你：y"),
        ("a, b: c?", "a, b: c?"),
        ("好?", "好？"),
        ("f(a,b);", "f(a,b);"),
        ("", ""),
    ],
)
def test_punctuation_beside_chinese_is_chinese(text: str, shown: str) -> None:
    for step in (1, 2, 100):
        punctuation, data = Punctuation(), text.encode()
        parts = [punctuation.add(data[at : at + step]) for at in range(0, len(data), step)]
        assert (b"".join(parts) + punctuation.end()).decode() == shown


def test_damaged_protos_are_refused_or_read() -> None:
    data = proto("later")
    source = random.Random(1)
    for _ in range(300):
        broken = bytearray(data[: source.randrange(len(data))] if source.randrange(4) == 0 else data)
        for _ in range(source.randrange(1, 6)):
            if broken:
                broken[source.randrange(len(broken))] = source.randrange(256)
        try:
            Sentences(read_proto(bytes(broken))).encode("Hello 你好 안녕 🙂")
        except ProtoError:
            pass
