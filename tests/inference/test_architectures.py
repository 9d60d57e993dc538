from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.inference.architectures import BLOCKS, CHAT, NOT_CHAT
from tests.inference.gguf_files import header

pytestmark = pytest.mark.model

# In a child: this process must stay free of llama.cpp.
_ASK = """
import ctypes, sys
import llama_cpp.llama_cpp as native
lines = []
callback = native.llama_log_callback(lambda level, text, data: lines.append(text.decode("utf-8", "replace")))
native.llama_log_set(callback, None)
native.llama_backend_init()
for path in sys.argv[1:]:
    parameters = native.llama_model_default_params()
    parameters.vocab_only = True
    lines.clear()
    native.llama_model_load_from_file(path.encode(), parameters)
    said = "".join(lines)
    print("unknown" if "unknown model architecture" in said else "known" if "error loading model" in said else said)
block, width = native._lib.ggml_blck_size, native._lib.ggml_type_size
block.restype, width.restype = ctypes.c_int64, ctypes.c_size_t
print(*(f"{block(kind)}:{width(kind)}" for kind in range(native.GGML_TYPE_COUNT)))
"""


def test_the_library_agrees_on_architectures_and_tensor_types(tmp_path: Path) -> None:
    names = [*sorted(CHAT), *sorted(NOT_CHAT), "glm9000"]
    paths = []
    for index, name in enumerate(names):
        path = tmp_path / f"{index}.gguf"
        path.write_bytes(header({"general.architecture": name}, ()) + bytes(64))
        paths.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", _ASK, *paths], capture_output=True, text=True, encoding="utf-8", timeout=60, check=True
    )
    *answers, sizes = done.stdout.splitlines()
    assert dict(zip(names, answers, strict=True)) == {**dict.fromkeys(names[:-1], "known"), "glm9000": "unknown"}
    known = {kind: f"{block}:{width}" for kind, (block, width) in BLOCKS.items()}
    real = {kind: size for kind, size in enumerate(sizes.split()) if size != "0:0"}
    assert known == real
