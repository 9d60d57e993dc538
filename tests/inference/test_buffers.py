from __future__ import annotations

import pytest

from desktop.inference.buffers import Buffers, on_card

MIB = 1 << 20


def read(*lines: str) -> Buffers:
    found = Buffers()
    for line in lines:
        found.read(line)
    return found


def test_a_load_on_the_processor() -> None:
    found = read(
        "load_tensors:   CPU_Mapped model buffer size =   864.95 MiB",
        "load_tensors:   CPU_REPACK model buffer size =   276.75 MiB",
        "llama_context:        CPU  output buffer size =     0.25 MiB",
        "llama_kv_cache:        CPU KV buffer size =     8.00 MiB",
        "llama_kv_cache: size =    8.00 MiB (  2048 cells,   4 layers,  1/1 seqs), K (f16):    4.00 MiB",
        "sched_reserve:        CPU compute buffer size =   100.00 MiB",
        "sched_reserve:        CPU compute buffer size =   143.00 MiB",
    )
    assert found.weights == round(864.95 * MIB)
    assert found.copied == round(276.75 * MIB)
    assert found.cache == 8 * MIB
    assert found.work == round(143.25 * MIB)
    assert found.graphics == 0


def test_a_load_on_a_card() -> None:
    found = read(
        "load_tensors:   CPU_Mapped model buffer size =   315.00 MiB",
        "load_tensors:      Vulkan0 model buffer size =  3000.00 MiB",
        "llama_kv_cache:    Vulkan0 KV buffer size =   200.00 MiB",
        "llama_kv_cache:        CPU KV buffer size =    24.00 MiB",
        "llama_context: Vulkan_Host  output buffer size =     0.25 MiB",
        "sched_reserve:    Vulkan0 compute buffer size =   150.00 MiB",
        "sched_reserve: Vulkan_Host compute buffer size =    12.00 MiB",
    )
    assert found.weights == 3315 * MIB
    assert found.cache == 224 * MIB
    assert found.graphics == 3350 * MIB


def test_weights_that_are_not_mapped_are_counted_with_their_other_form() -> None:
    found = read(
        "load_tensors: CPU model buffer size = 10.00 MiB", "load_tensors: CPU_REPACK model buffer size = 5.00 MiB"
    )
    assert found.weights == 15 * MIB


def test_two_caches_and_two_files_add_up() -> None:
    found = read(
        *["load_tensors:   CPU_Mapped model buffer size =   100.00 MiB"] * 2,
        *["llama_kv_cache:        CPU KV buffer size =     8.00 MiB"] * 2,
        "llama_memory_recurrent:        CPU RS buffer size =     1.00 MiB",
    )
    assert (found.weights, found.cache) == (200 * MIB, 17 * MIB)


@pytest.mark.parametrize(
    "line",
    ["", "model buffer size", "x: CPU model buffer size = nan MiB", "x: CPU compute buffer size is 3.0 MiB", "." * 99],
)
def test_other_lines_mean_nothing(line: str) -> None:
    found = read(line)
    assert (found.weights, found.cache, found.work, found.copied) == (0, 0, 0, 0)


def test_names_of_places() -> None:
    assert all(map(on_card, ["CUDA0", "Vulkan1", "Metal", "MTL0", "ROCm0", "SYCL0"]))
    assert not any(map(on_card, ["CPU", "CPU_Mapped", "CPU_REPACK", "AMX", "CUDA_Host", "Vulkan_Host", "BLAS"]))
