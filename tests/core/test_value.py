"""Frozen data classes that are finished late behave as the standard library's."""

from __future__ import annotations

import copy
import dataclasses
import threading

import pytest

from desktop.core.value import dataclass, finish, is_value


@dataclass(frozen=True)
class Base:
    a: int


@dataclass(frozen=True)
class Derived(Base):
    b: list[int] = dataclasses.field(default_factory=list)
    c: str = "c"

    @property
    def double(self) -> int:
        return self.a * 2


def test_an_instance_is_what_a_frozen_dataclass_makes() -> None:
    one = Derived(1, c="x")
    assert (one.a, one.b, one.c, one.double) == (1, [], "x", 2)
    assert one == Derived(1, [], "x")
    assert one != Derived(2)
    assert repr(one) == "Derived(a=1, b=[], c='x')"
    assert dataclasses.replace(one, a=3) == Derived(3, [], "x")
    assert copy.deepcopy(one) == one
    assert hash(Base(1)) == hash(Base(1))
    assert Derived(1).b is not Derived(1).b
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.c = "y"  # type: ignore[misc]  # the point of the test
    match one:
        case Derived(a, _, c):
            assert (a, c) == (1, "x")


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        Derived()  # type: ignore[call-arg]  # the point of the test
    with pytest.raises(TypeError):
        Derived(1, d=2)  # type: ignore[call-arg]  # the point of the test


def test_a_class_without_an_instance_can_be_asked() -> None:
    @dataclass(frozen=True)
    class Fresh:
        x: int = 1

    assert is_value(Fresh)
    assert [field.name for field in dataclasses.fields(finish(Fresh))] == ["x"]
    assert not is_value(int)
    assert not is_value("Fresh")


def test_many_threads_may_make_the_first() -> None:
    for _ in range(20):

        @dataclass(frozen=True)
        class Fresh:
            x: int
            y: str = "y"

        start = threading.Barrier(8)
        made: list[object] = []

        def make(kind: type[Fresh] = Fresh, start: threading.Barrier = start, made: list[object] = made) -> None:
            start.wait()
            made.append(kind(1))

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [Fresh(1)] * 8
