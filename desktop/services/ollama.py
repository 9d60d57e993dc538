"""Which model files Ollama holds: its manifests name blobs, which are GGUF files without the ending."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MANIFESTS = 1_000
"""At most so many are read."""
_MANIFEST_BYTES = 1 << 20
_MODEL = "application/vnd.ollama.image.model"
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")


@dataclass(frozen=True)
class Blob:
    """A model by its name ("glm4:9b"), and its file."""

    name: str
    path: Path
    sha256: str


def blobs(models: Path) -> Iterator[Blob]:
    """What the manifests below `models` name and what is there; manifests that make no sense are passed over."""
    root = models / "manifests"
    read = 0
    for registry in _folders(root):
        for owner in _folders(registry):
            for model in _folders(owner):
                for manifest in _listed(model):
                    read += 1
                    if read > MANIFESTS:
                        return
                    digest = _digest(manifest)
                    if digest is not None and (path := _blob(models, digest)) is not None:
                        yield Blob(_name(registry.name, owner.name, model.name, manifest.name), path, digest)


def _name(registry: str, owner: str, model: str, tag: str) -> str:
    """As Ollama shows it: its own library and registry go without saying."""
    name = model if owner == "library" else f"{owner}/{model}"
    if registry != "registry.ollama.ai":
        name = f"{registry}/{name}"
    return f"{name}:{tag}"


def _digest(manifest: Path) -> str | None:
    try:
        if not manifest.is_file() or manifest.stat().st_size > _MANIFEST_BYTES:
            return None
        layers = json.loads(manifest.read_bytes())["layers"]
        models = [layer["digest"] for layer in layers if layer["mediaType"] == _MODEL]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    match = _DIGEST.fullmatch(models[0]) if models and isinstance(models[0], str) else None
    return match[1] if match else None


def _blob(models: Path, digest: str) -> Path | None:
    for name in (f"sha256-{digest}", f"sha256:{digest}"):
        path = models / "blobs" / name
        try:
            if path.is_file():
                return path
        except OSError:  # a colon in a name is no name on some systems
            continue
    return None


def _folders(parent: Path) -> list[Path]:
    return [path for path in _listed(parent) if path.is_dir()]


def _listed(parent: Path) -> list[Path]:
    try:
        return sorted(parent.iterdir())[:MANIFESTS]
    except OSError:
        return []
