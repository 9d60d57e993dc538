"""`POST /v1/chat/completions`, whole and as a stream."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator

from starlette.requests import Request
from starlette.types import ASGIApp

from desktop.core.models import ToolCall
from desktop.inference.toolcalls import CallReader, read_calls
from desktop.inference.tools import Form
from desktop.server import asks, fields, shapes
from desktop.server.body import Bodies
from desktop.server.desk import Desk, named
from desktop.server.responses import DONE, EventStream, PatientJson, event
from desktop.server.shapes import Json, Shape
from desktop.server.talk import Talk


class Chat:
    """The endpoint."""

    def __init__(self, desk: Desk, bodies: Bodies) -> None:
        self._desk = desk
        self._bodies = bodies

    async def endpoint(self, request: Request) -> ASGIApp:
        """Answer a conversation."""
        document = await self._bodies.read(request)
        streamed = fields.flag(document, "stream")
        if streamed and self._desk.policy.plain_stream() and _is_langchain(request.headers.get("user-agent", "")):
            streamed = False
        with_usage = fields.flag(fields.inner(document, "stream_options"), "include_usage")
        messages = asks.messages(document)
        functions = asks.functions(document)
        chosen = self._desk.choose(fields.text(document, "model"))
        options = asks.with_functions(asks.options(document), functions, chosen.form)
        talk = Talk(self._desk, chosen, messages, options, request.state.entry)
        shape = Shape(f"chatcmpl-{secrets.token_hex(12)}", "chat.completion", named(chosen))
        patience = self._desk.policy.patience
        if streamed:
            return EventStream(_events(talk, functions, shape, with_usage), talk.end, patience, talk.entry)
        return PatientJson(lambda: _whole(talk, functions, shape), talk.end, patience, talk.entry)


async def _whole(talk: Talk, functions: asks.Functions, shape: Shape) -> Json:
    text, found = await talk.whole(), tuple[ToolCall, ...]()
    if functions.offered:
        text, found = read_calls(talk.chosen.form, functions.offered, text)
    calls = [(_call_id(), call) for call in _allowed(found, functions)]
    message = shapes.message(text.strip(), talk.thought, calls, old=functions.old)
    reason = shapes.finish_reason(talk.answer.reason, bool(calls), old=functions.old)
    return shape.whole([shapes.choice(message, reason)], talk.answer.usage)


async def _events(talk: Talk, functions: asks.Functions, shape: Shape, with_usage: bool) -> AsyncGenerator[bytes]:
    writer = _Deltas(talk.chosen.form, functions, shape)
    first = shapes.delta({"role": "assistant", "content": ""})
    begun = False
    async for batch in talk.batches():
        data = b"" if begun else event(shape.chunk([first]))
        begun = True
        data += writer.thought(batch.thought) + writer.text(batch.text)
        if data:
            yield data
    end = b"" if begun else event(shape.chunk([first]))
    end += writer.end()
    reason = shapes.finish_reason(talk.answer.reason, writer.calls > 0, old=functions.old)
    end += event(shape.chunk([shapes.delta({}, reason)]))
    if with_usage:
        end += event(shape.chunk([], talk.answer.usage))
    yield end + DONE


class _Deltas:
    """Turns pieces of an answer into events: no white space at either end, calls apart from words."""

    def __init__(self, form: Form, functions: asks.Functions, shape: Shape) -> None:
        self._shape = shape
        self._functions = functions
        self._reader = CallReader(form, functions.offered)
        self._tail = ""
        self._begun = False
        self.calls = 0

    def thought(self, thought: str) -> bytes:
        """A piece of what the model thinks."""
        return event(self._shape.chunk([shapes.delta({"reasoning_content": thought})])) if thought else b""

    def text(self, text: str) -> bytes:
        """A piece of what it says."""
        return b"".join(self._item(item) for item in self._reader.add(text)) if text else b""

    def end(self) -> bytes:
        """What was kept back."""
        return b"".join(self._item(item) for item in self._reader.end())

    def _item(self, item: str | ToolCall) -> bytes:
        if isinstance(item, str):
            return self._words(item)
        if not _allowed((item,), self._functions, self.calls):
            return b""
        number = self.calls
        self.calls += 1
        listed = {"index": number, **shapes.call(_call_id(), item)}
        said: Json = {"tool_calls": [listed]}
        if self._functions.old and number == 0:
            said["function_call"] = listed["function"]
        return event(self._shape.chunk([shapes.delta(said)]))

    def _words(self, text: str) -> bytes:
        text = self._tail + (text if self._begun else text.lstrip())
        said = text.rstrip()
        self._tail = text[len(said) :]
        if not said:
            return b""
        self._begun = True
        return event(self._shape.chunk([shapes.delta({"content": said})]))


def _allowed(calls: tuple[ToolCall, ...], functions: asks.Functions, before: int = 0) -> tuple[ToolCall, ...]:
    """With parallel_tool_calls false, and for the old field, only the first counts."""
    if functions.parallel and not functions.old:
        return calls
    return calls[: max(0, 1 - before)]


def _call_id() -> str:
    return f"call_{secrets.token_hex(12)}"


def _is_langchain(user_agent: str) -> bool:
    """LangChain's ChatGLM3 speaks through bare httpx, and nothing else in its requests tells it apart."""
    return user_agent.lower().startswith("python-httpx/")
