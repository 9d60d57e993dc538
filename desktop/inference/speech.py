"""Tokens of one answer become words: which token comes next, what it says, and when the answer ends by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from desktop.core.models import FinishReason, GenerateOptions
from desktop.core.ports import TextPiece
from desktop.inference.prompts import Prompts
from desktop.inference.sampling import Samplers
from desktop.inference.text import AnswerText, TextStream

_HALF_A_CHARACTER = 4
"""Tokens a thought may be longer than its budget, so that it is not ended within a character."""


class Speech:
    """Samples the tokens of one answer and sends the text. `close` when the answer has ended."""

    def __init__(
        self,
        samplers: Samplers,
        prompts: Prompts,
        prompt: Sequence[int],
        options: GenerateOptions,
        context: Any,
        send: Callable[[TextPiece], None],
        piece: Callable[[int], bytes | None],
    ) -> None:
        """The answer to `prompt`; `piece(token)` are its bytes, None if it ends the answer. Raises BadGrammar."""
        self._context = context
        self._piece = piece
        self._sampler = samplers.start(options, prompt)
        thinks = prompts.thinks and not options.raw
        in_thought = thinks and prompts.opens_thought(prompt)
        self._budget = options.thought_tokens if thinks else None
        self._thought = 0
        """Tokens of the thought so far."""
        self._thought_end = prompts.thought_end
        self._forced: deque[int] = deque()
        self._text = AnswerText(thinks, in_thought, options.stop, raw=options.raw)
        self._minds_thoughts = self._budget is not None or (self._sampler.has_grammar and in_thought)
        self._stream = TextStream(send, self._text, exact=self._minds_thoughts or any(options.stop))
        self._look()

    def sample(self, row: int) -> int:
        """The token after this row of the last step: once for each row. Raises BadGrammar if a grammar turns out to be too slow."""
        if self._forced:
            token = self._forced.popleft()
            self._sampler.accept(token)
            return token
        return self._sampler.sample(self._context, row)

    def take(self, token: int, now: float) -> FinishReason | None:
        """Say what was sampled; why the answer ends with that, if it does. `now` is the monotonic time."""
        piece = self._piece(token)
        if piece is None:
            return FinishReason.STOP
        self._stream.add(piece, now)
        if self._minds_thoughts:
            self._look()
        return FinishReason.STOP if self._text.stopped else None

    def is_blank(self, token: int) -> bool:
        """Whether it says nothing but white space."""
        return not (self._piece(token) or b"").strip()

    def pause(self, now: float) -> None:
        """Nothing more is sampled in this step."""
        self._stream.pause(now)

    def close(self) -> None:
        """Say what was held back, and free the sampler."""
        with ExitStack() as stack:
            stack.callback(self._sampler.close)
            self._stream.end()

    def _look(self) -> None:
        """The grammar begins where the thought ends, and the thought ends where its budget does."""
        in_thought = self._text.in_thought
        self._sampler.constrained = self._sampler.has_grammar and not in_thought
        if not in_thought or self._budget is None or self._forced:
            return
        over = self._thought - self._budget
        self._thought += 1
        if over >= 0 and (self._text.whole or over >= _HALF_A_CHARACTER):
            self._forced.extend(self._thought_end)
