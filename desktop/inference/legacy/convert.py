"""Generations 2 and 3 as GGUF: another header before the same numbers. Not one quantized block is touched.

The result is a stream of bytes, a tensor of it never held whole; who writes it decides where and how.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from desktop.core.errors import CorruptModel, FileTruncated, FileUnreadable, LegacyModel
from desktop.core.value import dataclass
from desktop.inference.legacy.ggml_file import LegacyFile, Tensor, read_file
from desktop.inference.legacy.header import title
from desktop.inference.legacy.proto import CONTROL, UNUSED, Piece, Proto, ProtoError, read_proto

_ALIGNMENT = 32
_CHUNK = 4 << 20
_FILE_TYPES = {0: 0, 1: 1, 2: 2, 3: 3, 6: 8, 7: 9, 8: 7}
"""ggml's type of the matrices → GGUF's general.file_type."""

_MARKS = ("[MASK]", "[gMASK]", "[sMASK]", "sop", "eop")
_ROLES = ("<|system|>", "<|user|>", "<|assistant|>", "<|observation|>")

_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY, _INT32 = 4, 6, 7, 8, 9, 5
Value = bool | int | float | str


@dataclass(frozen=True)
class Rewriting:
    """A file on its way to GGUF: `header` comes first, then the tensors' data, `size` bytes in all."""

    source: LegacyFile
    header: bytes
    size: int

    def chunks(self) -> Iterator[memoryview]:
        """The whole new file, some megabytes at a time, each valid until the next. Raises FileUnreadable, FileTruncated."""
        yield memoryview(self.header)
        name = str(self.source.path)
        buffer = memoryview(bytearray(_CHUNK))
        try:
            with self.source.path.open("rb", buffering=0) as file:
                for tensor, _ in _renamed(self.source):
                    file.seek(tensor.offset)
                    left = tensor.size
                    while left:
                        count = file.readinto(buffer[: min(left, _CHUNK)])
                        if not count:
                            raise FileTruncated(path=name, size=file.tell(), expected=self.source.size)
                        yield buffer[:count]
                        left -= count
                    yield memoryview(bytes(-tensor.size % _ALIGNMENT))
        except OSError as error:
            raise FileUnreadable(path=name, reason=error.strerror or str(error)) from error


