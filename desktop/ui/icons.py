"""Our own line icons (resources/icons: 20 px grid, 1.6 px strokes), tinted and rendered at the screen's density."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop import paths
from desktop.ui import theme

_OTHER_DENSITY = 2.0
"""For a screen that is plugged in later; the present ones get their own."""


def pixmap(name: str, color: str, size: int = 20, density: float = 1.0) -> QPixmap:
    """An icon by file name, in a colour "#rrggbb", `size` logical pixels, for a device pixel ratio. Cached."""
    return _render(name, color, size, density)


def icon(name: str, token: str = "soft", size: int = 20, active: str | None = None) -> QIcon:
    """An icon for buttons and menus in a colour token of the present theme; make it anew after a change of theme."""
    colors = theme.current().colors
    result = QIcon()
    for density in _densities():
        result.addPixmap(pixmap(name, getattr(colors, token), size, density), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, colors.outline, size, density), QIcon.Mode.Disabled)
        if active is not None:
            result.addPixmap(pixmap(name, getattr(colors, active), size, density), QIcon.Mode.Active)
    return result


def paint(painter: QPainter, name: str, rect: QRectF, token: str) -> None:
    """Paint an icon centred in `rect`, its size the rect's smaller side."""
    side = int(min(rect.width(), rect.height()))
    device = painter.device()
    density = device.devicePixelRatio() if device is not None else 1.0
    image = pixmap(name, getattr(theme.current().colors, token), side, density)
    painter.drawPixmap(rect.center() - QRectF(0, 0, side, side).center(), image)


@cache
def application() -> QIcon:
    """The icon of the program."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_render("app", "#000000", size, 1.0))
    return result


def names() -> frozenset[str]:
    """Every icon there is."""
    return frozenset(file.stem for file in (paths.resources() / "icons").glob("*.svg"))


def _densities() -> set[float]:
    return {_OTHER_DENSITY, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}


@lru_cache(maxsize=512)
def _render(name: str, color: str, size: int, density: float) -> QPixmap:
    source = _source(name).replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    side = round(size * density)
    image = QPixmap(side, side)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    image.setDevicePixelRatio(density)
    return image


@cache
def _source(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
