"""Guesses how an answer goes on, from what was said before in the same conversation. Pure.

The guess is verified by the model in one step: every token is still sampled, so the answer is the one it would have been,
only sooner where people ask for something to be repeated, translated, corrected. How long a guess pays is learnt: from how often
guesses are right (also those that were only thought of), and from what steps of each length take.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

MOST = 31
"""Tokens of a guess at most."""
_LONG = 3
"""Tokens that are looked up first, before a single one; a longer agreement is found by comparing backwards."""
_CLASSES = (1, 2, 4, 8, 16, 32)
"""Lengths of agreement that are told apart: a guess after sixteen equal tokens is better than one after a single one."""
_KINDS = tuple(sum(agreement > limit for limit in _CLASSES[:-1]) for agreement in range(_CLASSES[-1]))
_USUAL = ((0.2, 0.5, 0.7, 0.85, 0.92, 0.95), (0.5, 0.6, 0.75, 0.85, 0.92, 0.95))
"""How often the next token is right after such an agreement, before anything is known; second for agreements that hold since the
answer began: an answer whose very first token stands in the question often copies it from there."""
_LEARN = 0.2
_MARGIN = 1.1
"""A gain below this is as likely an error of what was learnt."""
_HOPELESS = 0.8
"""Of the best gain so far: a longer guess will not catch up."""
_SHORT_STEP = 0.002
"""Seconds. Where steps are shorter, looking is not free: who looks in vain looks less often …"""
_MOST_REST = 6
"""… but does not leave out more tokens than these."""
_FEED = 2048
"""Tokens taken up in one step at most, so that a long conversation holds nothing up."""


class Costs:
    """What is learnt about guesses: how often they are right, what a step takes in seconds by the number of its tokens.

    Kept as long as the model is loaded.
    """

    def __init__(self) -> None:
        self._single = 0.0
        self._reading = 0.0
        self.right = tuple(map(list, _USUAL))
        """How often the next token is right, by the length of the agreement before it; second since the answer began."""
        self._share: dict[int, float] = {}
        """For a class of lengths: what each token after the first costs, in single steps."""

    def learn(self, tokens: int, seconds: float) -> None:
        """One step was measured."""
        if tokens == 1:
            self._single = _mixed(self._single or seconds, min(seconds, 3 * (self._single or seconds)))
        elif self._single:
            share = max(0.0, seconds / self._single - 1) / (tokens - 1)
            before = self._share.get(key := tokens.bit_length(), self._guess())
            self._share[key] = _mixed(before, min(share, before * 3 + 0.05), 0.2)

    def read(self, tokens: int, seconds: float) -> None:
        """A stretch of a prompt was read: no token of a guess can cost less than one there."""
        if tokens >= 32:
            self._reading = _mixed(self._reading or seconds / tokens, seconds / tokens, 0.5)

    @property
    def single(self) -> float:
        """Seconds that a step of one token takes; 0 = not known yet."""
        return self._single

    def reading(self, tokens: int) -> float | None:
        """Seconds that reading so many tokens takes, at most as long as writing them; None = not known yet."""
        return tokens * (self._reading or self._single) or None

    def readable(self, seconds: float) -> int | None:
        """Tokens that are read in so many seconds; None = not known yet."""
        return int(seconds / self._reading) if self._reading else None

    def relax(self) -> None:
        """Doubt what is known a little, so that what did not pay once is tried again some day."""
        for rights, usuals in zip(self.right, _USUAL, strict=True):
            rights[:] = [max(right, _mixed(right, usual, 0.2)) for right, usual in zip(rights, usuals, strict=True)]
        usual = self._guess()
        for key, share in self._share.items():
            self._share[key] = _mixed(share, min(share, usual), 0.3)

    def of(self, tokens: int) -> float:
        """What a step of so many tokens takes, in single steps."""
        return 1 + (tokens - 1) * self._share.get(tokens.bit_length(), self._guess())

    def _guess(self) -> float:
        """Before anything is known of a length: a bit dearer than in reading."""
        if not self._single or not self._reading:
            return 0.3
        return min(1.0, max(0.02, 1.2 * self._reading / self._single))


class Lookup:
    """The guesses for one answer."""

    def __init__(self, costs: Costs, ends: Collection[int] = ()) -> None:
        """`ends` are tokens that end an answer or a question: what comes after them is never part of the answer."""
        self._costs = costs
        self._ends = ends
        self._right = costs.right[0]
        """Of the two, what holds for the present source."""
        self._said: list[int] = []
        self._before = 0
        """Tokens that were there before the first word of the answer."""
        self._after_one: dict[int, int] = {}
        """Where what followed this token last stands …"""
        self._after_three: dict[tuple[int, int, int], int] = {}
        """… and what followed these."""
        self._taken = 0
        self._source = 0
        """Where the next token is expected to stand, 0 = nowhere."""
        self._agreement = 0
        self._vain = self._rest = 0
        """How often there was nothing worth trying, one after the other, and how often it is not looked for now."""

    @property
    def started(self) -> bool:
        """Whether it knows the conversation."""
        return bool(self._said)

    def start(self, history: Sequence[int]) -> None:
        """The conversation so far, up to the first word of the answer: the white space in front of it is in front of all messages."""
        self._said = list(history)
        self._before = len(self._said)

    def add(self, token: int) -> None:
        """The model said this."""
        if self._source:
            kind = _kind(self._agreement)
            right = self._said[self._source] == token
            self._right[kind] = _mixed(self._right[kind], float(right))
            self._source, self._agreement = (self._source + 1, self._agreement + 1) if right else (0, 0)
        self._said.append(token)

    def guess(self, most: int) -> list[int]:
        """What may come after all that was said, at most `most` tokens: as many as pay, often none."""
        if self._rest:
            self._rest -= 1
            return []
        self._take_up()
        if not self._source:
            self._find()
        found = self._worth_trying(most) if self._source else []
        self._vain = 0 if found else self._vain + 1
        if self._costs.single < _SHORT_STEP:
            self._rest = min(_MOST_REST, self._vain // 4)
        return found

    def _worth_trying(self, most: int) -> list[int]:
        """Of what came then, as much as pays."""
        ahead = self._said[self._source : self._source + min(most, MOST)]
        best, count = _MARGIN, 0
        expected = chance = 1.0
        for length, token in enumerate(ahead, 1):
            if token in self._ends:
                break
            chance *= self._right[_kind(self._agreement + length - 1)]
            expected += chance
            gain = expected / self._costs.of(length + 1)
            if gain > best:
                best, count = gain, length
            elif gain < _HOPELESS * best:
                break
        return ahead[:count]

    def _find(self) -> None:
        said = self._said
        if len(said) < _LONG:
            return
        found = self._after_three.get((said[-3], said[-2], said[-1])) or self._after_one.get(said[-1])
        if found is not None:
            agreement, limit = 1, min(_CLASSES[-1], found)
            while agreement < limit and said[found - 1 - agreement] == said[-1 - agreement]:
                agreement += 1
            self._source, self._agreement = found, agreement
            self._right = self._costs.right[len(said) == self._before + 1]

    def _take_up(self) -> None:
        """Remember what followed what, up to the last token, which nothing followed yet."""
        said, after_one, after_three = self._said, self._after_one, self._after_three
        end = min(len(said), self._taken + _FEED)
        for at in range(max(_LONG, self._taken), end):
            before = said[at - 1]
            after_one[before] = at
            after_three[said[at - 3], said[at - 2], before] = at
        self._taken = end


def _kind(agreement: int) -> int:
    return _KINDS[agreement] if agreement < len(_KINDS) else len(_CLASSES) - 1


def _mixed(before: float, now: float, weight: float = _LEARN) -> float:
    return before + (now - before) * weight
