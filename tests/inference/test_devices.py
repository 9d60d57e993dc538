from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.core.models import Device
from desktop.inference.devices import layers_that_fit, model_size, physical_cores

GB = 1_000_000_000
CPU = Device("CPU", "A processor", "cpu", 16 * GB, 8 * GB)


def card(free: int, kind: str = "gpu") -> Device:
    return Device("Vulkan0", "A card", kind, 12 * GB, free)


def test_no_card_no_layers() -> None:
    assert layers_that_fit([CPU], 6 * GB, 40, GB) == 0


def test_all_layers_and_the_output_if_there_is_room() -> None:
    assert layers_that_fit([CPU, card(12 * GB)], 6 * GB, 40, GB) == 41


@pytest.mark.parametrize(("free", "expected"), [(4 * GB, 18), (2 * GB, 7), (500_000_000, 0)])
def test_a_part_if_there_is_room_for_a_part(free: int, expected: int) -> None:
    assert layers_that_fit([CPU, card(free)], 6 * GB, 40, GB) == expected


def test_two_cards_share() -> None:
    one, two = (layers_that_fit([card(4 * GB)] * count, 6 * GB, 40, GB) for count in (1, 2))
    assert one < two


def test_a_card_that_does_not_tell_is_trusted() -> None:
    assert layers_that_fit([card(0, "igpu")], 6 * GB, 40, GB) == 41


def test_cores() -> None:
    assert 1 <= physical_cores() <= (os.cpu_count() or 1)


def test_the_size_of_a_split_model_is_that_of_all_parts(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"Große 模型-{number:05d}-of-00003.gguf").write_bytes(bytes(number))
    assert model_size(tmp_path / "Große 模型-00001-of-00003.gguf") == 6
    (tmp_path / "single.gguf").write_bytes(bytes(7))
    assert model_size(tmp_path / "single.gguf") == 7
