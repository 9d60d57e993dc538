"""The hub's token in the system's keyring, here one in memory: kept, used for the hub alone, and never written down."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from desktop import log
from desktop.core.errors import HubDenied, NoKeyring
from desktop.hub.client import HuggingFaceHub
from desktop.hub.endpoints import HUGGING_FACE
from desktop.hub.token import KeyringToken
from tests.hubserver import HubServer

SECRET = "hf_secretsecretsecret"


class MemoryKeyring(KeyringBackend):
    """A keyring without a file."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError("not there")
        del self.kept[service, username]

    def _open(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")


@pytest.fixture
def memory() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    ours = MemoryKeyring()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


def test_kept_and_forgotten(memory: MemoryKeyring) -> None:
    token = KeyringToken()
    assert token.get() is None
    token.set(SECRET)
    assert KeyringToken().get() == KeyringToken().find() == SECRET
    token.clear()
    token.clear()
    assert token.get() is None
    assert memory.kept == {}


def test_a_locked_keyring_is_said_and_hinders_nothing(memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.locked = True
    for call in (KeyringToken().get, KeyringToken().clear, lambda: KeyringToken().set("x")):
        with pytest.raises(NoKeyring):
            call()
    assert KeyringToken().find() is None
    monkeypatch.setenv("HF_TOKEN", "hf_ofthetoolsofthetools")
    assert KeyringToken().find() == "hf_ofthetoolsofthetools"


def test_the_hub_sees_it_and_a_mirror_never(memory: MemoryKeyring) -> None:
    KeyringToken().set(SECRET)
    with HubServer() as server:
        server.add("a/b", "x.gguf", b"x" * 1000)
        server.gated.add("a/b")
        with pytest.raises(HubDenied):
            HuggingFaceHub(server.url, token=KeyringToken().find).file("a/b", "x.gguf")
        assert not [request for request in server.requests if "authorization" in request.headers]
        hub = HuggingFaceHub(server.url, token=KeyringToken().find, trusts=lambda url: url.startswith(server.url))
        assert b"".join(hub.open(hub.file("a/b", "x.gguf"), 0)) == b"x" * 1000
        assert {request.on for request in server.requests if "authorization" in request.headers} == {"hub"}
    assert HUGGING_FACE not in server.url


def test_it_is_asked_for_once(memory: MemoryKeyring) -> None:
    """A keyring may take its time."""
    asked: list[int] = []

    def find() -> str | None:
        asked.append(1)
        return SECRET

    with HubServer() as server:
        server.add("a/b", "x.gguf", b"x" * 1000)
        hub = HuggingFaceHub(server.url, token=find, trusts=lambda url: True)
        for _ in range(3):
            b"".join(hub.open(hub.file("a/b", "x.gguf"), 0))
    assert asked == [1]


def test_the_log_never_holds_it() -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "token %s and %s", (SECRET, f"Bearer {SECRET}"), None)
    assert SECRET not in log.redacted(record.getMessage())
