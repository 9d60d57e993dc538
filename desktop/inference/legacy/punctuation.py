"""Generation 1 reads and writes Chinese with Western punctuation; its own demo sets what stands beside a character right."""

from __future__ import annotations

import codecs

_FULL = str.maketrans(",!:;?", "，！：；？")


class Punctuation:
    """Takes the bytes of an answer as they come and gives them back, at most one character late."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._before = ""
        self._held = ""

    def add(self, data: bytes) -> bytes:
        """More bytes; what is decided by now."""
        return self._take(self._decoder.decode(data)).encode()

    def end(self) -> bytes:
        """Nothing more comes: the rest."""
        text = self._take(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        return (text + held).encode()

    def _take(self, text: str) -> str:
        done = ""
        for character in text:
            if self._held:
                done += self._held.translate(_FULL) if _is_han(character) else self._held
                self._held = ""
            if ord(character) not in _FULL:
                done += character
            elif _is_han(self._before):
                done += character.translate(_FULL)
            else:  # what follows decides
                self._held = character
            self._before = character
        return done


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
