"""Looking for models: the GLM family by default, the next source where one fails, a token that is kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.core.errors import HubUnreachable
from desktop.hub.endpoints import HUGGING_FACE, next_source
from desktop.hub.lazy import LazyHub
from desktop.services.search import SearchService
from tests.conftest import DEAD_ENDPOINT
from tests.hubserver import HubServer


class Secret:
    """A place for a secret."""

    def __init__(self) -> None:
        self.value: str | None = None

    def get(self) -> str | None:
        return self.value

    def set(self, value: str) -> None:
        self.value = value

    def clear(self) -> None:
        self.value = None


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer() as hub:
        for name in ("a/GLM-4-GGUF", "b/CodeGeeX4-GGUF", "c/Qwen-GGUF"):
            hub.add(name, "model-Q4_K_M.gguf", b"x")
        yield hub


@pytest.fixture
def secret() -> Secret:
    return Secret()


@pytest.fixture
def search(server: HubServer, secret: Secret) -> Iterator[SearchService]:
    service = SearchService(LazyHub, lambda: server.url, next_source, secret)
    yield service
    service.close()


def test_the_family_or_any(search: SearchService) -> None:
    assert [one.repository for one in search.search("gguf").result(20)] == ["a/GLM-4-GGUF", "b/CodeGeeX4-GGUF"]
    assert len(search.search("gguf", only_glm=False).result(20)) == 3
    assert [one.repository for one in search.search("").result(20)] == ["a/GLM-4-GGUF"]
    (file,) = search.files("c/Qwen-GGUF").result(20)
    assert (file.file, file.size) == ("model-Q4_K_M.gguf", 1)


def test_the_next_source_is_offered(search: SearchService) -> None:
    for future in (search.files("a/b", endpoint=DEAD_ENDPOINT), search.search("x", endpoint=DEAD_ENDPOINT)):
        error = future.exception(30)
        assert isinstance(error, HubUnreachable)
        assert error.data["next_source"] == HUGGING_FACE


def test_the_token(search: SearchService, secret: Secret) -> None:
    assert search.has_token().result(10) is False
    search.set_token("  hf_abc  ").result(10)
    assert (search.has_token().result(10), secret.value) == (True, "hf_abc")
    search.set_token(" ").result(10)
    assert (search.has_token().result(10), secret.value) == (False, None)
