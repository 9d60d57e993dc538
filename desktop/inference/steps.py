"""Several answers advance together: each step runs the model once, over the next tokens of all of them.

A step takes the next token of every answer that is written (and guesses, where one is written alone), and as much of the
prompts that are still read as does not hold up the writing. Steps of several answers round differently from those of one:
where two tokens are nearly equally likely (on the tiny model with a cache of 16 bits, less than a tenth of a logit apart), an answer may
take the other one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from desktop.core.errors import EngineUnavailable, WorldError
from desktop.core.models import FinishReason
from desktop.core.ports import Failed
from desktop.inference.answers import Answer
from desktop.inference.cache import Cache, Outcome, Part
from desktop.inference.lookup import Costs
from desktop.inference.slots import Slot
from desktop.inference.watch import Flag, Watch

log = logging.getLogger(__name__)

FIRST_CHUNK = 64
"""Tokens of the first step of reading, from which the length of others is learnt."""
_MOST_SECONDS = 0.3
"""How long the longest operation of a step of reading may take: a cancellation waits for its end, half of it as a rule."""
_LONGEST_STEP = 15.0
"""Seconds a step of reading may take: far below the client's patience."""
_BESIDE = 0.15
"""Seconds of reading in a step while somebody is written to, or as long as the writing itself takes, …"""
LEAST_BESIDE, MOST_BESIDE = 8, 128
"""… but not fewer and not more tokens than these."""
_AHEAD = 0.4
"""Seconds of a step of reading ahead: what is lost of it when somebody asks."""
_BURST = 0.002
"""Seconds that one answer may be written on before anybody else is looked after."""
_SPARE_CELLS = 64
"""Room there must be beyond what is known to be needed, so that an answer is not begun only to be put back."""


