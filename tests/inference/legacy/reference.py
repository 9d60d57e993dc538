"""Generation 1 in plain double-precision Python, written from its description and not from our graph: slow, short, and right.

python -m tests.inference.legacy.reference prints the numbers of `known.EXPECTED`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from desktop.inference.legacy import content, known
from desktop.inference.legacy.ggml_file import Config

Vector = list[float]


class Reference:
    """One model, from its configuration and its numbers by the file's names."""

    def __init__(self, config: Config, numbers: dict[str, list[float]]) -> None:
        self.config = config
        self.numbers = numbers

    def logits(self, prompt: Sequence[int], then: Sequence[int] = ()) -> Vector:
        """After the prompt and the tokens that follow it."""
        config = self.config
        tokens = [*prompt, *then]
        words = self._rows("transformer.word_embeddings.weight", config.hidden)
        states = [words[token] for token in tokens]
        for layer in range(config.layers):
            states = self._layer(f"transformer.layers.{layer}.", states, len(prompt))
        last = self._norm(states[-1], "transformer.final_layernorm")
        return [_dot(row, last) for row in words]

    def _layer(self, at: str, states: list[Vector], prompt: int) -> list[Vector]:
        config, alpha = self.config, math.sqrt(56)
        normal = [self._norm(state, f"{at}input_layernorm") for state in states]
        mixed = [self._linear(state, f"{at}attention.query_key_value") for state in normal]
        seen: list[Vector] = [[] for _ in states]
        for head in range(config.heads):
            begin = 3 * head * config.head
            parts = [[row[begin + n * config.head : begin + (n + 1) * config.head] for n in range(3)] for row in mixed]
            queries = [self._turned(part[0], place, prompt) for place, part in enumerate(parts)]
            keys = [self._turned(part[1], place, prompt) for place, part in enumerate(parts)]
            for place, query in enumerate(queries):
                visible = range(prompt - 1) if place < prompt - 1 else range(place + 1)
                scores = [_dot(query, keys[other]) / math.sqrt(config.head) for other in visible]
                most = max(scores)
                weights = [math.exp(score - most) for score in scores]
                total = sum(weights)
                values = [parts[other][2] for other in visible]
                seen[place] += [
                    sum(w * value[n] for w, value in zip(weights, values, strict=True)) / total
                    for n in range(config.head)
                ]
        result = []
        for own, look in zip(normal, seen, strict=True):
            change = self._linear(look, f"{at}attention.dense")
            state = [alpha * a + b for a, b in zip(own, change, strict=True)]
            middle = self._norm(state, f"{at}post_attention_layernorm")
            inner = [_gelu(x) for x in self._linear(middle, f"{at}mlp.dense_h_to_4h")]
            change = self._linear(inner, f"{at}mlp.dense_4h_to_h")
            result.append([alpha * a + b for a, b in zip(middle, change, strict=True)])
        return result

    def _turned(self, part: Vector, place: int, prompt: int) -> Vector:
        """First half by the position in the prompt, second half by the place in the answer."""
        half = self.config.head // 2
        position, block = min(place, prompt - 2), max(0, place - (prompt - 2))
        return self._rotary(part[:half], position) + self._rotary(part[half:], block)

    def _rotary(self, part: Vector, position: int) -> Vector:
        half = len(part) // 2
        result = list(part)
        for n in range(half):
            angle = position * self.config.theta ** (-n / half)
            a, b = part[n], part[n + half]
            result[n] = a * math.cos(angle) - b * math.sin(angle)
            result[n + half] = b * math.cos(angle) + a * math.sin(angle)
        return result

    def _norm(self, state: Vector, name: str) -> Vector:
        mean = sum(state) / len(state)
        scale = 1 / math.sqrt(sum((x - mean) ** 2 for x in state) / len(state) + self.config.epsilon)
        weight, bias = self.numbers[f"{name}.weight"], self.numbers[f"{name}.bias"]
        return [(x - mean) * scale * w + b for x, w, b in zip(state, weight, bias, strict=True)]

    def _linear(self, state: Vector, name: str) -> Vector:
        rows = self._rows(f"{name}.weight", len(state))
        return [_dot(row, state) + b for row, b in zip(rows, self.numbers[f"{name}.bias"], strict=True)]

    def _rows(self, name: str, width: int) -> list[Vector]:
        numbers = self.numbers[name]
        return [numbers[at : at + width] for at in range(0, len(numbers), width)]


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _gelu(x: float) -> float:
    return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def expected() -> tuple[tuple[float, ...], ...]:
    """What `known.EXPECTED` must be."""
    model = Reference(content.CONFIG, content.numbers())
    rows = [model.logits(known.PROMPT, known.THEN[:count]) for count in range(len(known.THEN) + 1)]
    return tuple(tuple(round(row[at], 3) for at in known.WHERE) for row in rows)


if __name__ == "__main__":
    for line in expected():
        sys.stdout.write(f"    {line},\n")
