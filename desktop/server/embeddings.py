"""`POST /v1/embeddings`."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp

from desktop.core.models import GenerateOptions, PromptMessage, Role, Usage
from desktop.server import fields
from desktop.server.answers import Answer
from desktop.server.body import Bodies
from desktop.server.desk import Chosen, Desk, named
from desktop.server.errors import busy, wrong
from desktop.server.fields import Document
from desktop.server.journal import Entry
from desktop.server.responses import PatientJson, Pieces
from desktop.server.shapes import encode

_MOST = 2048
"""Texts in one request."""
_AT_A_TIME = 4
"""Texts the engine gets at once: between two such groups, answers that are being written go on."""
_TOGETHER = 512_000_000
"""Bytes of vectors that wait for the last one of their request, of all requests together."""


@dataclass(slots=True)
class _Held:
    size: int = 0


class Embeddings:
    """The endpoint."""

    def __init__(self, desk: Desk, bodies: Bodies) -> None:
        self._desk = desk
        self._bodies = bodies
        self._held = _Held()

    async def endpoint(self, request: Request) -> ASGIApp:
        """Texts as vectors."""
        document = await self._bodies.read(request)
        if fields.amount(document, "dimensions"):
            raise wrong("dimensions", "vectors cannot be shortened here", status=400)
        form = document.get("encoding_format") or "float"
        if form not in ("float", "base64"):
            raise wrong("encoding_format", "must be float or base64")
        chosen = self._desk.choose(fields.text(document, "model"))
        run = _Run(self._desk, chosen, _texts(document), form == "base64", request.state.entry, self._held)
        return PatientJson(run.whole, run.stop, self._desk.policy.patience, run.entry)


class _Run:
    def __init__(self, desk: Desk, chosen: Chosen, texts: list[str], packed: bool, entry: Entry, held: _Held) -> None:
        self._desk = desk
        self._chosen = chosen
        self._groups = [texts[at : at + _AT_A_TIME] for at in range(0, len(texts), _AT_A_TIME)]
        self._packed = packed
        self._tokens = 0
        self._size = 0
        self._held = held
        self.entry = entry
        self._answer: Answer = self._ask(self._groups[0])

    def stop(self) -> None:
        self._answer.stop()
        self._hold(-self._size)
        self.entry.usage = Usage(prompt_tokens=self._tokens)

    async def whole(self) -> Pieces:
        """As JSON already: thousands of vectors are hundreds of megabytes as numbers, and seconds of work at the end."""
        pieces: Pieces = [b'{"object":"list","data":[']
        index = 0
        for number, group in enumerate(self._groups):
            if number:
                self._answer = self._ask(group)
            async for _ in self._answer.batches():
                pass
            self._tokens += self._answer.usage.prompt_tokens
            for vector in self._answer.vectors:
                shown: Any = _pack(vector) if self._packed else vector
                item = encode({"object": "embedding", "index": index, "embedding": shown})
                self._hold(len(item))
                pieces.append(b"," + item if index else item)
                index += 1
        usage = {"prompt_tokens": self._tokens, "total_tokens": self._tokens}
        return [*pieces, b"]," + encode({"model": named(self._chosen), "usage": usage})[1:]]

    def _hold(self, size: int) -> None:
        self._size += size
        self._held.size += size
        if size > 0 and self._held.size > _TOGETHER:
            raise busy()

    def _ask(self, group: Sequence[str]) -> Answer:
        messages = tuple(PromptMessage(Role.USER, text) for text in group)
        return self._desk.begin(self._chosen, messages, GenerateOptions(embed=True), self.entry)


def _pack(vector: Sequence[float]) -> str:
    """As OpenAI's clients read them: 32-bit floats, the lowest byte first, in base 64."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")


def _texts(document: Document) -> list[str]:
    texts = fields.texts(document, "input", _MOST)
    if not all(texts):
        raise wrong("input", "must not be empty", status=400)
    return texts
