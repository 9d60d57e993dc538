"""The second program of the document this project began with: LangChain's ChatGLM. Prints the answers."""

import json
import sys

from langchain_classic.chains import LLMChain
from langchain_community.llms import ChatGLM
from langchain_core.prompts import PromptTemplate

address, more = sys.argv[1], json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}")
model_kwargs = {"sample_model_args": False, **more.pop("model_kwargs", {})}
questions = more.pop("questions", ["北京和上海两座城市有什么不同？"])
with_history = more.pop("with_history", False)

template = """{question}"""
prompt = PromptTemplate.from_template(template)

llm = ChatGLM(
    endpoint_url=address,
    max_token=80000,
    history=more.pop("history", [["我将从美国到中国来旅游，出行前希望了解中国的城市", "欢迎问我任何问题。"]]),
    top_p=0.9,
    model_kwargs=model_kwargs,
    **more,
)
llm.with_history = with_history

llm_chain = LLMChain(prompt=prompt, llm=llm)
sys.stdout.write(json.dumps([llm_chain.run(question) for question in questions]))
