"""OpenAI's own package, as programs use it, against the real engine."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from desktop.core.events import RequestAnswered
from desktop.core.models import EngineState
from tests.recorder import Recorder
from tests.server.conftest import BEGINNING, QUESTION, Serve, Served

pytestmark = pytest.mark.model

SPOKEN: list[Any] = [{"role": "user", "content": QUESTION}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "天气",
        "parameters": {
            "type": "object",
            "properties": {"city": {"enum": ["北京", "上海"]}, "days": {"type": "integer"}},
            "required": ["city", "days"],
        },
    },
}
TWO_CALLS = (
    'root ::= call " "? "\\n" call\n'
    'call ::= " "? "get_weather\\n ```python\\ntool_call(city=" city ", days=" [1-9] ")\\n```"\n'
    "city ::= \"'北京'\" | \"'上海'\"\n"
)
"""What a model that asks for two things at once writes; the tiny one would not think of it."""


@pytest.fixture(scope="module")
def client(tiny: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{tiny.url}/v1", api_key="nothing", timeout=120, max_retries=0) as client:
        yield client


def test_chat(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="gpt-4o", messages=SPOKEN, temperature=0)
    assert answer.choices[0].message.content is not None
    assert answer.choices[0].message.content.startswith(BEGINNING)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "gpt-4o"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_stream(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="x", messages=SPOKEN, temperature=0).choices[0].message.content
    chunks = list(
        client.chat.completions.create(
            model="x", messages=SPOKEN, temperature=0, stream=True, stream_options={"include_usage": True}
        )
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 10


def test_a_seed_repeats(client: openai.OpenAI) -> None:
    def once(seed: int) -> Any:
        more: dict[str, Any] = {
            "temperature": 2.0,
            "top_p": 1,
            "extra_body": {"temperature": 10},
            "seed": seed,
            "max_tokens": 40,
        }
        return client.chat.completions.create(model="x", messages=SPOKEN, **more).choices[0].message.content

    assert once(7) == once(7)
    assert len({once(seed) for seed in range(1, 5)}) > 1


def test_stop(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="x", messages=SPOKEN, temperature=0, stop=["：", "never"])
    assert answer.choices[0].message.content == BEGINNING.rstrip("：")
    assert answer.choices[0].finish_reason == "stop"


def test_length(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="x", messages=SPOKEN, max_completion_tokens=4)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 4


def test_json(client: openai.OpenAI) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"enum": ["北京", "上海"]}, "score": {"type": "integer"}},
        "required": ["city", "score"],
        "additionalProperties": False,
    }
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}}
    answer = client.chat.completions.create(model="x", messages=SPOKEN, response_format=wanted, max_tokens=200, seed=1)
    content = answer.choices[0].message.content
    assert content is not None
    if answer.choices[0].finish_reason == "stop":
        found = json.loads(content)
        assert found["city"] in ("北京", "上海")
        assert isinstance(found["score"], int)
    else:
        assert content.lstrip().startswith("{")


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "get_weather"}}])
def test_a_demanded_call(client: openai.OpenAI, choice: Any) -> None:
    answer = client.chat.completions.create(
        model="x", messages=SPOKEN, tools=[WEATHER], tool_choice=choice, temperature=0
    )
    (one,) = answer.choices
    assert one.finish_reason == "tool_calls"
    assert one.message.content == ""
    assert one.message.tool_calls is not None
    (call,) = one.message.tool_calls
    assert call.type == "function"
    assert call.function.name == "get_weather"
    arguments = json.loads(call.function.arguments)
    assert arguments["city"] in ("北京", "上海")
    assert isinstance(arguments["days"], int)
    told: list[Any] = [*SPOKEN, one.message.model_dump(), {"role": "tool", "tool_call_id": call.id, "content": "晴"}]
    after = client.chat.completions.create(model="x", messages=told, tools=[WEATHER], temperature=0, max_tokens=20)
    assert after.choices[0].finish_reason in ("stop", "length")


def test_two_calls_at_once(client: openai.OpenAI) -> None:
    more: dict[str, Any] = {
        "tools": [WEATHER],
        "extra_body": {"grammar": TWO_CALLS},
        "temperature": 0,
        "max_tokens": 200,
    }
    answer = client.chat.completions.create(model="x", messages=SPOKEN, **more)
    calls = answer.choices[0].message.tool_calls
    assert calls is not None
    assert len({call.id for call in calls}) == len(calls) == 2
    alone = client.chat.completions.create(model="x", messages=SPOKEN, parallel_tool_calls=False, **more)
    assert len(alone.choices[0].message.tool_calls or ()) == 1
    found: dict[int, Any] = {}
    reasons = []
    for chunk in client.chat.completions.create(model="x", messages=SPOKEN, stream=True, **more):
        reasons.append(chunk.choices[0].finish_reason)
        for call in chunk.choices[0].delta.tool_calls or ():
            found[call.index] = call.function
        assert not chunk.choices[0].delta.content
    assert found.keys() == {0, 1}
    for function in found.values():
        assert function.name == "get_weather"
        assert json.loads(function.arguments).keys() == {"city", "days"}
    assert reasons[-1] == "tool_calls"


def test_the_old_field(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="x",
        messages=SPOKEN,
        functions=[WEATHER["function"]],
        function_call={"name": "get_weather"},
        temperature=0,
    )
    call = answer.choices[0].message.function_call
    assert call is not None
    assert call.name == "get_weather"
    assert answer.choices[0].finish_reason == "function_call"


def test_words_in_spite_of_tools(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="x", messages=SPOKEN, tools=[WEATHER], tool_choice="none", temperature=0
    )
    assert (answer.choices[0].message.content or "").startswith(BEGINNING)


def test_closing_a_stream_stops_the_engine(tiny: Served, client: openai.OpenAI) -> None:
    recorder = Recorder(tiny.app.bus)
    stream = client.chat.completions.create(model="x", messages=SPOKEN, stream=True, temperature=1, seed=1)
    next(iter(stream))
    stream.close()
    record = recorder.wait(RequestAnswered).record
    assert record.error in ("client_gone", ""), "the answer may have been complete"
    if tiny.app.engine.status.state is not EngineState.READY:
        recorder.wait_engine(EngineState.READY)


def test_errors(client: openai.OpenAI, serve: Serve) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="x", messages=[])
    assert caught.value.param == "messages"
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="x", messages=SPOKEN, temperature=-1)
    with pytest.raises(openai.BadRequestError) as long:
        client.chat.completions.create(model="x", messages=[{"role": "user", "content": "很长。" * 5000}])
    assert long.value.code == "context_length_exceeded"
    served = serve(key="right")
    stranger = openai.OpenAI(base_url=f"{served.url}/v1", api_key="wrong", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.models.list()
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="right", max_retries=0) as friend:
        assert [model.id for model in friend.models.list()] == ["plain"]


def test_models_and_vectors(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["tiny"]
    found = client.embeddings.create(model="x", input=["北京", "上海", "北京", "x", "y"]).data
    assert [item.index for item in found] == [0, 1, 2, 3, 4]
    assert math.isclose(math.fsum(value * value for value in found[0].embedding), 1, abs_tol=1e-4)
    assert found[0].embedding == found[2].embedding != found[1].embedding
    plain = client.embeddings.create(model="x", input="北京", encoding_format="float").data[0].embedding
    assert plain == pytest.approx(found[0].embedding, abs=1e-6)


def test_completions(client: openai.OpenAI) -> None:
    answer = client.completions.create(model="x", prompt="北京和上海", max_tokens=5, temperature=0)
    assert answer.choices[0].text is not None
    assert answer.usage is not None
    assert answer.usage.completion_tokens <= 5
