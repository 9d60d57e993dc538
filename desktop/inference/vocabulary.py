"""A model's vocabulary, over llama.cpp's binding, which is given and not imported: only the worker may load it."""

from __future__ import annotations

import ctypes
from typing import Any


class Vocabulary:
    """Text to tokens and back; satisfies `prompts.Tokenizer`."""

    def __init__(self, binding: Any, vocabulary: Any) -> None:
        self._native = binding
        self._vocabulary = vocabulary
        self.size = int(self._native.llama_vocab_n_tokens(vocabulary))
        bos, eos = int(self._native.llama_vocab_bos(vocabulary)), int(self._native.llama_vocab_eos(vocabulary))
        self.bos_text, self.eos_text = (self.name(token) if token >= 0 else "" for token in (bos, eos))
        self.leading_bos = bos if bos >= 0 and self._native.llama_vocab_get_add_bos(vocabulary) else None
        """The token every prompt of this file begins with, if it says so."""

    def tokenize(self, text: str, special: bool) -> tuple[int, ...]:
        """See `prompts.Tokenizer`. What is no Unicode becomes "?"."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        while True:
            array = (self._native.llama_token * room)()
            count = self._native.llama_tokenize(self._vocabulary, data, len(data), array, room, False, special)
            if count >= 0:
                return tuple(array[:count])
            room = -count

    def bytes_of(self, token: int, special: bool) -> bytes:
        """The bytes of a token, often half a character; of a control token only with `special`."""
        room = 128
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = self._native.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, special)
            if count >= 0:
                return buffer.raw[:count]
            room = -count

    def name(self, token: int) -> str:
        """See `prompts.Tokenizer`."""
        return self.bytes_of(token, True).decode("utf-8", "replace")

    def is_mark(self, token: int) -> bool:
        """See `prompts.Tokenizer`."""
        kinds = self._native.LLAMA_TOKEN_ATTR_CONTROL | self._native.LLAMA_TOKEN_ATTR_USER_DEFINED
        return bool(self._native.llama_vocab_get_attr(self._vocabulary, token) & kinds)

    def ends(self, token: int) -> bool:
        """Whether the file itself says that an answer ends with this token."""
        return bool(self._native.llama_vocab_is_eog(self._vocabulary, token))