def prepare(path: Path) -> Rewriting:
    """Everything that can be known before a byte is written. Raises ModelFileError.

    LegacyModel: a file that cannot be expressed so (generation 1, or another tokenizer).
    """
    source = read_file(path)
    if source.config.generation == 1:
        raise LegacyModel(path=str(path))
    try:
        proto = read_proto(source.read_proto())
    except ProtoError as error:
        raise CorruptModel(path=str(path), reason=str(error)) from error
    if not proto.plain:  # llama.cpp would cut texts up otherwise than the model learnt
        raise LegacyModel(path=str(path))
    tokens = _tokens(source, proto)
    if len(tokens) > source.config.vocabulary:
        raise CorruptModel(path=str(path), reason=f"{len(tokens)} tokens for {source.config.vocabulary} rows")
    header = _header(source, proto, tokens)
    return Rewriting(
        source, header, len(header) + sum(-(-t.size // _ALIGNMENT) * _ALIGNMENT for t, _ in _renamed(source))
    )


def _tokens(source: LegacyFile, proto: Proto) -> list[Piece]:
    """The vocabulary as chatglm.cpp numbers it: the pieces, the marks, the rest of the matrix's rows.

    Marks are control tokens: as user-defined ones llama.cpp would find them in anybody's words.
    """
    marks = _MARKS if source.config.generation == 2 else _MARKS + _ROLES
    tokens = [*proto.pieces, *(Piece(mark, 0.0, CONTROL) for mark in marks)]
    padding = range(len(tokens), source.config.vocabulary)
    return tokens + [Piece(f"[PAD{number}]", 0.0, UNUSED) for number in padding]


def _renamed(source: LegacyFile) -> Iterator[tuple[Tensor, str]]:
    """The tensors in the order of the new file, with their new names."""
    tensors = source.tensors
    yield tensors["transformer.embedding.word_embeddings.weight"], "token_embd.weight"
    for layer in range(source.config.layers):
        old, new = f"transformer.encoder.layers.{layer}.", f"blk.{layer}."
        for before, after in (
            ("input_layernorm.weight", "attn_norm.weight"),
            ("self_attention.query_key_value.weight", "attn_qkv.weight"),
            ("self_attention.query_key_value.bias", "attn_qkv.bias"),
            ("self_attention.dense.weight", "attn_output.weight"),
            ("post_attention_layernorm.weight", "ffn_norm.weight"),
            ("mlp.dense_h_to_4h.weight", "ffn_up.weight"),
            ("mlp.dense_4h_to_h.weight", "ffn_down.weight"),
        ):
            yield tensors[old + before], new + after
    yield tensors["transformer.encoder.final_layernorm.weight"], "output_norm.weight"
    yield tensors["transformer.output_layer.weight"], "output.weight"


def _header(source: LegacyFile, proto: Proto, tokens: Sequence[Piece]) -> bytes:
    config = source.config
    ids = {piece.text: token for token, piece in enumerate(tokens)}
    values: list[bytes] = [
        _value("general.architecture", "chatglm"),
        _value("general.name", title(config)),
        _value("general.file_type", _FILE_TYPES[config.kind]),
        _value("general.description", f"rewritten from {source.path.name}, {source.size} bytes"),
        _value("chatglm.context_length", config.context),
        _value("chatglm.embedding_length", config.hidden),
        _value("chatglm.feed_forward_length", config.ffn),
        _value("chatglm.block_count", config.layers),
        _value("chatglm.attention.head_count", config.heads),
        _value("chatglm.attention.head_count_kv", config.kv_heads),
        _value("chatglm.attention.layer_norm_rms_epsilon", config.epsilon),
        _value("chatglm.rope.dimension_count", config.head // 2),
        _value("chatglm.rope.freq_base", config.theta),
        _value("tokenizer.ggml.model", "llama"),
        _value("tokenizer.ggml.add_bos_token", False),
        _value("tokenizer.ggml.add_eos_token", False),
        _value("tokenizer.ggml.add_space_prefix", proto.dummy_prefix),
        _value("tokenizer.ggml.unknown_token_id", next(n for n, piece in enumerate(tokens) if piece.kind == 2)),
        _list("tokenizer.ggml.tokens", _STRING, b"".join(_text(piece.text) for piece in tokens), len(tokens)),
        _list(
            "tokenizer.ggml.scores", _FLOAT32, struct.pack(f"<{len(tokens)}f", *(p.score for p in tokens)), len(tokens)
        ),
        _list(
            "tokenizer.ggml.token_type", _INT32, struct.pack(f"<{len(tokens)}i", *(p.kind for p in tokens)), len(tokens)
        ),
    ]
    eos = config.eos if 0 <= config.eos < len(tokens) else ids.get("</s>", -1)
    if eos >= 0:
        values.append(_value("tokenizer.ggml.eos_token_id", eos))
    if config.generation == 3:
        values.append(_value("tokenizer.ggml.eot_token_id", ids["<|user|>"]))
        values.append(_value("tokenizer.ggml.eom_token_id", ids["<|observation|>"]))
    entries, offset = [], 0
    for tensor, name in _renamed(source):
        entries.append(_entry(name, tensor, offset))
        offset += -(-tensor.size // _ALIGNMENT) * _ALIGNMENT
    head = b"GGUF" + struct.pack("<IQQ", 3, len(entries), len(values)) + b"".join(values) + b"".join(entries)
    return head + bytes(-len(head) % _ALIGNMENT)


def _entry(name: str, tensor: Tensor, offset: int) -> bytes:
    dimensions = tensor.shape[::-1]  # GGUF has the inner one first
    return (
        _text(name)
        + struct.pack("<I", len(dimensions))
        + struct.pack(f"<{len(dimensions)}Q", *dimensions)
        + struct.pack("<IQ", tensor.kind, offset)
    )


def _value(key: str, value: Value) -> bytes:
    if isinstance(value, bool):
        return _text(key) + struct.pack("<I?", _BOOL, value)
    if isinstance(value, int):
        return _text(key) + struct.pack("<II", _UINT32, value)
    if isinstance(value, float):
        return _text(key) + struct.pack("<If", _FLOAT32, value)
    return _text(key) + struct.pack("<I", _STRING) + _text(value)


def _list(key: str, kind: int, data: bytes, count: int) -> bytes:
    return _text(key) + struct.pack("<IIQ", _ARRAY, kind, count) + data


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return struct.pack("<Q", len(data)) + data
