"""The table of settings (name, type, default, range, text) and the file that holds what differs from the defaults.

The settings page, the command line's `settings` and the checks all follow from SETTINGS: adding a row adds the setting
everywhere.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from desktop.core.errors import BadSetting, UnknownSetting
from desktop.i18n import mark
from desktop.storage.disk import disk_errors
from desktop.storage.engine_settings import ENGINE
from desktop.storage.server_settings import SERVER
from desktop.storage.setting import Kind as Kind
from desktop.storage.setting import Setting as Setting
from desktop.storage.setting import SettingValue as SettingValue

log = logging.getLogger(__name__)

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "language",
        Kind.CHOICE,
        "system",
        mark("Appearance"),
        mark("Language"),
        mark("Of menus and messages. The model answers in the language you write."),
        (("system", mark("Same as the system")), ("en", "English"), ("zh_CN", "简体中文"), ("ko", "한국어")),
    ),
    Setting(
        "theme",
        Kind.CHOICE,
        "system",
        mark("Appearance"),
        mark("Theme"),
        mark("Light or dark."),
        (("system", mark("Same as the system")), ("light", mark("Light")), ("dark", mark("Dark"))),
    ),
    Setting(
        "font_size",
        Kind.INTEGER,
        15,
        mark("Appearance"),
        mark("Text size"),
        mark("Of questions and answers."),
        minimum=11,
        maximum=28,
        unit="px",
    ),
    Setting(
        "offline",
        Kind.SWITCH,
        False,
        mark("Downloads"),
        mark("Offline"),
        mark("The program sends nothing into the network. Downloads wait until you switch it off."),
    ),
    Setting(
        "source",
        Kind.CHOICE,
        "address",
        mark("Downloads"),
        mark("Source"),
        mark("Where models come from. Without an address that is Hugging Face."),
        (
            ("address", mark("Default, or the address below")),
            ("huggingface", "Hugging Face"),
            ("hf-mirror", "hf-mirror.com"),
            ("modelscope", "ModelScope"),
        ),
    ),
    Setting(
        "endpoint",
        Kind.TEXT,
        "",
        mark("Downloads"),
        mark("Address"),
        mark(
            "Of another hub or mirror that speaks Hugging Face's language, or folder:PATH for a folder or a USB stick."
        ),
        placeholder="https://huggingface.co",
        forms=("http://", "https://", "folder:"),
    ),
    Setting(
        "proxy",
        Kind.TEXT,
        "",
        mark("Downloads"),
        mark("Proxy"),
        mark(
            "For downloads only, such as http://127.0.0.1:7890 or socks5://127.0.0.1:1080. Empty means the system's settings; direct means none."
        ),
        placeholder="http://127.0.0.1:7890",
        forms=("http://", "https://", "socks5://", "socks5h://", "direct"),
    ),
    Setting(
        "parallel_downloads",
        Kind.INTEGER,
        2,
        mark("Downloads"),
        mark("Downloads at a time"),
        mark("The others wait in the queue."),
        minimum=1,
        maximum=8,
    ),
    Setting(
        "rate_limit",
        Kind.INTEGER,
        0,
        mark("Downloads"),
        mark("Speed limit"),
        mark("Of all downloads together."),
        minimum=0,
        maximum=10_000_000,
        zero_text=mark("None"),
        unit="KB/s",
    ),
    Setting(
        "connections",
        Kind.INTEGER,
        4,
        mark("Downloads"),
        mark("Connections"),
        mark("For each large file. More can be faster where a source limits every single one."),
        minimum=1,
        maximum=16,
        advanced=True,
    ),
    Setting(
        "ca_file",
        Kind.TEXT,
        "",
        mark("Downloads"),
        mark("Certificates"),
        mark("A file (PEM) with certificates to trust besides the system's, where a company's proxy needs one."),
        advanced=True,
    ),
    Setting(
        "remove_rewritten",
        Kind.SWITCH,
        False,
        mark("Downloads"),
        mark("Remove originals"),
        mark(
            "Builds of ChatGLM2 in chatglm.cpp's format are rewritten after the download. "
            "The downloaded file then only takes space."
        ),
        advanced=True,
    ),
    *ENGINE,
    *SERVER,
)

BY_NAME = {setting.name: setting for setting in SETTINGS}


class Settings:
    """Typed reads from memory, atomic writes to the file. A damaged file is moved aside and said, never overwritten."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.moved_to: Path | None = None
        """Where a damaged file was put at start."""
        self._values = self._read()

    def text(self, name: str) -> str:
        """Value of a text or choice."""
        return str(self.get(name))

    def number(self, name: str) -> int:
        """Value of an integer."""
        return int(self.get(name))

    def flag(self, name: str) -> bool:
        """Value of a switch."""
        return bool(self.get(name))

    def get(self, name: str) -> SettingValue:
        """The present value. Raises UnknownSetting."""
        if name not in BY_NAME:
            raise UnknownSetting(name=name)
        return self._values.get(name, BY_NAME[name].default)

    def set(self, name: str, value: object) -> SettingValue:
        """Check, write the file, and only then change. Waits for the disk. Raises UnknownSetting, BadSetting, DiskError."""
        if name not in BY_NAME:
            raise UnknownSetting(name=name)
        checked = BY_NAME[name].check(value)
        with self._lock:
            values = {**self._values, name: checked}
            if checked == BY_NAME[name].default:
                del values[name]
            self._write(values)
            self._values = values
        return checked

    def _read(self) -> dict[str, SettingValue]:
        try:
            raw = json.loads(self._file.read_text(encoding="utf-8"))
            if not isinstance(raw, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            target = self._file.with_name(f"settings-damaged-{time.strftime('%Y%m%d-%H%M%S')}.json")
            with suppress(OSError):
                os.replace(self._file, target)
                self.moved_to = target
            return {}
        except OSError as error:
            log.warning("settings cannot be read: %s", error)
            return {}
        values: dict[str, SettingValue] = {}
        for name, value in raw.items():
            if (setting := BY_NAME.get(name)) is None:
                continue  # of a newer version
            try:
                values[name] = setting.check(value)
            except BadSetting:
                log.warning("setting %s has an impossible value and is ignored", name)
        return values

    def _write(self, values: dict[str, SettingValue]) -> None:
        with disk_errors(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=self._file.parent, prefix="settings-", suffix=".tmp", delete=False
            ) as file:
                temporary = Path(file.name)
                try:
                    json.dump(values, file, ensure_ascii=False, indent=2)
                    file.flush()
                    os.fsync(file.fileno())
                except BaseException:
                    file.close()
                    temporary.unlink(missing_ok=True)
                    raise
            os.replace(temporary, self._file)
