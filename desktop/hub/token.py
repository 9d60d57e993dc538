"""The hub's token in the system's keyring: never in a file of ours, never in the log.

`keyring` is imported at the first use: it looks for the system's service, which takes a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from desktop.core.errors import NoKeyring

T = TypeVar("T")

_SERVICE = "chatglm-desktop"
_USER = "huggingface.co"


class KeyringToken:
    """The token the user gave this program. Calls block, on some systems until the keyring is unlocked; they raise NoKeyring."""

    def __init__(self, user: str = _USER) -> None:
        """`user`: what it is for."""
        self._user = user

    def get(self) -> str | None:
        """The token; None if none was given."""
        import keyring  # see above

        return _guarded(lambda: keyring.get_password(_SERVICE, self._user)) or None

    def set(self, value: str) -> None:
        """Keep it in place of the one before."""
        import keyring

        _guarded(lambda: keyring.set_password(_SERVICE, self._user, value))

    def clear(self) -> None:
        """Forget it; nothing happens if there is none."""
        import keyring
        import keyring.errors

        def forget() -> None:
            try:
                keyring.delete_password(_SERVICE, self._user)
            except keyring.errors.PasswordDeleteError:
                pass  # there was none

        _guarded(forget)

    def find(self) -> str | None:
        """The token to use: the user's here, else the one the hub's own tools stored. Never raises."""
        try:
            if token := self.get():
                return token
        except NoKeyring:
            pass  # a system without one: the tools' file may still be there
        from huggingface_hub import get_token

        return get_token()


def _guarded(call: Callable[[], T]) -> T:
    from keyring.errors import KeyringError

    try:
        return call()
    except KeyringError as error:
        raise NoKeyring(reason=str(error).split("\n")[0][:200] or type(error).__name__) from error
    except (OSError, RuntimeError) as error:  # back ends let through what the system's service says
        raise NoKeyring(reason=type(error).__name__) from error
