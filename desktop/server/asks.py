"""From the document of a request to what the engine is asked: messages, sampling, functions. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desktop.core.models import GenerateOptions, LogitBias, PromptMessage, Role, ToolCall
from desktop.core.value import dataclass
from desktop.inference.toolgrammar import grammar
from desktop.inference.tools import Form
from desktop.server import fields
from desktop.server.errors import ApiError, wrong
from desktop.server.fields import Document

_NAME = re.compile(r"[\w.:-]{1,64}")
_MOST_FUNCTIONS = 128
_MOST_STOPS = 16
_MOST_BIASES = 1024
_ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
    "function": Role.TOOL,
    "observation": Role.TOOL,
}


@dataclass(frozen=True)
class Functions:
    """What the model may ask for. `choice` is "auto", "required" or the name of the only one; `old`: by the old field."""

    offered: tuple[dict[str, Any], ...] = ()
    choice: str = "auto"
    parallel: bool = True
    old: bool = False


def messages(document: Document) -> tuple[PromptMessage, ...]:
    """The conversation. Raises ApiError: 400 for none or an answer at the end, 422 for nonsense."""
    listed = fields.items(document, "messages")
    if not listed:
        raise wrong("messages", "there must be at least one", status=400)
    found = tuple(_message(item, f"messages[{number}]") for number, item in enumerate(listed))
    if found[-1].role is Role.ASSISTANT:
        raise wrong("messages", "the last one must not be the assistant's", status=400)
    return found


def _message(item: Any, where: str) -> PromptMessage:
    if not isinstance(item, dict):
        raise wrong(where, "must be an object")
    name = item.get("role")
    role = _ROLES.get(name) if isinstance(name, str) else None
    if role is None:
        raise wrong(f"{where}.role", "must be system, user, assistant, tool or function")
    calls = _calls(item, where) if role is Role.ASSISTANT else ()
    return PromptMessage(role, _content(item.get("content"), f"{where}.content"), calls)


def _content(value: Any, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise wrong(where, "must be a string or a list of parts")
    texts = []
    for part in value:
        text = part.get("text") if isinstance(part, dict) else part
        if not isinstance(text, str) or (isinstance(part, dict) and part.get("type", "text") not in _TEXT_PARTS):
            raise wrong(where, "only parts of type text are understood")
        texts.append(text)
    return "\n".join(texts)


_TEXT_PARTS = ("text", "input_text", "output_text")


def _calls(item: Document, where: str) -> tuple[ToolCall, ...]:
    found = []
    for number, call in enumerate(fields.items(item, "tool_calls")):
        if not isinstance(call, dict):
            raise wrong(f"{where}.tool_calls[{number}]", "must be an object")
        found.append(_call(fields.inner(call, "function"), f"{where}.tool_calls[{number}].function"))
    if item.get("function_call") is not None:
        found.append(_call(fields.inner(item, "function_call"), f"{where}.function_call"))
    return tuple(found)


def _call(function: Document, where: str) -> ToolCall:
    name, arguments = function.get("name"), function.get("arguments", "{}")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise wrong(f"{where}.name", "must be the name of a function")
    if isinstance(arguments, dict):
        arguments = json.dumps(arguments, ensure_ascii=False)
    if not isinstance(arguments, str):
        raise wrong(f"{where}.arguments", "must be a string")
    return ToolCall(name, arguments)


def functions(document: Document) -> Functions:
    """The functions the model is told of; none with tool_choice "none". Raises ApiError 422."""
    old = "tools" not in document and "functions" in document
    listed = fields.items(document, "functions" if old else "tools")
    if len(listed) > _MOST_FUNCTIONS:
        raise wrong("tools", f"there may be {_MOST_FUNCTIONS} at most")
    offered = tuple(_function(item, old, f"{'functions' if old else 'tools'}[{n}]") for n, item in enumerate(listed))
    name = "function_call" if old else "tool_choice"
    choice = document.get(name)
    if isinstance(choice, dict):
        inside = choice if old else choice.get("function", choice)
        choice = inside.get("name") if isinstance(inside, dict) else None
        if choice not in [function["name"] for function in offered]:
            raise wrong(name, "names no function of this request")
        offered = tuple(function for function in offered if function["name"] == choice)
        choice = "required"
    elif choice is None:
        choice = "auto"
    elif choice not in ("none", "auto", "required"):
        raise wrong(name, 'must be "none", "auto", "required" or a function')
    if choice == "required" and not offered:
        raise wrong(name, "demands a function, and the request names none")
    parallel = fields.flag(document, "parallel_tool_calls", True)
    return Functions(() if choice == "none" else offered, str(choice), parallel, old)


def _function(item: Any, old: bool, where: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise wrong(where, "must be an object")
    inside = item if old else item.get("function", item)
    if not isinstance(inside, dict):
        raise wrong(f"{where}.function", "must be an object")
    name = inside.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise wrong(f"{where}.name", "must be 1 to 64 letters, figures, dots, dashes or underscores")
    if not isinstance(inside.get("parameters") or {}, dict):
        raise wrong(f"{where}.parameters", "must be a JSON schema")
    kept = {key: inside[key] for key in ("name", "description", "parameters") if inside.get(key) is not None}
    return {**kept, "parameters": kept.get("parameters", {"type": "object", "properties": {}})}


def with_functions(options: GenerateOptions, asked: Functions, form: Form) -> GenerateOptions:
    """The options of a request that may, or must, end in a call. Raises ApiError 422."""
    if not asked.offered:
        return options
    tools = json.dumps(list(asked.offered), ensure_ascii=False)
    if asked.choice != "required":
        return replace(options, tools=tools)
    if options.grammar or options.json_schema:
        raise wrong("tool_choice", "a call cannot be demanded together with a response format")
    # a demanded call leaves no room for thoughts: the grammar holds from the first token
    return replace(options, tools=tools, grammar=grammar(form, asked.offered), thinking=False)


def options(document: Document) -> GenerateOptions:
    """Sampling and limits, in both dialects' names. Raises ApiError 422."""
    if (fields.whole(document, "n") or 1) != 1:
        raise wrong("n", "only 1 is possible")
    penalty = fields.number(document, "repetition_penalty", 0, 10)
    if penalty is None:
        penalty = fields.number(document, "repeat_penalty", 0, 10)
    return GenerateOptions(
        temperature=fields.number(document, "temperature", 0, 10),
        top_p=fields.number(document, "top_p", 0, 1),
        top_k=fields.whole(document, "top_k", 0),
        min_p=fields.number(document, "min_p", 0, 1),
        typical_p=fields.number(document, "typical_p", 0, 1),
        repeat_penalty=penalty or None,
        presence_penalty=fields.number(document, "presence_penalty", -2, 2),
        frequency_penalty=fields.number(document, "frequency_penalty", -2, 2),
        seed=fields.whole(document, "seed"),
        max_tokens=fields.amount(document, "max_completion_tokens", "max_tokens"),
        max_length=fields.amount(document, "max_length"),
        stop=_stops(document.get("stop")),
        logit_bias=_biases(document),
        grammar=fields.text(document, "grammar"),
        json_schema=_schema(document),
        thinking=_thinking(document),
    )


