"""`POST /`: what the servers of ChatGLM-6B and ChatGLM2-6B understood, and what LangChain's `ChatGLM` still speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp

from desktop.core.models import FinishReason, GenerateOptions, PromptMessage, Role
from desktop.server import asks, fields, shapes
from desktop.server.body import Bodies
from desktop.server.desk import Desk
from desktop.server.fields import Document
from desktop.server.keeping import Kept
from desktop.server.responses import PatientJson
from desktop.server.shapes import Json

_LENGTH, _TOP_P, _TEMPERATURE = 2048, 0.7, 0.95
"""Of the original, for what is missing, null or 0. Temperature 0 alone means what it says: the likeliest words."""


class Old:
    """The endpoint."""

    def __init__(self, desk: Desk, bodies: Bodies, clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since the epoch."""
        self._desk = desk
        self._bodies = bodies
        self._clock = clock

    async def endpoint(self, request: Request) -> ASGIApp:
        """Answer a question with its history."""
        document = await self._bodies.read(request)
        history, objects = asks.old_history(document)
        prompt = fields.text(document, "prompt")
        messages = (*history, PromptMessage(Role.USER, prompt))
        chosen = self._desk.choose(fields.text(document, "model"))
        entry = request.state.entry
        answer = self._desk.begin(chosen, messages, options(document), entry)
        text: list[str] = []
        thought: list[str] = []

        async def make() -> Json:
            async for batch in answer.batches():
                text.append(batch.text)
                thought.append(batch.thought)
            said = "".join(text).strip()
            return shapes.old_answer(said, _longer(document, prompt, said, objects), self._clock())

        def stop() -> None:
            self._desk.done(answer)
            entry.usage = answer.usage
            entry.answer = "".join(text).strip()
            if answer.error is None or entry.answer:
                self._desk.keeper.keep(
                    Kept(
                        messages,
                        entry.answer,
                        "".join(thought).strip(),
                        answer.reason or FinishReason.STOPPED,
                        answer.usage,
                        answer.timings,
                        chosen.file.id if chosen.file else None,
                        answer.error.code if answer.error is not None else None,
                    )
                )

        return PatientJson(make, stop, self._desk.policy.patience, entry)


def options(document: Document) -> GenerateOptions:
    """How to sample, with the original's defaults; everything else that OpenAI's shape knows may be said too."""
    temperature = fields.number(document, "temperature", 0, 10)
    return asks.options(
        {
            **document,
            "temperature": _TEMPERATURE if temperature is None else temperature,
            "top_p": fields.number(document, "top_p", 0, 1) or _TOP_P,
            "max_length": fields.amount(document, "max_length") or _LENGTH,
        }
    )


def _longer(document: Document, prompt: str, answer: str, objects: bool) -> list[Any]:
    """The history with the new pair, in the shape it came in."""
    before = fields.items(document, "history")
    if objects:
        return [*before, {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    return [*before, [prompt, answer]]
