"""Buttons with words, and round-cornered ones with an icon."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.ui import icons, theme
from desktop.ui.widgets.pressable import Pressable

Kind = Literal["primary", "secondary", "quiet", "danger", "link", "segment"]


class Button(QPushButton):
    """A button with words; `kind` says how loud it is. At most one primary button is on a page."""

    def __init__(
        self, text: str, kind: Kind = "secondary", icon: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._kind: Kind = kind
        self._icon = icon
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(True)  # Enter presses the button that has the focus, as Space does
        self._tint()

    def set_icon(self, name: str | None) -> None:
        """Show another icon, or none."""
        self._icon = name
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon for the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._icon is not None:
            self._tint()

    def _tint(self) -> None:
        if self._icon is None:
            self.setIcon(QIcon())
            return
        token = {"primary": "on_accent", "danger": "on_danger", "link": "accent"}.get(self._kind, "soft")
        self.setIcon(icons.icon(self._icon, token, 18))
        self.setIconSize(QSize(18, 18))


class IconButton(Pressable):
    """An icon to click, with a tooltip that is also its accessible name. `side` is its width and height in pixels."""

    def __init__(
        self,
        icon: str,
        tip: str,
        parent: QWidget | None = None,
        *,
        side: int = 32,
        icon_size: int = 20,
        token: str = "soft",
        filled: bool = False,
        raised: bool = False,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._size = icon_size
        self._token = token
        self._filled = filled
        self._raised = raised
        self.setFixedSize(side, side)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_tip(tip)

    def set_icon(self, icon: str, token: str | None = None) -> None:
        """Show another icon, perhaps in another colour token."""
        self._icon = icon
        self._token = token or self._token
        self.update()

    def set_tip(self, tip: str) -> None:
        """What the button does, for the eye and for the ear."""
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    @property
    def icon_name(self) -> str:
        """The icon shown now."""
        return self._icon

    def sizeHint(self) -> QSize:
        """The fixed size."""
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, focus ring, icon."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        radius = rect.height() / 2 if self._filled or self._raised else float(look.radius)
        token = self._token
        if self._filled:
            ground = "accent_hover" if self.underMouse() and self.isEnabled() else "accent"
            painter.setBrush(look.color(ground if self.isEnabled() else "press"))
            token = "on_accent" if self.isEnabled() else "faint"
        elif self.isDown() or self.isChecked():
            painter.setBrush(look.color("press"))
        elif self.underMouse() and self.isEnabled():
            painter.setBrush(look.color("hover"))
            token = "text" if token == "soft" else token
        elif self._raised:
            painter.setBrush(look.color("raised"))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if not self.isEnabled() and not self._filled:
            token = "outline"
        painter.setPen(QPen(look.color("outline"), 1) if self._raised else Qt.PenStyle.NoPen)
        inner = rect.adjusted(0.5, 0.5, -0.5, -0.5) if self._raised else rect
        painter.drawRoundedRect(inner, radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(look.color("text" if self._filled else "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius - 1, radius - 1)
        inset = (rect.width() - self._size) / 2
        icons.paint(painter, self._icon, rect.adjusted(inset, inset, -inset, -inset), token)
