"""A model's vocabulary, over llama.cpp's binding, which is given and not imported: only the worker may load it."""

from __future__ import annotations

import ctypes
from functools import cached_property
from typing import Any


class Vocabulary:
    """Text to tokens and back; satisfies `prompts.Tokenizer`."""

    def __init__(self, binding: Any, vocabulary: Any) -> None:
        self._native = binding
        self.native = vocabulary
        """llama.cpp's own, for its samplers."""
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
            count = self._native.llama_tokenize(self.native, data, len(data), array, room, False, special)
            if count >= 0:
                return tuple(array[:count])
            room = -count

    def bytes_of(self, token: int, special: bool) -> bytes:
        """The bytes of a token, often half a character; of a control token only with `special`."""
        room = 128
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = self._native.llama_token_to_piece(self.native, token, buffer, room, 0, special)
            if count >= 0:
                return buffer.raw[:count]
            room = -count

    def name(self, token: int) -> str:
        """See `prompts.Tokenizer`."""
        return self.bytes_of(token, True).decode("utf-8", "replace")

    def is_mark(self, token: int) -> bool:
        """See `prompts.Tokenizer`."""
        kinds = self._native.LLAMA_TOKEN_ATTR_CONTROL | self._native.LLAMA_TOKEN_ATTR_USER_DEFINED
        return bool(self._native.llama_vocab_get_attr(self.native, token) & kinds)

    def ends(self, token: int) -> bool:
        """Whether the file itself says that an answer ends with this token."""
        return bool(self._native.llama_vocab_is_eog(self.native, token))

    # --- for answers that follow a grammar

    @cached_property
    def end(self) -> int:
        """A token of which the file says that an answer ends with it; the last one if there is none."""
        eos = int(self._native.llama_vocab_eos(self.native))
        if eos >= 0 and self.ends(eos):
            return eos
        return next((token for token in range(self.size) if self.ends(token)), self.size - 1)

    @cached_property
    def controls(self) -> frozenset[int]:
        """Tokens that print nothing, those that end an answer included. Takes some hundredths of a second, once."""
        attribute = self._native.llama_vocab_get_attr
        kinds = self._native.LLAMA_TOKEN_ATTR_CONTROL | self._native.LLAMA_TOKEN_ATTR_UNKNOWN
        return frozenset(token for token in range(self.size) if attribute(self.native, token) & kinds)

    def candidates(self, logits: Any) -> tuple[Any, Any]:
        """All tokens with their logits as llama.cpp's samplers take them: the entries, and the array over them.

        Both are good until the next call."""
        entries, template, strided = self._candidates
        ctypes.memmove(entries, template, ctypes.sizeof(entries))
        given = ctypes.cast(logits, ctypes.POINTER(ctypes.c_float * self.size)).contents
        strided[1::3] = memoryview(given).cast("B").cast("f")
        return entries, self._native.llama_token_data_array(entries, self.size, -1, False)

    @cached_property
    def _candidates(self) -> tuple[Any, Any, Any]:
        kind = self._native.llama_token_data * self.size
        entries, template = kind(), kind()
        memoryview(template).cast("B").cast("i")[0::3] = (
            memoryview((ctypes.c_int * self.size)(*range(self.size))).cast("B").cast("i")
        )
        return entries, template, memoryview(entries).cast("B").cast("f")
