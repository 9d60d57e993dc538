"""Who fetches what, on a clock of our own."""

from __future__ import annotations

from desktop.services.pace import Throttle
from desktop.services.segments import Plan, piece_size, useful_connections

MB = 1 << 20


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_pieces_in_order() -> None:
    plan = Plan([(0, 10 * MB), (20 * MB, 22 * MB)], 4 * MB)
    found = [plan.take(0) for _ in range(4)]
    ranges = [(one.position, one.end) for one in found if one]
    assert ranges == [(0, 4 * MB), (4 * MB, 8 * MB), (8 * MB, 10 * MB), (20 * MB, 22 * MB)]


def test_what_is_left_is_free_again() -> None:
    plan = Plan([(0, 100)], None)
    segment = plan.take(0)
    assert segment is not None
    assert plan.accept(segment, 30) == (0, 30)
    plan.leave(segment)
    again = plan.take(0)
    assert again is not None
    assert (again.position, again.end) == (30, 100)
    assert plan.accept(again, 200) == (30, 70)  # more than was asked for
    plan.leave(again)
    assert plan.is_done
    assert plan.take(0) is None


def test_half_of_the_slowest() -> None:
    clock = Clock()
    plan = Plan([(0, 20 * MB)], 10 * MB, clock)
    quick, slow = plan.take(0), plan.take(0)
    assert quick is not None
    assert slow is not None
    clock.now += 1
    plan.accept(quick, 10 * MB)
    plan.accept(slow, 2 * MB)
    plan.leave(quick)
    helper = plan.take(10 * MB)
    assert helper is not None
    assert (slow.end, helper.position, helper.end) == (16 * MB, 16 * MB, 20 * MB)


def test_a_silent_one_loses_its_last_bytes() -> None:
    clock = Clock()
    plan = Plan([(0, MB)], None, clock)
    silent = plan.take(0)
    assert silent is not None
    plan.accept(silent, 1000)
    clock.now += 3
    helper = plan.take(0)
    assert helper is not None
    assert (helper.position, helper.end, silent.lost) == (1000, MB, True)
    assert plan.accept(silent, 1000) == (1000, 0)  # what still comes of it is nobody's
    plan.leave(silent)
    plan.accept(helper, MB)
    plan.leave(helper)
    assert plan.is_done


def test_one_alone() -> None:
    plan = Plan([(0, 8 * MB)], 4 * MB)
    first, second = plan.take(0), plan.take(0)
    assert first is not None
    assert second is not None
    plan.accept(first, MB)
    plan.alone(second, 8 * MB)
    plan.alone(first, 8 * MB)  # too late
    assert (second.position, second.end, second.lost, first.lost) == (0, 8 * MB, False, True)
    plan.abort()
    assert plan.take(0) is None


def test_sizes() -> None:
    assert useful_connections(5 * MB, 4) == 1
    assert useful_connections(9 * MB, 4) == 2
    assert useful_connections(10_000 * MB, 16) == 16
    assert piece_size(64 * MB, 1) is None
    assert piece_size(64 * MB, 4) == 4 * MB
    assert piece_size(6000 * MB, 4) == 64 * MB


def test_the_throttle_shares_the_limit() -> None:
    clock, limit = Clock(), [1000]
    throttle = Throttle(lambda: limit[0], clock)
    clock.now += 1
    throttle.take(50)
    assert throttle.due() == 0  # a little may be saved up
    throttle.take(100_000)
    assert 99 < throttle.due() <= 100
    clock.now += 60
    throttle.take(1000)
    assert 40 < throttle.due() < 41.5  # every byte counts, however long it takes
    limit[0] = 10_000
    assert 4 < throttle.due() < 4.15  # what is owed is bytes, and the new limit's to pay
    limit[0] = 0
    throttle.take(10**9)
    assert throttle.due() == 0
