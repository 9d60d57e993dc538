"""The cache of keys and values of one context, over llama.cpp's binding, which is given and not imported.

Several sequences share the context's cells. When there is no room for more, the least recently used one is given up.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop.inference.slots import Slot, Slots

_NO_ROOM, _ABORTED = 1, 2
"""What llama_decode returns when no cells are free, and when the abort callback said so."""


def native_path(path: Path) -> bytes:
    """A path as llama.cpp wants it."""
    return os.fsencode(path) if sys.platform != "win32" else str(path).encode("utf-8")


class Cache:
    """Runs the model over tokens of one slot at a time. `on_evict` is told before a slot loses what it holds."""

    def __init__(
        self, binding: Any, context: Any, memory: Any, batch: int, sequences: int, on_evict: Callable[[Slot], None]
    ) -> None:
        self._native = binding
        self._context = context
        self._memory = memory
        self._on_evict = on_evict
        self._cells = int(binding.llama_n_ctx(context))
        self.slots = Slots(sequences)
        self.slot = self.slots.plan([0]).slot
        """The one that is worked on."""
        # our own arrays instead of llama_batch_init: filled slice by slice, and every token points to the same sequence
        self._tokens = (ctypes.c_int32 * batch)()
        self._positions = (ctypes.c_int32 * batch)()
        self._wanted = (ctypes.c_int8 * batch)()
        self._sequence = ctypes.c_int32(0)
        self._ones = (ctypes.c_int32 * batch)(*[1] * batch)
        pointers = (ctypes.POINTER(ctypes.c_int32) * batch)(*[ctypes.pointer(self._sequence)] * batch)
        self._pointers = pointers
        self._batch = binding.llama_batch(
            n_tokens=0,
            token=self._tokens,
            embd=None,
            pos=self._positions,
            n_seq_id=self._ones,
            seq_id=pointers,
            logits=self._wanted,
        )

    @property
    def tokens(self) -> list[int]:
        """What the present slot holds."""
        return self.slot.tokens

    def begin(self, prompt: Sequence[int], conversation: int | None) -> int:
        """Turn to the slot that `prompt` continues; how many of its tokens need not be read."""
        plan = self.slots.plan(prompt)
        self.slot = slot = plan.slot
        if plan.source is slot and plan.keep:
            self.rewind(plan.keep)
        else:
            if slot.tokens:
                self.give_up(slot)
            if plan.keep:
                self._native.llama_memory_seq_cp(self._memory, plan.source.number, slot.number, 0, plan.keep)
                slot.tokens[:] = prompt[: plan.keep]
        self.slots.use(slot, conversation)
        return len(slot.tokens)

    def give_up(self, slot: Slot) -> None:
        """Forget all of a slot, after telling."""
        self._on_evict(slot)
        self.drop(slot)

    def drop(self, slot: Slot) -> None:
        """Forget all of a slot."""
        self._native.llama_memory_seq_rm(self._memory, slot.number, -1, -1)
        slot.tokens.clear()
        slot.conversation = None

    def save(self, slot: Slot, path: Path) -> bool:
        """Write what a slot holds into a file; whether that worked."""
        tokens = (ctypes.c_int32 * len(slot.tokens))(*slot.tokens)
        written = self._native.llama_state_seq_save_file(
            self._context, native_path(path), slot.number, tokens, len(tokens)
        )
        return bool(written)

    def size(self, slot: Slot) -> int:
        """Bytes `save` would write, about."""
        return int(self._native.llama_state_seq_get_size(self._context, slot.number))

    def restore(self, path: Path, tokens: Sequence[int], conversation: int | None) -> bool:
        """Fill a slot from a file that `save` wrote; False if llama.cpp does not want it."""
        slot = self.slots.vacant()
        if slot.tokens:
            self.give_up(slot)
        while (oldest := self.slots.oldest(slot)) is not None and self.slots.held() + len(tokens) > self._cells:
            self.give_up(oldest)
        array, count = (ctypes.c_int32 * len(tokens))(), ctypes.c_size_t()
        read = self._native.llama_state_seq_load_file(
            self._context, native_path(path), slot.number, array, len(tokens), ctypes.byref(count)
        )
        if not read or array[: count.value] != list(tokens):
            self.drop(slot)
            return False
        slot.tokens[:] = tokens
        self.slots.use(slot, conversation)
        return True

    def rewind(self, keep: int) -> None:
        """Drop what the present slot holds from token `keep` on; all of it for models that cannot forget a part."""
        slot = self.slot
        if keep and self._native.llama_memory_seq_rm(self._memory, slot.number, keep, -1):
            del slot.tokens[keep:]
        else:
            self.drop(slot)

    def decode(self, tokens: Sequence[int], every: bool = False) -> bool:
        """Run the model over more tokens of the present slot; False if it was aborted. Raises RuntimeError for anything else.

        With `every`, there is something to sample after each of them, else after the last.
        """
        slot, count = self.slot, len(tokens)
        at = len(slot.tokens)
        self._sequence.value = slot.number
        self._tokens[:count] = list(tokens)
        self._positions[:count] = list(range(at, at + count))
        self._wanted[:count] = [int(every)] * count
        self._wanted[count - 1] = 1
        self._batch.n_tokens = count
        result = self._native.llama_decode(self._context, self._batch)
        while result == _NO_ROOM and (oldest := self.slots.oldest(slot)) is not None:
            self.give_up(oldest)
            result = self._native.llama_decode(self._context, self._batch)
        if result == 0:
            slot.tokens.extend(tokens)
            return True
        self.rewind(at)
        if result == _ABORTED:
            return False
        raise RuntimeError(f"llama_decode returned {result}")
