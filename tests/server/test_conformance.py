"""Our own description of the API, turned against us: schemathesis makes requests of it, right and wrong ones.

CONFORMANCE_CASES says how many for each path (the suite takes some hundreds in all; `CONFORMANCE_CASES=250` 2,000).
"""

from __future__ import annotations

import os
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from desktop.server.openapi import description
from tests.server.conftest import Serve, Served

CASES = int(os.environ.get("CONFORMANCE_CASES", "30"))
PATHS = ["/", "/v1/chat/completions", "/v1/completions", "/v1/embeddings"]
"""Those that take something."""


def test_the_description_is_openapi() -> None:
    document = description()
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                jsonschema.Draft202012Validator.check_schema(content["schema"])
    assert set(PATHS) < set(document["paths"])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_no_request_finds_a_bug(serve: Serve, path: str, mode: GenerationMode) -> None:
    served = serve()
    schema = schemathesis.openapi.from_dict(description())
    schema.config.base_url = served.url
    strategy: Any = schema[path]["POST"].as_strategy(generation_mode=mode)
    statuses: set[int] = set()

    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize="CONFORMANCE_CASES" not in os.environ,
    )
    @given(case=strategy)
    def one(case: Any) -> None:
        answer = case.call(session=None, timeout=30)
        statuses.add(answer.status_code)
        assert answer.status_code in (200, 400, 404, 405, 408, 413, 422, 503), answer.text
        if answer.status_code >= 400:
            assert answer.json()["error"]["message"]
        elif path == "/":
            jsonschema.validate(answer.json(), _answer_schema(path))

    one()
    assert (200 if mode is GenerationMode.POSITIVE else 422) in statuses
    assert served.chat("after")["choices"][0]["message"]["content"] == "after"


def _answer_schema(path: str) -> Any:
    responses = description()["paths"][path]["post"]["responses"]
    return responses["200"]["content"]["application/json"]["schema"]


def test_answers_are_as_described(echo: Served) -> None:
    jsonschema.validate(echo.chat("x"), _answer_schema("/v1/chat/completions"))
    jsonschema.validate(echo.post("/", {"prompt": "x"}).json(), _answer_schema("/"))
