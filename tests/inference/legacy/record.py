"""Records what `oracle` reads: run with an interpreter that has chatglm_cpp 0.4.2 and sentencepiece; nothing else here needs them.

python -m tests.inference.legacy.record

The vocabularies were trained with sentencepiece 0.2.3 on this program's own texts and on made-up dialogues: `first` unigram,
nmt_nfkc, with the blanks, tabs and newlines of ChatGLM-6B; `first_bpe` the same as BPE; `later` BPE, nothing normalised.
"""

from __future__ import annotations

import importlib
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop.core.models import PromptMessage
from tests.inference.legacy import talks
from tests.inference.legacy.oracle import digest
from tests.legacy_factory import DATA, SMALL, TYPES, proto, write

_SHORT = range(5, 160)
"""Tokens of the prompts whose next tokens are recorded."""


def main() -> None:
    """Write both files."""
    native: Any = importlib.import_module("chatglm_cpp._C")
    with tempfile.TemporaryDirectory() as folder:
        found = _oracle(native, Path(folder))
    (DATA / "oracle.json").write_text(json.dumps(found, separators=(",", ":")), encoding="utf-8")
    library: Any = importlib.import_module("sentencepiece")
    source = random.Random(3)
    texts = [talks.text(source) for _ in range(400)]
    ids = {
        name: [digest(library.SentencePieceProcessor(model_proto=proto(name)).encode(text)) for text in texts]
        for name in ("first", "first_bpe", "later")
    }
    (DATA / "sentencepiece.json").write_text(json.dumps(ids, separators=(",", ":")), encoding="utf-8")


def _oracle(native: Any, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"prompts": {}, "next": {}}
    for generation in (1, 2, 3):
        pipeline = native.Pipeline(str(write(folder / "m.bin", SMALL[generation])))
        ids = [
            pipeline.tokenizer.apply_chat_template(_messages(native, talk), 100_000)
            for talk in talks.conversations(500)
        ]
        short = [prompt for prompt in ids if len(prompt) in _SHORT][:6]
        found["prompts"][str(generation)] = {
            "first": ids[:5],
            "hashes": [digest(prompt) for prompt in ids],
            "short": short,
        }
        for kind in TYPES:
            rows = [
                _next(native, str(write(folder / "m.bin", SMALL[generation], kind, version)), short)
                for version in (1, 2)
            ]
            assert rows[0] == rows[1]
            found["next"][f"{generation}/{kind}"] = rows[0]
    return found


def _next(native: Any, path: str, prompts: Sequence[Sequence[int]]) -> list[list[int]]:
    model = native.Pipeline(path).model
    options = native.GenerationConfig(do_sample=False)
    rows = []
    for number, prompt in enumerate(prompts):
        tokens = list(prompt)
        row = [model.generate_next_token(tokens, None, options, 0, len(prompt))]
        for token in talks.forced(32, model.config.vocab_size - 40, 100 + number):
            tokens.append(token)
            row.append(model.generate_next_token(tokens, None, options, len(tokens) - 1, len(prompt)))
        rows.append(row)
    return rows


def _messages(native: Any, talk: Sequence[PromptMessage]) -> list[Any]:
    return [native.ChatMessage(str(message.role), message.text) for message in talk]


if __name__ == "__main__":
    main()