def shares(due: Sequence[int], budget: int) -> list[int]:
    """How many tokens of each prompt are read in a step of `budget` tokens: all get the same, short ones no more than they need."""
    given = [0] * len(due)
    left = budget
    order = sorted(range(len(due)), key=lambda index: due[index])
    for place, index in enumerate(order):
        given[index] = min(due[index], left // (len(order) - place))
        left -= given[index]
    return given


def _slot(answer: Answer) -> Slot:
    """Of an answer that has one."""
    assert answer.slot is not None
    return answer.slot


def _next(answer: Answer, guess: Sequence[int] = ()) -> tuple[Answer, Part]:
    """Its next token and what may follow it."""
    return answer, Part(_slot(answer), [answer.tokens[-1], *guess], 1 + len(guess))


class Steps:
    """The answers that are under way on one context."""

    def __init__(
        self, cache: Cache, watch: Watch, flag: Flag, costs: Costs, batch: int, find: Callable[[Answer], Slot]
    ) -> None:
        """`batch`: tokens of a step at most; `find(answer)` gives the slot that an answer continues."""
        self._cache = cache
        self._watch = watch
        self._flag = flag
        self._costs = costs
        self._batch = batch
        self._find = find
        self._chunk = min(FIRST_CHUNK, batch)
        self._answers: list[Answer] = []

    @property
    def answers(self) -> list[Answer]:
        """All that have begun and not ended, the oldest first."""
        return self._answers

    def step(self) -> None:
        """Advance all answers by one step; those that are cancelled end."""
        self._flag.lower()
        for answer in [answer for answer in self._answers if answer.job.cancelled]:
            self._end(answer, FinishReason.STOPPED)
        if any(answer.slot is None for answer in self._answers):
            self._place()
        active = [answer for answer in self._answers if answer.slot is not None]
        if not active:
            return
        active[0].job.alive()
        if all(answer.said and answer.due == 1 for answer in active):
            self._write(active)
        else:
            self._go(self._compose(active))

    def _go(self, work: Sequence[tuple[Answer, Part]]) -> None:
        """One step of the model, whatever becomes of it."""
        try:
            outcome = self._run(work)
        except RuntimeError:
            self._failed(work)
            return
        if outcome is Outcome.NO_ROOM:
            self._make_room(work)

    def _failed(self, work: Sequence[tuple[Answer, Part]]) -> None:
        """llama.cpp could not do a step."""
        if len(work) > 1:
            self._one_by_one(work)
        else:
            self._fail(work[0][0])

    def _write(self, answers: Sequence[Answer]) -> None:
        """Nothing is to be done but to write: as many steps as fit into a moment.

        What is looked at elsewhere for each token would cost a small model a tenth of its speed: after llama.cpp has run,
        nothing of Python is in the processor's caches.
        """
        alone = answers[0] if len(answers) == 1 else None
        until = time.monotonic() + _BURST
        while True:
            if alone is not None and (guess := alone.guess()):
                self._go([_next(alone, guess)])
                return
            begun = time.monotonic()
            self._watch.begin(self._costs.single)
            try:
                outcome = self._cache.advance([(_slot(answer), answer.tokens[-1]) for answer in answers])
            except RuntimeError:
                self._failed([_next(answer) for answer in answers])
                return
            finally:
                self._watch.end()
            if outcome is not Outcome.DONE:
                if outcome is Outcome.NO_ROOM:
                    self._go([_next(answer) for answer in answers])  # gives up other slots
                return
            over = [self._said(answer, row, begun if alone else 0.0) for row, answer in enumerate(answers)]
            if any(over) or time.monotonic() >= until:
                return

    def _said(self, answer: Answer, row: int, begun: float) -> bool:
        """One token was read, alone in a step if that `begun`: say the next one; whether that was the end."""
        if (sampled := self._sampled(answer, row, 1, begun)) is None:
            return True
        _, reason = sampled
        if reason is not None:
            self._end(answer, reason)
        return reason is not None or answer.job.cancelled

    def _sampled(self, answer: Answer, row: int, count: int, begun: float) -> tuple[int, FinishReason | None] | None:
        """Say what comes after a row: the token, and why the answer ends with it, if it does; None if it has failed.

        What is learnt of a step of `count` tokens that began then, it is learnt here; 0 = nothing.
        """
        try:
            token = answer.sample(row)
            if begun:
                self._costs.learn(count, time.monotonic() - begun)
            return token, answer.take(token)
        except WorldError as error:
            self._fail(answer, error)
        except Exception:  # a sampler's, or a bug of ours: it costs one answer
            self._fail(answer)
        return None

    def abandon(self) -> None:
        """All answers end otherwise, after an error that nobody foresaw: what their slots hold is not trusted any more."""
        while self._answers:
            answer = self._answers.pop()
            slot = answer.slot
            answer.close()
            if slot is not None:
                self._cache.drop(slot)

    def read(self, slot: Slot, tokens: Sequence[int]) -> bool | None:
        """Read a little of what a slot does not hold yet, for nobody in particular; whether that was all, None if it cannot be.

        Raises RuntimeError as `Cache.decode`. Interrupted, nothing happens.
        """
        held = len(slot.tokens)
        count = self._costs.readable(_AHEAD)
        count = max(LEAST_BESIDE, min(self._chunk, count if count is not None else FIRST_CHUNK))
        some = tokens[held : held + count]
        outcome = self._timed([Part(slot, some, 1)], reading=len(some))
        return None if outcome is Outcome.NO_ROOM else len(slot.tokens) >= len(tokens)

    # --- what a step consists of

    def _compose(self, active: Sequence[Answer]) -> list[tuple[Answer, Part]]:
        work, readers = [], []
        for answer in active:
            if (due := answer.due) > 1:
                readers.append((answer, due))
            else:
                work.append(_next(answer))
        if readers:
            budget = self._beside() if any(answer.said for answer, _ in work) else self._chunk
            budget = max(len(readers), min(budget, self._batch - len(work)))
            for (answer, due), share in zip(readers, shares([due for _, due in readers], budget), strict=True):
                slot = _slot(answer)
                held = len(slot.tokens)
                work.append((answer, Part(slot, answer.tokens[held : held + share], int(share == due))))
        return work

    def _beside(self) -> int:
        """Tokens of prompts that may be read in a step in which somebody is written to."""
        count = self._costs.readable(max(_BESIDE, self._costs.single))
        return max(LEAST_BESIDE, min(MOST_BESIDE, count if count is not None else FIRST_CHUNK))

    # --- a step

    def _run(self, work: Sequence[tuple[Answer, Part]]) -> Outcome:
        """Decode and say what comes of it. Raises RuntimeError as `Cache.decode`."""
        begun = time.monotonic()
        readers = [(answer, part) for answer, part in work if not answer.said or len(part.tokens) > part.wanted]
        reading = sum(len(part.tokens) for _, part in readers)
        reader = readers[0][0] if readers else None
        outcome = self._timed([part for _, part in work], reading, reader, alone=len(readers) == len(work))
        if outcome is Outcome.DONE:
            for answer, part in work:
                if not answer.said:
                    answer.has_read()
                if part.wanted:
                    self._say(answer, part, begun if len(work) == 1 and answer.said else 0.0)
        return outcome

    def _timed(
        self, parts: Sequence[Part], reading: int = 0, reader: Answer | None = None, alone: bool = True
    ) -> Outcome:
        """Decode, and learn from a step that only reads how long they may be."""
        if not reading:
            self._watch.begin(self._costs.single)
            try:
                return self._cache.decode(parts)
            finally:
                self._watch.end()
        begun = time.monotonic()
        known = self._costs.reading(reading)
        learns = reading >= FIRST_CHUNK and self._chunk < self._batch
        seconds = None if learns else known
        done, total = reader.progress if reader is not None else (0, 0)
        mine = next((len(part.tokens) for part in parts if reader is not None and part.slot is reader.slot), 0)
        self._watch.begin(seconds, reader.job if reader is not None else None, done, mine, total)
        outcome = None
        try:
            outcome = self._cache.decode(parts)
        finally:
            measured = self._watch.end()
        if outcome is Outcome.DONE and alone:
            taken = time.monotonic() - begun
            self._costs.read(reading, taken)
            if reading >= FIRST_CHUNK:
                self._adapt(reading, taken, self._watch.longest if measured else None)
        return outcome

    def _adapt(self, tokens: int, taken: float, longest: float | None) -> None:
        """Have steps of reading as long as their operations and they themselves may last."""
        fitting = tokens * _LONGEST_STEP / max(taken, 1e-6)
        if longest is not None:
            fitting = min(fitting, tokens * _MOST_SECONDS / max(longest, 1e-6))
        elif fitting >= self._chunk:
            return
        rounded = int(min(fitting, self._batch)) // FIRST_CHUNK * FIRST_CHUNK
        self._chunk = min(self._batch, max(FIRST_CHUNK, rounded))

    def _say(self, answer: Answer, part: Part, begun: float) -> None:
        """Sample after each wanted token of a part, as long as what was guessed is what is sampled; drop the rest."""
        guess = part.tokens[len(part.tokens) - part.wanted + 1 :]
        right = 0
        while True:
            if (sampled := self._sampled(answer, part.row + right, part.wanted, begun)) is None:
                return
            token, reason = sampled
            begun = 0.0
            if reason is not None or answer.job.cancelled:
                break
            if right == len(guess) or guess[right] != token:
                break
            right += 1
        if right < len(guess):
            self._cache.rewind(part.slot, len(part.slot.tokens) - (len(guess) - right))
        if reason is not None:
            self._end(answer, reason)
        elif guess:
            answer.pause()

    def _one_by_one(self, work: Sequence[tuple[Answer, Part]]) -> None:
        """Find out whose fault it is, and spare the others."""
        log.warning("a step for %d answers failed; they are tried one by one", len(work))
        for answer, _ in work:
            try:
                self._run(self._compose([answer]))  # not the same part: a slot that cannot be rewound is empty now
            except RuntimeError:
                self._fail(answer)

    # --- room

    def _place(self) -> None:
        """Begin or go on with those that wait for room, the oldest first."""
        for answer in self._answers:
            if answer.slot is not None:
                continue
            growing = sum(other.due for other in self._answers if other.slot is not None)
            others = any(other.slot is not None for other in self._answers)
            if others and not self._cache.has_room(growing + len(answer.tokens) + _SPARE_CELLS):
                return
            answer.place(self._find(answer))

    def _make_room(self, work: Sequence[tuple[Answer, Part]]) -> None:
        """No free slot is left to be given up: the youngest answer waits until there is room again."""
        if len(work) > 1:
            max((answer for answer, _ in work), key=self._answers.index).put_back()
        else:
            self._end(work[0][0], FinishReason.LENGTH)

    # --- ends

    def _end(self, answer: Answer, reason: FinishReason) -> None:
        self._remove(answer)
        answer.job.end(answer.done(reason))

    def _fail(self, answer: Answer, error: WorldError | None = None) -> None:
        if error is None:
            log.exception("an answer failed")
            error = EngineUnavailable(reason="llama.cpp could not go on with this answer")
        self._remove(answer)
        answer.job.end(Failed(error))

    def _remove(self, answer: Answer) -> None:
        self._answers.remove(answer)
        slot = answer.slot
        answer.close()
        if slot is None:
            return
        if answer.forgotten:
            self._cache.drop(slot)
        else:
            self._cache.slots.use(slot, answer.conversation)
