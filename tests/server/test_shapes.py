"""The raw shapes: what old programs send and read, byte by byte."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from desktop.core.models import GenerateOptions
from desktop.server import asks, old
from desktop.server.body import document
from desktop.server.errors import ApiError
from desktop.server.keeping import folded
from tests.server.conftest import BEGINNING, QUESTION, Serve, Served, events

USER = {"role": "user", "content": "one two three"}


def test_chatglm_6b(echo: Served) -> None:
    answer = echo.post(
        "/", {"prompt": "你好", "history": [], "max_length": 80000, "top_p": 0.9, "sample_model_args": False}
    )
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"response", "history", "status", "time"}
    assert (body["response"], body["history"], body["status"]) == ("你好", [["你好", "你好"]], 200)
    assert "你好" in answer.text, "letters are sent as they are"


@pytest.mark.parametrize(
    ("history", "count", "longer"),
    [
        (None, 1, [["!history", "1 messages: u"]]),
        ([["a", "b"]], 3, [["a", "b"], ["!history", "3 messages: uau"]]),
        ([["a", None]], 3, [["a", None], ["!history", "3 messages: uau"]]),
        (
            [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b"},
            ],
            4,
            [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b"},
                {"role": "user", "content": "!history"},
                {"role": "assistant", "content": "4 messages: suau"},
            ],
        ),
        ([{"role": "user", "content": "odd"}], 2, None),
    ],
)
def test_histories(echo: Served, history: Any, count: int, longer: Any) -> None:
    body = echo.post("/", {"prompt": "!history", "history": history}).json()
    assert body["response"].startswith(f"{count} messages")
    assert longer is None or body["history"] == longer


@pytest.mark.parametrize(
    "charset", ["; charset*=a; charset*0=b", "; charset*%s=a" % ("9" * 5000), "; charset=idna", '; charset="\0"']
)
def test_a_charset_that_makes_no_sense_is_none(charset: str) -> None:
    assert document('{"prompt": "你好"}'.encode("gb18030"), f"application/json{charset}", 9) == {"prompt": "你好"}


def test_a_declared_charset_is_read() -> None:
    body = '{"prompt": "臺北"}'.encode("big5")
    assert document(body, 'application/json; Charset="Big5"', 9) == {"prompt": "臺北"}


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape"])
def test_no_charset_brings_half_characters(charset: str) -> None:
    data = b'{"prompt": "a\\ud800\xff"}'
    assert document(data, f"application/json; charset={charset}", 9) == {"prompt": "a\ufffdÿ"}


@pytest.mark.parametrize("token", ["9" * 5000, "123456789", "-1", "²", "x"])
def test_a_bias_for_no_token_is_refused(token: str) -> None:
    with pytest.raises(ApiError) as caught:
        asks.options({"logit_bias": {token: 1}})
    assert (caught.value.status, caught.value.param) == (422, "logit_bias")


def test_the_originals_defaults() -> None:
    for sent in ({}, {"max_length": None, "top_p": 0, "temperature": None}, {"max_length": 0}):
        found = old.options(sent)
        assert (found.max_length, found.top_p, found.temperature) == (2048, 0.7, 0.95)
    assert old.options({"temperature": 0}).temperature == 0
    assert old.options({"max_length": 10**30}).max_length == 2**31 - 1


def test_sampling_in_both_dialects() -> None:
    found = asks.options(
        {
            "temperature": 0.5,
            "top_p": 1,
            "top_k": 5,
            "max_tokens": 7,
            "max_completion_tokens": 9,
            "repetition_penalty": 1.2,
            "presence_penalty": 0.1,
            "frequency_penalty": -0.2,
            "stop": "x",
            "seed": -1,
            "logit_bias": {"5": -100},
            "response_format": {"type": "json_object"},
            "thinking": {"type": "disabled"},
            "unheard_of": {"deep": []},
        }
    )
    assert (found.temperature, found.top_p, found.top_k, found.max_tokens) == (0.5, 1, 5, 9)
    assert (found.repeat_penalty, found.presence_penalty, found.frequency_penalty) == (1.2, 0.1, -0.2)
    assert (found.stop, found.seed, found.thinking) == (("x",), -1, False)
    assert [(bias.token, bias.bias) for bias in found.logit_bias] == [(5, -100)]
    assert json.loads(found.json_schema) == {"type": "object"}
    assert asks.options({"max_tokens": None, "stop": None, "temperature": None}) == GenerateOptions()
    assert asks.options({"max_tokens": -1}).max_tokens is None


@pytest.mark.parametrize(
    ("more", "param", "status"),
    [
        ({"messages": []}, "messages", 400),
        ({"messages": [USER, {"role": "assistant", "content": "x"}]}, "messages", 400),
        ({"messages": "x"}, "messages", 422),
        ({"messages": [3]}, "messages[0]", 422),
        ({"messages": [{"role": "bot", "content": "x"}]}, "messages[0].role", 422),
        ({"messages": [{"role": ["x"], "content": "x"}]}, "messages[0].role", 422),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content", 422),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages[0].content", 422),
        ({"temperature": "hot"}, "temperature", 422),
        ({"temperature": -1}, "temperature", 422),
        ({"top_p": True}, "top_p", 422),
        ({"n": 2}, "n", 422),
        ({"stream": "yes"}, "stream", 422),
        ({"stop": [1]}, "stop", 422),
        ({"stop": ["x"] * 17}, "stop", 422),
        ({"model": 3}, "model", 422),
        ({"logit_bias": {"x": 1}}, "logit_bias", 422),
        ({"logit_bias": {"1": 1000}}, "1", 422),
        ({"response_format": {"type": "xml"}}, "response_format.type", 422),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema.schema", 422),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].name", 422),
        ({"tools": {}}, "tools", 422),
        ({"tool_choice": "required"}, "tool_choice", 422),
        ({"tool_choice": {"function": {"name": "x"}}}, "tool_choice", 422),
        ({"max_tokens": 1.5}, "max_tokens", 422),
    ],
)
def test_wrong_fields_get_one_clear_sentence(echo: Served, more: Any, param: str, status: int) -> None:
    answer = echo.post("/v1/chat/completions", {"messages": [USER], **more})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (status, param)
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["message"].startswith(param)


def test_a_chat(echo: Served) -> None:
    body = echo.chat("one two", model="gpt-3.5-turbo")
    assert (body["object"], body["model"]) == ("chat.completion", "gpt-3.5-turbo")
    (choice,) = body["choices"]
    assert choice["message"] == {"role": "assistant", "content": "one two"}
    assert choice["finish_reason"] == "stop"
    assert body["usage"]["total_tokens"] == body["usage"]["prompt_tokens"] + body["usage"]["completion_tokens"] == 4
    assert echo.chat("one two three", max_tokens=2)["choices"][0]["finish_reason"] == "length"
    assert echo.chat("x", model="")["model"] == "plain"


def test_parts_and_roles(echo: Served) -> None:
    spoken = [
        {"role": "developer", "content": "s"},
        {"role": "function", "content": "f"},
        {"role": "assistant", "content": None},
        {"role": "tool", "content": "t", "tool_call_id": "x"},
        {"role": "user", "content": [{"type": "text", "text": "!history"}]},
    ]
    answer = echo.post("/v1/chat/completions", {"messages": spoken}).json()
    assert answer["choices"][0]["message"]["content"] == "5 messages: stat" + "u"


def test_a_stream(echo: Served) -> None:
    found = echo.stream({"messages": [USER], "stream_options": {"include_usage": True}})
    assert found[-1] == "[DONE]"
    *chunks, usage = found[:-1]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == "one two three"
    assert (deltas[-1], chunks[-1]["choices"][0]["finish_reason"]) == ({}, "stop")
    assert (usage["choices"], usage["usage"]["completion_tokens"]) == ([], 3)
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)


def test_short_answers_are_not_lost_in_streams(echo: Served) -> None:
    for text in ("a", "你", "1234567"):
        found = echo.stream({"messages": [{"role": "user", "content": text}]})
        assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in found[:-1]) == text


def test_thoughts(echo: Served) -> None:
    message = echo.chat("!think hmm")["choices"][0]["message"]
    assert message == {"role": "assistant", "content": "hmm", "reasoning_content": "hmm"}
    found = echo.stream({"messages": [{"role": "user", "content": "!think hmm"}]})
    assert found[1]["choices"][0]["delta"] == {"reasoning_content": "hmm"}


def test_white_space_around_an_answer(echo: Served) -> None:
    assert echo.chat("  a  b  ")["choices"][0]["message"]["content"] == "a  b"
    found = echo.stream({"messages": [{"role": "user", "content": "  a  b  "}]})
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in found[:-1]) == "a  b"


def test_errors_of_the_engine(echo: Served) -> None:
    for streamed in (False, True):
        for code, status, name in (
            ("engine.prompt_too_long", 400, "context_length_exceeded"),
            ("engine.no_model", 503, "engine.no_model"),
            ("engine.unavailable", 503, "engine.unavailable"),
        ):
            spoken = [{"role": "user", "content": f"!fail {code}"}]
            answer = echo.post("/v1/chat/completions", {"messages": spoken, "stream": streamed})
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, name)
            assert ("retry-after" in answer.headers) is (status == 503)
    assert echo.post("/", {"prompt": "!fail engine.no_model"}).status_code == 503


def test_a_crash_in_the_middle(serve: Serve) -> None:
    served = serve()
    spoken = [{"role": "user", "content": "!crash SIGKILL"}]
    answer = served.post("/v1/chat/completions", {"messages": spoken})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine.crashed")
    found = served.stream({"messages": spoken})
    assert found[-2]["error"]["code"] == "engine.crashed"
    assert found[-1] == "[DONE]"
    assert served.chat("again")["choices"][0]["message"]["content"] == "again"


def test_completions(echo: Served) -> None:
    answer = echo.post("/v1/completions", {"prompt": ["one two", "three"], "echo": True}).json()
    assert answer["object"] == "text_completion"
    assert [(choice["index"], choice["text"]) for choice in answer["choices"]] == [
        (0, "one twoone two"),
        (1, "threethree"),
    ]
    assert answer["usage"]["completion_tokens"] == 3
    for wrong in (None, "", [], [1], [[1]], 3):
        assert echo.post("/v1/completions", {"prompt": wrong}).status_code in (400, 422)
    assert echo.post("/v1/completions", {"prompt": "x", "suffix": "y"}).json()["error"]["param"] == "suffix"
    with echo.client.stream("POST", "/v1/completions", json={"prompt": "one two", "stream": True}) as streamed:
        streamed.read()
        chunks = events(streamed.text)[:-1]
        assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == "one two"
        assert streamed.text.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/chat/completions"])
def test_nothing_runs_for_a_request_that_was_refused(echo: Served, path: str) -> None:
    words = "!slow 50 " + "word " * 500
    asked = {"prompt": words, "messages": [{"role": "user", "content": words}], "stream": "yes"}
    assert echo.post(path, asked).status_code == 422
    assert echo.client.get("/health").json()["running"] == 0


def test_names_of_models(serve: Serve) -> None:
    served = serve(models=("plain", "other"))
    listed = served.client.get("/v1/models").json()["data"]
    assert {model["id"] for model in listed} == {"plain", "other"}
    for name, present in (("other", "other"), ("PLAIN", "plain"), ("chatglm3-6b", "plain"), ("other.gguf", "other")):
        assert served.chat("x", model=name)["model"] == name
        assert served.app.engine.status.model == present
    assert served.client.get("/v1/models/other").json()["id"] == "other"
    assert served.client.get("/v1/models/nobody").status_code == 404


def test_without_a_model(serve: Serve) -> None:
    served = serve(models=())
    answer = served.post("/v1/chat/completions", {"messages": [USER]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine.no_model")
    assert served.client.get("/v1/models").json()["data"] == []
    assert served.client.get("/health").json()["status"] == "ok"


def test_other_paths(echo: Served) -> None:
    assert echo.client.get("/").json()["name"] == "ChatGLM Desktop"
    assert echo.client.get("/nothing").json()["error"]["code"] == "not_found"
    assert echo.client.get("/v1/chat/completions").status_code == 405
    assert echo.client.delete("/").json()["error"]["type"] == "invalid_request_error"
    assert echo.post("/chat/completions", {"messages": [USER]}).status_code == 200
    assert echo.client.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_bodies_from_a_chinese_windows(echo: Served) -> None:
    text = '{"prompt": "你好，北京", "history": []}'
    for data, kind in (
        (text.encode("gbk"), "application/json"),
        (text.encode("gb18030"), "application/x-www-form-urlencoded"),
        (text.encode("utf-8-sig"), "application/json"),
        (text.encode("big5"), "application/json; charset=big5"),
        (text.encode(), "text/plain; charset=nonsense"),
    ):
        answer = echo.client.post("/", content=data, headers={"Content-Type": kind})
        assert answer.json()["response"] == "你好，北京"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"\xff\xff\xff",
        b'{"prompt": NaN}',
        b"[" * 100_000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_document(data: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        document(data, "application/json", 64)
    assert caught.value.status == 400


def test_half_characters_are_replaced(echo: Served) -> None:
    data = b'{"prompt": "a\\ud800b", "history": [["\\udfff", "x"]]}'
    answer = echo.client.post("/", content=data)
    assert (answer.status_code, answer.json()["response"]) == (200, "a\ufffdb")


@pytest.mark.model
def test_the_real_engine_clamps(tiny: Served) -> None:
    body = tiny.post("/", {"prompt": QUESTION, "max_length": 80000, "temperature": 0}).json()
    assert body["response"].startswith(BEGINNING)
    assert tiny.chat(QUESTION, max_tokens=10**9, temperature=0)["choices"][0]["message"]["content"] == body["response"]
    short = tiny.chat(QUESTION, max_length=20, temperature=0)
    assert (short["choices"][0]["finish_reason"], short["usage"]["total_tokens"]) == ("length", 20)
    least = tiny.chat(QUESTION, max_length=1, temperature=0)
    assert (least["choices"][0]["finish_reason"], least["usage"]["completion_tokens"]) == ("length", 1)


@pytest.mark.model
def test_a_prompt_that_is_too_long(tiny: Served) -> None:
    answer = tiny.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "很长。" * 5000}]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "context_length_exceeded")


@pytest.mark.model
def test_a_conversation_that_is_too_long(tiny: Served) -> None:
    pairs = [{"role": role, "content": "很长。" * 60} for _ in range(30) for role in ("user", "assistant")]
    asked = {"messages": [*pairs, {"role": "user", "content": "Who are you?"}], "max_tokens": 8, "temperature": 0}
    dropped = tiny.post("/v1/chat/completions", asked)
    assert dropped.status_code == 200
    assert dropped.json()["usage"]["left_out"] > 0, "what is left out is said"
    tiny.app.settings.set("overflow", "stop")
    try:
        refused = tiny.post("/v1/chat/completions", asked)
    finally:
        tiny.app.settings.set("overflow", "drop")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "context_length_exceeded")


@pytest.mark.model
def test_raw_text_has_no_frame(tiny: Served) -> None:
    framed = tiny.chat("Who are you?", temperature=0)
    raw = tiny.post("/v1/completions", {"prompt": "Who are you?", "temperature": 0, "max_tokens": 8}).json()
    assert raw["usage"]["prompt_tokens"] < framed["usage"]["prompt_tokens"]


def test_every_word_of_a_history_is_kept() -> None:
    spoken = asks.messages(
        {
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "assistant", "content": "a1"},
                {"role": "assistant", "content": "a2"},
                {"role": "user", "content": "u1"},
                {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "content": "t1"},
                {"role": "user", "content": "u2"},
            ]
        }
    )
    assert folded(spoken) == ("s", [("", "a1\n\na2"), ("u1", "f({})")], "t1\n\nu2")


def test_curl(echo: Served) -> None:
    """The snippet that users are shown, byte by byte as curl sends it."""
    with echo.connect() as connection:
        body = json.dumps({"prompt": "你好", "history": []}).encode()
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{echo.port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)
        said = b""
        while data := connection.recv(65536):
            said += data
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert json.loads(said.partition(b"\r\n\r\n")[2])["response"] == "你好"


def test_keep_alive(echo: Served) -> None:
    with httpx.Client(base_url=echo.url, trust_env=False) as client:
        for _ in range(3):
            assert client.post("/", json={"prompt": "x"}).json()["response"] == "x"


def test_the_log_counts_all_texts_of_a_request_for_vectors(echo: Served) -> None:
    body = echo.post("/v1/embeddings", {"input": ["one two"] * 10}).json()
    assert (len(body["data"]), body["usage"]["prompt_tokens"]) == (10, 20)
    assert echo.server.journal.records()[-1].prompt_tokens == 20
