"""Models of other programs: where they are looked for, how they are named, and that they are used in place."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from desktop.app import Application
from desktop.core.errors import FileMissing
from desktop.core.library import FoundModel
from desktop.core.models import ModelState
from desktop.services.ollama import blobs
from desktop.services.places import Layout, places
from tests.services.conftest import Start

TINY = Path(__file__).resolve().parents[2] / "resources" / "chatglm3-tiny.gguf"
DATA = TINY.read_bytes()
SHA256 = hashlib.sha256(DATA).hexdigest()
FOREIGN = DATA.replace(b"<|user|>", b"<|abcd|>")
"""A chat model that is no GLM."""


@pytest.fixture
def app(start: Start) -> Application:
    return start()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OLLAMA_MODELS", "LLAMA_CACHE"):
        monkeypatch.delenv(name, raising=False)
    return Path.home()


def put(path: Path, data: bytes = DATA) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def ollama(models: Path, name: str, digest: str, *, tag: str = "latest", **changes: object) -> Path:
    """Write a manifest as Ollama does."""
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:" + "0" * 64, "size": 10},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": len(DATA), **changes},
    ]
    file = models / "manifests" / "registry.ollama.ai" / name / tag
    return put(file, json.dumps({"schemaVersion": 2, "layers": layers}).encode())


def found(app: Application) -> dict[str, FoundModel]:
    return {model.name: model for model in app.elsewhere.found().result(60)}


class TestPlaces:
    def test_linux(self) -> None:
        told = {str(place.path) for place in places({}, Path("/home/me/"), "linux")}
        assert told >= {
            "/home/me/.lmstudio/models",
            "/home/me/.cache/lm-studio/models",
            "/home/me/.ollama/models",
            "/usr/share/ollama/.ollama/models",
            "/home/me/.config/Jan/data/models",
            "/home/me/.local/share/Jan/data/llamacpp/models",
            "/home/me/jan/models",
            "/home/me/.local/share/nomic.ai/GPT4All",
            "/home/me/.cache/huggingface/hub",
            "/home/me/.cache/llama.cpp",
        }

    def test_macos(self) -> None:
        told = {place.path.as_posix() for place in places({}, Path("/Users/me/"), "darwin")}
        assert told >= {
            "/Users/me/.lmstudio/models",
            "/Users/me/.ollama/models",
            "/Users/me/Library/Application Support/Jan/data/llamacpp/models",
            "/Users/me/Library/Application Support/nomic.ai/GPT4All",
            "/Users/me/.cache/huggingface/hub",
            "/Users/me/Library/Caches/llama.cpp",
        }
        assert not any(path.startswith("/usr/share") for path in told)

    def test_windows(self) -> None:
        environment = {"APPDATA": "/U/me/AppData/Roaming", "LOCALAPPDATA": "/U/me/AppData/Local"}
        for given in (environment, {}):
            told = {place.path.as_posix() for place in places(given, Path("/U/me"), "win32")}
            assert told >= {
                "/U/me/.lmstudio/models",
                "/U/me/.ollama/models",
                "/U/me/AppData/Roaming/Jan/data/models",
                "/U/me/AppData/Local/nomic.ai/GPT4All",
                "/U/me/.cache/huggingface/hub",
                "/U/me/AppData/Local/llama.cpp",
            }

    @pytest.mark.parametrize(
        ("environment", "folder"),
        [
            ({"HF_HOME": "/big/hf"}, "/big/hf/hub"),
            ({"HF_HOME": "~/hf"}, "/home/me/hf/hub"),
            ({"HF_HOME": "/big/hf", "HF_HUB_CACHE": "/other"}, "/other"),
            ({"XDG_CACHE_HOME": "/cache"}, "/cache/huggingface/hub"),
        ],
    )
    def test_the_hubs_cache_may_lie_elsewhere(self, environment: dict[str, str], folder: str) -> None:
        (hub,) = [place for place in places(environment, Path("/home/me/"), "linux") if place.layout is Layout.HUB]
        assert hub.path.as_posix() == folder

    def test_ollama_may_lie_elsewhere(self) -> None:
        named = places({"OLLAMA_MODELS": "/big/ollama"}, Path("/home/me/"), "linux")
        assert Path("/big/ollama") in [place.path for place in named if place.layout is Layout.OLLAMA]
        assert len({place.path for place in named}) == len(named)


def test_nothing_is_found_on_a_new_computer(app: Application, home: Path) -> None:
    assert app.elsewhere.found().result(60) == ()


def test_every_program(app: Application, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(home / "欧 ollama"))
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "hub"))
    put(home / ".lmstudio/models/zai-org/GLM 4 😀/glm-Q4.gguf")
    put(home / ".lmstudio/models/zai-org/GLM 4 😀/mmproj-f16.gguf")
    put(home / "moved/lm.gguf")
    put(home / ".lmstudio/settings.json", json.dumps({"downloadsFolder": str(home / "moved")}).encode())
    jan = {"win32": "AppData/Roaming", "darwin": "Library/Application Support"}.get(sys.platform, ".config")
    put(home / jan / "Jan/data/llamacpp/models/janmodel/model.gguf")
    put(home / "hub/models--zai-org--glm/snapshots/abc/sub/hub.gguf")
    put(home / "hub/models--zai-org--glm/blobs/1234")
    put(home / "hub/datasets--x/snapshots/abc/data.gguf")
    put(home / "欧 ollama/blobs" / f"sha256-{SHA256}")
    ollama(home / "欧 ollama", "library/glm4", SHA256, tag="9b")
    models = found(app)
    assert {(model.program, name) for name, model in models.items()} == {
        ("LM Studio", "glm-Q4"),
        ("LM Studio", "lm"),
        ("Jan", "model"),
        ("Hugging Face", "hub"),
        ("Ollama", "glm4:9b"),
    }
    one = models["glm4:9b"]
    assert (one.size, one.family, one.architecture, one.quantization) == (len(DATA), "chatglm3", "chatglm", "Q8_0")
    assert one.sha256 == SHA256


def test_the_glm_family_comes_first_and_what_is_broken_not_at_all(app: Application, home: Path) -> None:
    folder = home / ".lmstudio/models/a/b"
    put(folder / "aaa.gguf", FOREIGN)
    put(folder / "zzz.gguf")
    put(folder / "cut.gguf", DATA[:2_000_000])
    put(folder / "half-00001-of-00002.gguf")
    put(folder / "text.gguf", b"hello")
    models = app.elsewhere.found().result(60)
    assert [(model.name, model.family) for model in models] == [("zzz", "chatglm3"), ("aaa", "other")]


def test_one_is_used_in_place(app: Application, home: Path) -> None:
    blob = put(home / ".ollama/models/blobs" / f"sha256-{SHA256}")
    ollama(home / ".ollama/models", "me/glm", SHA256)
    one = found(app)["me/glm:latest"]
    model = app.elsewhere.adopt(one).result(30)
    assert (model.path, model.linked, model.state, model.sha256) == (blob, True, ModelState.READY, SHA256)
    assert model.id == "me-glm-latest"
    assert app.elsewhere.found().result(60) == ()  # it is in the list now
    assert app.elsewhere.adopt(one).result(30) == model
    assert app.library.verify(model.id).result(30).state is ModelState.READY
    app.library.remove(model.id).result(30)
    assert blob.read_bytes() == DATA
    assert list(found(app)) == ["me/glm:latest"]


def test_one_that_is_gone_by_then(app: Application, home: Path) -> None:
    file = put(home / ".lmstudio/models/a/b/c.gguf")
    one = found(app)["c"]
    file.unlink()
    with pytest.raises(FileMissing):
        app.elsewhere.adopt(one).result(30)
    assert app.library.models() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_file_that_several_share_comes_once(app: Application, home: Path) -> None:
    cache = home / ".cache/huggingface/hub/models--zai-org--glm"
    blob = put(cache / "blobs" / SHA256)
    for commit in ("aaa", "bbb"):
        link = cache / "snapshots" / commit / "glm.gguf"
        link.parent.mkdir(parents=True)
        link.symlink_to(blob)
    studio = home / ".lmstudio/models/x/y/same.gguf"
    studio.parent.mkdir(parents=True)
    studio.symlink_to(cache / "snapshots/aaa/glm.gguf")
    (one,) = app.elsewhere.found().result(60)
    assert (one.program, one.name) == ("LM Studio", "same")
    studio.unlink()
    (one,) = app.elsewhere.found().result(60)
    assert (one.program, one.name, one.sha256) == ("Hugging Face", "glm", SHA256)
    assert app.elsewhere.adopt(one).result(30).path == cache / "snapshots/aaa/glm.gguf"


class TestManifests:
    def test_names(self, tmp_path: Path) -> None:
        put(tmp_path / "blobs" / f"sha256-{SHA256}")
        ollama(tmp_path, "library/glm4", SHA256)
        put(tmp_path / "manifests/hf.co/bartowski/GLM-GGUF/Q4_K_M", ollama(tmp_path, "a/b", SHA256).read_bytes())
        assert sorted(blob.name for blob in blobs(tmp_path)) == [
            "a/b:latest",
            "glm4:latest",
            "hf.co/bartowski/GLM-GGUF:Q4_K_M",
        ]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[]",
            b"{}",
            b'{"layers": 3}',
            b'{"layers": [3]}',
            b'{"layers": [{"mediaType": "application/vnd.ollama.image.model"}]}',
            b'{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../etc/passwd"}]}',
            b'{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": 7}]}',
            b"[" * 100_000,
            b"\xff" * 10,
            b" " * (2 << 20),
        ],
        ids=[
            "empty",
            "list",
            "object",
            "number",
            "numbers",
            "no digest",
            "path",
            "not text",
            "deep",
            "binary",
            "large",
        ],
    )
    def test_nonsense_is_passed_over(self, tmp_path: Path, content: bytes) -> None:
        put(tmp_path / "blobs" / f"sha256-{SHA256}")
        put(tmp_path / "manifests/registry.ollama.ai/library/bad/latest", content)
        ollama(tmp_path, "library/good", SHA256)
        ollama(tmp_path, "library/gone", "1" * 64)
        assert [blob.name for blob in blobs(tmp_path)] == ["good:latest"]
