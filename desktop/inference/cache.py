"""The cache of keys and values of one context, over llama.cpp's binding, which is given and not imported.

Several sequences share the context's cells. When there is no room for more, the least recently used one is given up.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from desktop.inference.slots import Slot, Slots

_NO_ROOM, _ABORTED = 1, 2
"""What llama_decode returns when no cells are free, and when the abort callback said so."""


def native_path(path: Path) -> bytes:
    """A path as llama.cpp wants it."""
    return os.fsencode(path) if sys.platform != "win32" else str(path).encode("utf-8")


class Outcome(Enum):
    """How a step of the model ended. Only after DONE the slots hold the new tokens."""

    DONE = "done"
    ABORTED = "aborted"
    NO_ROOM = "no room"


@dataclass(slots=True)
class Part:
    """What a step does for one slot: `tokens` that continue it, and something to sample after each of the last `wanted`."""

    slot: Slot
    tokens: Sequence[int]
    wanted: int
    row: int = 0
    """Where the first that is wanted stands in the batch; known after the step."""


class Cache:
    """Runs the model over tokens of several slots at a time. `on_evict` is told before a slot loses what it holds."""

    def __init__(
        self, binding: Any, context: Any, memory: Any, batch: int, sequences: int, on_evict: Callable[[Slot], None]
    ) -> None:
        self._native = binding
        self._context = context
        self._memory = memory
        self._on_evict = on_evict
        self.cells = int(binding.llama_n_ctx(context))
        """Tokens that all slots together can hold."""
        self.slots = Slots(sequences)
        # our own arrays instead of llama_batch_init, filled slice by slice
        self._tokens = (ctypes.c_int32 * batch)()
        self._positions = (ctypes.c_int32 * batch)()
        self._wanted = (ctypes.c_int8 * batch)()
        self._ones = (ctypes.c_int32 * batch)(*[1] * batch)
        self._numbers = (ctypes.c_int32 * sequences)(*range(sequences))
        pointers = (ctypes.POINTER(ctypes.c_int32) * batch)()
        self._pointers = (ctypes.c_size_t * batch).from_buffer(pointers)
        """The same memory as plain numbers, which are quicker to write: each token's points to its slot's number."""
        first = ctypes.addressof(self._numbers)
        self._addresses = [first + number * ctypes.sizeof(ctypes.c_int32) for number in range(sequences)]
        self._batch = binding.llama_batch(
            n_tokens=0,
            token=self._tokens,
            embd=None,
            pos=self._positions,
            n_seq_id=self._ones,
            seq_id=pointers,
            logits=self._wanted,
        )

    def begin(self, prompt: Sequence[int], conversation: int | None, ahead: bool = False) -> Slot:
        """Turn to the slot that `prompt` continues; it holds what need not be read."""
        plan = self.slots.plan(prompt, ahead)
        slot, keep = plan.slot, plan.keep
        worth = min(slot.worth, keep)
        if plan.source is slot and keep:
            self.rewind(slot, keep)
        else:
            worth = 0
            if slot.tokens:
                self.give_up(slot)
            if keep:
                self._native.llama_memory_seq_cp(self._memory, plan.source.number, slot.number, 0, keep)
                slot.tokens[:] = prompt[:keep]
        slot.ahead = min(worth, len(slot.tokens)) if ahead else None
        self.slots.use(slot, conversation)
        return slot

    def give_up(self, slot: Slot) -> None:
        """Forget all of a slot, after telling."""
        self.settle(slot)
        if slot.tokens:
            self._on_evict(slot)
        self.drop(slot)

    def settle(self, slot: Slot) -> None:
        """Forget what a slot holds of a question that was never asked."""
        if slot.ahead is not None:
            self.rewind(slot, slot.ahead)
            slot.ahead = None

    def drop(self, slot: Slot) -> None:
        """Forget all of a slot and whose it was."""
        self._empty(slot)
        slot.conversation = slot.ahead = None

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

    def has_room(self, tokens: int) -> bool:
        """Whether so many more fit beside the answers that are under way."""
        return self.slots.held(busy=True) + tokens <= self.cells

    def restore(self, path: Path, tokens: Sequence[int], conversation: int | None) -> bool:
        """Fill a slot from a file that `save` wrote; False if llama.cpp does not want it. Look for room before."""
        slot = self.slots.vacant()
        if slot is None:
            return False
        if slot.tokens:
            self.give_up(slot)
        while (oldest := self.slots.oldest(slot)) is not None and self.slots.held() + len(tokens) > self.cells:
            self.give_up(oldest)
        array, count = (ctypes.c_int32 * len(tokens))(), ctypes.c_size_t()
        read = self._native.llama_state_seq_load_file(
            self._context, native_path(path), slot.number, array, len(tokens), ctypes.byref(count)
        )
        if not read or array[: count.value] != list(tokens):
            self.drop(slot)
            return False
        slot.tokens[:] = tokens
        slot.ahead = None
        self.slots.use(slot, conversation)
        return True

    def rewind(self, slot: Slot, keep: int) -> None:
        """Drop what a slot holds from token `keep` on; all of it for models that cannot forget a part."""
        if keep and self._native.llama_memory_seq_rm(self._memory, slot.number, keep, -1):
            del slot.tokens[keep:]
        else:
            self._empty(slot)

    def _empty(self, slot: Slot) -> None:
        self._native.llama_memory_seq_rm(self._memory, slot.number, -1, -1)
        slot.tokens.clear()

    def decode(self, parts: Sequence[Part]) -> Outcome:
        """Run the model over more tokens of some slots, in one step, giving up free slots for room.

        Raises RuntimeError if llama.cpp cannot; then the slots hold what they held before.
        """
        end = 0
        for part in parts:
            slot, tokens, wanted = part.slot, part.tokens, part.wanted
            begin, count, held = end, len(tokens), len(slot.tokens)
            end += count
            self._tokens[begin:end] = list(tokens)
            self._positions[begin:end] = list(range(held, held + count))
            self._pointers[begin:end] = [self._addresses[slot.number]] * count
            self._wanted[begin:end] = [*[0] * (count - wanted), *[1] * wanted]
            part.row = end - wanted
        self._batch.n_tokens = end
        result = self._native.llama_decode(self._context, self._batch)
        if result == _NO_ROOM:
            slots = [part.slot for part in parts]
            while result == _NO_ROOM and (oldest := self.slots.oldest(*slots)) is not None:
                self.give_up(oldest)
                result = self._native.llama_decode(self._context, self._batch)
        if result == 0:
            for part in parts:
                part.slot.tokens.extend(part.tokens)
            return Outcome.DONE
        return self._undone(result, [part.slot for part in parts])

    def advance(self, nexts: Sequence[tuple[Slot, int]]) -> Outcome:
        """As `decode` for one token of each slot, after which something is to be sampled from the row of the same number.

        No other slot is given up.
        """
        for row, (slot, token) in enumerate(nexts):
            self._tokens[row], self._positions[row], self._wanted[row] = token, len(slot.tokens), 1
            self._pointers[row] = self._addresses[slot.number]
        self._batch.n_tokens = len(nexts)
        result = self._native.llama_decode(self._context, self._batch)
        if result:
            return self._undone(result, [slot for slot, _ in nexts])
        for slot, token in nexts:
            slot.tokens.append(token)
        return Outcome.DONE

    def _undone(self, result: int, slots: Sequence[Slot]) -> Outcome:
        """llama_decode did not do it. Raises RuntimeError if it never will."""
        if result == _NO_ROOM:
            return Outcome.NO_ROOM
        for slot in slots:
            self.rewind(slot, len(slot.tokens))
        if result == _ABORTED:
            return Outcome.ABORTED
        raise RuntimeError(f"llama_decode returned {result}")
