"""Model files of real shapes with random weights: what llama.cpp allocates for them is what it allocates for the real ones.

    python -m tests.models_factory glm-4-9b Q4_K_M /somewhere/model.gguf [--layers N]

The data is one megabyte of random blocks of each type, repeated: written as fast as the disk takes it.
"""

from __future__ import annotations

import argparse
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from desktop.inference.architectures import BLOCKS
from tests.inference.gguf_files import Value, text, value

F32, F16, Q5_0, Q8_0, Q4_K, Q5_K, Q6_K = 0, 1, 6, 8, 12, 13, 14
FILE_TYPES = {"Q4_K_M": 15, "Q8_0": 7}
_SCALES: dict[int, tuple[int, ...]] = {
    F16: (0,),
    Q5_0: (0,),
    Q8_0: (0,),
    Q4_K: (0, 2),
    Q5_K: (0, 2),
    Q6_K: (208,),
}
"""Where in a block of each type half-precision numbers stand: random ones could be infinite."""
_FALLBACK = {Q4_K: Q5_0, Q5_K: Q8_0, Q6_K: Q8_0}
"""What the quantizer takes for rows that are no multiple of 256."""
_POOL = 1 << 20


@dataclass(frozen=True)
class Shape:
    """The numbers of one model's configuration."""

    architecture: str
    layers: int
    embedding: int
    feed_forward: int
    heads: int
    kv_heads: int
    vocabulary: int
    head: int = 128
    rope: int = 64
    context: int = 8192
    bias: bool = True
    landmarks: tuple[str, ...] = ("[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>")
    experts: int = 0
    experts_used: int = 0
    expert_feed_forward: int = 0
    dense: int = 0
    """Layers in front without experts."""
    extra: int = 0
    """Layers at the end that predict a second token; llama.cpp leaves them out."""
    q_rank: int = 0
    kv_rank: int = 0
    """Compressed attention (multi-head latent attention)."""
    tied: bool = False
    """No output matrix of its own."""


