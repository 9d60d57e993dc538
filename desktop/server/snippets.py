"""What a user copies into a program or a terminal to reach the server. Pure; code, and so not translated."""

from __future__ import annotations

import json
import sys
from urllib.parse import quote

KINDS = (("curl", "curl"), ("langchain", "LangChain"), ("openai", "OpenAI"))
"""(value, name) of each, in the order they are shown."""

QUESTION = "北京和上海两座城市有什么不同？"


def snippet(kind: str, address: str, key: str = "") -> str:
    """One of KINDS, for a server at `address` ("http://127.0.0.1:8000") that wants `key` ("" for none)."""
    return {"curl": _curl, "langchain": _langchain, "openai": _openai}[kind](address, key)


def _curl(address: str, key: str) -> str:
    body = json.dumps({"messages": [{"role": "user", "content": QUESTION}]}, ensure_ascii=False)
    windows = sys.platform == "win32"
    quoted = '"' + body.replace('"', '\\"') + '"' if windows else f"'{body}'"
    going_on = " ^\n  " if windows else " \\\n  "
    parts = [
        f"curl --noproxy '*' {address}/v1/chat/completions"
        if not windows
        else f'curl --noproxy "*" {address}/v1/chat/completions'
    ]
    if key:
        parts.append(f'-H "Authorization: Bearer {key}"')
    parts += ['-H "Content-Type: application/json"', f"-d {quoted}"]
    return going_on.join(parts)


def _langchain(address: str, key: str) -> str:
    host = address.partition("://")[2]
    given = f"http://key:{quote(key, safe='')}@{host}" if key else address
    name = host.rpartition(":")[0]
    return f'''import os
os.environ["NO_PROXY"] = "{name}"

from langchain_community.llms import ChatGLM
from langchain_community.llms.chatglm3 import ChatGLM3

llm = ChatGLM3(endpoint_url="{given}/v1/chat/completions", max_tokens=80000, top_p=0.9)
print(llm.invoke("{QUESTION}"))

llm = ChatGLM(endpoint_url="{given}", max_token=80000, top_p=0.9, with_history=True)
print(llm.invoke("{QUESTION}"))'''


def _openai(address: str, key: str) -> str:
    name = address.partition("://")[2].rpartition(":")[0]
    return f'''import os
os.environ["NO_PROXY"] = "{name}"

from openai import OpenAI

client = OpenAI(base_url="{address}/v1", api_key="{key or "none"}")
answer = client.chat.completions.create(
    model="chatglm",
    messages=[{{"role": "user", "content": "{QUESTION}"}}],
)
print(answer.choices[0].message.content)'''
