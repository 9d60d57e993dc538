"""`POST /v1/completions`: a text is gone on with as it is, without the frame of a conversation."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator
from dataclasses import replace

from starlette.requests import Request
from starlette.types import ASGIApp

from desktop.core.models import PromptMessage, Role, Usage
from desktop.server import asks, fields, shapes
from desktop.server.answers import Answer
from desktop.server.body import Bodies
from desktop.server.desk import Chosen, Desk, named
from desktop.server.errors import ApiError
from desktop.server.fields import Document
from desktop.server.journal import Entry
from desktop.server.responses import DONE, EventStream, PatientJson, event
from desktop.server.shapes import Json, Shape

_DEFAULT = 256
"""Tokens when nobody says how many: a text has no natural end as an answer has."""
_MOST = 16
"""Prompts in one request."""


class Completions:
    """The endpoint."""

    def __init__(self, desk: Desk, bodies: Bodies) -> None:
        self._desk = desk
        self._bodies = bodies

    async def endpoint(self, request: Request) -> ASGIApp:
        """Go on with a text, or with several, one after another."""
        document = await self._bodies.read(request)
        asks.refuse_unknown_format(document)
        streamed = fields.flag(document, "stream")
        run = _Run(self._desk, document, request.state.entry)  # asks the engine: nothing may be refused after it
        patience = self._desk.policy.patience
        if streamed:
            return EventStream(run.events(), run.stop, patience, run.entry)
        return PatientJson(run.whole, run.stop, patience, run.entry)


class _Run:
    """One request while it is answered. The first prompt is asked at once, so that a busy server says so in time."""

    def __init__(self, desk: Desk, document: Document, entry: Entry) -> None:
        self._desk = desk
        self._prompts = _prompts(document)
        self._echo = fields.flag(document, "echo")
        self._with_usage = fields.flag(fields.inner(document, "stream_options"), "include_usage")
        options = replace(asks.options(document), raw=True)
        if options.max_tokens is None and options.max_length is None:
            options = replace(options, max_tokens=_DEFAULT)
        self._options = options
        self._chosen: Chosen = desk.choose(fields.text(document, "model"))
        self._shape = Shape(f"cmpl-{secrets.token_hex(12)}", "text_completion", named(self._chosen))
        self._usage = Usage()
        self.entry = entry
        self._answer: Answer = self._ask(self._prompts[0])

    def stop(self) -> None:
        """Nobody waits any more, or all is said."""
        self._answer.stop()
        self.entry.usage = self._usage

    async def whole(self) -> Json:
        """All texts in one document."""
        choices = []
        for index, prompt in enumerate(self._prompts):
            if index:
                self._answer = self._ask(prompt)
            text = prompt if self._echo else ""
            async for batch in self._answer.batches():
                text += batch.text
            self._count()
            choices.append(shapes.text_choice(text, shapes.finish_reason(self._answer.reason, False), index))
            self.entry.answer += text
        return self._shape.whole(choices, self._usage)

    async def events(self) -> AsyncGenerator[bytes]:
        """The same as a stream."""
        for index, prompt in enumerate(self._prompts):
            if index:
                self._answer = self._ask(prompt)
            if self._echo:
                yield event(self._shape.chunk([shapes.text_choice(prompt, None, index)]))
            async for batch in self._answer.batches():
                self.entry.answer += batch.text
                yield event(self._shape.chunk([shapes.text_choice(batch.text, None, index)]))
            self._count()
            reason = shapes.finish_reason(self._answer.reason, False)
            yield event(self._shape.chunk([shapes.text_choice("", reason, index)]))
        yield (event(self._shape.chunk([], self._usage)) if self._with_usage else b"") + DONE

    def _ask(self, prompt: str) -> Answer:
        return self._desk.begin(self._chosen, (PromptMessage(Role.USER, prompt),), self._options, self.entry)

    def _count(self) -> None:
        more, so_far = self._answer.usage, self._usage
        self._usage = Usage(
            so_far.prompt_tokens + more.prompt_tokens,
            so_far.cached_tokens + more.cached_tokens,
            so_far.completion_tokens + more.completion_tokens,
            so_far.left_out + more.left_out,
        )


def _prompts(document: Document) -> list[str]:
    prompts = fields.texts(document, "prompt", _MOST)
    if not all(prompts):
        raise ApiError(400, "The prompt is empty.", code="invalid_value", param="prompt")
    return prompts
