"""Vectors beside answers: whoever asks for many texts holds nobody up for longer than one of them takes."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.core.errors import PromptTooLong
from desktop.core.models import FinishReason, GenerateOptions, PromptMessage, Role, TurnId
from desktop.core.ports import TextPiece, Vectors
from tests.inference.conftest import Driver, Replies

pytestmark = pytest.mark.model

LONG = "天地玄黄 " * 200
ANY: dict[str, Any] = {"temperature": 100.0, "top_p": 1.0, "top_k": 0, "seed": 1}


def embed(driver: Driver, texts: list[str], turn: int = 1000) -> Replies:
    replies = Replies()
    messages = [PromptMessage(Role.USER, text) for text in texts]
    driver.engine.generate(TurnId(turn), messages, GenerateOptions(embed=True), replies)
    return replies


def vectors(replies: Replies) -> tuple[tuple[float, ...], ...]:
    replies.done()
    (found,) = [reply.vectors for reply in replies.all if isinstance(reply, Vectors)]
    return found


def test_each_text_has_its_vector_whatever_is_written_beside_it(tiny: Driver) -> None:
    alone = vectors(embed(tiny, ["你好", LONG, "Hello"]))
    assert len(alone) == 3
    assert all(sum(value * value for value in vector) == pytest.approx(1) for vector in alone)
    writing = tiny.ask("你好", max_tokens=1000, **ANY)
    writing.wait_kind(TextPiece)
    assert vectors(embed(tiny, ["你好", LONG, "Hello"])) == alone
    assert writing.done().usage.completion_tokens == 1000


def test_an_answer_beside_it_goes_on_and_can_be_stopped(tiny: Driver) -> None:
    writing = tiny.ask("你好", max_tokens=1900, **ANY)
    writing.wait_kind(TextPiece)
    many = embed(tiny, [LONG] * 400)
    before = len(writing.all)
    writing.wait(lambda reply: len(writing.all) > before + 5)
    tiny.cancel()
    assert writing.done().reason is FinishReason.STOPPED
    assert not many.finals, "it waited for all the texts"
    tiny.engine.cancel(TurnId(1000))
    assert many.done().reason is FinishReason.STOPPED
    assert not tiny.exited.is_set()


def test_a_text_that_is_too_long_is_told(tiny: Driver) -> None:
    assert isinstance(embed(tiny, ["你好", LONG * 3]).error(), PromptTooLong)
    assert len(vectors(embed(tiny, ["你好"]))) == 1