CHATGLM3 = ("[gMASK]", "sop", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>")
SHAPES: dict[str, Shape] = {
    "chatglm3-6b": Shape("chatglm", 28, 4096, 13696, 32, 2, 65024, landmarks=CHATGLM3),
    "glm-4-9b": Shape("chatglm", 40, 4096, 13696, 32, 2, 151552, context=131072),
    "glm-edge-1.5b": Shape("chatglm", 28, 2048, 6144, 16, 4, 59264, rope=128, bias=False),
    "glm-edge-4b": Shape("chatglm", 40, 3072, 8192, 24, 6, 59264, rope=128, bias=False),
    "glm-4-9b-0414": Shape("glm4", 40, 4096, 13696, 32, 2, 151552, context=32768),
    "glm-4-32b-0414": Shape("glm4", 61, 6144, 23040, 48, 2, 151552, context=32768, bias=False),
    "glm-4.5-air": Shape(
        "glm4moe", 46, 4096, 10944, 96, 8, 151552, context=131072, experts=128, experts_used=8,
        expert_feed_forward=1408, dense=1, extra=1,
    ),
    "glm-4.7-flash": Shape(
        "deepseek2", 47, 2048, 10240, 20, 20, 154880, head=256, context=202752, bias=False, experts=64, experts_used=4,
        expert_feed_forward=1536, dense=1, q_rank=768, kv_rank=512,
    ),
    "llama-8b": Shape("llama", 32, 4096, 14336, 32, 8, 128256, rope=128, context=131072, bias=False, landmarks=()),
    "qwen3-0.6b": Shape(
        "qwen3", 28, 1024, 3072, 16, 8, 151936, rope=128, context=40960, bias=False, landmarks=(), tied=True
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """One tensor of a file. `kind` is ggml's type, `offset` from the start of the data."""

    name: str
    dimensions: tuple[int, ...]
    kind: int
    offset: int = 0

    @property
    def bytes(self) -> int:
        elements = 1
        for dimension in self.dimensions:
            elements *= dimension
        block, width = BLOCKS[self.kind]
        return elements // block * width


def few_layers(shape: Shape, layers: int) -> Shape:
    """The same shape with fewer layers: everything but the depth is real."""
    return replace(shape, layers=layers)


def write_model(path: Path, shape: Shape, quantization: str, *, data: bool = True, name: str = "") -> Path:
    """Write the file; without `data` the weights are a hole (zeros) and cost no disk on most systems."""
    tensors = _placed(_tensors(shape, quantization))
    head = _head(shape, quantization, tensors, name or path.stem)
    with path.open("wb") as file:
        file.write(head)
        for tensor in tensors:
            file.seek(len(head) + tensor.offset)
            if data:
                pool = _pool(tensor.kind)
                for _ in range(tensor.bytes // len(pool)):
                    file.write(pool)
                file.write(pool[: tensor.bytes % len(pool)])
        file.truncate(len(head) + tensors[-1].offset + -(-tensors[-1].bytes // 32) * 32)
    return path


def _head(shape: Shape, quantization: str, tensors: list[Made], name: str) -> bytes:
    a = shape.architecture
    latent = bool(shape.kv_rank)
    values: dict[str, Value] = {
        "general.architecture": a,
        "general.name": name,
        "general.file_type": FILE_TYPES[quantization],
        f"{a}.context_length": shape.context,
        f"{a}.block_count": shape.layers + shape.extra,
        f"{a}.embedding_length": shape.embedding,
        f"{a}.feed_forward_length": shape.feed_forward,
        f"{a}.attention.head_count": shape.heads,
        f"{a}.attention.head_count_kv": 1 if latent else shape.kv_heads,
        f"{a}.attention.key_length": shape.kv_rank + shape.rope if latent else shape.head,
        f"{a}.attention.value_length": shape.kv_rank if latent else shape.head,
        f"{a}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{a}.rope.dimension_count": shape.rope,
        f"{a}.rope.freq_base": 10000.0,
    }
    if shape.experts:
        values |= {
            f"{a}.expert_count": shape.experts,
            f"{a}.expert_used_count": shape.experts_used,
            f"{a}.expert_feed_forward_length": shape.expert_feed_forward,
            f"{a}.expert_shared_count": 1,
            f"{a}.leading_dense_block_count": shape.dense,
            f"{a}.expert_gating_func": 2,
            f"{a}.expert_weights_scale": 1.8,
            f"{a}.expert_weights_norm": True,
            f"{a}.expert_group_count": 1,
            f"{a}.expert_group_used_count": 1,
        }
    if shape.extra:
        values[f"{a}.nextn_predict_layers"] = shape.extra
    if latent:
        values |= {
            f"{a}.attention.q_lora_rank": shape.q_rank,
            f"{a}.attention.kv_lora_rank": shape.kv_rank,
            f"{a}.attention.key_length_mla": shape.head,
            f"{a}.attention.value_length_mla": shape.head,
            f"{a}.vocab_size": shape.vocabulary,
        }
    values["tokenizer.ggml.model"] = "llama"
    if not shape.landmarks:
        values["tokenizer.chat_template"] = "{% for m in messages %}{{ m.content }}{% endfor %}"
    body = b"".join(value(key, what) for key, what in values.items()) + _vocabulary(shape.vocabulary, shape.landmarks)
    data = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values) + 3) + body
    for tensor in tensors:
        data += text(tensor.name) + struct.pack("<I", len(tensor.dimensions))
        data += struct.pack(f"<{len(tensor.dimensions)}Q", *tensor.dimensions)
        data += struct.pack("<IQ", tensor.kind, tensor.offset)
    return data + b"\0" * (-len(data) % 32)


@cache
def _vocabulary(size: int, landmarks: tuple[str, ...]) -> bytes:
    """Three values: the tokens, their scores and their kinds."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{n:02X}>" for n in range(256)), *landmarks]
    tokens += [f"▁t{n}" for n in range(size - len(tokens))]
    kinds = [2, 3, 3, *[6] * 256, *[3] * len(landmarks)]
    kinds += [1] * (size - len(kinds))
    data = value("tokenizer.ggml.tokens", tokens)
    data += text("tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, size)
    data += struct.pack(f"<{size}f", *(-float(n) for n in range(size)))
    data += text("tokenizer.ggml.token_type") + struct.pack("<IIQ", 9, 5, size)
    return data + struct.pack(f"<{size}i", *kinds)


def _placed(tensors: Iterator[Made]) -> list[Made]:
    placed, offset = [], 0
    for tensor in tensors:
        placed.append(replace(tensor, offset=offset))
        offset += -(-tensor.bytes // 32) * 32
    return placed


def _tensors(shape: Shape, quantization: str) -> Iterator[Made]:
    usual = Q8_0 if quantization == "Q8_0" else Q4_K
    finer = Q8_0 if quantization == "Q8_0" else Q6_K
    width = shape.embedding
    yield _matrix("token_embd", width, shape.vocabulary, usual)
    yield Made("output_norm.weight", (width,), F32)
    if not shape.tied:
        yield _matrix("output", width, shape.vocabulary, finer)
    for layer in range(shape.layers + shape.extra):
        yield from _layer(shape, layer, usual, finer)


def _layer(shape: Shape, layer: int, usual: int, finer: int) -> Iterator[Made]:
    at = f"blk.{layer}."
    width, count = shape.embedding, shape.layers + shape.extra
    down = finer if layer < count // 8 or layer >= 7 * count // 8 or (layer - count // 8) % 3 == 2 else usual
    middle = Q8_0 if usual == Q8_0 else Q5_K
    yield Made(f"{at}attn_norm.weight", (width,), F32)
    yield Made(f"{at}{'post_attention_norm' if shape.architecture == 'glm4moe' else 'ffn_norm'}.weight", (width,), F32)
    yield from _attention(shape, at, usual, down, middle)
    if shape.architecture == "glm4":
        yield Made(f"{at}post_attention_norm.weight", (width,), F32)
        yield Made(f"{at}post_ffw_norm.weight", (width,), F32)
    if shape.experts and layer >= shape.dense:
        yield from _experts(shape, at, usual, down)
    elif shape.architecture in ("chatglm", "glm4"):
        yield _matrix(f"{at}ffn_up", width, 2 * shape.feed_forward, usual)
        yield _matrix(f"{at}ffn_down", shape.feed_forward, width, down)
    else:
        yield _matrix(f"{at}ffn_gate", width, shape.feed_forward, usual)
        yield _matrix(f"{at}ffn_up", width, shape.feed_forward, usual)
        yield _matrix(f"{at}ffn_down", shape.feed_forward, width, down)
    if layer >= shape.layers:
        yield _matrix(f"{at}nextn.eh_proj", 2 * width, width, usual)
        yield Made(f"{at}nextn.enorm.weight", (width,), F32)
        yield Made(f"{at}nextn.hnorm.weight", (width,), F32)


def _attention(shape: Shape, at: str, usual: int, down: int, middle: int) -> Iterator[Made]:
    width, all_heads, shared = shape.embedding, shape.heads * shape.head, shape.kv_heads * shape.head
    if shape.kv_rank:
        plain = shape.head - shape.rope
        yield _matrix(f"{at}attn_q_a", width, shape.q_rank, usual)
        yield Made(f"{at}attn_q_a_norm.weight", (shape.q_rank,), F32)
        yield _matrix(f"{at}attn_q_b", shape.q_rank, all_heads, usual)
        yield _matrix(f"{at}attn_kv_a_mqa", width, shape.kv_rank + shape.rope, usual)
        yield Made(f"{at}attn_kv_a_norm.weight", (shape.kv_rank,), F32)
        yield Made(f"{at}attn_k_b.weight", (plain, shape.kv_rank, shape.heads), Q8_0)
        yield Made(f"{at}attn_v_b.weight", (shape.kv_rank, shape.head, shape.heads), Q8_0)
    elif shape.architecture == "chatglm":
        yield _matrix(f"{at}attn_qkv", width, all_heads + 2 * shared, middle)
        if shape.bias:
            yield Made(f"{at}attn_qkv.bias", (all_heads + 2 * shared,), F32)
    else:
        for part, size, kind in (("q", all_heads, usual), ("k", shared, usual), ("v", shared, down)):
            yield _matrix(f"{at}attn_{part}", width, size, kind)
            if shape.bias:
                yield Made(f"{at}attn_{part}.bias", (size,), F32)
        if shape.architecture == "qwen3":
            yield Made(f"{at}attn_q_norm.weight", (shape.head,), F32)
            yield Made(f"{at}attn_k_norm.weight", (shape.head,), F32)
    yield _matrix(f"{at}attn_output", all_heads, width, usual)


def _experts(shape: Shape, at: str, usual: int, down: int) -> Iterator[Made]:
    width, inner = shape.embedding, shape.expert_feed_forward
    yield Made(f"{at}ffn_gate_inp.weight", (width, shape.experts), F32)
    yield Made(f"{at}exp_probs_b.bias", (shape.experts,), F32)
    yield Made(f"{at}ffn_gate_exps.weight", (width, inner, shape.experts), _for_rows(usual, width))
    yield Made(f"{at}ffn_up_exps.weight", (width, inner, shape.experts), _for_rows(usual, width))
    yield Made(f"{at}ffn_down_exps.weight", (inner, width, shape.experts), _for_rows(down, inner))
    yield _matrix(f"{at}ffn_gate_shexp", width, inner, usual)
    yield _matrix(f"{at}ffn_up_shexp", width, inner, usual)
    yield _matrix(f"{at}ffn_down_shexp", inner, width, down)


def _matrix(name: str, width: int, rows: int, kind: int) -> Made:
    return Made(f"{name}.weight", (width, rows), _for_rows(kind, width))


def _for_rows(kind: int, width: int) -> int:
    return kind if width % BLOCKS[kind][0] == 0 else _FALLBACK[kind]


@cache
def _pool(kind: int) -> bytes:
    """About a megabyte of whole blocks: random, but every scale is small and finite."""
    width = BLOCKS[kind][1]
    source = random.Random(kind)
    if kind == F32:
        return struct.pack(f"<{_POOL // 4}f", *(source.uniform(0.5, 1.5) for _ in range(_POOL // 4)))
    data = bytearray(source.randbytes(_POOL // width * width))
    scale = struct.pack("<e", 0.002 if kind != Q6_K else 0.0005)
    for at in range(0, len(data), width):
        for place in _SCALES[kind]:
            data[at + place : at + place + 2] = scale
    return bytes(data)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="write a model file of a real shape with random weights")
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("quantization", choices=FILE_TYPES)
    parser.add_argument("path", type=Path)
    parser.add_argument("--layers", type=int)
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    shape = few_layers(shape, arguments.layers) if arguments.layers else shape
    write_model(arguments.path, shape, arguments.quantization)


if __name__ == "__main__":
    main()
