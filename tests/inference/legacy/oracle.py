"""What chatglm_cpp 0.4.2 and sentencepiece said of the factory's small files: recorded once, so that no test needs them.

`prompts`: for each generation, the ids of the first five of `talks.conversations(500)`, hashes of all, and six short ones;
`next`: for each generation and type, the likeliest token after each of the six, and after each of 32 forced ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from tests.legacy_factory import DATA

ORACLE: dict[str, Any] = json.loads((DATA / "oracle.json").read_text(encoding="utf-8"))
SENTENCEPIECE: dict[str, list[str]] = json.loads((DATA / "sentencepiece.json").read_text(encoding="utf-8"))
NEAR_TIE = 0.05
"""Standard deviations of the logits: a smaller difference is rounding, in the oracle as here."""


def digest(ids: Sequence[int]) -> str:
    """As the ids were recorded."""
    return hashlib.sha256(json.dumps(list(ids)).encode()).hexdigest()[:10]


def gap(logits: Sequence[float], wanted: int) -> float:
    """By how many standard deviations the likeliest token is ahead of the oracle's."""
    mean = sum(logits) / len(logits)
    spread = (sum((value - mean) ** 2 for value in logits) / len(logits)) ** 0.5
    return float((max(logits) - logits[wanted]) / spread)
