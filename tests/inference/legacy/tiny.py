"""The tiny ChatGLM3 of the resources, written as chatglm.cpp would have: real words for what is rewritten."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.inference.conftest import TINY
from tests.legacy_factory import BLOCKS, tensor_head

_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_NAMES = {
    "attn_norm.weight": "input_layernorm.weight",
    "attn_qkv.weight": "self_attention.query_key_value.weight",
    "attn_qkv.bias": "self_attention.query_key_value.bias",
    "attn_output.weight": "self_attention.dense.weight",
    "ffn_norm.weight": "post_attention_layernorm.weight",
    "ffn_up.weight": "mlp.dense_h_to_4h.weight",
    "ffn_down.weight": "mlp.dense_4h_to_h.weight",
}


def write_tiny(path: Path, version: int = 2) -> Path:
    """Write it; the marks that chatglm.cpp adds by itself are left out of the vocabulary."""
    values, tensors, data = _parse(TINY.read_bytes())
    tokens = values["tokenizer.ggml.tokens"]
    proto = _proto(values, tokens.index("[MASK]"))
    numbers = [values[f"chatglm.{key}"] for key in ("embedding_length", "attention.head_count")]
    hidden, heads = numbers
    kv_heads, layers, ffn = (
        values[f"chatglm.{key}"] for key in ("attention.head_count_kv", "block_count", "feed_forward_length")
    )
    kind = next(tensor[2] for name, tensor in tensors.items() if name == "output.weight")
    context = values["chatglm.context_length"]
    with path.open("wb") as file:
        file.write(b"ggml" + struct.pack("<ii", 3, version))
        if version == 1:
            file.write(
                struct.pack("<12i", kind, len(tokens), hidden, heads, layers, ffn, context, 1, 2, 0, 0, kv_heads)
            )
        else:
            file.write(
                struct.pack(
                    "<7ififiii", kind, len(tokens), hidden, heads, kv_heads, layers, ffn, 1e-5, 0, 1e4, context, 2, 0
                )
            )  # fmt: skip
        file.write(struct.pack("<i", len(proto)) + proto)
        for name, (dimensions, offset, type_) in tensors.items():
            shape = dimensions[::-1]
            file.write(tensor_head(_old_name(name), shape, type_))
            file.write(bytes(-file.tell() % 16))
            count = 1
            for size in shape:
                count *= size
            block, width = BLOCKS[type_]
            file.write(data[offset : offset + count // block * width])
    return path


def _old_name(name: str) -> str:
    if name.startswith("blk."):
        _, layer, rest = name.split(".", 2)
        return f"transformer.encoder.layers.{layer}.{_NAMES[rest]}"
    return {
        "token_embd.weight": "transformer.embedding.word_embeddings.weight",
        "output_norm.weight": "transformer.encoder.final_layernorm.weight",
        "output.weight": "transformer.output_layer.weight",
    }[name]


def _proto(values: dict[str, Any], count: int) -> bytes:
    """A sentencepiece model with the file's pieces: BPE, a token for each byte, nothing normalised."""
    data = b""
    rows = (values[f"tokenizer.ggml.{key}"][:count] for key in ("tokens", "scores", "token_type"))
    for text, score, kind in zip(*rows, strict=True):
        piece = _field(1, text.encode()) + b"\x15" + struct.pack("<f", score) + b"\x18" + bytes((kind,))
        data += _field(1, piece)
    trainer = b"\x18\x02" + b"\x98\x02\x01"  # model_type BPE, byte_fallback
    normalizer = _field(1, b"identity") + b"\x18\x01\x20\x00\x28\x01"  # dummy prefix, blanks kept, escaped
    return data + _field(2, trainer) + _field(3, normalizer)


def _field(number: int, data: bytes) -> bytes:
    size, length = b"", len(data)
    while length > 0x7F:
        size += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return bytes((number << 3 | 2,)) + size + bytes((length,)) + data


def _parse(raw: bytes) -> tuple[dict[str, Any], dict[str, tuple[tuple[int, ...], int, int]], bytes]:
    """The values, the tensors (dimensions, offset, type) in the file's order, and the data of a GGUF file."""
    file = BytesIO(raw)

    def number(code: str) -> Any:
        return struct.unpack("<" + code, file.read(struct.calcsize("<" + code)))[0]

    def text() -> str:
        return file.read(number("Q")).decode()

    def value(kind: int) -> Any:
        if kind == 8:
            return text()
        if kind == 9:
            item, count = number("I"), number("Q")
            return [value(item) for _ in range(count)]
        return number(_FORMATS[kind])

    file.read(8)
    tensors, count = number("Q"), number("Q")
    values = {}
    for _ in range(count):
        key = text()
        values[key] = value(number("I"))
    found = {}
    for _ in range(tensors):
        name = text()
        dimensions = tuple(number("Q") for _ in range(number("I")))
        kind, offset = number("I"), number("Q")
        found[name] = (dimensions, offset, kind)
    start = -(-file.tell() // 32) * 32
    return values, found, raw[start:]
