"""What a chatglm.cpp file says of itself, in the words every other model is described with."""

from __future__ import annotations

import math
import re
from pathlib import Path

from desktop.core.footprint import Footprint
from desktop.core.models import FileFormat, ModelHeader
from desktop.inference.legacy.ggml_file import BLOCKS, TYPE_NAMES, Config, expected_tensors, read_config, read_file

FAMILIES = {1: "chatglm", 2: "chatglm2", 3: "chatglm3"}
"""Generation → family (inference.families)."""
_LAYER = re.compile(r"\.layers\.(\d+)\.")


def read_header(path: Path) -> ModelHeader:
    """Of a file that was checked from the first byte to the last. Raises ModelFileError."""
    return describe(read_file(path).config)


def read_beginning(data: bytes, name: str) -> ModelHeader:
    """Of a file of which only the first bytes are here; `name` stands for its path in errors. Raises ModelFileError."""
    return describe(read_config(data, name))


def title(config: Config) -> str:
    """What such a model is called."""
    name = "ChatGLM" if config.generation == 1 else f"ChatGLM{config.generation}"
    return f"{name} 6B" if (config.hidden, config.layers) == (4096, 28) else name


def describe(config: Config) -> ModelHeader:
    """Everything follows from the configuration."""
    blocks = [0] * config.layers
    embedding = output = parameters = 0
    for name, (shape, kind) in expected_tensors(config).items():
        elements = math.prod(shape)
        size = elements // BLOCKS[kind][0] * BLOCKS[kind][1]
        parameters += elements
        if match := _LAYER.search(name):
            blocks[int(match[1])] += size
        elif "embedding" in name:
            embedding += size
        else:
            output += size
    width = config.kv_heads * config.head
    footprint = Footprint(
        blocks=tuple(blocks),
        input=embedding,
        output=output,
        tied=config.generation == 1,
        keys=(width,) * config.layers,
        values=(width,) * config.layers,
        embedding=config.hidden,
        feed_forward=config.ffn,
        heads=config.heads,
        vocabulary=config.vocabulary,
        skipped=0,
        unused=0,
    )
    return ModelHeader(
        architecture="chatglm",
        name=title(config),
        family=FAMILIES[config.generation],
        quantization=TYPE_NAMES[config.kind],
        context=config.context,
        layers=config.layers,
        parameters=parameters,
        vocabulary=config.vocabulary,
        kv_per_token=4 * width * config.layers,
        footprint=footprint,
        format=FileFormat.CHATGLM_CPP,
    )
