"""Our own description of the API, in OpenAPI 3.1: what programs and tests are told it understands."""

from __future__ import annotations

from functools import cache
from typing import Any

import desktop

Schema = dict[str, Any]

_TOKENS: Schema = {"type": ["integer", "null"], "description": "Clamped to the context; null, 0 or less: no limit."}
_SAMPLING: Schema = {
    "model": {
        "type": ["string", "null"],
        "description": "An installed model's id or name; any other means the loaded one.",
    },
    "temperature": {"type": ["number", "null"], "minimum": 0, "maximum": 10},
    "top_p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "top_k": {"type": ["integer", "null"], "minimum": 0},
    "min_p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "typical_p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "repetition_penalty": {"type": ["number", "null"], "minimum": 0, "maximum": 10},
    "presence_penalty": {"type": ["number", "null"], "minimum": -2, "maximum": 2},
    "frequency_penalty": {"type": ["number", "null"], "minimum": -2, "maximum": 2},
    "seed": {"type": ["integer", "null"]},
    "max_tokens": _TOKENS,
    "max_completion_tokens": _TOKENS,
    "max_length": {**_TOKENS, "description": "Prompt and answer together; clamped to the context."},
    "stop": {
        "anyOf": [
            {"type": ["string", "null"]},
            {"type": "array", "maxItems": 16, "items": {"type": "string"}},
        ]
    },
    "logit_bias": {"type": ["object", "null"], "additionalProperties": {"type": "number"}},
    "n": {"type": ["integer", "null"], "const": 1},
    "stream": {"type": ["boolean", "null"]},
    "stream_options": {"type": ["object", "null"], "properties": {"include_usage": {"type": ["boolean", "null"]}}},
    "grammar": {"type": ["string", "null"], "description": "GBNF."},
    "response_format": {
        "type": ["object", "null"],
        "properties": {
            "type": {"enum": ["text", "json_object", "json_schema"]},
            "json_schema": {"type": "object", "properties": {"schema": {"type": "object"}}},
        },
    },
    "thinking": {"type": ["object", "null"], "properties": {"type": {"enum": ["enabled", "disabled"]}}},
    "enable_thinking": {"type": ["boolean", "null"]},
    "reasoning_effort": {"type": ["string", "null"]},
}
_FUNCTION: Schema = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
        "description": {"type": "string"},
        "parameters": {"type": "object"},
    },
}
_MESSAGE: Schema = {
    "type": "object",
    "required": ["role"],
    "properties": {
        "role": {"enum": ["system", "developer", "user", "assistant", "tool", "function"]},
        "content": {
            "anyOf": [
                {"type": ["string", "null"]},
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["type", "text"],
                        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
                    },
                },
            ]
        },
        "tool_calls": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "type": {"const": "function"},
                    "function": {
                        "type": "object",
                        "properties": {"name": {"type": "string"}, "arguments": {"type": "string"}},
                    },
                },
            },
        },
        "tool_call_id": {"type": "string"},
    },
}
_CHAT: Schema = {
    "type": "object",
    "required": ["messages"],
    "properties": {
        **_SAMPLING,
        "messages": {"type": "array", "minItems": 1, "items": _MESSAGE},
        "tools": {
            "type": ["array", "null"],
            "maxItems": 128,
            "items": {
                "type": "object",
                "required": ["type", "function"],
                "properties": {"type": {"const": "function"}, "function": _FUNCTION},
            },
        },
        "tool_choice": {
            "anyOf": [
                {"enum": ["none", "auto", "required", None]},
                {"type": "object", "properties": {"type": {"const": "function"}, "function": _FUNCTION}},
            ]
        },
        "parallel_tool_calls": {"type": ["boolean", "null"]},
        "functions": {"type": "array", "items": _FUNCTION, "deprecated": True},
        "function_call": {
            "anyOf": [{"enum": ["none", "auto"]}, {"type": "object", "properties": {"name": {"type": "string"}}}],
            "deprecated": True,
        },
    },
}


def _texts(most: int) -> Schema:
    listed = {"type": "array", "minItems": 1, "maxItems": most, "items": {"type": "string", "minLength": 1}}
    return {"anyOf": [{"type": "string", "minLength": 1}, listed]}


_COMPLETION: Schema = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        **{name: schema for name, schema in _SAMPLING.items() if "thinking" not in name},
        "prompt": _texts(16),
        "echo": {"type": ["boolean", "null"]},
    },
}
_EMBEDDING: Schema = {
    "type": "object",
    "required": ["input"],
    "properties": {
        "input": _texts(2048),
        "model": _SAMPLING["model"],
        "encoding_format": {"enum": ["float", "base64", None]},
        "dimensions": {"type": ["integer", "null"]},
    },
}
_OLD: Schema = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string"},
        "history": {
            "anyOf": [
                {"type": "null"},
                {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": ["string", "null"]}},
                            _MESSAGE,
                        ]
                    },
                },
            ]
        },
        "max_length": _SAMPLING["max_length"],
        "temperature": _SAMPLING["temperature"],
        "top_p": _SAMPLING["top_p"],
        "seed": _SAMPLING["seed"],
    },
}
_ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}
_USAGE: Schema = {
    "type": "object",
    "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
    "properties": {
        name: {"type": "integer", "minimum": 0} for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    },
}
_ANSWER: Schema = {
    "type": "object",
    "required": ["id", "object", "created", "model", "choices", "usage"],
    "properties": {
        "object": {"const": "chat.completion"},
        "choices": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["index", "message", "finish_reason"],
                "properties": {
                    "message": {
                        "type": "object",
                        "required": ["role", "content"],
                        "properties": {"role": {"const": "assistant"}, "content": {"type": "string"}},
                    },
                    "finish_reason": {"enum": ["stop", "length", "tool_calls", "function_call"]},
                },
            },
        },
        "usage": _USAGE,
    },
}
_OLD_ANSWER: Schema = {
    "type": "object",
    "required": ["response", "history", "status", "time"],
    "properties": {
        "response": {"type": "string"},
        "history": {"type": "array"},
        "status": {"const": 200},
        "time": {"type": "string"},
    },
}


def _operation(name: str, summary: str, body: Schema | None, answer: Schema, *, streams: bool = False) -> Schema:
    content: Schema = {"application/json": {"schema": answer}}
    if streams:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    codes = ["403"] if body is None else ["400", "401", "403", "404", "408", "413", "422", "503"]
    operation: Schema = {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": "The answer.", "content": content},
            **{
                code: {"description": "An error.", "content": {"application/json": {"schema": _ERROR}}}
                for code in codes
            },
        },
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


@cache
def description() -> Schema:
    """The whole document."""
    thing: Schema = {"type": "object"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "ChatGLM Desktop", "version": desktop.__version__},
        "paths": {
            "/": {
                "get": _operation("root", "What there is.", None, thing),
                "post": _operation("chatglm", "ChatGLM-6B's own protocol.", _OLD, _OLD_ANSWER),
            },
            "/v1/chat/completions": {
                "post": _operation("chat", "Answer a conversation.", _CHAT, _ANSWER, streams=True)
            },
            "/v1/completions": {"post": _operation("complete", "Go on with a text.", _COMPLETION, thing, streams=True)},
            "/v1/embeddings": {"post": _operation("embed", "Texts as vectors.", _EMBEDDING, thing)},
            "/v1/models": {"get": _operation("models", "Models on this computer.", None, thing)},
            "/health": {"get": _operation("health", "Whether somebody is there.", None, thing)},
        },
    }
