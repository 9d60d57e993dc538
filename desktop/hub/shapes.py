"""The shapes of the models in the catalogue, so that whether they fit can be said without a single request."""

from __future__ import annotations

from desktop.core.footprint import Footprint, with_size
from desktop.core.models import CatalogEntry


def _shape(
    layers: int, keys: int, values: int, embedding: int, feed_forward: int, heads: int, vocabulary: int
) -> Footprint:
    """`keys` and `values`: widths of the cache of each layer. What each layer weighs follows from the file's size."""
    return Footprint(
        blocks=(0,) * layers,
        input=0,
        output=0,
        tied=False,
        keys=(keys,) * layers,
        values=(values,) * layers,
        embedding=embedding,
        feed_forward=feed_forward,
        heads=heads,
        vocabulary=vocabulary,
    )


_GLM_4_9B = _shape(40, 256, 256, 4096, 13696, 32, 151552)
_FLASH = _shape(47, 576, 0, 2048, 10240, 20, 154880)

SHAPES: dict[tuple[str, str], Footprint] = {
    ("glm-edge", "1.5B"): _shape(28, 512, 512, 2048, 6144, 16, 59264),
    ("glm-edge", "4B"): _shape(40, 768, 768, 3072, 8192, 24, 59264),
    ("chatglm", "6B"): _shape(28, 4096, 4096, 4096, 16384, 32, 130528),
    ("chatglm2", "6B"): _shape(28, 256, 256, 4096, 13696, 32, 65024),
    ("chatglm3", "6B"): _shape(28, 256, 256, 4096, 13696, 32, 65024),
    ("glm-4", "9B"): _GLM_4_9B,
    ("codegeex4", "9B"): _GLM_4_9B,
    ("glm-4-0414", "9B"): _GLM_4_9B,
    ("glm-z1", "9B"): _GLM_4_9B,
    ("glm-4-0414", "32B"): _shape(61, 256, 256, 6144, 23040, 48, 151552),
    ("glm-4.7-flash", "23B"): _FLASH,
    ("glm-4.7-flash", "30B"): _FLASH,
    ("glm-4.5", "106B"): _shape(46, 1024, 1024, 4096, 10944, 96, 151552),
}
"""By family and parameters, from the models' published configurations."""


def footprint(entry: CatalogEntry) -> Footprint | None:
    """What a recommended build takes; None for one whose shape is not written down."""
    shape = SHAPES.get((entry.family, entry.parameters))
    return None if shape is None else with_size(shape, entry.size)
