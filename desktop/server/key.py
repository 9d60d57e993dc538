"""The server's key: in the system's keyring where there is one, else in a file that only its user can read."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from desktop.core.errors import DiskDenied, NoKeyring
from desktop.hub.token import KeyringToken
from desktop.storage.disk import disk_errors


class KeyStore:
    """Calls block: on the disk, on some systems until the keyring is unlocked. No key, no look at the keyring."""

    def __init__(self, file: Path) -> None:
        """`file` says where the key is, and holds it where the system has no place for secrets."""
        self._file = file
        self._keyring = KeyringToken("local server")

    def get(self) -> str:
        """The key; "" if there is none.

        Where one was set and cannot be read any more, that is no reason to let everybody in: raises NoKeyring when it is in
        a keyring that does not open or has lost it, DiskError for the file.
        """
        with disk_errors(self._file):
            try:
                text = self._file.read_text(encoding="utf-8", errors="replace")
            except FileNotFoundError:
                return ""
        try:
            kept = json.loads(text)
        except ValueError:
            kept = None
        if isinstance(kept, dict) and kept.get("where") == "keyring":
            if key := self._keyring.get():
                return key
            raise NoKeyring(reason="no key in it")
        key = kept.get("key") if isinstance(kept, dict) else None
        if not isinstance(key, str) or not key:
            raise DiskDenied(path=str(self._file), reason="no key in it")
        return key

    def set(self, key: str) -> None:
        """Keep it in place of the one before; "" forgets it. Raises DiskError."""
        with suppress(NoKeyring):
            self._keyring.clear()
        if not key:
            with disk_errors(self._file):
                self._file.unlink(missing_ok=True)
            return
        try:
            self._keyring.set(key)
            self._write({"where": "keyring"})
        except NoKeyring:
            self._write({"where": "file", "key": key})

    def ensure(self) -> str:
        """The key, made up now if there is none. Raises as `get`."""
        if not (key := self.get()):
            key = new_key()
            self.set(key)
        return key

    def _write(self, kept: dict[str, str]) -> None:
        temporary = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}")
        with disk_errors(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                # 0600 from its first moment; on Windows the folder's own rights keep others out
                descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(kept, file)
                os.replace(temporary, self._file)
            finally:
                temporary.unlink(missing_ok=True)


def new_key() -> str:
    """192 bits that nobody guesses."""
    return secrets.token_urlsafe(24)