def _stops(value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if listed is None:
        return ()
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise wrong("stop", "must be a string or a list of strings")
    if len(listed) > _MOST_STOPS:
        raise wrong("stop", f"there may be {_MOST_STOPS} at most")
    return tuple(item for item in listed if item)


def _biases(document: Document) -> tuple[LogitBias, ...]:
    asked = fields.inner(document, "logit_bias")
    if len(asked) > _MOST_BIASES:
        raise wrong("logit_bias", f"there may be {_MOST_BIASES} at most")
    found = []
    for token, _ in asked.items():
        bias = fields.number(asked, token, -100, 100)
        if not token.isascii() or not token.isdecimal() or len(token) > 8 or bias is None:
            raise wrong("logit_bias", "must lead from tokens' numbers to numbers between -100 and 100")
        found.append(LogitBias(int(token), bias))
    return tuple(found)


def _schema(document: Document) -> str:
    asked = fields.inner(document, "response_format")
    kind = asked.get("type")
    if not asked or kind == "text":
        return ""
    if kind == "json_object":
        return json.dumps(asked["schema"]) if isinstance(asked.get("schema"), dict) else '{"type": "object"}'
    if kind == "json_schema":
        inside = fields.inner(asked, "json_schema")
        schema = inside.get("schema", asked.get("schema"))
        if isinstance(schema, dict):
            return json.dumps(schema, ensure_ascii=False)
        raise wrong("response_format.json_schema.schema", "must be a JSON schema")
    raise wrong("response_format.type", "must be text, json_object or json_schema")


def _thinking(document: Document) -> bool:
    """Whether the model may think first: Zhipu's, Qwen's and OpenAI's ways of saying so."""
    asked = document.get("thinking")
    if isinstance(asked, dict) and asked.get("type") in ("enabled", "disabled"):
        return bool(asked["type"] == "enabled")
    for place in (document, document.get("chat_template_kwargs")):
        if isinstance(place, dict) and isinstance(place.get("enable_thinking"), bool):
            return bool(place["enable_thinking"])
    return document.get("reasoning_effort") not in ("none", "minimal")


def old_history(document: Document) -> tuple[tuple[PromptMessage, ...], bool]:
    """ChatGLM-6B's history: pairs, or objects with a role (then the second is True). Raises ApiError 422."""
    listed = fields.items(document, "history")
    objects = any(isinstance(item, dict) for item in listed)
    found: list[PromptMessage] = []
    for number, item in enumerate(listed):
        where = f"history[{number}]"
        if isinstance(item, dict):
            found.append(_message(item, where))
        elif isinstance(item, list) and len(item) == 2 and all(isinstance(side, str | None) for side in item):
            question, answer = item
            found.append(PromptMessage(Role.USER, question or ""))
            found.append(PromptMessage(Role.ASSISTANT, answer or ""))
        else:
            raise wrong(where, "must be a question and its answer")
    return tuple(found), objects


def asked_last(spoken: Sequence[PromptMessage]) -> str:
    """The question, for the request log."""
    return next((message.text for message in reversed(spoken) if message.role is Role.USER), "")


def refuse_unknown_format(document: Document) -> None:
    """What nobody can do here gets an honest no."""
    if document.get("suffix"):
        raise ApiError(400, "suffix: text cannot be filled in here.", code="unsupported", param="suffix")
