"""The system's trash, where there is one."""

from __future__ import annotations

from pathlib import Path

from desktop.storage.disk import disk_errors


def discard(path: Path) -> bool:
    """Put a file into the trash, or delete it where that cannot be; whether it went to the trash. Raises DiskError.

    A file that is not there is fine: False.
    """
    from send2trash import send2trash  # type: ignore[import-untyped]  # only here: the window starts without it

    with disk_errors(path):
        if not path.is_symlink() and not path.exists():
            return False
        try:
            send2trash(str(path))
        except OSError:  # none on this disk, none at all, or it refuses: the user wants the file gone
            path.unlink(missing_ok=True)
            return False
    return True
