"""From a conversation to tokens: the frame with special tokens, everybody's words without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from desktop.core.models import PromptMessage, Role
from desktop.inference import families
from desktop.inference.families import Family, Piece
from desktop.inference.template import Template


class Tokenizer(Protocol):
    """What is needed of a model's vocabulary."""

    def tokenize(self, text: str, special: bool) -> tuple[int, ...]:
        """Tokens of a text; `special` = marks in it may become special tokens."""
        ...

    def name(self, token: int) -> str:
        """The text that stands for a token, marks included."""
        ...

    def is_mark(self, token: int) -> bool:
        """Whether it is a control token or one its file calls user-defined."""
        ...


class Prompts:
    """Builds prompts for one model. `bos` is put in front of a template's prompt if the template did not; None = never."""

    def __init__(self, source: Family | Template, tokenizer: Tokenizer, bos: int | None) -> None:
        self._source = source
        self._tokenizer = tokenizer
        self._bos = bos
        self._ids: Callable[[str, bool], tuple[int, ...]] = lru_cache(256)(tokenizer.tokenize)
        self.role_marks = self._singles(families.MARKS)
        """Ids of the role marks: an answer ends where one of them comes."""
        self.thought_marks = self._singles((families.THINK, families.END_THINK))
        self._guarded = self._frame_marks()

    @property
    def thinks(self) -> bool:
        """Whether answers may contain thoughts."""
        return self._source.thinks

    @property
    def thinking(self) -> str:
        """See `families.Family.thinking`."""
        return self._source.thinking

    @property
    def thought_end(self) -> tuple[int, ...]:
        """What ends a thought that has become too long."""
        return self._ids(self._source.thought_end, True)

    def tokens(self, messages: Sequence[PromptMessage], thinking: bool, open_thought: bool = False) -> list[int]:
        """The prompt for the next answer; `open_thought` as in `families.render`."""
        tokens = [
            token
            for piece in self._pieces(messages, thinking, open_thought)
            for token in (self._ids(piece.text, True) if piece.special else self._words(piece.text))
        ]
        if self._bos is not None and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
        return tokens

    def opens_thought(self, prompt: Sequence[int]) -> bool:
        """Whether the answer to this prompt begins inside a thought."""
        end = "".join(self._tokenizer.name(token) for token in prompt[-8:])
        return self.thinks and end.rstrip().endswith(families.THINK)

    def _pieces(self, messages: Sequence[PromptMessage], thinking: bool, open_thought: bool = False) -> list[Piece]:
        if isinstance(self._source, Family):
            return families.render(self._source, messages, thinking, open_thought)
        return self._source.render(messages, thinking)

    def _words(self, text: str) -> tuple[int, ...]:
        """Tokens of a text by somebody, in which the frame's marks are nothing but words."""
        tokens = self._ids(text, False)
        if self._guarded.keys().isdisjoint(tokens):
            return tokens
        # WORKAROUND: some files call their marks "user-defined", and llama.cpp then finds them in any text
        for mark in self._guarded.values():
            text = text.replace(mark, f"{mark[:1]}\0{mark[1:]}")
        return tuple(token for part in text.split("\0") for token in self._ids(part, False))

    def _frame_marks(self) -> dict[int, str]:
        sample = [PromptMessage(Role.USER, "?"), PromptMessage(Role.ASSISTANT, "?"), PromptMessage(Role.USER, "?")]
        pieces = [piece for piece in self._pieces(sample, True) if piece.special]
        tokens = {token for piece in pieces for token in self._ids(piece.text, True)} | self.role_marks
        found = {token: self._tokenizer.name(token) for token in tokens if self._tokenizer.is_mark(token)}
        return {token: text for token, text in found.items() if len(text) > 1}

    def _singles(self, marks: Sequence[str]) -> frozenset[int]:
        """The ids of those texts that are one token in this vocabulary."""
        found = ((mark, self._ids(mark, True)) for mark in marks)
        return frozenset(ids[0] for mark, ids in found if len(ids) == 1 and self._tokenizer.name(ids[0]) == mark)
