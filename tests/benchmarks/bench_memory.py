"""Memory of the worker beside what must be: the file, the cache of keys and values, and the compute buffer.

    python -m tests.benchmarks.bench_memory [--model FILE | --shape NAME --layers N] [--context N] [--json]

Without a model, one of the given shape is written with random weights. For each way to keep the weights: load, answer a question, look at
the process. Exit code 1 above the goal.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import psutil

from desktop.core.loading import LoadSettings
from desktop.core.models import EngineMode, LoadOptions
from tests.benchmarks.engines import engine
from tests.models_factory import SHAPES, few_layers, write_model

GOAL = 150_000_000
"""Bytes."""
WAYS = {
    "as they are": (EngineMode.NO_REPACK, LoadSettings()),
    "repacked": (EngineMode.FULL, LoadSettings()),
    "read, not mapped": (EngineMode.NO_REPACK, LoadSettings(mapped=False)),
}
QUESTION = "word " * 60


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="memory of the worker")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--shape", choices=SHAPES, default="chatglm3-6b")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.model or write_model(
            Path(folder, "model.gguf"), few_layers(SHAPES[arguments.shape], arguments.layers), "Q4_K_M"
        )
        found = {name: measure(path, arguments.context, *way) for name, way in WAYS.items()}
    if arguments.json:
        print(json.dumps({"goal": GOAL, "ways": found}))
    else:
        print(f"{'MB':18}{'resident':>10}{'own':>10}{'share':>10}{'must be':>10}{'over':>10}")
        for name, row in found.items():
            print(f"{name:18}" + "".join(f"{row[key] / 1e6:10.0f}" for key in ("rss", "uss", "pss", "must", "over")))
        print(f"goal: at most {GOAL / 1e6:.0f} MB over")
    return 0 if all(row["over"] <= GOAL for row in found.values()) else 1


def measure(path: Path, context: int, mode: EngineMode, how: LoadSettings) -> dict[str, int]:
    """Bytes of one worker after an answer."""
    with engine() as asker:
        loaded = asker.load(LoadOptions(path, context=context, mode=mode, how=how))
        asker.ask([QUESTION], max_tokens=8)
        (worker,) = (child for child in psutil.Process().children() if "worker" in child.cmdline())
        memory = worker.memory_full_info()
    must = path.stat().st_size + loaded.kv_bytes + loaded.compute_bytes
    pss = int(getattr(memory, "pss", memory.uss))
    return {"rss": memory.rss, "uss": memory.uss, "pss": pss, "must": must, "over": memory.rss - must}


if __name__ == "__main__":
    raise SystemExit(main())
