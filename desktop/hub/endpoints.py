"""Addresses of hubs in one place: which one is asked, the form of its URLs, and who may see the token."""

from __future__ import annotations

import os
from urllib.parse import quote, urlsplit

HUGGING_FACE = "https://huggingface.co"
"""The hub itself, the default."""
HF_MIRROR = "https://hf-mirror.com"
"""A mirror that answers the same API. It is not the hub: no token is ever sent to it."""


def endpoint_from(setting: str) -> str:
    """The hub to use: the setting, else the environment's HF_ENDPOINT, else the hub itself. Never ends in a slash."""
    for candidate in (setting, os.environ.get("HF_ENDPOINT", "")):
        if text := candidate.strip().rstrip("/"):
            return text if "://" in text else f"https://{text}"
    return HUGGING_FACE


def resolve_url(endpoint: str, repository: str, revision: str, file: str) -> str:
    """Where the bytes of a file begin: the hub redirects from here to a signed address that soon expires."""
    return f"{endpoint}/{quote(repository)}/resolve/{quote(revision, safe='')}/{quote(file)}"


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
