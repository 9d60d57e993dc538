"""Translated text for the window and the command line alike, without Qt: reads Qt's .ts files.

`tr("English source", name=value)` looks the source up in the present language and fills in the values. The sources
are literals, so that `packaging/translations.py` finds them and a test can demand that both languages are complete.
"""

from __future__ import annotations

import locale
import os
import sys
from functools import cache

from desktop import paths

LANGUAGES = ("en", "zh_CN", "ko")
"""English is the source; the others have a .ts file in resources/translations."""

_current = "en"
_table: dict[str, str] = {}


def tr(source: str, /, **values: object) -> str:
    """The text in the present language, `{name}` filled in. A missing translation falls back to the source."""
    text = _table.get(source) or source
    return text.format(**values) if values else text


def mark(source: str, /) -> str:
    """Mark a literal for translation where it is defined; `tr` translates it where it is shown."""
    return source


def set_language(language: str) -> None:
    """Choose one of LANGUAGES, or "system"."""
    global _current, _table
    _current = system_language() if language == "system" else language
    _table = table(_current)


def language() -> str:
    """The present language."""
    return _current


def system_language() -> str:
    """The best of LANGUAGES for this system's settings."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        if value := os.environ.get(variable):
            return match(value)
    if sys.platform == "win32":
        import ctypes  # only here: the other systems tell by environment or locale

        code = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage())
        return match(code or "")
    return match(locale.getlocale()[0] or "")


def match(name: str) -> str:
    """The best of LANGUAGES for a locale's name such as "zh_TW.UTF-8" or "ko-KR"."""
    head = name.lower().replace("-", "_").split("_")[0].split(".")[0]
    return {"zh": "zh_CN", "chinese": "zh_CN", "ko": "ko", "korean": "ko"}.get(head, "en")


@cache
def table(language: str) -> dict[str, str]:
    """All finished translations of a language: source → text. Empty for English."""
    if language == "en":
        return {}
    from xml.etree import ElementTree  # English, the source, does without

    file = paths.resources() / "translations" / f"{language}.ts"
    found: dict[str, str] = {}
    for message in ElementTree.parse(file).getroot().iter("message"):
        translation = message.find("translation")
        if translation is not None and translation.text and translation.get("type") not in ("unfinished", "vanished"):
            found[message.findtext("source", "")] = translation.text
    return found


def size(count: int | float) -> str:
    """Bytes for people, decimal units as disks and hubs use them: "6.17 GB"."""
    value = float(count)
    for unit in ("B", "KB", "MB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit != "MB" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.0f} GB" if value >= 100 else f"{value:.1f} GB" if value >= 10 else f"{value:.2f} GB"


def duration(seconds: float) -> str:
    """A rough time for people: "40 s", "3 min", "1 h 20 min"."""
    if seconds < 60:
        return tr("{n} s", n=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{n} min", n=minutes)
    return tr("{h} h {m} min", h=minutes // 60, m=minutes % 60)
