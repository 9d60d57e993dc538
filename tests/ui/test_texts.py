from __future__ import annotations

import pytest

from desktop.core.models import Device, Download, DownloadFile, DownloadId, DownloadState, Machine
from desktop.ui.models import texts


@pytest.mark.parametrize(
    ("quantization", "words"),
    [
        ("Q4_K_M", "4-bit, good balance"),
        ("q8_0", "8-bit, nearly the original"),
        ("IQ3_XS", "3-bit, small, weaker"),
        ("BF16", "16-bit, the original"),
        ("F16", "16-bit, the original"),
        ("", ""),
        ("MXFP4_MOE", "4-bit, good balance"),
        ("Q9_X", ""),
        ("Quite new", ""),
    ],
)
def test_quantizations_in_plain_words(quantization: str, words: str) -> None:
    assert texts.quality(quantization) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (16_500_000_000, "16 GB"),
        (16 << 30, "16 GB"),
        (33_400_000_000, "32 GB"),
        (7_800_000_000, "8 GB"),
        (12 << 30, "12 GB"),
        (500_000_000, "500 MB"),
    ],
)
def test_memory_as_it_is_sold(count: int, words: str) -> None:
    assert texts.memory(count) == words


def test_the_machine_in_one_line() -> None:
    machine = Machine(16 << 30, 9 << 30, 212_000_000_000, "AMD Ryzen 7 5700X 8-Core Processor", 8)
    devices = (
        Device("CPU", "whatever", "cpu"),
        Device("CUDA0", "NVIDIA GeForce RTX 3060", "gpu", 12 << 30),
        Device("Vulkan1", "Intel(R) UHD", "igpu", 16 << 30),
    )
    assert (
        texts.machine(machine, devices)
        == "16 GB memory · AMD Ryzen 7 5700X, 8 cores · RTX 3060 12 GB · Intel(R) UHD · 212 GB free on the disk"
    )


def download(state: DownloadState, size: int | None) -> Download:
    file = DownloadFile("folder/x.gguf", size, None, None, 0, False)
    return Download(DownloadId(1), "a/b", "main", "https://h", (file,), state, 0)


def test_progress_tells_what_is_known() -> None:
    running = download(DownloadState.RUNNING, 6_000_000_000)
    assert texts.progress(running, 1_200_000_000, 12_000_000.0) == "1.20 GB of 6.00 GB · 12.0 MB/s · 7 min left"
    assert texts.progress(running, 0, 0.0) == "0 B of 6.00 GB"
    assert texts.progress(download(DownloadState.RUNNING, None), 5_000_000, 1000.0) == "5.0 MB · 1 KB/s"
    assert texts.progress(download(DownloadState.PAUSED, 10_000), 5_000, 99.0) == "5 KB of 10 KB · Paused"


def test_a_download_without_catalogue_entry_has_its_file_name() -> None:
    assert texts.download_name(download(DownloadState.RUNNING, 1), ()) == "x"
