"""What is typed is passed on where that is wanted, and the battery is asked rarely and elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from desktop.core.models import ConversationId, GenerateOptions
from desktop.services.power import Power, battery
from desktop.services.reading import ReadingService
from desktop.services.serial import SerialExecutor

HERE = ConversationId(3)


class Desk:
    """The switch, the battery, and what was passed on."""

    def __init__(self, writer: SerialExecutor) -> None:
        self.enabled = True
        self.low = False
        self.thinking = True
        self.read: list[tuple[ConversationId | None, str]] = []
        self.threads: set[str] = set()
        self._writer = writer
        self.service = ReadingService(self._read, lambda: self.enabled, self._is_low, writer)

    def type(self, text: str, *, thinking: bool = True) -> None:
        self.service.typed(HERE, text, thinking=thinking)
        self._writer.submit(lambda: None).result(10)

    def _read(self, conversation: ConversationId | None, text: str, options: GenerateOptions) -> None:
        self.read.append((conversation, text))
        self.thinking = options.thinking

    def _is_low(self) -> bool:
        self.threads.add(threading.current_thread().name)
        return self.low


@pytest.fixture
def desk() -> Iterator[Desk]:
    writer = SerialExecutor("writer")
    yield Desk(writer)
    writer.close()


def test_what_is_typed_is_passed_on_and_its_end_once(desk: Desk) -> None:
    for text in ("Hello", "Hello there", "", ""):
        desk.type(text)
    assert desk.read == [(HERE, "Hello"), (HERE, "Hello there"), (HERE, "")]
    assert desk.threads == {"writer"}  # never the caller's


def test_it_is_read_as_it_will_be_sent(desk: Desk) -> None:
    for thinking in (False, True):
        desk.type(f"Hello {thinking}", thinking=thinking)
        assert desk.thinking is thinking


def test_switched_off_in_between_it_stops(desk: Desk) -> None:
    desk.type("Hello")
    desk.enabled = False
    desk.type("Hello there")
    desk.type("Hello there you")
    assert desk.read == [(HERE, "Hello"), (HERE, "")]


def test_a_low_battery_is_spared(desk: Desk) -> None:
    desk.low = True
    desk.type("Hello")
    assert desk.read == []
    desk.low = False
    desk.type("Hello there")
    assert desk.read == [(HERE, "Hello there")]


@pytest.mark.parametrize(("percent", "low"), [(None, False), (100.0, False), (20.0, False), (19.9, True), (0.0, True)])
def test_low_is_below_twenty_percent_without_mains(percent: float | None, low: bool) -> None:
    assert Power(lambda: percent).is_low() is low


def test_the_battery_is_asked_once_a_minute() -> None:
    now, asked = [0.0], []

    def ask() -> float:
        asked.append(now[0])
        return 50.0 - now[0]

    power = Power(ask, lambda: now[0])
    told = []
    for now[0] in (0.0, 30.0, 59.9, 60.0, 100.0, 121.0):
        told.append(power.is_low())
    assert asked == [0.0, 60.0, 121.0]
    assert told == [False, False, False, True, True, True]


def test_this_machines_battery_can_be_asked() -> None:
    percent = battery()
    assert percent is None or 0 <= percent <= 100
