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


def stopped(chunks: list[bytes], stops: tuple[str, ...], in_thought: bool = False) -> tuple[str, str, bool]:
    text = AnswerText(in_thought, in_thought, stops)
    pieces = []
    for chunk in chunks:
        pieces.append(text.add(chunk))
        if text.stopped:
            break
    pieces.append(text.end())
    return "".join(a for a, _ in pieces), "".join(t for _, t in pieces), text.stopped


WORDS = "one two 三四。\n\nHuman: five 🙂 six"


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        (("\n\nHuman:",), "one two 三四。"),
        (("🙂",), "one two 三四。\n\nHuman: five "),
        (("three", "四。\n"), "one two 三"),
        (("two 三四。\n\nHuman: x", "三"), "one two "),
        (("five 🙂 six", "x"), "one two 三四。\n\nHuman: "),
        (("one",), ""),
        (("", "never"), WORDS),
        (("six!",), WORDS),
    ],
)
def test_stop_texts_at_every_border(stops: tuple[str, ...], expected: str) -> None:
    """However the answer is cut into tokens: the same text, no character of it too early, none of the stop text ever."""
    data = WORDS.encode()
    for first in range(len(data) + 1):
        for second in range(first, len(data) + 1):
            chunks = [data[:first], data[first:second], data[second:]]
            assert stopped(chunks, stops) == (expected, "", expected != WORDS), (first, second)
    assert stopped([bytes([byte]) for byte in data], stops)[0] == expected


def test_the_first_complete_stop_text_counts_however_it_is_cut() -> None:
    for cut in range(8):
        data = b"xxabcdef"
        assert stopped([data[:cut], data[cut:]], ("abcdef", "cd"))[0] == "xxab"


def test_what_only_looked_like_a_stop_text_is_shown_at_the_end() -> None:
    assert stopped(bytewise("a b c HU"), ("HUMAN",)) == ("a b c HU", "", False)
    assert stopped(bytewise("ENENDEN"), ("ENDED",))[0] == "ENENDEN"


def test_thoughts_are_not_searched_for_stop_texts() -> None:
    for split in (1, 3, 100):
        data = b"hm END hm</think>\nyes END no"
        chunks = [data[i : i + split] for i in range(0, len(data), split)]
        assert stopped(chunks, ("END",), True) == ("yes ", "hm END hm", True)


def test_white_space_in_front_is_no_stop_text() -> None:
    assert stopped(bytewise("\n a\nb"), ("\n",)) == ("a", "", True)
