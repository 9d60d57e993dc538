"""Files with nothing but a vocabulary, of every family: the real special tokens at their real places, made-up ones elsewhere.

llama.cpp loads them (vocab_only), so that prompts can be tested token by token without anybody's weights.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.core.models import PromptMessage
from desktop.inference.client import worker_environment
from tests.inference import gguf_files

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
BYTES = [*range(33, 127), *range(161, 173), *range(174, 256)]
BYTES += [byte for byte in range(256) if byte not in BYTES]
"""The order of bytes in vocabularies of GPT-2's kind: "!" is 0, a line feed 198."""
_SHOWN = dict(zip(BYTES, [chr(b) for b in BYTES[:188]] + [chr(256 + n) for n in range(68)], strict=True))


@dataclass(frozen=True)
class Vocabulary:
    """A family's vocabulary. `special` are control tokens, `marks` such as its file calls user-defined."""

    family: str
    architecture: str
    name: str
    size: int
    special: Mapping[str, int]
    marks: Mapping[str, int]
    eos: int
    pre: str = "glm4"


_GLM_4 = {
    "<|endoftext|>": 151329,
    "[MASK]": 151330,
    "[gMASK]": 151331,
    "[sMASK]": 151332,
    "<sop>": 151333,
    "<eop>": 151334,
    "<|system|>": 151335,
    "<|user|>": 151336,
    "<|assistant|>": 151337,
    "<|observation|>": 151338,
}
_THINK_45 = {"<think>": 151350, "</think>": 151351, "/nothink": 151360}
_GLM_47 = {name: place - 151329 + 154820 for name, place in _GLM_4.items()}
_EDGE = {name: place - 151329 + 59246 for name, place in _GLM_4.items()}
_GLM_3 = {
    "[MASK]": 64789,
    "[gMASK]": 64790,
    "[sMASK]": 64791,
    "sop": 64792,
    "eop": 64793,
    "<|system|>": 64794,
    "<|user|>": 64795,
    "<|assistant|>": 64796,
    "<|observation|>": 64797,
}

ALL = {
    vocabulary.family: vocabulary
    for vocabulary in (
        Vocabulary("chatglm3", "chatglm", "ChatGLM3 6B", 65024, _GLM_3, {}, 2, "chatglm-spm"),
        Vocabulary("glm-4", "chatglm", "GLM 4 9B Chat", 151552, _GLM_4, {}, 151329, "chatglm-bpe"),
        Vocabulary("codegeex4", "chatglm", "CodeGeeX4 All 9B", 151552, _GLM_4, {}, 151329, "chatglm-bpe"),
        Vocabulary("glm-4-0414", "glm4", "GLM 4 9B 0414", 151552, _GLM_4, {}, 151329),
        Vocabulary("glm-z1", "glm4", "GLM Z1 9B 0414", 151552, _GLM_4, {}, 151329),
        Vocabulary("glm-edge", "chatglm", "Glm Edge 1.5b Chat", 59264, _EDGE, {}, 59246, "chatglm-bpe"),
        Vocabulary("glm-4.5", "glm4moe", "GLM 4.5 Air", 151552, _GLM_4, _THINK_45, 151329),
        Vocabulary("glm-4.6", "glm4moe", "GLM 4.6", 151552, _GLM_4, _THINK_45, 151329),
        Vocabulary(
            "glm-4.7-flash",
            "deepseek2",
            "GLM 4.7 Flash",
            154880,
            _GLM_47,
            {"<think>": 154841, "</think>": 154842},
            154820,
        ),
    )
}


def write(path: Path, vocabulary: Vocabulary) -> Path:
    """The file."""
    sentencepiece = vocabulary.family == "chatglm3"
    tokens = [f"[unused{number}]" for number in range(vocabulary.size)]
    types = [NORMAL] * vocabulary.size
    if sentencepiece:
        for number, name in enumerate(("<unk>", "<s>", "</s>")):
            tokens[number], types[number] = name, CONTROL if number else UNKNOWN
        for byte in range(256):
            tokens[3 + byte], types[3 + byte] = f"<0x{byte:02X}>", BYTE
        tokens[30910], tokens[36474], tokens[54591] = "▁", "▁你", "好"
        for number in range(33, 127):
            tokens[1000 + number] = chr(number)
    else:
        for number, byte in enumerate(BYTES):
            tokens[number] = _SHOWN[byte]
        tokens[300] = "hi"
    for kind, names in ((CONTROL, vocabulary.special), (USER_DEFINED, vocabulary.marks)):
        for name, number in names.items():
            tokens[number], types[number] = name, kind
    values: dict[str, gguf_files.Value | None] = {
        "general.architecture": vocabulary.architecture,
        "general.name": vocabulary.name,
        "tokenizer.ggml.model": "llama" if sentencepiece else "gpt2",
        "tokenizer.ggml.pre": vocabulary.pre,
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.eos_token_id": vocabulary.eos,
    }
    if sentencepiece:
        values["tokenizer.ggml.scores"] = [0.0] * vocabulary.size
    else:
        values["tokenizer.ggml.merges"] = ["h i"]
    path.write_bytes(gguf_files.header({key: value for key, value in values.items() if value is not None}, ()))
    return path


# In a child: the tests' process must stay free of llama.cpp.
_ASK = """
import json, sys
from desktop.core.models import PromptMessage, Role
from desktop.inference import bare, families
bare.package("llama_cpp")
import llama_cpp.llama_cpp as native
from desktop.inference.prompts import Prompts
from desktop.inference.vocabulary import Vocabulary
path, family, requests = json.load(sys.stdin)
quiet = native.llama_log_callback(lambda *_: None)
native.llama_log_set(quiet, None)
params = native.llama_model_default_params()
params.vocab_only = True
model = native.llama_model_load_from_file(path.encode(), params)
assert model, "llama.cpp does not take the file"
vocabulary = Vocabulary(native, native.llama_model_get_vocab(model))
prompts = Prompts(families.FAMILIES[family], vocabulary, None)
answers = []
for messages, thinking, open_thought in requests:
    spoken = [PromptMessage(Role(role), text) for role, text in messages]
    tokens = prompts.tokens(spoken, thinking, open_thought)
    answers.append([tokens, prompts.opens_thought(tokens)])
ends = [token for token in range(vocabulary.size) if vocabulary.ends(token)]
json.dump([answers, sorted({*ends, *prompts.role_marks}), list(prompts.thought_end), prompts.thinking], sys.stdout)
"""


@dataclass(frozen=True)
class Told:
    """What the worker's own classes make of requests: tokens of each and whether a thought is open at their end; then of the family."""

    prompts: list[list[int]]
    opened: list[bool]
    ends: list[int]
    thought_end: list[int]
    thinking: str


def ask(path: Path, family: str, *requests: tuple[Sequence[PromptMessage], bool, bool]) -> Told:
    """Prompts for conversations, each with `thinking` and `open_thought`."""
    plain: list[Any] = [
        [[(str(message.role), message.text) for message in messages], thinking, opened]
        for messages, thinking, opened in requests
    ]
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        input=json.dumps([str(path), family, plain]),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=worker_environment(),
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers, ends, thought_end, thinking = json.loads(done.stdout)
    return Told([tokens for tokens, _ in answers], [opened for _, opened in answers], ends, thought_end, thinking)
