"""The first program of the document this project began with: LangChain's ChatGLM3. Prints the answer."""

import json
import sys
from typing import Any

from langchain_classic.chains import LLMChain
from langchain_community.llms.chatglm3 import ChatGLM3
from langchain_core.messages import AIMessage
from langchain_core.prompts import PromptTemplate

address, more = sys.argv[1], json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}")

template = """{question}"""
prompt = PromptTemplate.from_template(template)

messages: list[Any] = [
    AIMessage(content="我将从美国到中国来旅游，出行前希望了解中国的城市"),
    AIMessage(content="欢迎问我任何问题。"),
]

llm = ChatGLM3(
    endpoint_url=f"{address}/v1/chat/completions",
    max_tokens=80000,
    prefix_messages=messages,
    top_p=0.9,
    **more,
)

llm_chain = LLMChain(prompt=prompt, llm=llm)
sys.stdout.write(json.dumps([llm_chain.run("北京和上海两座城市有什么不同？")]))
