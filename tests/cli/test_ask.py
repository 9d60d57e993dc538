"""`ask` and `conversations` on the real engine with the tiny model."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.paths import in_home
from desktop.storage.conversations import ConversationStore
from desktop.storage.database import Database
from tests.cli.conftest import ROOT, TINY, Program

QUESTION = "北京和上海两座城市有什么不同？"
BEGINNING = "北京和上海是两座不同的城市："


def test_the_founding_question(ready: Program) -> None:
    asked = ready("ask", "--temperature", "0", "--json", QUESTION)
    assert asked.code == 0, asked.err
    answer = asked.json
    assert answer.keys() >= {"conversation", "message", "text", "thought", "finish_reason", "usage", "timings"}
    assert answer["text"].startswith(BEGINNING)
    assert answer["finish_reason"] == "stop"
    assert answer["usage"].keys() >= {"prompt_tokens", "cached_tokens", "completion_tokens", "left_out"}
    assert answer["timings"].keys() >= {"first_token_ms", "tokens_per_second"}
    (row,) = ready("conversations", "list", "--json").json
    assert row.keys() >= {"id", "title", "updated", "messages", "model"}
    assert (row["id"], row["title"], row["messages"]) == (answer["conversation"], QUESTION, 2)
    shown = ready("conversations", "show", str(row["id"]), "--json").json
    assert [m["role"] for m in shown["messages"]] == ["user", "assistant"]
    assert all(m.keys() >= {"id", "parent", "role", "text", "thought", "state", "created"} for m in shown["messages"])
    assert shown["messages"][1]["text"] == answer["text"]


def test_plain_output_is_the_answer_and_nothing_else(ready: Program) -> None:
    asked = ready("ask", "--temperature", "0", "你好")
    assert (asked.code, asked.out) == (0, "你好！我是一个很小的测试模型，很高兴见到你。\n")


def test_the_history_is_known_after_a_restart(ready: Program) -> None:
    first = ready("ask", "--temperature", "0", "--json", "我叫王小明。").json
    again = ready("ask", "--temperature", "0", "--conversation", str(first["conversation"]), "我叫什么名字？")
    assert again.out == "你叫王小明。\n"
    assert ready("conversations", "list", "--json").json[0]["messages"] == 4


def test_what_is_being_typed_in_the_window_stays(ready: Program) -> None:
    database = Database(in_home(ready.home).database)
    store = ConversationStore(database)
    store.save_draft(None, "half a sentence")
    conversation = ready("ask", "--temperature", "0", "--json", "你好").json["conversation"]
    store.save_draft(conversation, "and half of another")
    ready("ask", "--temperature", "0", "--conversation", str(conversation), "你好")
    assert store.draft_of_new() == "half a sentence"
    assert store.get(conversation).draft == "and half of another"
    database.close()


def test_stdin_system_and_limits(ready: Program) -> None:
    asked = ready(
        "ask", "--system", "You are Emma, a helpful assistant.", "--temperature", "0", "-", stdin="Who are you?"
    )
    assert asked.out == "I am Emma.\n"
    short = ready("ask", "--max-tokens", "4", "--temporary", "--json", "Tell me a long story.").json
    assert (short["finish_reason"], short["usage"]["completion_tokens"]) == ("length", 4)
    assert short["conversation"] is None
    assert len(ready("conversations", "list", "--json").json) == 1


def test_a_seed_repeats(ready: Program) -> None:
    words = ("ask", "--temperature", "1.5", "--seed", "7", "--temporary", "讲一个长故事。")
    assert ready(*words).out == ready(*words).out


def test_without_a_model_it_says_how_to_get_one(program: Program) -> None:
    asked = program("ask", "hello")
    assert asked.code == 3
    assert "Download one" in asked.err


def test_unknown_models_and_conversations(ready: Program) -> None:
    assert ready("ask", "--model", "nobody", "x").code == 3
    assert ready("ask", "--conversation", "99", "x").code == 3
    assert ready("conversations", "show", "99").code == 3
    assert ready("ask", "  ").code == 2
    assert ready("conversations", "list", "--json").json == []


def test_a_model_that_broke_since_is_told(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(TINY.read_bytes())
    program("models", "import", str(path))
    path.write_bytes(TINY.read_bytes()[:1_000_000])
    asked = program("ask", "hello")
    assert asked.code == 3
    assert "incomplete" in asked.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_answer_keeps_what_it_has(ready: Program, number: signal.Signals) -> None:
    words = ready.command("ask", "Tell me a long story.")
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"O"
        process.send_signal(number)
        rest, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    if process.returncode == 0:
        pytest.skip("the answer was complete before the signal came")
    assert process.returncode == 130
    (row,) = ready("conversations", "list", "--json").json
    answer = ready("conversations", "show", str(row["id"]), "--json").json["messages"][1]
    assert answer["state"] == "stopped"
    assert answer["text"].strip().startswith(("O" + rest.decode()).strip()[:10])
