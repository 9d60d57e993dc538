"""How each generation is told of functions, and how calls and their results stand in its prompt. Pure.

The forms are those of the official templates. Reading what a model writes is `toolcalls`' business.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from desktop.core.models import PromptMessage, Role, ToolCall

Function = Mapping[str, Any]
"""`name`, `description`, `parameters` (a JSON schema): OpenAI's description of a function."""


class Form(StrEnum):
    """How a generation writes a call."""

    PYTHON = "python"
    """ChatGLM3: the name, then a code fence with tool_call(key=value)."""
    LINES = "lines"
    """GLM-4: the name, then a JSON object on the next line."""
    TAGS = "tags"
    """GLM-4.5: <tool_call>name, <arg_key>, <arg_value>, each on a line."""
    TIGHT_TAGS = "tight_tags"
    """GLM-4.7: the same without line breaks."""
    JSON_TAGS = "json_tags"
    """Everybody else: <tool_call> around a JSON object."""


_FORMS = {
    "chatglm3": Form.PYTHON,
    "glm-edge": Form.LINES,
    "glm-4": Form.LINES,
    "codegeex4": Form.LINES,
    "glm-4-0414": Form.LINES,
    "glm-z1": Form.LINES,
    "glm-4.5": Form.TAGS,
    "glm-4.6": Form.TAGS,
    "glm-4.7-flash": Form.TIGHT_TAGS,
}

MARKS = ("<tool_call>", "</tool_call>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>")
"""Tokens of newer generations that are part of an answer though they are marks."""

Part = tuple[str, bool]
"""A text, and whether marks in it may become special tokens."""


def form_of(family: str) -> Form:
    """The form of a family by its id."""
    return _FORMS.get(family, Form.JSON_TAGS)


def functions(tools: str) -> list[dict[str, Any]]:
    """The functions in the JSON list of GenerateOptions.tools; whatever is none is left out."""
    try:
        listed = json.loads(tools) if tools else []
    except (ValueError, RecursionError):
        return []
    inner = [tool.get("function", tool) for tool in listed if isinstance(tool, dict)]
    return [function for function in inner if isinstance(function, dict) and isinstance(function.get("name"), str)]


def introduction(form: Form, offered: Sequence[Function]) -> list[Part]:
    """The system message that tells of the functions."""
    match form:
        case Form.PYTHON:
            words = "Answer the following questions as best as you can. You have access to the following tools:\n"
            return [(words, True), (_pretty(offered), False)]
        case Form.LINES:
            parts: list[Part] = [("# 可用工具", True)]
            for function in offered:
                parts.append((f"\n\n## {function['name']}\n\n{_pretty(function)}", False))
                parts.append(("\n在调用上述函数时，请使用 Json 格式表示调用的参数。", True))
            return parts
        case Form.JSON_TAGS:
            how = (
                "\n</tools>\n\nFor each function call return a JSON object with the function's name and its arguments "
                'within tags:\n<tool_call>\n{"name": <name>, "arguments": <object>}\n</tool_call>'
            )
            return _tagged(offered, how)
    gap = "" if form is Form.TIGHT_TAGS else "\n"
    lines = (
        "<tool_call>{function-name}",
        "<arg_key>{arg-key-1}</arg_key>",
        "<arg_value>{arg-value-1}</arg_value>",
        "<arg_key>{arg-key-2}</arg_key>",
        "<arg_value>{arg-value-2}</arg_value>",
        "...",
        "</tool_call>",
    )
    how = "\n</tools>\n\nFor each function call, output the function name and arguments within the following XML format:\n"
    return _tagged(offered, how + gap.join(lines))


def written(form: Form, call: ToolCall) -> list[Part]:
    """A call as the model would have written it. What the caller filled in never becomes a mark."""
    values = _arguments(call.arguments)
    match form:
        case Form.PYTHON:
            inside = ", ".join(f"{key}={value!r}" for key, value in values.items())
            return [(f"{call.name}\n ```python\ntool_call({inside})\n```", False)]
        case Form.LINES:
            return [(f"{call.name}\n{json.dumps(values, ensure_ascii=False)}", False)]
        case Form.JSON_TAGS:
            body = json.dumps({"name": call.name, "arguments": values}, ensure_ascii=False)
            return [("<tool_call>", True), (f"\n{body}\n", False), ("</tool_call>", True)]
    gap = "" if form is Form.TIGHT_TAGS else "\n"
    parts: list[Part] = [(f"{gap}<tool_call>", True), (call.name + gap, False)]
    for key, value in values.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        parts += [("<arg_key>", True), (key, False), (f"</arg_key>{gap}<arg_value>", True), (shown, False)]
        parts.append((f"</arg_value>{gap}", True))
    return [*parts, ("</tool_call>", True)]


def result(form: Form, text: str, after_mark: str) -> list[Part]:
    """What a function gave, as it stands after the observation's mark; `after_mark` as in families.Family."""
    if form is Form.TAGS:
        return [("\n<tool_response>", True), (f"\n{text}\n", False), ("</tool_response>", True)]
    if form is Form.TIGHT_TAGS:
        return [("<tool_response>", True), (text, False), ("</tool_response>", True)]
    return [(after_mark + text, False)]


def joins_results(form: Form) -> bool:
    """Whether several results follow one observation's mark."""
    return form in (Form.TAGS, Form.TIGHT_TAGS)


def plain(messages: Sequence[PromptMessage], tools: str) -> list[PromptMessage]:
    """The same conversation for a template that may know nothing of functions: in words, by three roles."""
    offered = functions(tools)
    spoken: list[PromptMessage] = []
    for message in messages:
        text = message.text
        role = message.role
        if message.calls:
            calls = ("".join(part for part, _ in written(Form.JSON_TAGS, call)) for call in message.calls)
            text = "\n".join((*((text,) if text else ()), *calls))
        if role is Role.TOOL:
            role, text = Role.USER, f"<tool_response>\n{text}\n</tool_response>"
            if spoken and spoken[-1].role is Role.USER and spoken[-1].text.endswith("</tool_response>"):
                text = f"{spoken.pop().text}\n{text}"
        spoken.append(PromptMessage(role, text))
    if offered:
        words = "".join(part for part, _ in introduction(Form.JSON_TAGS, offered))
        if spoken and spoken[0].role is Role.SYSTEM:
            spoken[0] = PromptMessage(Role.SYSTEM, f"{spoken[0].text}\n\n{words}")
        else:
            spoken.insert(0, PromptMessage(Role.SYSTEM, words))
    return spoken


def _tagged(offered: Sequence[Function], how: str) -> list[Part]:
    before = (
        "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
        "You are provided with function signatures within <tools></tools> XML tags:\n<tools>"
    )
    listed = "".join(
        f"\n{json.dumps({'type': 'function', 'function': function}, ensure_ascii=False)}" for function in offered
    )
    return [(before, True), (listed, False), (how, True)]


def _pretty(value: object) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False)


def _arguments(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"arguments": text}
