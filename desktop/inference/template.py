"""Prompts of models that are no GLM: the Jinja template in their file, with the user's words kept apart from the frame."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import jinja2

from desktop.core.models import PromptMessage, Role
from desktop.inference.families import END_THINK, THINK, Piece
from desktop.inference.sandbox import Sandbox


class TemplateFailed(Exception):
    """The template is broken, or refuses every form of the conversation we know."""


class Template:
    """A compiled chat template. `bos` and `eos` are the texts of those tokens ("" if there are none)."""

    def __init__(self, source: str, bos: str, eos: str) -> None:
        self._sandbox = Sandbox()
        self._words = {"bos_token": bos, "eos_token": eos}
        self.thinks = THINK in source
        self.thinking = ("switch" if "enable_thinking" in source else "always") if self.thinks else "no"
        """As in `families.Family`."""
        self.thought_end = f"\n{END_THINK}\n\n"
        try:
            self._template = self._sandbox.from_string(source)
        except (jinja2.TemplateError, RecursionError, MemoryError) as error:
            raise TemplateFailed(str(error)) from error
        self.render([PromptMessage(Role.USER, "?")], True)

    def render(self, messages: Sequence[PromptMessage], thinking: bool) -> list[Piece]:
        """The prompt for the next answer. Raises TemplateFailed."""
        try:
            return self._render(list(messages), thinking)
        except TemplateFailed:
            if len(messages) < 2 or messages[0].role is not Role.SYSTEM:
                raise
            # some templates know no system message: it then becomes the beginning of the first question
            system, first, *rest = messages
            return self._render([PromptMessage(first.role, f"{system.text}\n\n{first.text}"), *rest], thinking)

    def _render(self, messages: list[PromptMessage], thinking: bool) -> list[Piece]:
        # The template sees stand-ins, random so that nobody can type them; the words come in afterwards, as words.
        key = secrets.token_hex(8)
        stand_ins = [f"text{key}n{index}x" for index in range(len(messages))]
        spoken = [{"role": str(m.role), "content": s} for m, s in zip(messages, stand_ins, strict=True)]
        values: dict[str, Any] = {"messages": spoken, "add_generation_prompt": True, "enable_thinking": thinking}
        try:
            text = self._sandbox.rendered(self._template, {**values, **self._words})
        except Exception as error:  # a template is a program of somebody else: it can raise anything
            raise TemplateFailed(f"{type(error).__name__}: {error}") from error
        pieces: list[Piece] = []
        for message, stand_in in zip(messages, stand_ins, strict=True):
            frame, found, rest = text.partition(stand_in)
            if not found:  # earlier answers may be left out by the template, a question may not
                if message.role is Role.USER and message is messages[-1]:
                    raise TemplateFailed("the template leaves the question out")
                continue
            # White space next to the words is tokenised with them, as it is where nobody keeps the two apart.
            mark = frame.rstrip()
            after = rest.lstrip()
            words = frame[len(mark) :] + message.text + rest[: len(rest) - len(after)]
            pieces += [Piece(mark, True), Piece(words, False)]
            text = after
        pieces.append(Piece(text, True))
        return [piece for piece in pieces if piece.text]
