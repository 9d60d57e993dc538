"""The controls this application is made of, dressed by desktop.ui.theme."""

from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.buttons import Button, IconButton
from desktop.ui.widgets.card import Card, Line
from desktop.ui.widgets.combo import Combo, Spin
from desktop.ui.widgets.dialog import Choice, Dialog
from desktop.ui.widgets.fold import Fold
from desktop.ui.widgets.labels import Elided, Text
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.pill import Pill
from desktop.ui.widgets.progress import ThinProgress
from desktop.ui.widgets.segments import Segments
from desktop.ui.widgets.toast import Toasts
from desktop.ui.widgets.toggle import Toggle

__all__ = [
    "Banner",
    "Button",
    "Card",
    "Choice",
    "Combo",
    "Dialog",
    "Elided",
    "Fold",
    "IconButton",
    "Line",
    "Menu",
    "Pill",
    "Segments",
    "Spin",
    "Text",
    "ThinProgress",
    "Toasts",
    "Toggle",
]
