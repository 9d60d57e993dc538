from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.hub.endpoints import HUGGING_FACE, endpoint_from, may_see_token, resolve_url


def test_the_setting_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hf-mirror.com/")
    assert endpoint_from("") == "https://hf-mirror.com"
    assert endpoint_from(" https://mine.example/ ") == "https://mine.example"
    monkeypatch.setenv("HF_ENDPOINT", "hf-mirror.com")
    assert endpoint_from("") == "https://hf-mirror.com"
    monkeypatch.delenv("HF_ENDPOINT")
    assert endpoint_from("") == HUGGING_FACE


def test_names_in_addresses_are_quoted() -> None:
    assert (
        resolve_url("http://h", "a/b", "refs/pr/1", "d/x y?#.gguf")
        == "http://h/a/b/resolve/refs%2Fpr%2F1/d/x%20y%3F%23.gguf"
    )


@pytest.mark.parametrize(
    "url", ["https://huggingface.co/a", "https://huggingface.co:443/a", "https://huggingface.co./a"]
)
def test_the_hub_may_see_the_token(url: str) -> None:
    assert may_see_token(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co/a",
        "https://huggingface.co.evil.example/a",
        "https://hf-mirror.com/a",
        "https://huggingface.co@evil.example/a",
        "https://cdn-lfs.huggingface.co/a",
        "https://huggingface.co:8443/a",
        "https://huggingface.co:nonsense/a",
        "",
    ],
)
def test_others_may_not(url: str) -> None:
    assert not may_see_token(url)


def test_the_way_in_is_light(repository: Path) -> None:
    """The window starts without the hub's libraries: a third of a second."""
    code = (
        "import sys; from desktop.hub.lazy import LazyHub; import desktop.hub.catalog, desktop.services.downloads; "
        "hub = LazyHub('http://x'); assert hub.endpoint == 'http://x'; "
        "print([name for name in ('huggingface_hub', 'httpx2', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
