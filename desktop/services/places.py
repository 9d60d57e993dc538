"""Where other programs keep their models, on the three systems. Pure: told the environment, touches no disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Layout(StrEnum):
    """How a place is laid out."""

    FILES = "files"
    """GGUF files somewhere below."""
    HUB = "hub"
    """The hub's cache: models--owner--name/snapshots/commit/file."""
    OLLAMA = "ollama"
    """manifests/ name blobs/."""


@dataclass(frozen=True)
class Place:
    """A folder that may not exist."""

    program: str
    path: Path
    layout: Layout = Layout.FILES


def places(environment: Mapping[str, str], home: Path, platform: str) -> tuple[Place, ...]:
    """The places to look at; `platform` as sys.platform has it. Each folder comes once."""
    found = [
        *_lm_studio(home),
        *_ollama(environment, home, platform),
        *_jan(environment, home, platform),
        *_gpt4all(environment, home, platform),
        *_hub(environment, home),
        *_llama_cpp(environment, home, platform),
    ]
    return tuple({place.path: place for place in reversed(found)}.values())[::-1]


def lm_studio_settings(home: Path) -> Path:
    """LM Studio's settings (JSON), whose `downloadsFolder` tells where its models lie if they were moved."""
    return home / ".lmstudio" / "settings.json"


def _lm_studio(home: Path) -> list[Place]:
    folders = (home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models")
    return [Place("LM Studio", folder) for folder in folders]


def _ollama(environment: Mapping[str, str], home: Path, platform: str) -> list[Place]:
    folders = [home / ".ollama" / "models"]
    if named := environment.get("OLLAMA_MODELS"):
        folders.insert(0, Path(named))
    if platform.startswith("linux"):  # as a service, under a user of its own
        folders += [Path("/usr/share/ollama/.ollama/models"), Path("/var/lib/ollama/.ollama/models")]
    return [Place("Ollama", folder, Layout.OLLAMA) for folder in folders]


def _jan(environment: Mapping[str, str], home: Path, platform: str) -> list[Place]:
    data = _data(environment, home, platform)
    folders = [data / "Jan" / "data", home / "jan"]
    if platform.startswith("linux"):
        folders.insert(0, Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "Jan" / "data")
    return [Place("Jan", folder / models) for folder in folders for models in ("models", "llamacpp/models")]


def _gpt4all(environment: Mapping[str, str], home: Path, platform: str) -> list[Place]:
    data = _data(environment, home, platform)
    if platform == "win32":
        data = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return [Place("GPT4All", data / "nomic.ai" / "GPT4All")]


def _hub(environment: Mapping[str, str], home: Path) -> list[Place]:
    """As the hub's own library looks for its cache."""
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    hub = Path(environment.get("HF_HOME") or cache / "huggingface") / "hub"
    for name in ("HUGGINGFACE_HUB_CACHE", "HF_HUB_CACHE"):
        if named := environment.get(name):
            hub = Path(named)
    return [Place("Hugging Face", _expanded(hub, home), Layout.HUB)]


def _llama_cpp(environment: Mapping[str, str], home: Path, platform: str) -> list[Place]:
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    if platform == "darwin":
        cache = home / "Library" / "Caches"
    elif platform == "win32":
        cache = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return [Place("llama.cpp", Path(environment.get("LLAMA_CACHE") or cache / "llama.cpp"))]


def _data(environment: Mapping[str, str], home: Path, platform: str) -> Path:
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    if platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")


def _expanded(path: Path, home: Path) -> Path:
    return home.joinpath(*path.parts[1:]) if path.parts[:1] == ("~",) else path
