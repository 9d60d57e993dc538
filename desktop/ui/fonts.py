"""Which faces to write with: the system's own, with the right CJK face behind it, chosen by what is written.

Han characters look different in Chinese, Japanese and Korean faces, so the order of the fallbacks matters and is never
left to the system.
"""

from __future__ import annotations

import re
import sys
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

# compiled by `re` at their first use: such wide ranges take milliseconds that a start need not wait for
_HANGUL = "[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"
_KANA = "[\u3040-\u30ff]"
_HAN = "[\u3400-\u9fff\uf900-\ufaff]"
_WIDE = "[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]"

_LATIN = {
    "win32": ("Segoe UI Variable Text", "Segoe UI"),
    "darwin": (".AppleSystemUIFont", "SF Pro Text", "Helvetica Neue"),
    "linux": ("Inter", "Cantarell", "Noto Sans", "Ubuntu", "Open Sans", "DejaVu Sans"),
}
_CHINESE = {
    "win32": ("Microsoft YaHei UI", "Microsoft YaHei"),
    "darwin": ("PingFang SC", "Hiragino Sans GB"),
    "linux": ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Micro Hei", "Droid Sans Fallback"),
}
_KOREAN = {
    "win32": ("Malgun Gothic",),
    "darwin": ("Apple SD Gothic Neo",),
    "linux": ("Noto Sans CJK KR", "Source Han Sans KR", "Noto Sans KR", "NanumGothic"),
}
_JAPANESE = {
    "win32": ("Yu Gothic UI", "Meiryo UI"),
    "darwin": ("Hiragino Sans",),
    "linux": ("Noto Sans CJK JP", "Source Han Sans JP", "Noto Sans JP"),
}
_EMOJI = {"win32": ("Segoe UI Emoji",), "darwin": ("Apple Color Emoji",), "linux": ("Noto Color Emoji",)}
_MONO = {
    "win32": ("Cascadia Mono", "Consolas"),
    "darwin": ("SF Mono", "Menlo"),
    "linux": ("JetBrains Mono", "Source Code Pro", "Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono"),
}
_MONO_CHINESE = ("Sarasa Mono SC", "Noto Sans Mono CJK SC", "Source Han Mono SC")
_MONO_KOREAN = ("Sarasa Mono K", "Noto Sans Mono CJK KR", "D2Coding")

_PLAIN_DEFAULTS = ("DejaVu Sans", "Sans Serif", "Sans", "sans-serif", "Bitstream Vera Sans", "Helvetica", "")
"""What a system answers that has no opinion."""


def script_of(text: str, language: str) -> str:
    """The language whose glyphs a text wants: "ko", "ja" or "zh_CN"; `language` is that of the interface.

    Looks at the first few thousand characters; a text without any such character follows the interface.
    """
    head = text[:4000]
    if re.search(_HANGUL, head):
        return "ko"
    if re.search(_KANA, head):
        return "ja"
    if re.search(_HAN, head):
        return "zh_CN"
    return "ko" if language == "ko" else "zh_CN"


def is_wide(text: str) -> bool:
    """Whether a text has characters of double width."""
    return re.search(_WIDE, text) is not None


@cache
def families(script: str) -> tuple[str, ...]:
    """Families for running text, best first, only installed ones."""
    key = _platform()
    order = {
        "ko": (_KOREAN[key], _CHINESE[key], _JAPANESE[key]),
        "ja": (_JAPANESE[key], _CHINESE[key], _KOREAN[key]),
    }.get(script, (_CHINESE[key], _KOREAN[key], _JAPANESE[key]))
    named = [name for group in (_LATIN[key], *order, _EMOJI[key]) for name in group]
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    if system not in _PLAIN_DEFAULTS and not _is_cjk(system):
        named.insert(0, system)
    return _installed(tuple(named))


@cache
def mono_families(script: str, wide: bool) -> tuple[str, ...]:
    """Families for code. With `wide`, faces come first in which a Han character is exactly two letters wide."""
    key = _platform()
    cjk = _MONO_KOREAN + _MONO_CHINESE if script == "ko" else _MONO_CHINESE + _MONO_KOREAN
    order = (*cjk, *_MONO[key]) if wide else (*_MONO[key], *cjk)
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return _installed((*order, fixed, *(_KOREAN[key] if script == "ko" else _CHINESE[key]), *_EMOJI[key]))


def ui(language: str, pixels: int) -> QFont:
    """The face of the interface."""
    return _font(families(script_of("", language)), pixels)


def text(sample: str, language: str, pixels: int) -> QFont:
    """The face for a text, by its script."""
    return _font(families(script_of(sample, language)), pixels)


def mono(sample: str, language: str, pixels: int) -> QFont:
    """The face for code, by its characters."""
    font = _font(mono_families(script_of(sample, language), is_wide(sample)), pixels)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    return font


def _font(names: tuple[str, ...], pixels: int) -> QFont:
    font = QFont(list(names)) if names else QFont()
    font.setPixelSize(pixels)
    return font


@cache
def _installed(names: tuple[str, ...]) -> tuple[str, ...]:
    seen: list[str] = []
    for name in names:
        if name not in seen and (name.startswith(".") or QFontDatabase.hasFamily(name)):
            seen.append(name)
    return tuple(seen)


def _is_cjk(family: str) -> bool:
    return any(word in family for word in ("CJK", "Han Sans", "YaHei", "PingFang", "Gothic", "WenQuanYi", "Nanum"))


def _platform() -> str:
    return sys.platform if sys.platform in ("win32", "darwin") else "linux"
