"""One answer on its way: what is to be read for it, what was said so far, and when it ends."""

from __future__ import annotations

import time
from collections.abc import Sequence

from desktop.core.models import FinishReason, GenerateOptions, Timings, Usage
from desktop.core.ports import Done, PromptProgress, PromptRead
from desktop.inference.backend import Job
from desktop.inference.lookup import Lookup
from desktop.inference.slots import Slot
from desktop.inference.speech import Speech


def most_tokens(options: GenerateOptions, context: int, prompt: int) -> int:
    """Tokens an answer to a prompt of so many may have, as far as was asked for."""
    return min(options.max_tokens or context, max(1, (options.max_length or context) - prompt))


class Answer:
    """`tokens` is everything the model must have read before the next token is sampled; the slot holds the beginning of it."""

    def __init__(
        self,
        job: Job,
        prompt: Sequence[int],
        options: GenerateOptions,
        speech: Speech,
        lookup: Lookup | None,
        context: int,
        left_out: int = 0,
    ) -> None:
        """`context`: tokens of prompt and answer together at most; `left_out`: messages that did not fit."""
        self.job = job
        self.tokens = list(prompt)
        self.conversation = options.conversation
        self.forgotten = False
        """Its conversation was deleted meanwhile: nothing of it is kept."""
        self.lookup = lookup
        self.slot: Slot | None = None
        """None: it waits for room."""
        self.said = 0
        self._speech = speech
        self._prompt = len(prompt)
        self._context = context
        self._left_out = left_out
        self._most = most_tokens(options, context, len(prompt))
        self._reused: int | None = None
        self._begun = time.monotonic()
        self._first = self._last = 0.0

    @property
    def due(self) -> int:
        """Tokens to be read before the next one is sampled; 1 while it is written."""
        return len(self.tokens) - (len(self.slot.tokens) if self.slot else 0)

    @property
    def room(self) -> int:
        """Tokens that a guess may have."""
        return min(self._most - self.said, self._context - len(self.tokens)) - 1

    def guess(self) -> list[int]:
        """How it may go on: as many tokens as it pays to try, often none."""
        return self.lookup.guess(self.room) if self.lookup is not None else []

    def place(self, slot: Slot) -> None:
        """It goes on in this slot, which holds what need not be read."""
        slot.busy = True
        self.slot = slot
        if self._reused is None:
            self._reused = len(slot.tokens)
            self.job.send(PromptRead(self._prompt, self._reused, self._left_out))

    def forget(self) -> None:
        """Its conversation was deleted."""
        self.conversation, self.forgotten = None, True
        if self.slot is not None:
            self.slot.conversation = None

    def put_back(self) -> None:
        """Somebody else needs the room."""
        if self.slot is not None:
            self.slot.busy = False
            self.slot = None

    def has_read(self) -> None:
        """More of the prompt was read."""
        if not self.said and self.slot is not None and self._reused is not None:
            total = self._prompt - self._reused
            done = len(self.slot.tokens) - self._reused
            if 0 < done <= total:
                self.job.send(PromptProgress(done, total))

    @property
    def progress(self) -> tuple[int, int]:
        """Tokens read and to be read, of those that were not known at the beginning."""
        if self.slot is None or self._reused is None or self.said:
            return 0, 0
        return max(0, len(self.slot.tokens) - self._reused), self._prompt - self._reused

    def sample(self, row: int) -> int:
        """The token after a row of the last step."""
        return self._speech.sample(row)

    def take(self, token: int) -> FinishReason | None:
        """A token was sampled; why the answer ends now, if it does."""
        self._last = now = time.monotonic()
        if not self.said:
            self._first = now
        if (reason := self._speech.take(token, now)) is not None:
            return reason
        self.said += 1
        self.tokens.append(token)
        if self.said == self._most or len(self.tokens) >= self._context:
            return FinishReason.LENGTH
        if self.lookup is not None and (self.lookup.started or not self._speech.is_blank(token)):
            if not self.lookup.started:
                self.lookup.start(self.tokens[:-1])
            self.lookup.add(token)
        return None

    def pause(self) -> None:
        """Nothing more is sampled in this step."""
        self._speech.pause(self._last)

    def close(self) -> None:
        """Say what was held back and let go of everything."""
        self.put_back()
        self._speech.close()

    def done(self, reason: FinishReason) -> Done:
        """The final reply."""
        spent = self._last - self._first
        rate = (self.said - 1) / spent if self.said > 1 and spent > 0 else 0.0
        usage = Usage(self._prompt, self._reused or 0, self.said, self._left_out)
        return Done(reason, usage, Timings((self._first - self._begun) * 1000 if self._first else 0.0, rate))
