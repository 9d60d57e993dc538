"""The documents that are sent back, in OpenAI's shape and in ChatGLM-6B's. Pure."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from desktop.core.models import FinishReason, ToolCall, Usage

Json = dict[str, Any]


def encode(value: object) -> bytes:
    """JSON in UTF-8, as it is spoken: no escapes for anything that is a letter somewhere."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def usage_of(usage: Usage) -> Json:
    """`left_out` counts messages that did not fit the context: nothing is dropped in silence."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "left_out": usage.left_out,
    }


def finish_reason(reason: FinishReason | None, calls: bool, *, old: bool = False) -> str:
    """OpenAI's word for how an answer ended."""
    if calls:
        return "function_call" if old else "tool_calls"
    return "length" if reason is FinishReason.LENGTH else "stop"


class Shape:
    """What all documents of one answer have in common. `kind` is "chat.completion" or "text_completion"."""

    def __init__(self, identity: str, kind: str, model: str) -> None:
        self._identity = identity
        self._kind = kind
        self._model = model
        self._created = int(time.time())

    def whole(self, choices: list[Json], usage: Usage) -> Json:
        """The answer in one document."""
        return {**self._head(self._kind), "choices": choices, "usage": usage_of(usage)}

    def chunk(self, choices: list[Json], usage: Usage | None = None) -> Json:
        """A part of a stream."""
        kind = f"{self._kind}.chunk" if self._kind == "chat.completion" else self._kind
        return {**self._head(kind), "choices": choices, **({"usage": usage_of(usage)} if usage is not None else {})}

    def _head(self, kind: str) -> Json:
        return {"id": self._identity, "object": kind, "created": self._created, "model": self._model}


def call(identity: str, asked: ToolCall) -> Json:
    """One call in `tool_calls`."""
    return {"id": identity, "type": "function", "function": {"name": asked.name, "arguments": asked.arguments}}


def message(text: str, thought: str, calls: Sequence[tuple[str, ToolCall]], *, old: bool) -> Json:
    """The assistant's message. `content` is always a string: LangChain's ChatGLM3 needs one."""
    said: Json = {"role": "assistant", "content": text}
    if thought:
        said["reasoning_content"] = thought
    if calls:
        said["tool_calls"] = [call(identity, asked) for identity, asked in calls]
        if old:
            said["function_call"] = said["tool_calls"][0]["function"]
    return said


def choice(said: Json, reason: str) -> Json:
    """The only choice of a chat."""
    return {"index": 0, "message": said, "logprobs": None, "finish_reason": reason}


def delta(said: Json, reason: str | None = None) -> Json:
    """The only choice of a part of a chat."""
    return {"index": 0, "delta": said, "logprobs": None, "finish_reason": reason}


def text_choice(text: str, reason: str | None, index: int = 0) -> Json:
    """A choice of a text completion."""
    return {"index": index, "text": text, "logprobs": None, "finish_reason": reason}


def old_answer(text: str, history: list[Any], milliseconds: int) -> Json:
    """What ChatGLM-6B's server answers."""
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(milliseconds / 1000))
    return {"response": text, "history": history, "status": 200, "time": moment}
