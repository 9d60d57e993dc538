from __future__ import annotations

import os
from pathlib import Path

from desktop.core.models import Device
from desktop.inference.devices import model_size, physical_cores
from desktop.inference.library import distinct


def test_cores() -> None:
    assert 1 <= physical_cores() <= (os.cpu_count() or 1)


def test_the_size_of_a_split_model_is_that_of_all_parts(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"Große 模型-{number:05d}-of-00003.gguf").write_bytes(bytes(number))
    assert model_size(tmp_path / "Große 模型-00001-of-00003.gguf") == 6
    (tmp_path / "single.gguf").write_bytes(bytes(7))
    assert model_size(tmp_path / "single.gguf") == 7


def test_a_card_that_two_backends_bring_is_one_card() -> None:
    processor, cuda = Device("CPU", "Ryzen", "cpu"), [Device(f"CUDA{n}", "RTX", "gpu", 8, 8) for n in (0, 1)]
    vulkan = [Device(f"Vulkan{n}", "RTX", "gpu", 8, 8) for n in (0, 1)]
    first, second = "0000:01:00.0", "0000:02:00.0"
    found = [
        (cuda[0], first, 1),
        (cuda[1], second, 1),
        (vulkan[0], second, 2),
        (vulkan[1], first, 2),
        (processor, "", 3),
    ]
    assert distinct(found) == (*cuda, processor)
    unknown = [(vulkan[0], "", 2), (vulkan[1], "", 2)]
    assert distinct(unknown) == tuple(vulkan)


def test_what_is_built_into_the_processor_counts_for_one_backend() -> None:
    sycl, vulkan = Device("SYCL0", "Arc", "igpu"), [Device(f"Vulkan{n}", "Arc", "igpu") for n in (0, 1)]
    assert distinct([(sycl, "", 1), (vulkan[0], "", 2), (vulkan[1], "", 2)]) == (sycl,)
    assert distinct([(vulkan[0], "", 2), (vulkan[1], "", 2), (sycl, "", 1)]) == tuple(vulkan)
