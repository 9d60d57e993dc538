from __future__ import annotations

import pytest

from desktop.core import fitness
from desktop.core.fitness import fit, recommended
from desktop.core.models import CatalogEntry, Device, Fit, Machine
from desktop.hub.catalog import load_catalog
from desktop.hub.shapes import footprint

GB = 1_000_000_000
CATALOG = load_catalog()
BY_ID = {entry.id: entry for entry in CATALOG}


def machine(total: float, *, free: float | None = None, disk: float = 500, devices: tuple[Device, ...] = ()) -> Machine:
    available = total * 0.8 if free is None else free
    return Machine(int(total * GB), int(available * GB), int(disk * GB), "cpu", 4, devices)


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (2, "glm-edge-1.5b-q4_k_m"),
        (3.8, "glm-edge-1.5b-q4_k_m"),
        (4.1, "glm-edge-1.5b-q4_k_m"),
        (6, "glm-edge-1.5b-q4_k_m"),
        (7.7, "chatglm3-6b-q4_k_m"),
        (8.3, "chatglm3-6b-q4_k_m"),
        (12, "chatglm3-6b-q4_k_m"),
        (15.5, "glm-4-9b-0414-q4_k_m"),
        (16.7, "glm-4-9b-0414-q4_k_m"),
        (24, "glm-4-9b-0414-q4_k_m"),
        (31.2, "glm-4.7-flash-q4_k_m"),
        (128, "glm-4.7-flash-q4_k_m"),
    ],
)
def test_the_first_choice_follows_memory(total: float, expected: str) -> None:
    assert recommended(CATALOG, machine(total)).id == expected


def test_it_does_not_depend_on_what_happens_to_be_open() -> None:
    assert recommended(CATALOG, machine(16.7, free=0.5)).id == "glm-4-9b-0414-q4_k_m"


@pytest.mark.parametrize(
    ("disk", "expected"),
    [
        (19, "glm-4.7-flash-q4_k_m"),
        (10, "glm-4-9b-0414-q4_k_m"),
        (5, "chatglm3-6b-q4_k_m"),
        (2, "glm-edge-1.5b-q4_k_m"),
    ],
)
def test_a_small_disk_means_a_smaller_build(disk: float, expected: str) -> None:
    assert recommended(CATALOG, machine(32, disk=disk)).id == expected


def test_no_disk_at_all_still_proposes_something() -> None:
    assert recommended(CATALOG, machine(32, disk=0)).id == "glm-edge-1.5b-q4_k_m"


@pytest.mark.parametrize("known", [False, True])
def test_labels(known: bool) -> None:
    nine = BY_ID["glm-4-9b-0414-q4_k_m"]

    def fit(entry: CatalogEntry, machine: Machine) -> Fit:
        return fitness.fit(entry, machine, footprint(entry) if known else None)

    assert fit(nine, machine(16)) is Fit.GOOD
    assert fit(nine, machine(16, free=3)) is Fit.TIGHT
    assert fit(nine, machine(8)) is Fit.TOO_LARGE
    assert fit(nine, machine(16, disk=6.2)) is Fit.NO_DISK
    assert fit(nine, machine(8, disk=1)) is Fit.TOO_LARGE
    assert fit(nine, machine(9.4)) is not Fit.TOO_LARGE  # sold as 10 GB


def test_a_graphics_card_carries_what_memory_cannot() -> None:
    large = BY_ID["glm-4-32b-0414-q4_k_m"]
    card = Device("CUDA0", "a card", "gpu", 24 * GB, 23 * GB)
    assert fit(large, machine(16)) is Fit.TOO_LARGE
    assert fit(large, machine(16, devices=(card,))) is Fit.GOOD
    shared = Device("Vulkan0", "an integrated one", "igpu", 24 * GB, 23 * GB)
    assert fit(large, machine(16, devices=(shared,))) is Fit.TOO_LARGE


def test_what_the_card_cannot_hold_stays_in_memory() -> None:
    large = BY_ID["glm-4-32b-0414-q4_k_m"]
    card = Device("CUDA0", "a card", "gpu", 12 * GB, 11 * GB)
    assert fit(large, machine(16, devices=(card,)), footprint(large)) is Fit.GOOD  # half here, half there
    assert fit(large, machine(16, free=4, devices=(card,)), footprint(large)) is Fit.TIGHT
    assert fit(large, machine(8, devices=(card,)), footprint(large)) is Fit.TOO_LARGE
    whole = Device("CUDA0", "a card", "gpu", 24 * GB, 23 * GB)
    assert fit(large, machine(8, devices=(whole,)), footprint(large)) is Fit.GOOD
    built_in = Device("Vulkan0", "an integrated one", "igpu", 24 * GB, 23 * GB)
    assert fit(large, machine(16, devices=(built_in,)), footprint(large)) is Fit.TOO_LARGE
    nine = BY_ID["glm-4-9b-0414-q4_k_m"]
    assert fit(nine, machine(8, devices=(built_in,)), footprint(nine)) is Fit.TOO_LARGE
