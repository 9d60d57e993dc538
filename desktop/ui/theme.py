"""How it looks, as named tokens: colours of both schemes, spacing, radii, sizes; filled into one style sheet.

Widgets that paint themselves ask `current()` while painting and repaint on QEvent.StyleChange, as they would ask
their palette.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Template

from PySide6 import QtWidgets
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop import i18n, paths
from desktop.ui import fonts


class Scheme(StrEnum):
    """The setting "theme": follow the system, or not."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Colors:
    """Every colour there is, as #rrggbb; alpha is written #aarrggbb as Qt reads it."""

    page: str
    """Ground of the transcript and of the pages."""
    side: str
    """Ground of the side list."""
    card: str
    """Ground of cards, inputs and the composer."""
    raised: str
    """Ground of what floats: menus, tooltips, dialogs."""
    bubble: str
    """Ground of the user's words."""
    code: str
    """Ground of code."""
    hover: str
    press: str
    line: str
    """Hairlines."""
    outline: str
    """Borders of controls."""
    text: str
    soft: str
    """Secondary text."""
    faint: str
    """Tertiary text: still readable (AA)."""
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    """Tinted ground of a chosen row."""
    selection: str
    """Ground of selected text."""
    warning: str
    warning_soft: str
    danger: str
    danger_hover: str
    on_danger: str
    danger_soft: str
    scroll: str
    scroll_hover: str
    scrim: str
    shadow: str
    # code
    keyword: str
    string: str
    comment: str
    number: str
    name: str
    operator: str


LIGHT = Colors(
    page="#FBFAF7",
    side="#F4F2ED",
    card="#FFFFFF",
    raised="#FFFFFF",
    bubble="#E5EFEB",
    code="#F3F1EB",
    hover="#EBE8E1",
    press="#E1DDD4",
    line="#E6E3DB",
    outline="#D2CEC4",
    text="#1E1F22",
    soft="#55575C",
    faint="#696B70",
    accent="#0B7A67",
    accent_hover="#096857",
    on_accent="#FFFFFF",
    accent_soft="#E4F1ED",
    selection="#BFE0D7",
    warning="#855600",
    warning_soft="#FBF0D9",
    danger="#B3261E",
    danger_hover="#99201A",
    on_danger="#FFFFFF",
    danger_soft="#FCEFED",
    scroll="#CFCBC1",
    scroll_hover="#A9A59B",
    scrim="#661E1F22",
    shadow="#1E1F22",
    keyword="#8A3FA0",
    string="#2F6B2F",
    comment="#6B6D66",
    number="#A04A12",
    name="#1F5FA8",
    operator="#55575C",
)

DARK = Colors(
    page="#15181D",
    side="#101317",
    card="#1C2027",
    raised="#232831",
    bubble="#20332F",
    code="#0F1216",
    hover="#242932",
    press="#2D333D",
    line="#272C34",
    outline="#3A414C",
    text="#E8E9EB",
    soft="#B0B4BB",
    faint="#8F959E",
    accent="#4FC3AC",
    accent_hover="#69D2BD",
    on_accent="#06241E",
    accent_soft="#1C3733",
    selection="#2A5C52",
    warning="#E9B356",
    warning_soft="#312711",
    danger="#F2938A",
    danger_hover="#F6ABA4",
    on_danger="#2B0A07",
    danger_soft="#381E1C",
    scroll="#3A414C",
    scroll_hover="#58616E",
    scrim="#99000000",
    shadow="#000000",
    keyword="#C792E0",
    string="#A5CE8A",
    comment="#868D96",
    number="#E5A26C",
    name="#7FB4F0",
    operator="#B0B4BB",
)


@dataclass(frozen=True)
class Theme:
    """One look. Lengths are device-independent pixels, times milliseconds."""

    colors: Colors
    dark: bool
    font_size: int = 15
    """Of the transcript and the composer."""
    chrome_size: int = 13
    small_size: int = 12
    title_size: int = 15
    display_size: int = 26
    radius: int = 8
    radius_card: int = 12
    radius_bubble: int = 18
    column: int = 760
    """Most the text is wide."""
    side_width: int = 272
    header: int = 52
    control: int = 36
    """Height of buttons and inputs."""

    @staticmethod
    def of(scheme: Scheme | str, font_size: int = 15) -> Theme:
        """The look of a scheme; "system" asks the system."""
        dark = is_dark(Scheme(scheme))
        return Theme(DARK if dark else LIGHT, dark, font_size)

    def color(self, name: str) -> QColor:
        """A colour by its token."""
        return _color(getattr(self.colors, name))


FUSION = "fusion"
"""Property of the application that already has the base style (`-style fusion` gives it, without a QStyle in Python)."""

_current = Theme(LIGHT, dark=False)


def current() -> Theme:
    """The look that was applied last."""
    return _current


def is_dark(scheme: Scheme) -> bool:
    """Whether a scheme is dark now."""
    if scheme is Scheme.SYSTEM:
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return scheme is Scheme.DARK


def apply(app: QApplication, scheme: Scheme | str = Scheme.SYSTEM, font_size: int = 15) -> Theme:
    """Dress the whole application; call again after a change of scheme, text size (px) or language.

    With Scheme.SYSTEM, connect `QGuiApplication.styleHints().colorSchemeChanged` to a call of this.
    """
    global _current
    look = Theme.of(scheme, font_size)
    _current = look
    if not app.property(FUSION):
        app.setStyle("Fusion")
        app.setProperty(FUSION, True)
    app.setFont(fonts.ui(i18n.language(), look.chrome_size))
    app.setPalette(_palette(look))
    sheet = style_sheet(look)
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)
    return look


def motion(milliseconds: int = 150) -> int:
    """How long an animation may take: 0 where the system asks for less motion."""
    # QStyle by way of its module: making that class costs 17 ms, which a start can do without
    animated = QApplication.style().styleHint(QtWidgets.QStyle.StyleHint.SH_Widget_Animation_Duration)
    return milliseconds if animated > 0 else 0


def style_sheet(look: Theme) -> str:
    """The style sheet with the look's tokens filled in."""
    tokens: dict[str, object] = {**asdict(look.colors), "icons": _image_folder(look.dark)}
    for field in ("radius", "radius_card", "font_size", "chrome_size", "small_size", "title_size", "display_size"):
        tokens[field] = f"{getattr(look, field)}px"
    return Template(_template()).substitute(tokens)


@cache
def _template() -> str:
    return (paths.resources() / "styles" / "app.qss").read_text(encoding="utf-8")


def _image_folder(dark: bool) -> str:
    """Folder of the few images a style sheet can only take from a file (arrows, ticks), in the scheme's colours."""
    folder: Path = paths.resources() / "styles" / ("dark" if dark else "light")
    return folder.as_posix()


@cache
def _color(value: str) -> QColor:
    return QColor(value)


def _palette(look: Theme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, token in (
        (role.Window, "page"),
        (role.WindowText, "text"),
        (role.Base, "card"),
        (role.AlternateBase, "side"),
        (role.Text, "text"),
        (role.Button, "card"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "faint"),
        (role.Highlight, "selection"),
        (role.HighlightedText, "text"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Accent, "accent"),
        (role.Light, "line"),
        (role.Midlight, "line"),
        (role.Mid, "outline"),
        (role.Dark, "outline"),
        (role.Shadow, "shadow"),
    ):
        palette.setColor(target, look.color(token))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, look.color("faint"))
    return palette
