from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoBackend
from keyring.errors import PasswordDeleteError
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.app import Application
from desktop.ui.bridge import Bridge
from desktop.ui.settings.token import TokenField


class Memory(KeyringBackend):
    """A keyring that forgets everything at the end."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.looked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.looked += 1
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    made = Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def shown(app: Application, bridge: Bridge, qtbot: QtBot) -> TokenField:
    field = TokenField(app, bridge)
    qtbot.addWidget(field)
    field.show()
    field.activateWindow()
    qtbot.waitExposed(field)
    return field


def test_a_token_is_kept_in_the_keyring_and_not_shown(
    app: Application, bridge: Bridge, memory: Memory, qtbot: QtBot
) -> None:
    field = shown(app, bridge, qtbot)
    assert field.control.echoMode() is QLineEdit.EchoMode.Password
    assert not field.keep.isEnabled()
    field.control.setFocus()
    QTest.keyClicks(field.control, " hf_0123456789 ")
    QTest.keyClick(field.control, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: list(memory.kept.values()) == ["hf_0123456789"], timeout=5_000)
    assert field.control.text() == ""
    qtbot.waitUntil(lambda: "is kept" in field.state.text(), timeout=5_000)
    assert not any(b"hf_0123456789" in file.read_bytes() for file in app.paths.data.rglob("*") if file.is_file())
    field.forget.click()
    qtbot.waitUntil(lambda: not memory.kept, timeout=5_000)
    qtbot.waitUntil(lambda: not field.forget.isVisible(), timeout=5_000)


def test_the_keyring_is_left_alone_until_somebody_goes_to_the_field(
    app: Application, bridge: Bridge, memory: Memory, qtbot: QtBot
) -> None:
    field = TokenField(app, bridge)
    qtbot.addWidget(field)
    assert app.search.has_token().result(5) is False  # waits for whatever was asked before
    assert memory.looked == 1
    field.show()
    field.activateWindow()
    field.control.setFocus()
    qtbot.waitUntil(lambda: memory.looked == 2, timeout=5_000)


def test_a_system_without_a_keyring_is_said(app: Application, bridge: Bridge, memory: Memory, qtbot: QtBot) -> None:
    keyring.set_keyring(NoBackend())  # type: ignore[no-untyped-call]
    field = shown(app, bridge, qtbot)
    field.control.setFocus()
    qtbot.waitUntil(lambda: "keyring" in field.state.text(), timeout=5_000)
