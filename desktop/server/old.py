"""`POST /`: what the servers of ChatGLM-6B and ChatGLM2-6B understood, and what LangChain's `ChatGLM` still speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp

from desktop.core.models import GenerateOptions, PromptMessage, Role
from desktop.server import asks, fields, shapes
from desktop.server.body import Bodies
from desktop.server.desk import Desk
from desktop.server.fields import Document
from desktop.server.responses import PatientJson
from desktop.server.shapes import Json
from desktop.server.talk import Talk

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
        talk = Talk(self._desk, chosen, messages, options(document), request.state.entry)

        async def make() -> Json:
            said = (await talk.whole()).strip()
            return shapes.old_answer(said, _longer(document, prompt, said, objects), self._clock())

        return PatientJson(make, talk.end, self._desk.policy.patience, talk.entry)


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
