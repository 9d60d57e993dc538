"""Where things lie: the user's directories and the resources that come with the program."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP = "ChatGLM Desktop"


@dataclass(frozen=True)
class Paths:
    """Every directory and file the program writes. Nothing the user would miss lies in a cache directory."""

    data: Path
    """Conversations: the database and its backups."""
    models: Path
    """Downloaded models, as <repository>/<file>."""
    config: Path
    logs: Path
    run: Path
    """Lock files that tell which processes are alive."""

    @property
    def database(self) -> Path:
        """The one database."""
        return self.data / "chatglm-desktop.sqlite3"

    @property
    def backups(self) -> Path:
        """Copies made before migrations, and databases that were moved aside."""
        return self.data / "backups"

    @property
    def settings(self) -> Path:
        """The settings file (JSON)."""
        return self.config / "settings.json"

    @property
    def states(self) -> Path:
        """What the engine has read of conversations, so that it need not read it again; can be deleted at any time."""
        return self.data / "states"

    def create(self) -> None:
        """Make the directories. Raises OSError."""
        for directory in (self.data, self.config, self.logs, self.run):
            directory.mkdir(parents=True, exist_ok=True)


def in_home(home: Path) -> Paths:
    """Everything below one folder (`--home`)."""
    home = home.expanduser().absolute()
    return Paths(data=home, models=home / "models", config=home, logs=home / "logs", run=home / "run")


def of_user() -> Paths:
    """The platform's directories. CHATGLM_DESKTOP_HOME stands for --home."""
    if home := os.environ.get("CHATGLM_DESKTOP_HOME"):
        return in_home(Path(home))
    dirs = platformdirs.PlatformDirs("chatglm-desktop" if sys.platform == "linux" else APP, appauthor=False)
    data = Path(dirs.user_data_dir)
    return Paths(
        data=data,
        models=data / "models",
        config=Path(dirs.user_config_dir),
        logs=Path(dirs.user_log_dir),
        run=data / "run",
    )


def resources() -> Path:
    """The bundled resources: beside the package in a clone, inside the bundle in a frozen program."""
    if bundle := getattr(sys, "_MEIPASS", None):
        return Path(bundle) / "resources"
    return Path(__file__).resolve().parent.parent / "resources"
