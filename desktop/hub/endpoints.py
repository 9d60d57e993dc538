"""Addresses of sources in one place: which one is asked, the form of its URLs, and who may see the token."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

HUGGING_FACE = "https://huggingface.co"
"""The hub itself, the default."""
HF_MIRROR = "https://hf-mirror.com"
"""A mirror that answers the same API. It is not the hub: no token is ever sent to it."""
MODELSCOPE = "https://modelscope.cn"
"""Another hub, with an API and with repository names of its own (hub.modelscope)."""
FOLDER = "folder:"
"""Begins the address of a folder or a USB stick (hub.folder)."""

SOURCES = {"huggingface": HUGGING_FACE, "hf-mirror": HF_MIRROR, "modelscope": MODELSCOPE}
"""The sources that have a name in the settings and on the command line."""
NAMES = {HUGGING_FACE: "Hugging Face", HF_MIRROR: "hf-mirror.com", MODELSCOPE: "ModelScope"}
"""What people call them."""


def endpoint_from(setting: str, source: str = "address") -> str:
    """The source to use: the one chosen by name, else the address in the settings, else the environment's HF_ENDPOINT, else
    the hub itself. Never ends in a slash."""
    if source in SOURCES:
        return SOURCES[source]
    for candidate in (setting, os.environ.get("HF_ENDPOINT", "")):
        if text := candidate.strip().rstrip("/"):
            return text if "://" in text or text.startswith(FOLDER) else f"https://{text}"
    return HUGGING_FACE


def next_source(endpoint: str) -> str | None:
    """Which one to offer when this one cannot be reached; None after a folder, which is no matter of the network."""
    if endpoint.startswith(FOLDER):
        return None
    order = list(SOURCES.values())
    return order[(order.index(endpoint) + 1) % len(order)] if endpoint in order else order[0]


def source_name(endpoint: str) -> str:
    """What to call a source in a sentence: its name, the host, or the folder's path."""
    if endpoint.startswith(FOLDER):
        return endpoint.removeprefix(FOLDER)
    return NAMES.get(endpoint) or urlsplit(endpoint).netloc or endpoint


def page_url(endpoint: str, repository: str) -> str:
    """The page of a repository for people; "" where there is none."""
    if endpoint.startswith(FOLDER):
        return ""
    return f"{endpoint}/models/{quote(repository)}" if is_modelscope(endpoint) else f"{endpoint}/{quote(repository)}"


def folder_of(endpoint: str) -> Path | None:
    """The folder this address means; None if it is one of the network."""
    return Path(endpoint.removeprefix(FOLDER)).expanduser() if endpoint.startswith(FOLDER) else None


def is_modelscope(endpoint: str) -> bool:
    """Whether the server behind this address speaks ModelScope's API."""
    return (urlsplit(endpoint).hostname or "").removeprefix("www.") in ("modelscope.cn", "modelscope.ai")


def resolve_url(endpoint: str, repository: str, revision: str, file: str) -> str:
    """Where the bytes of a file begin: the hub redirects from here to a signed address that soon expires."""
    return f"{endpoint}/{quote(repository)}/resolve/{quote(revision, safe='')}/{quote(file)}"


def modelscope_file_url(endpoint: str, repository: str, revision: str, file: str) -> str:
    """The same on ModelScope."""
    return f"{endpoint}/models/{quote(repository)}/resolve/{quote(revision, safe='')}/{quote(file)}"


def modelscope_files_url(endpoint: str, repository: str, revision: str) -> str:
    """Where ModelScope lists the files of a repository."""
    return f"{endpoint}/api/v1/models/{quote(repository)}/repo/files?" + urlencode(
        {"Revision": revision, "Recursive": "true"}
    )


def modelscope_search_url(endpoint: str) -> str:
    """Where ModelScope takes a search (PUT)."""
    return f"{endpoint}/api/v1/dolphin/models"


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what must be the same for a secret to be repeated after a redirect."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").rstrip("."), port


def may_see_token(url: str) -> bool:
    """Whether this address is the hub itself over TLS; mirrors and content servers never see the token."""
    try:
        return origin(url) == ("https", "huggingface.co", 443)
    except ValueError:
        return False
