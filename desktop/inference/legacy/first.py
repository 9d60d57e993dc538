"""Generation 1's way from a conversation to tokens and back to text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop.core.models import PromptMessage
from desktop.inference import families
from desktop.inference.legacy.proto import Proto, ProtoError
from desktop.inference.legacy.sentence import Sentences, text_of

_GMASK, _BEGIN, _END = "[gMASK]", "<sop>", "<eop>"
_SPECIAL = ("[MASK]", _GMASK, "[sMASK]", "<unused_0>", _BEGIN, _END, "<ENC>", "<dBLOCK>", "<pad>", "<s>", "</s>")
"""Never found in anybody's words, whatever kind of token the file calls them."""
_NEWLINE, _TAB = "<n>", "<|tab|>"
_BLANKS = re.compile(" {2,80}")
_BLANK_TOKEN = re.compile(r"<\|blank_([0-9]{1,2})\|>")


class FirstTokens:
    """The tokenizer of one file. Raises ProtoError if its marks are not there."""

    def __init__(self, proto: Proto) -> None:
        self._sentences = Sentences(proto, never=_SPECIAL)
        found = {piece.text: token for token, piece in enumerate(proto.pieces) if piece.text in _SPECIAL}
        for mark in (_GMASK, _BEGIN, _END):
            if mark not in found:
                raise ProtoError(f"the vocabulary has no {mark}")
        self._ending = [found[_GMASK], found[_BEGIN]]
        self.ends = frozenset({found[_END], found.get("</s>", found[_END])})
        """Tokens that end an answer."""
        self.count = len(proto.pieces)
        self._says = [b"" if piece.text in _SPECIAL else _said(text_of(piece)) for piece in proto.pieces]

    def prompt(self, messages: Sequence[PromptMessage], *, tools: str = "", raw: bool = False) -> list[int]:
        """The prompt for the next answer; `tools` and `raw` as in GenerateOptions."""
        if raw:
            text = messages[-1].text if messages else ""
        else:
            text = "".join(piece.text for piece in families.render(families.CHATGLM, messages, True, tools=tools))
        return self.encode(text) + self._ending

    def encode(self, text: str) -> list[int]:
        """Tokens of a text. What is no Unicode becomes "?"."""
        text = text.encode("utf-8", "replace").decode("utf-8").replace("\n", _NEWLINE).replace("\t", _TAB)
        return self._sentences.encode(_BLANKS.sub(lambda found: f"<|blank_{len(found[0])}|>", text))

    def bytes_of(self, token: int) -> bytes:
        """What a token says, often half a character; nothing for tokens beyond the vocabulary."""
        return self._says[token] if 0 <= token < len(self._says) else b""


def _said(text: bytes) -> bytes:
    name = text.decode("utf-8", "replace")
    if name == _NEWLINE:
        return b"\n"
    if name == _TAB:
        return b"\t"
    if match := _BLANK_TOKEN.fullmatch(name):
        return b" " * int(match[1])
    return text
