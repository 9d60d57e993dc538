from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from desktop.ui import fonts, icons, theme

TEXT_ON_GROUND = [
    *((text, ground) for text in ("text", "soft", "faint") for ground in ("page", "side", "card", "raised", "code")),
    *(("text", ground) for ground in ("hover", "press", "bubble", "accent_soft", "selection")),
    *(("soft", ground) for ground in ("hover", "press", "accent_soft")),
    *(("text", ground) for ground in ("warning_soft", "danger_soft")),
    *(
        ("accent", ground)
        for ground in ("page", "side", "card", "raised", "warning_soft", "danger_soft", "accent_soft")
    ),
    ("warning", "page"),
    ("warning", "warning_soft"),
    ("danger", "page"),
    ("danger", "card"),
    ("danger", "danger_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_danger", "danger"),
    ("on_danger", "danger_hover"),
    *((piece, "code") for piece in ("keyword", "string", "comment", "number", "name", "operator")),
]


def luminance(color: str) -> float:
    parts: list[float] = []
    shade = QColor(color)
    for value in (shade.redF(), shade.greenF(), shade.blueF()):
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_is_readable_on_its_ground(colors: theme.Colors, text: str, ground: str) -> None:
    assert contrast(getattr(colors, text), getattr(colors, ground)) >= 4.5


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "side", "card"])
def test_the_focus_ring_is_seen(colors: theme.Colors, ground: str) -> None:
    assert contrast(colors.accent, getattr(colors, ground)) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_style_sheet_is_filled_in(qapp: QApplication, scheme: str) -> None:
    sheet = theme.style_sheet(theme.Theme.of(scheme))
    assert not re.search(r"\$[a-z]", sheet.replace("$tokens", ""))
    assert theme.Theme.of(scheme).colors.accent in sheet
    for image in re.findall(r'url\("([^"]+)"\)', sheet):
        assert Path(image).read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_apply_dresses_the_application(qapp: QApplication, scheme: str) -> None:
    look = theme.apply(qapp, scheme, 18)
    assert theme.current() is look
    assert look.font_size == 18
    assert qapp.palette().color(QPalette.ColorRole.Window) == look.color("page")
    assert look.colors.accent in qapp.styleSheet()
    assert qapp.style().name() == "fusion" or qapp.style().objectName() in ("", "fusion")


def test_dark_follows_the_setting(qapp: QApplication) -> None:
    assert theme.is_dark(theme.Scheme.DARK)
    assert not theme.is_dark(theme.Scheme.LIGHT)


def test_every_icon_has_something_to_see_in_its_colour(qapp: QApplication) -> None:
    assert {"plus", "search", "send", "stop", "gear", "cube", "app"} <= icons.names()
    for name in icons.names() - {"app"}:
        image = icons.pixmap(name, "#ff0000", 20, 2.0).toImage()
        assert image.width() == 40
        seen = [image.pixelColor(x, y) for x in range(40) for y in range(40)]
        solid = [color for color in seen if color.alpha() > 200]
        assert len(solid) >= 8, name
        assert all(color.red() > 200 and color.green() < 40 for color in solid), name
    assert not icons.application().isNull()


@pytest.mark.parametrize(
    ("sample", "language", "script"),
    [
        ("北京和上海", "en", "zh_CN"),
        ("휴가를 北京", "en", "ko"),
        ("東京へ行く", "zh_CN", "ja"),
        ("plain words", "ko", "ko"),
        ("plain words", "en", "zh_CN"),
        ("", "zh_CN", "zh_CN"),
    ],
)
def test_the_script_decides_the_face(sample: str, language: str, script: str) -> None:
    assert fonts.script_of(sample, language) == script


def test_chinese_is_never_written_with_japanese_glyphs(qapp: QApplication) -> None:
    names = fonts.families("zh_CN")
    japanese = [
        at for at, name in enumerate(names) if "JP" in name or name.startswith(("Yu ", "Meiryo", "Hiragino Sans"))
    ]
    chinese = [at for at, name in enumerate(names) if "SC" in name or "YaHei" in name or "PingFang" in name]
    assert not japanese or (chinese and min(chinese) < min(japanese))
    assert not any("Serif" in name or "Mincho" in name for name in names)


def test_code_with_wide_characters_gets_a_face_of_double_width(qapp: QApplication) -> None:
    names = fonts.mono_families("zh_CN", wide=True)
    if not any("CJK" in name or "Sarasa" in name for name in names):
        pytest.skip("no such face is installed")
    font = fonts.mono("名 = 1", "en", 40)
    assert "CJK" in QFontInfo(font).family() or "Sarasa" in QFontInfo(font).family()
