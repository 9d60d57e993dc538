"""One answer while it is written: which token comes next, what it says, and when the answer ends by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from desktop.core.models import GenerateOptions
from desktop.core.ports import TextPiece
from desktop.inference.prompts import Prompts
from desktop.inference.sampling import Samplers
from desktop.inference.text import AnswerText, TextStream

_HALF_A_CHARACTER = 4
"""Tokens a thought may be longer than its budget, so that it is not ended within a character."""


class Answer:
    """Takes rows of logits and gives tokens, takes their bytes and sends text. `close` frees it; `end` sends the rest before."""

    def __init__(
        self,
        samplers: Samplers,
        prompts: Prompts,
        prompt: Sequence[int],
        options: GenerateOptions,
        send: Callable[[TextPiece], None],
    ) -> None:
        """The answer to `prompt`. Raises BadGrammar."""
        self._sampler = samplers.start(options, prompt)
        in_thought = prompts.opens_thought(prompt)
        self._budget = options.thought_tokens if prompts.thinks else None
        self._thought = 0
        """Tokens of the thought so far."""
        self._thought_end = prompts.thought_end
        self._forced: deque[int] = deque()
        self._text = AnswerText(prompts.thinks, in_thought, options.stop)
        self._minds_thoughts = self._budget is not None or (self._sampler.has_grammar and in_thought)
        self._stream = TextStream(send, self._text, self._minds_thoughts or any(options.stop))
        self._look()

    def sample(self, context: Any, row: int) -> int:
        """The next token, from row `row` of the logits: once for each row. Raises BadGrammar if a grammar turns out to be too slow."""
        if self._forced:
            token = self._forced.popleft()
            self._sampler.accept(token)
            return token
        return self._sampler.sample(context, row)

    def add(self, piece: bytes, now: float) -> bool:
        """What the token says, at the monotonic time `now`; False if the answer ends with it."""
        self._stream.add(piece, now)
        if self._minds_thoughts:
            self._look()
        return not self._text.stopped

    def end(self) -> None:
        """Nothing more comes: send what is left."""
        self._stream.end()

    def close(self) -> None:
        """Free everything."""
        self._sampler.close()

    def _look(self) -> None:
        """The grammar begins where the thought ends, and the thought where its budget does."""
        in_thought = self._text.in_thought
        self._sampler.constrained = self._sampler.has_grammar and not in_thought
        if not in_thought or self._budget is None or self._forced:
            return
        over = self._thought - self._budget
        self._thought += 1
        if over >= 0 and (self._text.whole or over >= _HALF_A_CHARACTER):
            self._forced.extend(self._thought_end)
