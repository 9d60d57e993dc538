"""Show a file in the system's file manager, chosen where that can be."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: Path) -> None:
    """Open the file's folder; Windows and macOS also choose the file in it."""
    if path.exists() and sys.platform == "win32":
        process = QProcess()
        process.setProgram("explorer.exe")
        # explorer reads its command line itself: quotes around the whole argument would hide the path from it
        process.setNativeArguments(f'/select,"{path}"')
        process.startDetached()
    elif path.exists() and sys.platform == "darwin":
        QProcess.startDetached("/usr/bin/open", ["-R", str(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
