"""Computes with generation 1 in a process of its own, which may die of a bug: one line of JSON for each order.

python -m tests.inference.legacy.machine_child ORDER [ARGUMENT…]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import llama_cpp.llama_cpp as native

from desktop.core.errors import LoadFailed, ModelFileError
from desktop.core.loading import Placement
from desktop.core.models import GenerateOptions, LoadOptions, PromptMessage, Role
from desktop.core.ports import PromptRead, TextPiece
from desktop.inference.backend import Job
from desktop.inference.glm1 import FirstGeneration
from desktop.inference.legacy import known, machine
from desktop.inference.legacy.ggml import Ggml
from desktop.inference.legacy.ggml_file import read_file
from desktop.inference.legacy.graph import Graph
from desktop.inference.legacy.machine import Aborted, Machine, Refused
from desktop.inference.library import Library
from desktop.inference.plan import Plan
from tests.inference.legacy import talks
from tests.inference.legacy.oracle import ORACLE, gap

_LIBRARY = Library(native._lib)
_LIBRARY.load_backends()
GGML = Ggml(_LIBRARY)
_quiet = native.llama_log_callback(lambda level, text, data: None)
native.llama_log_set(_quiet, None)


def gaps(kind: str, *paths: str) -> object:
    """For each file of a type: the largest distance from the oracle's next tokens, and how many are the same."""
    found = []
    for path in paths:
        model = Machine(GGML, read_file(Path(path)), 512, 1, 0)
        distances = []
        rows = zip(ORACLE["prompts"]["1"]["short"], ORACLE["next"][f"1/{kind}"], strict=True)
        for number, (prompt, wanted) in enumerate(rows):
            logits, _ = model.read(prompt)
            distances.append(gap(logits, wanted[0]))
            tokens = talks.forced(32, model.config.vocabulary - 40, 100 + number)
            for token, after in zip(tokens, wanted[1:], strict=True):
                distances.append(gap(model.write(token), after))
        model.close()
        found.append([max(distances), sum(distance == 0 for distance in distances), len(distances)])
    return found


def pieces(path: str) -> object:
    """The largest difference that the size of the pieces makes, in standard deviations of nothing: relative to the top logit."""
    prompts = [talks.forced(count, 2000, count) for count in (2, 3, 63, 64, 65, 600)]
    rows = []
    for size in (256, 64, 1000):
        machine.PIECE = size
        model = Machine(GGML, read_file(Path(path)), 1024, 1, 0)
        rows.append([list(model.read(prompt)[0]) + list(model.write(5)) for prompt in prompts])
        model.close()
    return max(
        max(abs(a - b) for a, b in zip(one, two, strict=True)) / max(one)
        for other in rows[1:]
        for one, two in zip(rows[0], other, strict=True)
    )


def check() -> object:
    """What the check of the library says, and what it says when other numbers are expected."""
    good = known.check(GGML)
    first = known.EXPECTED[0]
    known.EXPECTED = ((first[0] + 0.5, *first[1:]), *known.EXPECTED[1:])
    return [good, known.check(GGML)]


def abort(path: str) -> object:
    """Whether an aborted prompt is forgotten, the same one then read as before, and an answer rewound."""
    calls, most = [0], [10**9]

    def asked() -> bool:
        calls[0] += 1
        return calls[0] > most[0]

    model = Machine(GGML, read_file(Path(path)), 512, 1, 0, asked)
    prompt = talks.forced(40, 2000, 1)
    before = list(model.read(prompt)[0])
    calls[0], most[0] = 0, 20
    try:
        model.read(prompt)
    except Aborted:
        held = model.held
    most[0] = 10**9
    same = list(model.read(prompt)[0]) == before
    model.write(3)
    model.rewind()
    return [held, same, model.held == len(prompt)]


def context(path: str) -> object:
    """How long a context is given when all of the file's is asked for, and whether a prompt that fills it can be read."""
    file = read_file(Path(path))
    model = Machine(GGML, file, file.config.context, 1, 0)
    model.read(talks.forced(model.context, 2000, 1))
    return model.context


def damaged(*paths: str) -> object:
    """What becomes of each file: an error's name, or "answered"."""
    outcomes = []
    for path in paths:
        try:
            model = Machine(GGML, read_file(Path(path)), 64, 1, 0)
        except (ModelFileError, Refused) as error:
            outcomes.append(type(error).__name__)
            continue
        try:
            logits, _ = model.read([5, 6, 7, 8])
            model.write(max(range(len(logits)), key=logits.__getitem__))
            outcomes.append("answered")
        except Refused as error:
            outcomes.append(type(error).__name__)
        model.close()
    return outcomes


def refused(path: str) -> object:
    """What is said when the numbers become nonsense after some tokens, and what a short answer says; then whether the next one is
    read anew, and is what it should be."""
    backend = FirstGeneration(native, _LIBRARY, lambda options, header: Plan(0, options.how, Placement.NO_CARD))
    backend.load(LoadOptions(Path(path), threads=1), False, Job(1, lambda identity, body: None))
    assert backend._model is not None
    model = backend._model.machine

    def ask(most: int) -> tuple[str, int]:
        said: list[object] = []
        options = GenerateOptions(temperature=0.0, max_tokens=most)
        with suppress(LoadFailed):
            backend.generate(
                [PromptMessage(Role.USER, "你好")], options, Job(1, lambda identity, body: said.append(body))
            )
        reused = next(body.reused for body in said if isinstance(body, PromptRead))
        return "".join(body.text for body in said if isinstance(body, TextPiece)), reused

    short, whole = ask(6)[0], ask(20)[0]
    compute = model._result
    calls = iter([False] * 5 + [True])

    def nonsense(graph: Graph) -> machine.Logits:
        if next(calls, False):
            model._held = model._clean = 0
            raise Refused("the model's numbers make no sense")
        return compute(graph)

    model._result = nonsense  # type: ignore[method-assign]
    broken = ask(20)[0]
    again, reused = ask(20)
    backend.close()
    return [broken == short, reused, again == whole]


ORDERS: dict[str, Callable[..., object]] = {
    order.__name__: order for order in (gaps, pieces, check, abort, context, damaged, refused)
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(ORDERS[sys.argv[1]](*sys.argv[2:])) + "\n")
