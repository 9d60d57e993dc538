from __future__ import annotations

import time

import pytest

from desktop.core.ports import TextPiece
from desktop.inference.text import AnswerText, TextStream


def run(chunks: list[bytes], thinks: bool = False, in_thought: bool = False) -> tuple[str, str, list[tuple[str, str]]]:
    text = AnswerText(thinks, in_thought)
    pieces = [text.add(chunk) for chunk in chunks] + [text.end()]
    return "".join(a for a, _ in pieces), "".join(t for _, t in pieces), pieces


def bytewise(text: str) -> list[bytes]:
    return [bytes([byte]) for byte in text.encode()]


def test_whole_characters_only() -> None:
    answer, _, pieces = run(bytewise("你好🙂e\u0301!"))
    assert answer == "你好🙂e\u0301!"
    assert all("\ufffd" not in a for a, _ in pieces)


def test_half_a_character_at_the_end_is_shown_as_such() -> None:
    assert run([b"ok \xe4\xbd"])[0] == "ok \ufffd"


def test_white_space_in_front_goes_and_stays_elsewhere() -> None:
    assert run([b"\n", b" ", b" \n a", b" b \n"])[0] == "a b \n"


@pytest.mark.parametrize("split", [1, 2, 3, 5, 100])
def test_thoughts_are_told_apart(split: int) -> None:
    data = "\n<think>\n嗯 < 3, <thin\n</think>\n\n答案 <think> stays".encode()
    chunks = [data[i : i + split] for i in range(0, len(data), split)]
    answer, thought, _ = run(chunks, thinks=True)
    assert thought == "嗯 < 3, <thin\n"
    assert answer == "答案 <think> stays"


def test_a_prompt_that_opens_the_thought() -> None:
    assert run(bytewise("hm</think>yes"), True, True)[:2] == ("yes", "hm")
    assert run(bytewise("never ends </thi"), True, True)[:2] == ("", "never ends </thi")


def test_no_thought_at_all() -> None:
    assert run(bytewise("<b>x"), thinks=True)[:2] == ("<b>x", "")
    assert run(bytewise("<think>x</think>"), thinks=False)[:2] == ("<think>x</think>", "")


def test_an_empty_thought() -> None:
    assert run(bytewise("\n<think></think>\nHi"), thinks=True)[:2] == ("Hi", "")


def test_the_stream_sends_at_once_but_not_a_message_per_token() -> None:
    sent: list[TextPiece] = []
    stream = TextStream(sent.append, AnswerText(False))
    stream.add(b"first", time.monotonic())
    assert sent == [TextPiece("first", "")]
    for _ in range(5000):
        stream.add(b"x", time.monotonic())
    stream.end()
    assert "".join(piece.text for piece in sent) == "first" + "x" * 5000
    assert len(sent) < 500


def test_nothing_is_sent_for_nothing() -> None:
    sent: list[TextPiece] = []
    stream = TextStream(sent.append, AnswerText(False))
    stream.add(b"\n ", time.monotonic())
    stream.end()
    assert sent == []
