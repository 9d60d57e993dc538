"""Where models come from. `LazyHub` is the way in: it is cheap to import and to build."""

from desktop.hub.endpoints import HF_MIRROR, HUGGING_FACE, endpoint_from
from desktop.hub.lazy import Access, LazyHub, Network

__all__ = ["HF_MIRROR", "HUGGING_FACE", "Access", "LazyHub", "Network", "endpoint_from"]
