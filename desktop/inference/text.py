"""From the bytes of sampled tokens to text for people: whole characters, thoughts apart, no white space in front, no stop texts."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Sequence

from desktop.core.ports import TextPiece
from desktop.inference.families import END_THINK, THINK

_EVERY = 0.045
"""Seconds that text waits at most while more comes fast: each message wakes a thread of the other process, which takes the
processor from llama.cpp. Text is sent as soon as waiting for one more token would take longer."""


class AnswerText:
    """Takes bytes as they are sampled and gives (answer, thought) that can be shown for good."""

    def __init__(self, thinks: bool, in_thought: bool = False, stops: Sequence[str] = (), *, raw: bool = False) -> None:
        """`stops` end the answer where one of them is complete first; thoughts are not searched. `raw`: white space in
        front is part of the text."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._thinks = thinks or in_thought
        self.in_thought = in_thought
        self._begun = raw
        """Whether the present part has something other than white space."""
        self._any_answer = False
        self._held = ""
        """The beginning of what may become a mark."""
        self._stops = tuple(dict.fromkeys(stop for stop in stops if stop))
        self._kept_back = ""
        """The beginning of what may become a stop text."""
        self.stopped = False
        """A stop text came: nothing more is taken."""

    @property
    def whole(self) -> bool:
        """Whether all characters so far are complete."""
        return not self._decoder.getstate()[0]

    def add(self, data: bytes) -> tuple[str, str]:
        """More bytes; what can be said for sure by now."""
        return self._take(self._held + self._decoder.decode(data), final=False)

    def end(self) -> tuple[str, str]:
        """Nothing more comes: the rest, half a character as U+FFFD."""
        answer, thought = self._take(self._held + self._decoder.decode(b"", final=True), final=True)
        kept_back, self._kept_back = self._kept_back, ""
        return answer if self.stopped else answer + kept_back, thought

    def _take(self, text: str, final: bool) -> tuple[str, str]:
        answer = thought = ""
        self._held = ""
        while text and not self.stopped:
            at, length = self._mark(text)
            if at < 0 and not final:  # keep back what may become a mark
                keep = self._undecided(text)
                self._held, text = text[len(text) - keep :], text[: len(text) - keep]
            before, text = (text[:at], text[at + length :]) if at >= 0 else (text, "")
            said = self._stripped(before)
            if self.in_thought:
                thought += said
            else:
                self._any_answer |= bool(said)
                answer += self._until_stop(said)
            if at >= 0:
                self.in_thought = not self.in_thought
                self._begun = False
        return answer, thought

    def _until_stop(self, text: str) -> str:
        """What of the answer can be shown: up to the stop text that is complete first, without the beginning of one at the end."""
        if not self._stops:
            return text
        text = self._kept_back + text
        found = [(at + len(stop), at) for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.stopped = True
            self._kept_back = ""
            return text[: min(found)[1]]
        keep = max(overlap(text, stop) for stop in self._stops)
        self._kept_back = text[len(text) - keep :]
        return text[: len(text) - keep]

    def _mark(self, text: str) -> tuple[int, int]:
        """Where the next mark is and how long, -1 for none. A thought opens only before the answer has begun."""
        if self.in_thought:
            return text.find(END_THINK), len(END_THINK)
        if self._thinks and not self._any_answer and text.lstrip().startswith(THINK):
            return text.find(THINK), len(THINK)
        return -1, 0

    def _undecided(self, text: str) -> int:
        """How many characters at the end could still become a mark."""
        if self.in_thought:
            return overlap(text, END_THINK)
        if self._thinks and not self._any_answer and THINK.startswith(begun := text.lstrip()):
            return len(begun)
        return 0

    def _stripped(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text


def overlap(text: str, mark: str) -> int:
    """How many characters at the end of `text` could begin `mark`."""
    return next((n for n in range(min(len(mark) - 1, len(text)), 0, -1) if mark.startswith(text[-n:])), 0)


class TextStream:
    """Sends text at once, but not more often than people and pipes can use: between 20 and 50 times a second."""

    def __init__(self, send: Callable[[TextPiece], None], text: AnswerText, exact: bool = False) -> None:
        """`exact`: the state of `text` matters after each token, so each is looked at by itself, though not sent."""
        self._send = send
        self._text = text
        self._exact = exact
        self._answer = self._thought = ""
        self._waiting = b""
        self._last = self._came = self._paused = 0.0

    def add(self, data: bytes, now: float) -> None:
        """More bytes of the answer; `now` is the monotonic time."""
        self._waiting += data
        pause, self._came = now - self._came, now
        due = now - self._last + pause >= _EVERY
        if due or self._exact:
            self._take()
        if due:
            self._flush()

    def pause(self, now: float) -> None:
        """What was sampled in one step has been added: nothing more comes before the next one."""
        pause, self._paused = now - self._paused, now
        if (self._waiting or self._answer or self._thought) and now - self._last + pause >= _EVERY:
            self._take()
            self._flush()

    def end(self) -> None:
        """Send the rest."""
        self._take()
        self._gather(*self._text.end())
        self._flush()

    def _take(self) -> None:
        data, self._waiting = self._waiting, b""
        self._gather(*self._text.add(data))

    def _gather(self, answer: str, thought: str) -> None:
        self._answer += answer
        self._thought += thought

    def _flush(self) -> None:
        if self._answer or self._thought:
            self._send(TextPiece(self._answer, self._thought))
            self._answer = self._thought = ""
            self._last = time.monotonic()
