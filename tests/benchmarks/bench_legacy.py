"""Generation 1 on a file of the real shape: tokens per second read and written, memory, and how long loading takes.

python tests/benchmarks/bench_legacy.py [FILE] [--tokens N] [--write N] [--threads N]; without a file one is written (3.5 GB).
`--oracle PYTHON` also runs chatglm_cpp, from that interpreter, in turns with ours.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

_OURS = """
import json, sys, time
from pathlib import Path
import psutil
import llama_cpp.llama_cpp as native
from desktop.inference.legacy.ggml import Ggml
from desktop.inference.legacy.ggml_file import read_file
from desktop.inference.legacy.machine import Machine
from desktop.inference.library import Library
path, tokens, writes, threads = Path(sys.argv[1]), *map(int, sys.argv[2:5])
library = Library(native._lib)
library.load_backends()
begun = time.monotonic()
model = Machine(Ggml(library), read_file(path), 2048, threads, 0)
loaded = time.monotonic()
model.read([5 + n % 1000 for n in range(16)])
start = time.monotonic()
logits, _ = model.read([5 + n % 1000 for n in range(tokens)])
read = time.monotonic()
for n in range(writes):
    model.write(5 + n % 1000)
end = time.monotonic()
memory = psutil.Process().memory_info()
print(json.dumps({"load_s": loaded - begun, "read": tokens / (read - start), "write": writes / (end - read),
    "memory_mb": memory.rss / 1e6, "beside_the_file_mb": (memory.rss - getattr(memory, "shared", 0)) / 1e6,
    "sizes": str(model.sizes)}))
"""
_THEIRS = """
import json, sys, time, resource
import chatglm_cpp._C as native
path, tokens, writes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
begun = time.monotonic()
model = native.Pipeline(path).model
loaded = time.monotonic()
options = native.GenerationConfig(do_sample=False)
model.generate_next_token([5 + n % 1000 for n in range(16)], None, options, 0, 16)
ids = [5 + n % 1000 for n in range(tokens)]
start = time.monotonic()
model.generate_next_token(ids, None, options, 0, tokens)
read = time.monotonic()
for n in range(writes):
    ids.append(5 + n % 1000)
    model.generate_next_token(ids, None, options, len(ids) - 1, tokens)
end = time.monotonic()
print(json.dumps({"load_s": loaded - begun, "read": tokens / (read - start), "write": writes / (end - read),
    "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))
"""


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="speed and memory of generation 1")
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--write", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--oracle", help="an interpreter that has chatglm_cpp")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.file
        if path is None:
            path = Path(folder) / "chatglm-ggml-q4_0.bin"
            subprocess.run([sys.executable, "tests/legacy_factory.py", "chatglm-6b", "Q4_0", path], check=True)
        numbers = [str(path), str(arguments.tokens), str(arguments.write), str(arguments.threads)]
        for _ in range(arguments.rounds):
            _show("ours", [sys.executable, "-c", _OURS, *numbers])
            if arguments.oracle:
                _show("chatglm_cpp", [arguments.oracle, "-c", _THEIRS, *numbers])


def _show(name: str, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    shown = {key: round(value, 2) if isinstance(value, float) else value for key, value in found.items()}
    sys.stdout.write(f"{name}: {shown}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
